"""Reading an exported state, and writing one in which nothing is pending."""

import copy

from guestlist.state import read, settled, unprotected
from tests.unit.operator_state import a_pending, a_provider, a_resource, a_state, a_urn, an_export

CLIENT = a_urn()


def resources(exported: dict) -> dict:
    return {resource["urn"]: resource for resource in exported["deployment"]["resources"]}


def test_an_empty_stack_has_nothing() -> None:
    for exported in ({}, {"version": 3, "deployment": None}, {"version": 3, "deployment": {}}):
        state = read(exported)
        assert (state.resources, state.pending, state.tenants()) == ((), (), frozenset())


def test_the_state_says_whose_tenant_it_was_made_against() -> None:
    assert a_state().tenants() == {"acme-dev.eu.auth0.com"}


def test_a_domain_is_compared_without_case() -> None:
    exported = {"deployment": {"resources": [a_provider("Acme-Dev.EU.auth0.com")]}}

    assert read(exported).tenants() == {"acme-dev.eu.auth0.com"}


def test_components_and_providers_are_not_managed_objects() -> None:
    component = a_resource("Application", "app", custom=False, type="guestlist:auth0:Application")

    assert [found.logical_name for found in a_state(component, a_resource()).managed()] == ["application"]


def test_an_adopted_create_becomes_a_resource_that_is_read_first() -> None:
    exported = an_export(pending=(a_pending(protect=True, dependencies=["urn:x"]),))

    written = settled(exported, adopted={CLIENT: "AbC123"})

    adopted = resources(written)[CLIENT]
    assert adopted["id"] == "AbC123"
    assert adopted["refreshBeforeUpdate"] is True
    assert adopted["protect"] is True
    assert adopted["dependencies"] == ["urn:x"]
    assert adopted["outputs"] == adopted["inputs"] == {"name": "Guestlist application"}
    assert "pending_operations" not in written["deployment"]


def test_a_forgotten_create_leaves_nothing() -> None:
    written = settled(an_export(a_resource(name="inviter"), pending=(a_pending(),)), adopted={})

    assert CLIENT not in resources(written)
    assert "pending_operations" not in written["deployment"]


def test_a_half_written_resource_is_read_before_the_next_update() -> None:
    written = settled(an_export(a_resource(), pending=(a_pending(doing="updating"),)), adopted={})

    assert resources(written)[CLIENT]["refreshBeforeUpdate"] is True


def test_an_adopted_replacement_leaves_the_old_object_to_be_deleted() -> None:
    exported = an_export(a_resource(id="old"), pending=(a_pending(),))

    written = settled(exported, adopted={CLIENT: "new"})

    both = [found for found in written["deployment"]["resources"] if found["urn"] == CLIENT]
    assert [(found["id"], found.get("delete", False)) for found in both] == [("old", True), ("new", False)]


def test_an_adopted_replacement_of_what_is_gone_takes_its_place() -> None:
    exported = an_export(a_resource(id="old", pendingReplacement=True), pending=(a_pending(),))

    written = settled(exported, adopted={CLIENT: "new"})

    assert [found["id"] for found in written["deployment"]["resources"] if found["urn"] == CLIENT] == ["new"]


def test_the_export_itself_is_left_alone() -> None:
    exported = an_export(a_resource(), pending=(a_pending(name="inviter"),))
    before = copy.deepcopy(exported)

    settled(exported, adopted={a_urn(name="inviter"): "x"})
    unprotected(exported, frozenset({CLIENT}))

    assert exported == before


def test_unprotecting_names_each_resource() -> None:
    exported = an_export(a_resource(protect=True), a_resource(name="inviter", protect=True))

    written = resources(unprotected(exported, frozenset({CLIENT})))

    assert written[CLIENT]["protect"] is False
    assert written[a_urn(name="inviter")]["protect"] is True
