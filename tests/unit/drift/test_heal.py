"""What is taken back and what is left, with the reason; what the engine is told to look at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from guestlist.drift.assemble import MADE_ANEW
from guestlist.drift.heal import Chosen, choose, remains, targets
from guestlist.errors import GuestlistError
from guestlist.state import Resource, State
from tests.unit.drift.factories import a_report, an_ignored, an_item, an_unmanaged
from tests.unit.preview.reports import a_change, a_property, urn_of

CLIENT = an_item()
GRANT = an_item(id=urn_of("ClientGrant", "inviter-grant"), shown="ClientGrant inviter-grant", happened="deleted")


def test_all_that_drifted_is_taken_back_and_nothing_else() -> None:
    pending = an_item(kind="pending", id="p", shown="Tenant tenant", live=None, pending=a_change())
    both = an_item(kind="both", id="b", shown="Action require-mfa", pending=a_change())

    chosen = choose(a_report(CLIENT, GRANT, both, pending, an_unmanaged()))

    assert chosen.urns == (CLIENT.id, GRANT.id, "b")
    assert chosen.left == ()


@pytest.mark.parametrize("name", [CLIENT.id, "Client application", "application"])
def test_one_can_be_named(name: str) -> None:
    assert choose(a_report(CLIENT, GRANT), only=[name]).urns == (CLIENT.id,)


def test_a_name_that_nothing_has_is_refused_and_says_what_drifted() -> None:
    with pytest.raises(
        GuestlistError, match=r"is called 'aplication', and nothing was touched[.] What drifted: Client application"
    ):
        choose(a_report(CLIENT), only=["aplication"])


def test_what_no_deployment_takes_back_is_left_and_said() -> None:
    undeclared = replace(CLIENT, undeclared=("name",))
    twin = replace(GRANT, remark=f"No token. {MADE_ANEW} (/client-grants/x).")

    chosen = choose(a_report(undeclared, twin))

    assert chosen.items == ()
    assert [one.shown for one in chosen.left] == ["Client application", "ClientGrant inviter-grant"]
    assert "does not declare name" in chosen.left[0].why
    assert "delete it in the tenant" in chosen.left[1].why


def test_what_is_not_declared_of_an_object_is_said_while_the_rest_is_taken_back() -> None:
    both = a_change(a_property(), a_property(path="sessionLifetime", before=168, after=300))
    item = replace(CLIENT, live=both, undeclared=("sessionLifetime",))

    chosen = choose(a_report(item))

    assert chosen.items == (item,)
    assert [one.why for one in chosen.left] == [
        "the program does not declare sessionLifetime: change it back in the tenant"
    ]


def test_what_the_ignore_file_covers_is_taken_back_only_by_name() -> None:
    covered = replace(CLIENT, covered=an_ignored())

    assert choose(a_report(covered)).items == ()
    assert choose(a_report(covered), only=["application"]).items == (covered,)


def test_what_takes_the_id_of_something_made_anew_follows_it() -> None:
    state = State(
        resources=(
            Resource(urn="client", type="auth0:index/client:Client"),
            Resource(urn="secrets", type="x:y:ClientSecrets", takes_from=frozenset({"client"})),
            Resource(urn="action", type="x:y:Action", takes_from=frozenset({"secrets"})),
            Resource(urn="other", type="x:y:Other"),
        )
    )
    deleted = replace(CLIENT, id="client", happened="deleted")

    assert targets(Chosen(items=(deleted,)), replace_custom(state)) == ("client", "action", "secrets")
    assert targets(Chosen(items=(replace(deleted, happened="changed"),)), replace_custom(state)) == ("client",)


def replace_custom(state: State) -> State:
    return replace(state, resources=tuple(replace(one, custom=True) for one in state.resources))


def test_what_still_differs_afterwards_remains_and_the_undeclared_does_not() -> None:
    chosen = Chosen(items=(CLIENT, GRANT))
    undeclared = replace(GRANT, happened="changed", undeclared=("name",))

    assert remains(chosen, a_report(CLIENT, undeclared)) == (CLIENT,)
    assert remains(chosen, a_report()) == ()
