"""Whatever kind the program declares, a preview knows what it costs and what follows from deleting it."""

from typing import Any

import pytest

from guestlist.preview.calls import KINDS, READS
from guestlist.preview.consequences import BY_KIND
from guestlist.preview.picture import Pictures, Resource
from guestlist.preview.security.grants import NEEDED
from guestlist.preview.security.judge import judge
from stacks.machine_clients import INVITER_NAME, PROFILE_WRITER, WRITER_NAME, inviter
from stacks.settings import local_secret
from stacks.tenant_wide import TENANT_WIDE_THINGS
from tests.stacks.running import Ran, run, some_settings
from tests.stacks.things import EVERYTHING
from tests.unit.preview.test_security import TODAY

WEBHOOK = {"provider": "custom", "webhookUrl": "https://sms.localhost:8443/hook"}
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "the defaults": {},
    "everything": {**EVERYTHING, "twilioAuthToken": "a-token-of-twilio", "profile": {"store": "root"}},
    "a web hook in an old tenant": {
        "phone": {**WEBHOOK, "experience": "legacy"},
        "phoneWebhookSecret": local_secret("phoneWebhookSecret"),
    },
    "a login domain": {"loginDomain": {"name": "login.localhost", "inUse": True}},
    "another application": {
        "otherApplications": {"portal": {"name": "Portal", "existing": True}},
    },
}


@pytest.fixture(scope="module", params=CONFIGURATIONS)
def ran(request: pytest.FixtureRequest) -> Ran:
    with pytest.MonkeyPatch.context() as monkeypatch:
        return run(monkeypatch, preview=True, **CONFIGURATIONS[request.param])


def kinds(ran: Ran) -> set[str]:
    return {one.type.rpartition(":")[2] for one in ran.custom() if not one.type.startswith("pulumi:")}


def test_every_kind_has_its_calls_and_its_consequences(ran: Ran) -> None:
    assert kinds(ran) - KINDS == set()
    assert kinds(ran) - set(BY_KIND) == set()


def test_a_first_up_of_it_breaks_no_rule(ran: Ran) -> None:
    resources = [
        Resource(urn=one.urn, type=one.type, inputs=one.plain, id=f"id-of-{one.name}")
        for one in ran.custom()
        if not one.type.startswith("pulumi:")
    ]
    pictures = Pictures(before={}, after={one.urn: one for one in resources})

    findings = judge(pictures, today=TODAY, local=True)

    assert [one for one in findings if one.rule not in {"secret-in-plain-text", "attack-protection-allowlist"}] == []


def test_the_backup_s_reads_are_those_of_the_things() -> None:
    things = {name for name in TENANT_WIDE_THINGS if not name.startswith("reset-texts-")}

    assert set(READS) == things


def test_what_our_own_clients_may_begin_with_is_what_they_need() -> None:
    every_way = some_settings(invite={"preEnrolPhone": True}).invite
    assert {
        f"{INVITER_NAME}-grant": frozenset(inviter(every_way).scopes),
        f"{WRITER_NAME}-grant": frozenset(PROFILE_WRITER.scopes),
    } == NEEDED
