"""
Who did what to whom: one line of JSON an action, in a file that only grows.

    {"at", "by", "action", "environment", "address_hash", "outcome", "attempt"}

No address, link, name or phone number is in it. `address_hash` is SHA-256 of tenant, connection and address, one a line: it joins the lines
about one person, and answers "was this address invited?" for whoever has the address. It is no protection against somebody who guesses
addresses. A run that is killed outright leaves no line; the invite itself tells (`attempt`).

Not here: what happened in the tenant (its own logs).
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from guestlist.errors import GuestlistError

Action = Literal["create", "resend", "revoke"]  # on an invite
SupportAction = Literal["users.reset-mfa"]


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One action."""

    at: str  # ISO 8601, UTC
    by: str
    action: Action | SupportAction
    environment: str
    address_hash: str
    outcome: str  # as `Invited.state` or `mfa_reset.outcome_of`, or refused:REASON, failed, in_doubt, interrupted
    attempt: str | None = None

    def line(self) -> str:
        """As the file holds it."""
        return json.dumps(vars(self), ensure_ascii=True, sort_keys=True) + "\n"


Audit = Callable[[AuditEntry], None]


def keep_nothing(_entry: AuditEntry) -> None:
    """For those who keep a journal of their own."""


def operator(environ: Mapping[str, str] = os.environ) -> str:
    """Who works here: `GUESTLIST_ACTOR`, else the user of the operating system."""
    named = environ.get("GUESTLIST_ACTOR", "").strip()
    if named:
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"uid {os.getuid()}"


def address_hash(address: str, *, tenant_domain: str, connection: str) -> str:
    """Name an address without writing it down."""
    return hashlib.sha256(f"{tenant_domain}\n{connection}\n{address}".encode()).hexdigest()


def audit_file(root: Path, environment: str) -> Path:
    """Where the lines of an environment are."""
    return root / ".guestlist" / "audit" / f"{environment}.jsonl"


class AuditFile:
    """
    A file that grows by a line an action, readable by its owner only. Opened before anything is done: without it nothing is.

    Raises: GuestlistError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise GuestlistError(
                f"Cannot write the audit file {path}, and nothing was done: {error.strerror}. Make it writable, and run again."
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)

    def __call__(self, entry: AuditEntry) -> None:
        """Append it, in one write, and wait until the disk has it. Raises: GuestlistError."""
        try:
            os.write(self._descriptor, entry.line().encode())
            os.fsync(self._descriptor)
        except OSError as error:
            raise GuestlistError(
                f"The {entry.action} came to an end ({entry.outcome}), but the audit file {self.path} does not take the line: "
                f"{error.strerror}. Write it down elsewhere, and make room."
            ) from error
