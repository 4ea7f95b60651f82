"""Files that cannot be read, or hold what does not belong there."""

from tests.unit.bad import text
from tests.unit.environment_files import an_environment

VALID = an_environment()

FILES = [
    text("an empty file", "", ": is empty (it begins with config: on a line of its own)"),
    text("a list", "- a\n- b\n", ": is not a mapping of keys (it begins with config: on a line of its own)"),
    text("no settings", "encryptionsalt: v1:AA==:v1:AA==:AA==\nconfig:\n", ": config has no settings (config/README.md lists them all)"),
    text("an unclosed quote", 'config:\n  guestlist:tenant:\n    domain: "canary\n', ":4: is not readable YAML (a quote is opened and never closed)"),
    text("a colon too many", "config:\n  a: b: canary\n", ":2: is not readable YAML (a colon follows a value on the same line; quote texts that hold a colon and a space)"),
    text("a wrong indentation", "config:\n    a: 1\n  b: 2\n", ":3: is not readable YAML (see the line above it too)"),
    text("a tab", "config:\n\ta: 1\n", ":2: has a tab in its indentation (indent with spaces)"),
    text("a second document", f"{VALID}---\na: 1\n", f":{VALID.count(chr(10)) + 1}: holds a second YAML document (take out --- and what follows)"),
    text("an anchor", "config:\n  a: &canary 1\n", ":2: uses a YAML anchor (write the value out where it is needed)"),
    text("an alias", "config:\n  a: *canary\n", ":2: uses a YAML alias (write the value out)"),
    text("a tag", "config:\n  a: !canary 1\n", ":2: uses a YAML tag (take out the word that begins with an exclamation mark)"),
    text("a merge key", "config:\n  <<: {a: 1}\n", ":2: uses a YAML merge key (write the values out)"),
    text("a mapping as a key", "config:\n  {a: 1}: 2\n", ":2: has a mapping or a list as a key (a key is one word)"),
    text("nesting without end", "config: " + "[" * 500, ":1: is nested too deeply (settings have three levels)"),
    text("a duplicate key", f"{VALID}  guestlist:protect: true\n  guestlist:protect: false\n", f":{VALID.count(chr(10)) + 2}: guestlist:protect is written twice, first on line {VALID.count(chr(10)) + 1} (take one of them out)"),
    text("a duplicate key in a group", VALID.replace("    domain:", "    domain: a.example\n    domain:"), ":5: guestlist:tenant.domain is written twice, first on line 4 (take one of them out)"),
    text("UTF-16", VALID.encode("utf-16"), ":1: is not UTF-8 (it looks like UTF-16: save it as UTF-8 without a byte order mark)"),
    text("Latin-1", VALID.replace("Guestlist app", "Gästeliste").encode("latin-1"), ":7: is not UTF-8 (save it as UTF-8 without a byte order mark)"),
    text("a byte order mark", b"\xef\xbb\xbf" + VALID.encode(), ":1: begins with a byte order mark (save it as UTF-8 without one)"),
    text("a null byte", "config:\n  a: \x00\n", ":2: holds a control character (take it out, or write the file anew)"),
    text("a huge file", b"#" * 300_000, ": is larger than 256 KiB (settings are short: it is another kind of file)"),
    text("an unknown key of the file", f"{VALID}secretprovider: passphrase\n", ": secretprovider is not a key of a stack's file (did you mean secretsprovider?)"),
    text("settings beside config", f"{VALID}guestlist:protect: true\n", ": guestlist:protect is not a key of a stack's file (settings belong under config:)"),
    text("imported settings", f"{VALID}environment: [base]\n", ": environment is not supported (settings are in this file, where a review sees them)"),
    text("a salt of nobody's", VALID.replace("encryptionsalt: v1:", "encryptionsalt: "), ": encryptionsalt is not what Pulumi writes (restore it from git)"),
    text("an unknown key service", f"{VALID}secretsprovider: vault://key\n", ": secretsprovider is not one that Pulumi has (awskms, azurekeyvault, gcpkms, hashivault or passphrase)"),
    text("another project's key", f"{VALID}  aws:region: eu\n", ": aws:region belongs to another project (only guestlist: keys are read here)"),
    text("credentials of the tenant", f"{VALID}  auth0:clientSecret: canary\n", ": auth0:clientSecret must not be here (credentials come from the environment only: AUTH0_DOMAIN, AUTH0_CLIENT_ID, AUTH0_CLIENT_SECRET)"),
    text("a key without its project", f"{VALID}  protect: true\n", ": protect is not a setting (did you mean guestlist:protect?)"),
]  # fmt: skip
