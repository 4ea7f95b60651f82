"""
What a run over a file of people has done so far, kept so that a killed run goes on where it was.

`.guestlist/invites/ENV-<hash of the rows>.jsonl`, readable by its owner only, is only ever appended to, each line on the disk before the next step:

    {"kind": "begin", "at": …, "environment": "dev", "rows": 1000, "salt": …}
    {"kind": "intent", "line": 12, "address_hash": …, "at": …, "attempt": 1}            before the tenant is called
    {"kind": "result", "line": 12, "address_hash": …, "outcome": "sent", "at": …, "attempt": 1}

No address, name or link is in it. A last line that was cut off is dropped: the row before it is asked about again, which mails nobody twice.
One run at a time for each environment: two files may name the same person, and they would share the tenant's rate limit.

Not here: what the outcomes mean, and when a row is asked again (`bulk.py`).
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from guestlist.errors import GuestlistError, Refused

Append = Callable[[int, bytes], None]
FOLDER = Path(".guestlist") / "invites"


@dataclass(frozen=True, kw_only=True)
class Noted:
    """The last that is known of a row: how often it was tried, and what came of it. `outcome` is `None` where the run was cut off meanwhile."""

    attempt: int
    outcome: str | None
    at: datetime


def append_durably(descriptor: int, line: bytes) -> None:
    """The line is on the disk when this returns."""
    while line:
        line = line[os.write(descriptor, line) :]
    os.fsync(descriptor)


class Journal:
    """
    The journal of one file of people in one environment. Made by `open_journal`, which holds the lock.

    Args:
        path: its file.
        environment: whom it is about, for its first line.
        rows: how many there are, for its first line.
        now: the time.
        append: writes a line to the disk; a test puts a power cut here.

    Raises:
        GuestlistError: the file cannot be read or written, or holds what no run has written.

    """

    def __init__(
        self,
        path: Path,
        *,
        environment: str,
        rows: int,
        now: Callable[[], datetime],
        append: Append = append_durably,
    ) -> None:
        self.path = path
        self._now = now
        self._append = append
        self._noted: dict[str, Noted] = {}
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._failed("opened", error) from error
        try:
            lines = self._whole_lines()
            self.resumes = bool(lines)
            self._salt = self._read(lines) if lines else self._begin(environment, rows)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def noted(self, address: str) -> Noted | None:
        """The last that is known of an address."""
        return self._noted.get(self._hash(address))

    def intend(self, line: int, address: str, *, attempt: int) -> None:
        """Say what is about to be done; when this returns it may be done."""
        self._keep({"kind": "intent", **self._about(line, address), "attempt": attempt})

    def result(self, line: int, address: str, *, outcome: str, attempt: int) -> None:
        """Say what came of it."""
        self._keep({"kind": "result", **self._about(line, address), "outcome": outcome, "attempt": attempt})

    def _about(self, line: int, address: str) -> dict[str, Any]:
        return {"line": line, "address_hash": self._hash(address), "at": _timestamp(self._now())}

    def _hash(self, address: str) -> str:
        """Of no use to whoever finds the journals of two files, or has a list of addresses and not this one."""
        return hmac.new(bytes.fromhex(self._salt), address.encode(), hashlib.sha256).hexdigest()[:32]

    def _keep(self, entry: Mapping[str, Any]) -> None:
        try:
            self._append(self._descriptor, json.dumps(entry).encode() + b"\n")
        except OSError as error:
            raise self._failed("written", error) from error
        self._remember(entry)

    def _begin(self, environment: str, rows: int) -> str:
        salt = secrets.token_hex(16)
        first = {"kind": "begin", "at": _timestamp(self._now()), "environment": environment, "rows": rows, "salt": salt}
        self._keep(first)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the file's name is on the disk too
        finally:
            os.close(folder)
        return salt

    def _whole_lines(self) -> list[bytes]:
        """Every line that was written to its end; what was cut off is taken away, so that the next line begins a line."""
        try:
            content = self.path.read_bytes()
            whole = content[: content.rfind(b"\n") + 1]
            if len(whole) < len(content):
                os.ftruncate(self._descriptor, len(whole))
        except OSError as error:
            raise self._failed("read", error) from error
        return whole.splitlines()

    def _read(self, lines: list[bytes]) -> str:
        """The salt; remembers the rest."""
        salt = ""
        for number, line in enumerate(lines, start=1):
            try:
                entry = json.loads(line)
                if number == 1:
                    salt = bytes.fromhex(entry["salt"]).hex()
                else:
                    self._remember(entry)
            except (ValueError, KeyError, TypeError):
                raise GuestlistError(
                    f"{self.path}:{number}: this is no line of a journal of invites, and nobody was invited. Move the file away and run "
                    "the same command again: the tenant itself knows who was mailed."
                ) from None
        return salt

    def _remember(self, entry: Mapping[str, Any]) -> None:
        if entry["kind"] == "begin":
            return
        if entry["kind"] not in {"intent", "result"}:
            raise ValueError
        outcome = entry["outcome"] if entry["kind"] == "result" else None
        at = datetime.fromisoformat(entry["at"])
        self._noted[entry["address_hash"]] = Noted(attempt=int(entry["attempt"]), outcome=outcome, at=at)

    def _failed(self, what: str, error: OSError) -> GuestlistError:
        return GuestlistError(
            f"The journal of this run cannot be {what}, and without it nobody is invited: {self.path}: "
            f"{error.strerror or type(error).__name__}. Once that is set right, run the same command again: it goes on where it was."
        )


@contextmanager
def open_journal(
    root: Path,
    *,
    environment: str,
    key: str,
    rows: int,
    now: Callable[[], datetime],
    append: Append = append_durably,
) -> Iterator[Journal]:
    """
    Open the journal of a file of people, or begin it, and keep every other run out meanwhile.

    Args:
        root: the project's folder.
        environment: whose tenant.
        key: of the rows (`csv_rows.hash_of`).
        rows: how many there are.
        now: the time.
        append: see `Journal`.

    Raises:
        Refused: another run is at work in this environment.
        GuestlistError: see `Journal`.

    """
    folder = root / FOLDER
    with _locked(folder / f"{environment}.lock", environment):
        journal = Journal(
            folder / f"{environment}-{key}.jsonl", environment=environment, rows=rows, now=now, append=append
        )
        try:
            yield journal
        finally:
            journal.close()


@contextmanager
def _locked(path: Path, environment: str) -> Iterator[None]:
    """The lock ends with the process, however that ends."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise GuestlistError(f"Cannot lock {path}: {error.strerror or type(error).__name__}.") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
            raise Refused(
                f"Another run is inviting a file of people to {environment} (process {holder}), and nothing was sent. Wait until it has "
                "ended, then run the same command again."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
