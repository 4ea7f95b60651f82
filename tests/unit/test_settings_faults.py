"""
The promise: each kind of bad configuration gives its one line and exit code 1, and nothing is touched.

Every row is one change to a valid file and the exact line that follows from it.
"""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

from guestlist import config_secrets, environments
from guestlist.cli.main import cli
from guestlist.config_secrets import Opened
from stacks.settings import local_secret
from tests.unit.environment_files import (
    A_THIRD_KEY,
    GOOD_KEYS,
    SEALED_TEXT,
    a_project,
    an_environment,
    changed,
    without,
)

NEW = "make one: python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"
SET = "pulumi config set --secret guestlist:{} --stack qa"


@dataclass(frozen=True)
class Bad:
    """One kind of bad configuration."""

    kind: str
    content: str | bytes
    line: str  # after `config/Pulumi.qa.yaml`
    secrets: dict[str, str] = field(default_factory=dict)  # as if their key were at hand
    environment: str = "qa"


def setting(kind: str, path: str, value: object, line: str) -> Bad:
    """One setting of a value that it must not have."""
    return Bad(kind, an_environment(changed(path, value)), f": guestlist:{line}")


def secret(kind: str, name: str, value: str, line: str, *more: tuple[str, object]) -> Bad:
    """One secret of a value that it must not have."""
    content = an_environment(changed(name, {"secure": SEALED_TEXT}), *more)
    return Bad(kind, content, f": guestlist:{line}", {**GOOD_KEYS, name: value})


def text(kind: str, content: str | bytes, line: str) -> Bad:
    """A file that cannot be read."""
    return Bad(kind, content, line)


VALID = an_environment()
URL = "application/initiateLoginUri"
SMTP_USER = changed("email/smtpUser", "guestlist")

