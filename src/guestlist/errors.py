"""
The errors that a person at the terminal sees as one sentence and an exit code.

    GuestlistError               1   failed, or could not tell
    ├── BadConfiguration         1   settings are wrong: every fault, one line each
    ├── NoProject                1   no Pulumi.yaml of this project above the working directory
    ├── ToolchainMissing         1   no Pulumi engine on this machine
    ├── EngineFailed             1   the Pulumi engine ended with an error
    ├── TenantFailed             1   the tenant did not answer, or answered with an error
    │   └── InviteFailed         1   no mail left: the same call may be made again
    ├── InviteInDoubt            1   nobody knows whether a mail left: it is not sent again unasked
    ├── BadWish                 64   an address, name, language or phone number that cannot be
    └── Refused                  3   a rule forbids it, nothing was touched
        ├── WrongTenant          3   the credentials are for another tenant
        ├── PendingOperations    3   a killed `up` left operations behind
        └── InviteRefused        3   the person's standing forbids it: blocked, not invited by us, revoked, too soon, …

Raised anywhere in `guestlist`, caught in `guestlist.cli.main` only, printed on stderr as `Error: …` without a traceback.
Messages follow one form: what failed, on which object, why, what to run next; never a secret, a token or a ticket URL.

Not here: wrong usage of a command (exit 64, click's own errors) and interruption (exit 130).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal

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


class InviteFailed(TenantFailed):
    """No mail left, and the invite says so: making the same call again is right. `wait_seconds` is how long to wait first."""

    def __init__(self, message: str, *, wait_seconds: float = 0.0) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class InviteInDoubt(GuestlistError):  # noqa: N818
    """
    Nobody knows whether a mail left: it was on its way when the answer, or the run, was lost.

    `attempt` is the Message-ID's first half with ticket delivery. `settles_at`: from then on the same call may find out by itself.
    """

    def __init__(self, message: str, *, attempt: str, settles_at: datetime | None = None) -> None:
        super().__init__(message)
        self.attempt = attempt
        self.settles_at = settles_at


class BadWish(GuestlistError):  # noqa: N818
    """Something that was asked for cannot be: `field` of the wish, and the `problem` with it."""

    exit_code: ClassVar[int] = USAGE

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field.replace('_', ' ').capitalize()} {problem}")
        self.field = field
        self.problem = problem


class Refused(GuestlistError):  # noqa: N818
    """A rule forbids it; nothing was touched."""

    exit_code: ClassVar[int] = REFUSED


class WrongTenant(Refused):
    """The credentials in the environment are for another tenant than the settings name."""


class PendingOperations(Refused):
    """The state holds operations that a killed run left behind."""


RefusalReason = Literal[
    "blocked", "foreign", "revoked", "active", "not_invited", "too_soon", "too_often", "unsupported"
]


class InviteRefused(Refused):
    """The person's standing forbids it. `until`: when it will be allowed, where time is all it takes."""

    def __init__(self, message: str, *, reason: RefusalReason, until: datetime | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.until = until
