"""Who did what: a line an action, without anything that names or lets in a person."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path

import pytest

from guestlist.audit import operator
from guestlist.errors import GuestlistError, InviteRefused
from guestlist.invites import AuditFile, audit_file
from guestlist.invites.sending import NobodyKnows, NothingLeft
from tests.unit.invites.place import ANA, Place


def test_each_action_is_told_whatever_comes_of_it(place: Place) -> None:
    place.options["delivery"] = "ticket"
    place.postbox.fails = [NothingLeft("no"), NobodyKnows("hm")]
    for act in (place.create, place.create, place.create, place.revoke, place.resend):
        try:
            act()
        except GuestlistError:
            continue
    assert [(one.action, one.outcome) for one in place.entries] == [
        ("create", "failed"),
        ("create", "in_doubt"),
        ("create", "in_doubt"),
        ("revoke", "revoked"),
        ("resend", "refused:revoked"),
    ]
    assert place.entries[1].attempt == place.entries[2].attempt
    first = place.entries[0]
    assert (first.at, first.by, first.environment) == ("2026-11-23T12:00:00Z", "rita", "qa")
    salted = f"localhost:8443\ninvited-users\n{ANA}"
    assert first.address_hash == hashlib.sha256(salted.encode()).hexdigest()


def test_the_file_only_grows_and_is_its_owners(place: Place, tmp_path: Path) -> None:
    path = audit_file(tmp_path, "qa")
    for action in (place.create, place.revoke):
        with AuditFile(path) as audit:
            place.entries = _Both(audit)  # type: ignore[assignment]
            action()
    lines = path.read_text().splitlines()
    assert [json.loads(line)["outcome"] for line in lines] == ["invited", "revoked"]
    assert json.loads(lines[0]).keys() == {
        "at",
        "by",
        "action",
        "environment",
        "address_hash",
        "outcome",
        "attempt",
    }
    assert ANA not in path.read_text()
    assert "ticket=" not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


class _Both:
    """Stands for the list of entries."""

    def __init__(self, audit: AuditFile) -> None:
        self.append = audit


def test_without_its_file_nothing_is_done(tmp_path: Path) -> None:
    (tmp_path / ".guestlist").write_text("in the way")
    with pytest.raises(GuestlistError, match=r"Cannot write the audit file .* and nothing was done"):
        AuditFile(audit_file(tmp_path, "qa"))


def test_the_operator_is_named_by_the_environment_or_by_the_system() -> None:
    assert operator({"GUESTLIST_ACTOR": " ci@runner-7 "}) == "ci@runner-7"
    assert operator({})


def test_a_refusal_is_told_with_its_reason(place: Place) -> None:
    with pytest.raises(InviteRefused):
        place.revoke()
    assert place.entries[0].outcome == "refused:not_invited"