SETTINGS = [
    Bad(
        "a missing setting",
        an_environment(without("tenant/domain")),
        ": guestlist:tenant.domain is missing (such as guestlist-dev.eu.auth0.com)",
    ),
    Bad("a missing group", an_environment(without("profile")), ": guestlist:profile is missing (with pageUrl)"),
    Bad(
        "a missing secret",
        an_environment(without("fromPageSecret")),
        f": guestlist:fromPageSecret is missing (from the terminal: {SET.format('fromPageSecret')})",
    ),
    setting(
        "a text for a number",
        "invite/linkTtlSec",
        "a week",
        'invite.linkTtlSec must be a whole number, got "a week" (such as 604800)',
    ),
    setting(
        "a number in quotes",
        "email/smtpPort",
        "587",
        'email.smtpPort must be a whole number, got "587" (such as 587)',
    ),
    setting("a fraction", "invite/linkTtlSec", 1.5, "invite.linkTtlSec must be a whole number, got 1.5 (such as 604800)"),
    setting("a switch for a number", "invite/linkTtlSec", True, "invite.linkTtlSec must be a whole number, got true (such as 604800)"),
    setting("a number for a text", "tenant/friendlyName", 7, "tenant.friendlyName must be a text, got 7 (such as Guestlist)"),
    setting("a text for a switch", "mfa/enabled", "on", 'mfa.enabled must be true or false, got "on" (such as true)'),
    setting("a text for a top switch", "protect", "no", 'protect must be true or false, got "no" (such as true)'),
    setting(
        "a text for a list",
        "application/callbackUrls",
        "https://app.guestlist.example",
        'application.callbackUrls must be a list, got "https://app.guestlist.example" (such as https://app.example.com/callback)',
    ),
    setting("a text for a group", "email", "smtp", "email must be a mapping of settings, got a text (with fromAddress)"),
    setting("no value", "tenant/supportEmail", None, "tenant.supportEmail has no value (write one, or take the line out)"),
    setting("an empty list", "application/logoutUrls", [], "application.logoutUrls must have one URL or more, got a list (nobody could log in or out)"),
    setting(
        "a URL twice",
        "application/logoutUrls",
        ["https://a.example", "https://a.example"],
        "application.logoutUrls must not hold a URL twice, got a list (take one of them out)",
    ),
    setting("an unknown setting", "invite/linkTtl", 3600, "invite.linkTtl is not a setting (did you mean linkTtlSec?)"),
    setting("an unknown group", "aplication", {}, "aplication is not a setting (did you mean guestlist:application?)"),
    setting("an unknown key like no other", "zzz", 1, "zzz is not a setting (config/README.md lists them all)"),
    setting("a lifetime of nothing", "invite/linkTtlSec", 0, "invite.linkTtlSec must be 1 or more, got 0 (Auth0 would use 5 days)"),
    setting(
        "a lifetime over a month",
        "invite/linkTtlSec",
        2592001,
        "invite.linkTtlSec must be 2592000 or less, got 2592001 (30 days; a link is a way into the account until it is used)",
    ),
    setting(
        "short passwords",
        "connection/passwordMinLength",
        7,
        "connection.passwordMinLength must be 8 or more, got 7 (shorter ones are guessed; 12 is the default)",
    ),
    setting(
        "passwords past bcrypt's end",
        "connection/passwordMinLength",
        73,
        "connection.passwordMinLength must be 72 or less, got 73 (Auth0 hashes 72 bytes and no more)",
    ),
    setting(
        "a long history",
        "connection/passwordHistorySize",
        25,
        "connection.passwordHistorySize must be 24 or less, got 25 (Auth0 keeps 24)",
    ),
    setting("port 0", "email/smtpPort", 0, "email.smtpPort must be 1 or more, got 0 (587 is usual)"),
    setting(
        "a connection's name with a space",
        "connection/name",
        "invited users",
        'connection.name must be letters, digits and single hyphens between them, 128 characters or fewer, got "invited users" (Auth0 takes no other names)',
    ),
    setting("an http URL", URL, "http://a.example/login", 'application.initiateLoginUri must be an https:// URL, got "http://a.example/login" (Auth0 sends login results there)'),
    setting(
        "a wildcard",
        "application/callbackUrls/0",
        "https://*.guestlist.example/callback",
        'application.callbackUrls[0] must not hold a wildcard, got "https://*.guestlist.example/callback" '
        "(a stranger's subdomain could take the login: list each URL)",
    ),
    setting(
        "a URL with a password",
        URL,
        "https://ana:canary@a.example/login",
        'application.initiateLoginUri must not hold a user name or password, got "https://…@a.example/login" '
        "(everyone who logs in would see them)",
    ),
    setting("a URL with a fragment", URL, "https://a.example/#/login", 'application.initiateLoginUri must not hold a fragment, got "https://a.example/#/login" (take out # and what follows)'),
    setting("a URL of an address", URL, "https://192.0.2.1/login", 'application.initiateLoginUri must name a host, not an address, got "https://192.0.2.1/login" (certificates are for names)'),
    setting("a URL without a host", URL, "https:///login", 'application.initiateLoginUri must be a host name, got "https:///login" (such as app.example.com)'),
    setting("a URL with a wrong port", URL, "https://a.example:99999", 'application.initiateLoginUri must be a URL, got "https://a.example:99999" (its host or port cannot be read)'),
    setting("a URL with a space", URL, "https://a.example/log in", 'application.initiateLoginUri must be a URL, got "https://a.example/log in" (it holds a character that a URL cannot have, or is too long)'),
    setting(
        "a local URL",
        URL,
        "https://app.localhost:8443/login",
        'application.initiateLoginUri must not be on localhost outside the environment local, got "https://app.localhost:8443/login" '
        "(Auth0 refuses localhost, and others cannot reach it)",
    ),
    setting(
        "a loopback URL",
        URL,
        "https://127.0.0.1/login",
        'application.initiateLoginUri must not be on localhost outside the environment local, got "https://127.0.0.1/login" '
        "(Auth0 refuses localhost, and others cannot reach it)",
    ),
    setting("a page with a slash at its end", "profile/pageUrl", "https://p.example/", 'profile.pageUrl must not end in a slash, nor hold a query, got "https://p.example/" (the login flow adds its own)'),
    setting("a domain with a scheme", "tenant/domain", "https://a.eu.auth0.com", 'tenant.domain must be a host name without https://, got "https://a.eu.auth0.com" (such as my-tenant.eu.auth0.com)'),
    setting("a domain with a slash", "tenant/domain", "a.eu.auth0.com/", 'tenant.domain must be a host name without a slash, got "a.eu.auth0.com/" (such as my-tenant.eu.auth0.com)'),
    setting("a domain in upper case", "tenant/domain", "A.eu.auth0.com", 'tenant.domain must be in lower case, got "A.eu.auth0.com" (such as my-tenant.eu.auth0.com)'),
    setting("a domain with a port", "tenant/domain", "a.eu.auth0.com:443", 'tenant.domain must not hold a port, got "a.eu.auth0.com:443" (such as my-tenant.eu.auth0.com)'),
    setting(
        "a tenant's name for its domain",
        "tenant/domain",
        "guestlist",
        'tenant.domain must be the full domain of the tenant, got "guestlist" '
        "(such as my-tenant.eu.auth0.com; Auth0 shows it under Settings of any application)",
    ),
    setting(
        "the local tenant",
        "tenant/domain",
        "localhost:8443",
        'tenant.domain must not be localhost outside the environment local, got "localhost:8443" '
        "(write the domain of the environment's Auth0 tenant)",
    ),
    setting("a mail address without a host", "email/fromAddress", "ana", 'email.fromAddress must be a mail address, got "ana" (such as invitations@example.com)'),
    setting("a mail server with a port", "email/smtpHost", "smtp.example:25", 'email.smtpHost must not hold a port, got "smtp.example:25" (write the port in guestlist:email.smtpPort)'),
    setting(
        "a mail server on this machine",
        "email/smtpHost",
        "localhost",
        'email.smtpHost must not be localhost outside the environment local, got "localhost" (Auth0 sends the mail, from its own machines)',
    ),
    setting(
        "a control character",
        "tenant/friendlyName",
        "Guest\x1b[31mlist",
        'tenant.friendlyName must be one line without control characters, got "Guest<U+001B>[31mlist" '
        "(take out line breaks, tabs and invisible characters)",
    ),
    setting(
        "a text that turns its direction",
        "tenant/friendlyName",
        "Guest\u202elist",
        'tenant.friendlyName must be one line without control characters, got "Guest<U+202E>list" '
        "(take out line breaks, tabs and invisible characters)",
    ),
    setting("an empty name", "application/name", " ", 'application.name must not be empty, got " " (people read it in the mail and on the login page)'),
    setting("a name with a tag", "application/name", "<b>", 'application.name must not hold < or >, got "<b>" (Auth0 refuses them in names)'),
    setting(
        "a name without end",
        "application/name",
        "a" * 101,
        f'application.name must have 100 characters or fewer, got "{"a" * 60}…" (it has 101)',
    ),
    setting("an encrypted setting", "tenant/supportEmail", {"secure": SEALED_TEXT}, "tenant.supportEmail must not be encrypted (only secrets are encrypted: a review must see the rest)"),
]  # fmt: skip

