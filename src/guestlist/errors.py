"""
The errors that a person at the terminal sees as one sentence and an exit code.

    GuestlistError               1   failed, or could not tell
    ├── BadConfiguration         1   settings are wrong: every fault, one line each
    ├── NoProject                1   no Pulumi.yaml of this project above the working directory
    ├── ToolchainMissing         1   no Pulumi engine on this machine
    ├── EngineFailed             1   the Pulumi engine ended with an error
    ├── TenantFailed             1   the tenant did not answer, or answered with an error
    └── Refused                  3   a rule forbids it, nothing was touched
        ├── WrongTenant          3   the credentials are for another tenant
        └── PendingOperations    3   a killed `up` left operations behind

Raised anywhere in `guestlist`, caught in `guestlist.cli.main` only, printed on stderr as `Error: …` without a traceback.
Messages follow one form: what failed, on which object, why, what to run next; never a secret, a token or a ticket URL.

Not here: wrong usage of a command (exit 64, click's own errors) and interruption (exit 130).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

OK = 0
FAILED = 1
DIFFERENCES = 2
REFUSED = 3
USAGE = 64
INTERRUPTED = 130


class GuestlistError(Exception):
    """Something failed; the message is the sentence for the person at the terminal."""

    exit_code: ClassVar[int] = FAILED

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadConfiguration(GuestlistError):  # noqa: N818 - reads as a sentence where it is raised
    """Settings are wrong; `lines` holds each fault as `file: key problem, got value (remedy)`."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)
        count = "1 fault" if len(self.lines) == 1 else f"{len(self.lines)} faults"
        super().__init__("\n  ".join([f"the configuration has {count}:", *self.lines]))


class NoProject(GuestlistError):  # noqa: N818
    """There is no Pulumi.yaml of this project here or above."""


class ToolchainMissing(GuestlistError):  # noqa: N818
    """The Pulumi engine is not on this machine."""


class EngineFailed(GuestlistError):  # noqa: N818
    """The Pulumi engine ended with an error."""


class TenantFailed(GuestlistError):  # noqa: N818
    """The tenant could not be reached, or answered with an error."""


class Refused(GuestlistError):  # noqa: N818
    """A rule forbids it; nothing was touched."""

    exit_code: ClassVar[int] = REFUSED


class WrongTenant(Refused):
    """The credentials in the environment are for another tenant than the settings name."""


class PendingOperations(Refused):
    """The state holds operations that a killed run left behind."""
