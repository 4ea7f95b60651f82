"""Bindings: the whole list, in order; what may be bound; how they page."""

import pytest

from localtenant.action_builds import builds_of

BINDINGS = "/actions/triggers/post-login/bindings"


@pytest.fixture
def tenant(a_tenant):
    async def accept(_code):
        return None

    tenant = a_tenant()
    builds_of(tenant.tenant).parse = accept
    return tenant


def an_action(tenant, name, *, deployed=True, trigger="post-login"):
    sent = {"name": name, "supported_triggers": [{"id": trigger}], "code": "exports.x = 1;"}
    action_id = tenant.post("/actions/actions", json=sent).json()["id"]
    tenant.loop.run_until_complete(builds_of(tenant.tenant).settled())
    if deployed:
        tenant.post(f"/actions/actions/{action_id}/deploy")
    return action_id


def a_binding(value, kind="action_id", **more):
    return {"ref": {"type": kind, "value": value}, **more}


def bind(tenant, *bindings):
    return tenant.patch(BINDINGS, json={"bindings": list(bindings)})


def names(tenant):
    return [binding["display_name"] for binding in tenant.get(BINDINGS).json()["bindings"]]


def test_a_fresh_tenant_has_nothing_bound(tenant):
    assert tenant.get(f"{BINDINGS}?per_page=50").json() == {"bindings": [], "per_page": 50}


def test_the_order_of_the_list_is_the_order_of_the_bindings(tenant):
    first, second = an_action(tenant, "first"), an_action(tenant, "second")
    bind(tenant, a_binding(second), a_binding(first))
    assert names(tenant) == ["second", "first"]


def test_the_whole_list_is_replaced(tenant):
    first, second = an_action(tenant, "first"), an_action(tenant, "second")
    bind(tenant, a_binding(first))
    bind(tenant, a_binding(second))
    assert names(tenant) == ["second"]
    assert bind(tenant).json() == {"bindings": []}
    assert names(tenant) == []


def test_an_action_may_be_named_by_id_by_name_and_by_its_binding(tenant):
    first, _ = an_action(tenant, "first"), an_action(tenant, "second")
    binding_id = bind(tenant, a_binding(first)).json()["bindings"][0]["id"]
    answer = bind(tenant, a_binding("second", "action_name"), a_binding(binding_id, "binding_id")).json()
    assert [binding["action"]["name"] for binding in answer["bindings"]] == ["second", "first"]
    assert answer["bindings"][1]["id"] == binding_id


def test_a_binding_has_a_name_of_its_own(tenant):
    action_id = an_action(tenant, "first")
    bind(tenant, a_binding(action_id, display_name="First of all"))
    assert names(tenant) == ["First of all"]


def test_an_undeployed_action_cannot_be_bound(tenant):
    answer = bind(tenant, a_binding(an_action(tenant, "first", deployed=False)))
    assert answer.status_code == 400
    assert answer.json()["message"].endswith("for an action that has not been deployed yet")
    assert names(tenant) == []


def test_an_action_of_another_trigger_cannot_be_bound(tenant):
    assert bind(tenant, a_binding(an_action(tenant, "first", trigger="credentials-exchange"))).status_code == 400


def test_an_unknown_action_cannot_be_bound(tenant):
    assert bind(tenant, a_binding("nobody", "action_name")).status_code == 400


def test_a_refused_list_leaves_the_old_one(tenant):
    action_id = an_action(tenant, "first")
    bind(tenant, a_binding(action_id))
    bind(tenant, a_binding("nobody", "action_name"))
    assert names(tenant) == ["first"]


def test_more_than_twenty_bindings_are_refused(tenant):
    action_id = an_action(tenant, "first")
    assert bind(tenant, *[a_binding(action_id)] * 20).status_code == 200
    assert bind(tenant, *[a_binding(action_id)] * 21).status_code == 400


def test_a_bound_action_cannot_be_deleted(tenant):
    action_id = an_action(tenant, "first")
    bind(tenant, a_binding(action_id))
    answer = tenant.delete(f"/actions/actions/{action_id}")
    assert (answer.status_code, answer.json()["message"]) == (409, "Unable to delete an action bound to a trigger.")
    bind(tenant)
    assert tenant.delete(f"/actions/actions/{action_id}").status_code == 204


def test_force_unbinds_and_deletes(tenant):
    action_id = an_action(tenant, "first")
    bind(tenant, a_binding(action_id))
    assert tenant.delete(f"/actions/actions/{action_id}?force=true").status_code == 204
    assert names(tenant) == []


def test_page_one_has_no_total_so_that_nobody_asks_for_ever(tenant):
    bind(tenant, a_binding(an_action(tenant, "first")))
    assert tenant.get(f"{BINDINGS}?page=0&per_page=100").json()["total"] == 1
    assert tenant.get(f"{BINDINGS}?page=1&per_page=100").json() == {"bindings": [], "page": 1, "per_page": 100}


def test_a_binding_shows_the_deployed_action_and_not_the_draft(tenant):
    action_id = an_action(tenant, "first")
    bind(tenant, a_binding(action_id))
    action = tenant.get(BINDINGS).json()["bindings"][0]["action"]
    assert action["deployed_version"]["deployed"] is True
    assert "code" not in action


def test_an_entity_bound_trigger_has_no_bindings(tenant):
    answer = tenant.get("/actions/triggers/event-stream/bindings")
    assert answer.status_code == 400
    assert answer.json()["message"] == "cannot list action bindings for an entity-bound trigger"


def test_every_trigger_has_one_current_version(tenant):
    triggers = tenant.get("/actions/triggers").json()["triggers"]
    current = [trigger["id"] for trigger in triggers if trigger["status"] == "CURRENT"]
    assert len(current) == len(set(current)) == 14
    assert {"id": "post-login", "version": "v3"}.items() <= next(
        trigger for trigger in triggers if trigger["id"] == "post-login" and trigger["status"] == "CURRENT"
    ).items()
