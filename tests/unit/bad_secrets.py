"""Secrets that are wrong."""

from stacks.settings import local_secret
from tests.unit.bad import NEW, SET, SMTP_USER, secret, setting
from tests.unit.environment_files import A_THIRD_KEY, GOOD_KEYS

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
