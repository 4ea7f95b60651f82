"""Who wrote an object: the latest first, our deployer told apart, nobody accused of what the log does not say."""

from __future__ import annotations

from datetime import timedelta

from guestlist.tenant_log.entries import read_entry
from guestlist.tenant_log.who import API, DASHBOARD, Write, writers
from tests.unit.tenant_log.factories import NOW, an_entry, raw


def program(method: str = "PATCH", path: str = "/clients/c1", *, client: str = "deployer", minutes: int = 0) -> object:
    found = raw(method, path, at=NOW - timedelta(minutes=minutes), client_id=client, client_name=client.title())
    found["details"]["request"]["auth"] = {"user": {}}
    return read_entry(found)


def named(found: tuple[Write, ...]) -> list[tuple[str, str, bool]]:
    return [(one.who, one.how, one.ours) for one in found]


def test_a_person_in_the_dashboard_is_named() -> None:
    assert named(writers([an_entry()], "Client", "c1")) == [("Ana Lima <ana@example.com>", DASHBOARD, False)]


def test_our_deployer_is_told_apart_from_another_program() -> None:
    entries = [program(), program(client="script", minutes=5)]

    assert named(writers(entries, "Client", "c1", deployers=frozenset({"deployer"}))) == [  # type: ignore[arg-type]
        ("the application Deployer", API, True),
        ("the application Script", API, False),
    ]


def test_writes_of_other_objects_are_others_affairs() -> None:
    assert writers([an_entry("PATCH", "/clients/c2"), an_entry("PATCH", "/branding")], "Client", "c1") == ()


def test_of_one_person_the_latest_counts() -> None:
    [one] = writers([an_entry(at=NOW - timedelta(hours=1)), an_entry()], "Client", "c1")

    assert one.entry.at == NOW


def test_who_made_an_object_is_known_by_what_the_answer_names() -> None:
    found = raw("POST", "/clients")
    found["details"]["response"]["body"] = {"client_id": "c9", "name": "Tool"}
    made = read_entry(found)
    assert made is not None

    assert len(writers([made], "Client", "c9")) == 1
    assert writers([made], "Client", "c8") == ()


def test_what_a_tenant_has_once_is_anybodys_who_wrote_it() -> None:
    assert len(writers([an_entry("PUT", "/guardian/policies")], "Guardian", "some-id")) == 1
    assert len(writers([an_entry("PATCH", "/connections/con_1/clients")], "ApplicationConnections", "c1")) == 1


def test_at_most_three_are_named() -> None:
    entries = [program(client=f"script{number}", minutes=number) for number in range(6)]

    assert [one.who for one in writers(entries, "Client", "c1")] == [  # type: ignore[arg-type]
        f"the application Script{number}" for number in range(3)
    ]


def test_whoever_deleted_the_client_deleted_its_grant() -> None:
    made = raw("POST", "/client-grants", at=NOW - timedelta(hours=1))
    made["details"]["response"]["body"] = {"id": "cgr_1"}
    entries = [read_entry(made), an_entry("DELETE", "/clients/c1"), an_entry("DELETE", "/clients/c2", at=NOW)]

    [one, *_] = writers([one for one in entries if one], "ClientGrant", "cgr_1", parents=["c1"])

    assert one.entry.path == "/clients/c1"


def test_a_trigger_is_written_by_who_wrote_that_trigger() -> None:
    entries = [
        an_entry("PATCH", "/actions/triggers/post-login/bindings"),
        an_entry("PATCH", "/actions/triggers/send-phone-message/bindings", at=NOW - timedelta(hours=1)),
    ]

    [order] = writers(entries, "TriggerActions", "post-login")
    [bound] = writers(entries, "TriggerAction", "send-phone-message::a1")

    assert order.entry.at == NOW
    assert bound.entry.at == NOW - timedelta(hours=1)


def test_what_the_log_names_is_not_hidden_by_what_the_same_person_did_nearby() -> None:
    entries = [
        an_entry("DELETE", "/clients/c1"),
        an_entry("DELETE", "/connections/con_1", at=NOW - timedelta(minutes=1)),
    ]

    [one] = writers(entries, "ConnectionClients", "con_1")

    assert one.exact
