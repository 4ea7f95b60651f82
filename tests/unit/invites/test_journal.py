"""The journal of a run over a file of people: what is in it, and what survives a cut anywhere."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guestlist.errors import GuestlistError, Refused
from guestlist.invites.journal import Journal, open_journal
from tests.bulk_invites import Books, Killed, Killer, VirtualClock, run_once, some_rows, sometimes

ANA = "ana@example.com"


def opened(root: Path, **changes: object):  # type: ignore[no-untyped-def]
    clock = VirtualClock()
    wanted = {"environment": "qa", "key": "k", "rows": 1, "now": clock.now, **changes}
    return open_journal(root, **wanted)  # type: ignore[arg-type]


def the_file(root: Path) -> Path:
    (found,) = (root / ".guestlist" / "invites").glob("*.jsonl")
    return found


def test_it_says_what_is_about_to_be_done_and_what_came_of_it(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        assert journal.resumes is False
        journal.intend(12, ANA, attempt=1)
        journal.result(12, ANA, outcome="failed", attempt=1)
        journal.intend(12, ANA, attempt=2)
    file = the_file(tmp_path)
    assert file.name == "qa-k.jsonl"
    begin, *lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert {name: begin[name] for name in ("kind", "at", "environment", "rows")} == {
        "kind": "begin",
        "at": "2026-11-23T12:00:00Z",
        "environment": "qa",
        "rows": 1,
    }
    assert [(line["kind"], line["line"], line["attempt"], line.get("outcome")) for line in lines] == [
        ("intent", 12, 1, None),
        ("result", 12, 1, "failed"),
        ("intent", 12, 2, None),
    ]
    with opened(tmp_path) as journal:
        assert journal.resumes is True
        noted = journal.noted(ANA)
        assert noted is not None
        assert (noted.attempt, noted.outcome) == (2, None)
        assert journal.noted("bo@example.com") is None


def test_only_its_owner_can_read_it_and_it_names_nobody(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.intend(2, ANA, attempt=1)
        journal.result(2, ANA, outcome="sent", attempt=1)
    file = the_file(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert "ana" not in file.read_text()
    with opened(tmp_path, key="other") as other:
        other.intend(2, ANA, attempt=1)
    hashes = {
        json.loads(line)["address_hash"]
        for path in file.parent.glob("*.jsonl")
        for line in path.read_text().splitlines()[1:]
    }
    assert len(hashes) == 2


def test_every_line_is_on_the_disk_before_the_next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    with opened(tmp_path) as journal:
        begun = len(synced)
        journal.intend(2, ANA, attempt=1)
        journal.result(2, ANA, outcome="sent", attempt=1)
    assert begun >= 2  # the first line, and the folder
    assert len(synced) == begun + 2


def test_a_second_run_in_the_same_environment_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(Refused, match=rf"\(process {os.getpid()}\), and nothing was sent"):
        opened(tmp_path, key="another file").__enter__()
    with opened(tmp_path, key="another file"), opened(tmp_path, environment="dev"):
        pass


def test_the_lock_ends_with_a_process_that_was_killed(tmp_path: Path) -> None:
    program = (
        "import os,sys;from pathlib import Path;from datetime import datetime,UTC;"
        "from guestlist.invites.journal import open_journal;"
        "open_journal(Path(sys.argv[1]),environment='qa',key='k',rows=1,now=lambda:datetime.now(UTC)).__enter__();"
        "os.kill(os.getpid(),9)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == -9
    with opened(tmp_path) as journal:
        assert journal.resumes is True


@pytest.mark.parametrize("line", ['{"kind": "result"}', "not json", '{"kind": "other", "at": "2026"}', "[]", "{}"])
def test_a_journal_that_no_run_has_written_is_not_guessed_at(tmp_path: Path, line: str) -> None:
    with opened(tmp_path):
        pass
    file = the_file(tmp_path)
    file.write_text(file.read_text() + line + "\n")
    with pytest.raises(GuestlistError, match=r"qa-k\.jsonl:2: this is no line of a journal.*nobody was invited"):
        opened(tmp_path).__enter__()


def test_nobody_is_invited_without_a_journal(tmp_path: Path) -> None:
    (tmp_path / ".guestlist").write_text("a file where the folder should be")
    with pytest.raises(GuestlistError, match=r"Cannot lock"):
        opened(tmp_path).__enter__()


def test_a_full_disk_is_one_sentence_and_the_call_is_not_made(tmp_path: Path) -> None:
    books = Books(VirtualClock())

    class FullDisk(Killer):
        def append(self, descriptor: int, line: bytes) -> None:
            if b"intent" in line:
                raise OSError(28, "No space left on device")
            super().append(descriptor, line)

    books.killer = FullDisk()
    with pytest.raises(GuestlistError, match=r"cannot be written.*No space left on device.*goes on where it was"):
        run_once(tmp_path, some_rows(3), books)
    assert books.asked == []


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), kill=st.integers(1, 60), cut=st.floats(0, 1))
def test_a_journal_cut_at_any_byte_mails_nobody_twice(seed: int, kill: int, cut: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root, rows = Path(folder), some_rows(5)
        books = Books(VirtualClock(), loses_answers=sometimes(seed, 0.2))
        books.killer.arm(kill)
        with contextlib.suppress(Killed):
            run_once(root, rows, books)
        books.killer.arm(None)
        file = the_file(root)
        content = file.read_bytes()
        file.write_bytes(content[: round(cut * len(content))])
        results = run_once(root, rows, books)
        assert len(results) == 5
        assert set(books.mails.values()) == {1}
        assert {result.outcome for result in results} <= {"sent", "already_invited", "in_doubt"}


def test_a_cut_line_is_taken_away_before_the_next_is_written(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.intend(2, ANA, attempt=1)
        journal.result(2, ANA, outcome="sent", attempt=1)
    file = the_file(tmp_path)
    file.write_bytes(file.read_bytes()[:-9])
    with opened(tmp_path) as journal:
        assert isinstance(journal, Journal)
        noted = journal.noted(ANA)
        assert noted is not None
        assert noted.outcome is None
        journal.result(2, ANA, outcome="already_invited", attempt=2)
    assert [json.loads(line)["kind"] for line in file.read_text().splitlines()] == ["begin", "intent", "result"]
