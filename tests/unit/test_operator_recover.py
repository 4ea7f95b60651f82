"""What becomes of the operations that a killed run left pending."""

from typing import Any

import pytest

from guestlist.errors import Refused
from guestlist.recover import Candidate, Decision, natural_key, plan_recovery, refusal, unclear
from tests.unit.operator_state import a_pending, a_resource, a_state, a_urn, an_operation

CLIENT = a_urn()


def a_candidate(**changes: Any) -> Candidate:
    return Candidate(
        **{"id": "AbC123", "label": "client Guestlist application", "ours": True, "because": "marked", **changes}
    )


def decide(pending: dict[str, Any], *candidates: Candidate, **options: Any) -> Decision:
    urn = pending["resource"]["urn"]
    (decision,) = plan_recovery(a_state(pending=(pending,)), {urn: candidates}, **options)
    return decision


def test_an_object_that_shows_it_is_ours_is_kept() -> None:
    decision = decide(a_pending(), a_candidate())

    assert (decision.verb, decision.id) == ("adopt", "AbC123")


def test_what_the_tenant_does_not_have_is_forgotten() -> None:
    assert decide(a_pending()).verb == "forget"


def test_a_foreign_object_of_the_same_name_is_not_taken() -> None:
    assert decide(a_pending(), a_candidate(ours=False)).verb == "ask"


def test_of_two_candidates_none_is_taken() -> None:
    decision = decide(a_pending(), a_candidate(), a_candidate(id="second"))

    assert decision.verb == "ask"
    assert [found.id for found in decision.candidates] == ["AbC123", "second"]


def test_an_object_that_the_state_has_already_is_no_candidate() -> None:
    state = a_state(a_resource(id="AbC123"), pending=(a_pending(),))

    (decision,) = plan_recovery(state, {CLIENT: (a_candidate(), a_candidate(id="the-new-one"))})

    assert (decision.verb, decision.id) == ("adopt", "the-new-one")


@pytest.mark.parametrize(
    "kind", ["Tenant", "Guardian", "EmailProvider", "EmailTemplate", "TriggerActions", "ConnectionClients"]
)
def test_a_write_to_a_place_that_every_tenant_has_is_repeated(kind: str) -> None:
    assert decide(a_pending(kind, "it")).verb == "repeat"


def test_our_own_resources_are_repeated() -> None:
    pending = a_pending("TenantBackup", "tenant-backup", type="pulumi-python:dynamic/guestlist:TenantBackup")

    assert decide(pending).verb == "repeat"


@pytest.mark.parametrize("doing", ["updating", "deleting", "reading"])
def test_whatever_was_not_a_create_is_done_again(doing: str) -> None:
    assert decide(a_pending(doing=doing)).verb == "repeat"


def test_a_kind_without_a_natural_key_is_asked_about() -> None:
    assert decide(a_pending("Organization", "acme")).verb == "ask"


def test_a_name_that_is_encrypted_in_the_state_is_asked_about() -> None:
    sealed = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:…"}

    assert decide(a_pending(inputs={"name": sealed})).verb == "ask"


def test_a_draft_of_an_action_is_deployed_before_it_is_kept() -> None:
    decision = decide(a_pending("Action", "require-mfa"), a_candidate(id="act", to_deploy=True))

    assert (decision.verb, decision.id, decision.deploy) == ("adopt", "act", "act")


def test_a_half_updated_action_is_deployed() -> None:
    state = a_state(
        a_resource("Action", "require-mfa", id="act"), pending=(a_pending("Action", "require-mfa", "updating"),)
    )
    urn = a_urn("Action", "require-mfa")

    (decision,) = plan_recovery(state, {urn: (a_candidate(id="other", to_deploy=True),)})

    assert (decision.verb, decision.deploy) == ("repeat", "other")


def test_a_person_may_adopt_what_is_unclear() -> None:
    decision = decide(a_pending(), a_candidate(ours=False), adopt={CLIENT: "AbC123"})

    assert (decision.verb, decision.id) == ("adopt", "AbC123")


def test_a_person_may_forget_what_is_unclear() -> None:
    assert decide(a_pending(), a_candidate(ours=False), forget={CLIENT}).verb == "forget"


def test_an_id_that_the_tenant_does_not_have_cannot_be_adopted() -> None:
    with pytest.raises(Refused, match="typo"):
        decide(a_pending(), a_candidate(), adopt={CLIENT: "typo"})


def test_a_kind_without_a_natural_key_is_adopted_as_said() -> None:
    pending = a_pending("Organization", "acme")

    decision = decide(pending, adopt={pending["resource"]["urn"]: "org_1"})

    assert (decision.verb, decision.id) == ("adopt", "org_1")


def test_choosing_what_is_not_pending_is_refused() -> None:
    with pytest.raises(Refused, match="not pending"):
        decide(a_pending(), forget={a_urn(name="inviter")})


def test_one_urn_is_decided_once() -> None:
    state = a_state(pending=(a_pending(), a_pending()))

    assert len(plan_recovery(state, {CLIENT: (a_candidate(),)})) == 1


def test_nothing_pending_decides_nothing() -> None:
    assert plan_recovery(a_state(a_resource()), {}) == ()


def test_the_refusal_gives_the_options_that_settle_it() -> None:
    decisions = plan_recovery(
        a_state(pending=(a_pending(),)), {CLIENT: (a_candidate(ours=False, because="not marked"),)}
    )

    message = refusal(decisions, "dev").message

    assert unclear(decisions) == decisions
    assert f"--adopt '{CLIENT}=AbC123'" in message
    assert f"--forget '{CLIENT}'" in message
    assert "not marked" in message


def test_a_client_grant_is_named_by_client_and_audience() -> None:
    operation = an_operation(kind="ClientGrant", name="g", inputs={"clientId": "abc", "audience": "https://api"})

    assert natural_key(operation) == {"clientId": "abc", "audience": "https://api"}