OWNERSHIP = [
    setting(
        "an owner that is none",
        "ownership/mfa",
        "mine",
        'ownership.mfa must be own, leave or require, got "mine" (such as own)',
    ),
    setting(
        "an Action of ours without @",
        "actions/postLogin",
        ["require-mfa", "@complete-profile"],
        "actions.postLogin must name ours with @: @require-mfa, got a list (without it a name is somebody else's Action)",
    ),
    setting(
        "an Action of ours that is not there",
        "actions/postLogin",
        ["@require-mfa", "@complete-profile", "@corp"],
        "actions.postLogin must name ours only with @, got a list (they are @require-mfa and @complete-profile; others are named as they are)",
    ),
    setting(
        "the redirect before MFA",
        "actions/postLogin",
        ["@complete-profile", "@require-mfa"],
        "actions.postLogin must have @require-mfa before @complete-profile, got a list (MFA comes first, or the redirect could be used to skip it)",
    ),
    setting(
        "an Action twice",
        "actions/postLogin",
        ["corp", "@require-mfa", "@complete-profile", "corp"],
        "actions.postLogin must not name an Action twice, got a list (it would run twice)",
    ),
    setting(
        "an Action without a name",
        "actions/postLogin",
        ["", "@require-mfa", "@complete-profile"],
        "actions.postLogin must not name an empty or too long Action, got a list (128 characters are the most)",
    ),
    setting(
        "more Actions than a trigger takes",
        "actions/postLogin",
        ["@require-mfa", "@complete-profile", *(f"corp-{number}" for number in range(19))],
        "actions.postLogin must name 20 Actions or fewer, got a list (Auth0 binds no more to a trigger)",
    ),
    setting(
        "a list without one of ours",
        "actions/postLogin",
        ["corp-risk", "@complete-profile"],
        "actions.postLogin must name @require-mfa (it would not run; to do without it write mfa.enabled: false)",
    ),
    Bad(
        "MFA required and switched off",
        an_environment(("config/guestlist:ownership/mfa", "require"), ("config/guestlist:mfa/enabled", False)),
        ": guestlist:ownership.mfa must not be require while mfa.enabled is false (nothing is needed of MFA then: take the line out, or write leave)",
    ),
    Bad(
        "Actions required and switched off",
        an_environment(
            ("config/guestlist:ownership/postLogin", "require"),
            ("config/guestlist:mfa/enabled", False),
            ("config/guestlist:profile/enabled", False),
        ),
        ": guestlist:ownership.postLogin must not be require while no Action of ours runs (no Action of ours is there to be bound: take the line out, or write leave)",
    ),
    Bad(
        "a list that nobody writes",
        an_environment(
            ("config/guestlist:ownership/postLogin", "leave"),
            ("config/guestlist:actions/postLogin", ["@require-mfa", "@complete-profile"]),
        ),
        ": guestlist:actions.postLogin must not be there unless ownership.postLogin is own (the list is somebody else's to write)",
    ),
]  # fmt: skip

