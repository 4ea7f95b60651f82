"""What a replay plants, counts and reports, on recordings made up for the purpose."""

from typing import Any

import pytest

from tests.contract.recordings.cassettes import SECOND_SDK, Interaction, Recording
from tests.contract.recordings.known import Known, overtaken, without_mended
from tests.contract.recordings.ownership import is_ours
from tests.contract.recordings.replay import Verdict, replay


def a_call(method: str, path: str, answer: Any, *, status: int = 200, sent: Any = None) -> dict[str, Any]:
    return {"method": method, "path": path, "answer": answer, "status": status, "sent": sent}


def verdicts_of(*calls: dict[str, Any]) -> list[Verdict]:
    interactions = tuple(
        Interaction(recording="Example", number=number, query="", sdk=SECOND_SDK, **call)
        for number, call in enumerate(calls)
    )
    return replay([Recording(name="Example", interactions=interactions)])


def whats(verdicts: list[Verdict]) -> list[set[str]]:
    return [set(verdict.whats) for verdict in verdicts]


def test_what_was_created_is_found_under_our_id() -> None:
    verdicts = verdicts_of(
        a_call(
            "POST",
            "/roles",
            {"id": "rol_aaaaaaaaaaaaaaaa", "name": "admin", "description": "All"},
            sent={"name": "admin", "description": "All"},
        ),
        a_call("GET", "/roles/rol_aaaaaaaaaaaaaaaa", {"id": "rol_aaaaaaaaaaaaaaaa", "name": "admin"}),
        a_call("DELETE", "/roles/rol_aaaaaaaaaaaaaaaa", {}),
        a_call("GET", "/roles/rol_aaaaaaaaaaaaaaaa", {}, status=404),
    )
    assert whats(verdicts)[:3] == [set(), set(), set()]
    assert verdicts[3].agrees
    assert all(verdict.counts for verdict in verdicts)


def test_another_status_is_a_difference() -> None:
    assert whats(verdicts_of(a_call("POST", "/roles", {}, status=201, sent={"name": "admin"}))) == [
        {"status 201 recorded, 200 here"}
    ]


def test_what_was_there_before_is_planted() -> None:
    verdicts = verdicts_of(
        a_call("GET", "/branding", {"logo_url": "https://example.com/a.png"}),
        a_call(
            "PATCH",
            "/branding",
            {"logo_url": "https://example.com/a.png", "favicon_url": "https://example.com/b.ico"},
            sent={"favicon_url": "https://example.com/b.ico"},
        ),
    )
    assert whats(verdicts) == [set(), set()]
    assert [verdict.counts for verdict in verdicts] == [False, True]  # the first only reads what was planted


def test_what_the_recording_writes_is_never_planted() -> None:
    url = "https://example.com/c.png"
    forgets = a_call("PATCH", "/branding", {"logo_url": "https://example.com/other.png"}, sent={"logo_url": url})
    reads = a_call("GET", "/branding", {"logo_url": "https://example.com/other.png"})
    assert whats(verdicts_of(forgets, reads)) == [{".logo_url: another value here"}] * 2


def test_a_client_of_an_earlier_time_is_planted() -> None:
    client = {"client_id": "a" * 32, "name": "Portal", "sso": True}
    verdicts = verdicts_of(
        a_call("GET", f"/clients/{'a' * 32}", client),
        a_call("PATCH", f"/clients/{'a' * 32}", {**client, "name": "Shop"}, sent={"name": "Shop"}),
    )
    assert whats(verdicts) == [set(), set()]
    assert [verdict.counts for verdict in verdicts] == [False, True]


def test_a_missing_operation_is_not_emulated() -> None:
    (verdict,) = verdicts_of(a_call("GET", "/groups", []))
    assert whats([verdict]) == [{"status 200 recorded, 501 here"}]


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("GET /clients/{id}", True),
        ("POST /clients/cimd/register", False),
        ("GET /connections/{id}/keys", False),
        ("PATCH /connections/{id}/clients", True),
        ("GET /organizations", False),
    ],
)
def test_ours_is_what_the_program_declares(operation: str, expected: bool) -> None:
    assert is_ours(operation) is expected


def an_entry(**changes: Any) -> Known:
    entry: dict[str, Any] = {
        "reason": "The times change.",
        "operation": "POST /roles",
        "what": "status 201 recorded, 200 here",
        "overruled_by": None,
        "interactions": ("Example#0", "Example#1"),
    }
    return Known(**{**entry, **changes})


def test_mended_entries_go() -> None:
    left = without_mended([an_entry(), an_entry(what="gone")], {("Example#1", "status 201 recorded, 200 here")})
    assert left == [an_entry(interactions=("Example#1",))]


def test_only_a_younger_recording_overtakes() -> None:
    verdicts = verdicts_of(a_call("POST", "/roles", {}, status=201, sent={"name": "admin"}))
    assert overtaken(verdicts, [an_entry()]) == set()
    assert overtaken(verdicts, [an_entry(overruled_by="Younger#0")]) == {"Example#0"}
    assert overtaken(verdicts, [an_entry(overruled_by="Younger#0", what="another")]) == set()