CONTRADICTIONS = [
    Bad(
        "a mail user without a password",
        an_environment(SMTP_USER),
        ": guestlist:email.smtpUser is set, but guestlist:smtpPassword is not (the mail server needs both, or neither)",
    ),
    Bad(
        "a mail password without a user",
        an_environment(changed("smtpPassword", {"secure": SEALED_TEXT})),
        ": guestlist:smtpPassword is set, but guestlist:email.smtpUser is not (the mail server needs both, or neither)",
    ),
    setting(
        "the page on the tenant",
        "profile/pageUrl",
        "https://guestlist-qa.eu.auth0.example",
        'profile.pageUrl must not be on the tenant\'s domain, got "https://guestlist-qa.eu.auth0.example" '
        "(it is Auth0's own host; cookies and pages of the flow need a host of yours)",
    ),
]

SECRETS = [
    setting(
        "a secret in plain text",
        "toPageSecret",
        "canary-0123456789",
        f"toPageSecret is in plain text, got 17 characters (it is no secret any more: make a new one and {SET.format('toPageSecret')})",
    ),
    setting("a number for a secret", "toPageSecret", 12345, f"toPageSecret must be one encrypted text, got a number ({SET.format('toPageSecret')})"),
    setting("a secret without a value", "toPageSecret", None, f"toPageSecret must be one encrypted text, got nothing ({SET.format('toPageSecret')})"),
    setting(
        "a secret that nobody encrypted",
        "toPageSecret",
        {"secure": "canary"},
        f"toPageSecret is not what Pulumi writes for a secret (write it with: {SET.format('toPageSecret')})",
    ),
    secret("a short secret", "toPageSecret", A_THIRD_KEY[:31], f"toPageSecret must have 32 random bytes or more, got 31 characters ({NEW})"),
    secret("16 bytes in hexadecimal", "toPageSecret", "0f3a9c5be17d2846" * 2, f"toPageSecret must have 32 random bytes or more, got 32 characters ({NEW})"),
    secret("an empty secret", "toPageSecret", "", f"toPageSecret must not be empty, got 0 characters ({NEW})"),
    secret("one character again and again", "toPageSecret", "aB3" * 30, f"toPageSecret must be random, got 90 characters (it repeats itself; {NEW})"),
    secret(
        "a row of characters",
        "toPageSecret",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        f"toPageSecret must be random, got 62 characters (it repeats itself; {NEW})",
    ),
    secret("an example secret", "toPageSecret", "changeme-" + A_THIRD_KEY, f"toPageSecret is an example, not a secret, got 72 characters ({NEW})"),
    secret("the secret of a specification", "toPageSecret", "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow", f"toPageSecret is an example, not a secret, got 86 characters ({NEW})"),
    secret(
        "a secret with a line break",
        "toPageSecret",
        A_THIRD_KEY + "\n",
        "toPageSecret must be printable ASCII without spaces, got 64 characters (a line break at its end comes from a file or a pipe)",
    ),
    secret("a local key", "toPageSecret", local_secret("toPageSecret"), f"toPageSecret is a key of the local tenant, which is public, got 86 characters ({NEW})"),
    secret(
        "one secret for both directions",
        "fromPageSecret",
        GOOD_KEYS["toPageSecret"],
        f"fromPageSecret must differ from toPageSecret (each direction and each rotation needs its own; {NEW})",
    ),
    secret(
        "a rotation to the same secret",
        "previousToPageSecret",
        GOOD_KEYS["toPageSecret"],
        f"previousToPageSecret must differ from toPageSecret (each direction and each rotation needs its own; {NEW})",
    ),
    secret("an example password", "smtpPassword", "changeme", "smtpPassword is an example, not a secret, got 8 characters (write the real one)", SMTP_USER),
]  # fmt: skip

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

LOCAL = [
    Bad(
        "a real tenant in local",
        an_environment(changed("profile/pageUrl", "https://profile.localhost:8443")),
        ': guestlist:tenant.domain must be localhost in the environment local, got "guestlist-qa.eu.auth0.example" '
        "(its keys are public; a real tenant needs its own: guestlist env new)",
        environment="local",
    ),
    Bad(
        "a public page in local",
        an_environment(changed("tenant/domain", "localhost:8443")),
        ': guestlist:profile.pageUrl must be on localhost in the environment local, got "https://profile.guestlist.example" '
        "(its keys are public)",
        environment="local",
    ),
]


@pytest.fixture(autouse=True)
def nobody_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any engine, any connection fails the test."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("somebody was called")

    monkeypatch.setattr(config_secrets, "find_engine", refuse)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(
        environments, "is_public_passphrase", lambda _: False
    )  # takes a third of a second, has its own test
    for name in [name for name in os.environ if name.startswith(("PULUMI_", "AUTH0_"))]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    "bad", [*SETTINGS, *OWNERSHIP, *CONTRADICTIONS, *SECRETS, *FILES, *LOCAL], ids=lambda bad: bad.kind
)
def test_bad_configuration_gives_its_one_line_and_exit_1_and_touches_nothing(
    bad: Bad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = a_project(tmp_path, **{bad.environment: bad.content})
    opened = Opened(values=bad.secrets) if bad.secrets else Opened(not_checked="no key")
    monkeypatch.setattr(environments, "open_secrets", lambda *_: opened)
    before = _everything_in(root)

    result = CliRunner().invoke(cli, ["--project", str(root), "env", "check", bad.environment])

    lines = [line.strip() for line in result.stderr.splitlines() if line.startswith("  ")]
    assert lines == [f"config/Pulumi.{bad.environment}.yaml{bad.line}"]
    assert result.exit_code == 1
    assert "canary" not in result.output
    assert _everything_in(root) == before


@pytest.mark.parametrize("bad", [*SETTINGS, *OWNERSHIP, *CONTRADICTIONS, *SECRETS, *FILES], ids=lambda bad: bad.kind)
def test_no_two_kinds_of_bad_configuration_say_the_same(bad: Bad) -> None:
    same = [
        other.kind for other in (*SETTINGS, *OWNERSHIP, *CONTRADICTIONS, *SECRETS, *FILES) if other.line == bad.line
    ]
    assert same == [bad.kind]


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    content = an_environment(
        changed("invite/linkTtlSec", 0), changed("email/smtpPort", 0), without("tenant/domain"), changed("zzz", 1)
    )
    root = a_project(tmp_path, qa=content, other="")
    result = CliRunner().invoke(cli, ["--project", str(root), "env", "check"])
    assert "the configuration has 5 faults:" in result.stderr


def test_a_missing_file_names_those_that_are_there(tmp_path: Path) -> None:
    root = a_project(tmp_path, qa=VALID)
    result = CliRunner().invoke(cli, ["--project", str(root), "env", "check", "nowhere"])
    assert (
        "config/Pulumi.nowhere.yaml: does not exist (there are: qa; guestlist env new nowhere makes it)"
        in result.stderr
    )
    assert result.exit_code == 1


def test_a_folder_in_the_file_s_place_is_a_fault(tmp_path: Path) -> None:
    root = a_project(tmp_path)
    (root / "config" / "Pulumi.qa.yaml").mkdir()
    result = CliRunner().invoke(cli, ["--project", str(root), "env", "check"])
    assert "config/Pulumi.qa.yaml: is not a file" in result.stderr


def test_a_pipe_in_the_file_s_place_does_not_hang(tmp_path: Path) -> None:
    root = a_project(tmp_path)
    os.mkfifo(root / "config" / "Pulumi.qa.yaml")
    result = CliRunner().invoke(cli, ["--project", str(root), "env", "check"])
    assert "config/Pulumi.qa.yaml: is not a file" in result.stderr


def test_a_file_without_permission_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = a_project(tmp_path, qa=VALID)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(Path, "read_bytes", lambda _: b"name: guestlist")
    result = CliRunner().invoke(cli, ["--project", str(root), "env", "check"])
    assert "config/Pulumi.qa.yaml: may not be read (give yourself the permission: chmod u+r)" in result.stderr


def test_a_file_that_is_not_named_as_a_stack_can_be_is_a_fault(tmp_path: Path) -> None:
    root = a_project(tmp_path, **{"my env": VALID})
    result = CliRunner().invoke(cli, ["--project", str(root), "env", "check"])
    assert (
        "config/Pulumi.my env.yaml: is not named as a stack can be (letters, digits, - _ and . only, at most 100)"
        in result.stderr
    )


def test_a_file_that_pulumi_ignores_is_a_fault(tmp_path: Path) -> None:
    root = a_project(tmp_path, qa=VALID)
    (root / "config" / "Pulumi.dev.yml").write_text(VALID)
    result = CliRunner().invoke(cli, ["--project", str(root), "env", "check"])
    assert "config/Pulumi.dev.yml: is not read (Pulumi reads Pulumi.NAME.yaml only: rename it)" in result.stderr


def _everything_in(root: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in sorted(root.rglob("*")) if path.is_file()
    }
