"""Actions: drafts, secrets, deployment, versions, limits. The code is not parsed here; see `test_action_builds.py`."""

import pytest

from localtenant.action_builds import builds_of

CODE = "exports.onExecutePostLogin = async (event, api) => {};"
POST_LOGIN = [{"id": "post-login", "version": "v3"}]


@pytest.fixture
def tenant(a_tenant):
    async def accept(_code):
        return None

    tenant = a_tenant()
    builds_of(tenant.tenant).parse = accept
    return tenant


def an_action(**changes):
    return {"name": "require-mfa", "supported_triggers": POST_LOGIN, "code": CODE, **changes}


def settle(tenant):
    tenant.loop.run_until_complete(builds_of(tenant.tenant).settled())


def make(tenant, **changes):
    action = tenant.post("/actions/actions", json=an_action(**changes)).json()
    settle(tenant)
    return action["id"]


def deploy(tenant, action_id):
    return tenant.post(f"/actions/actions/{action_id}/deploy")


def test_a_new_action_is_pending_with_the_defaults_that_auth0_fills_in(tenant):
    answer = tenant.post("/actions/actions", json=an_action())
    assert answer.status_code == 201
    action = answer.json()
    assert action["status"] == "pending"
    assert action["runtime"] == "node22"
    assert (action["dependencies"], action["secrets"]) == ([], [])
    assert action["all_changes_deployed"] is False
    assert "deployed_version" not in action


def test_it_is_built_without_further_ado(tenant):
    assert tenant.get(f"/actions/actions/{make(tenant)}").json()["status"] == "built"


def test_the_trigger_gets_its_current_version_where_none_is_named(tenant):
    action_id = make(tenant, supported_triggers=[{"id": "post-login"}])
    assert tenant.get(f"/actions/actions/{action_id}").json()["supported_triggers"] == POST_LOGIN


def test_values_of_secrets_are_kept_and_never_shown(tenant):
    action_id = make(tenant, secrets=[{"name": "KEY", "value": "hidden"}])
    deploy(tenant, action_id)
    shown = tenant.get(f"/actions/actions/{action_id}")
    assert "hidden" not in shown.text
    assert [secret["name"] for secret in shown.json()["secrets"]] == ["KEY"]
    assert tenant.tenant.store.get("actions", action_id)["secrets"][0]["value"] == "hidden"
    assert tenant.tenant.store.all("action_versions")[0]["secrets"][0]["value"] == "hidden"


def test_secrets_are_replaced_as_a_list_and_old_names_keep_their_place(tenant):
    action_id = make(tenant, secrets=[{"name": "foo", "value": "1"}, {"name": "gone", "value": "2"}])
    change = {"secrets": [{"name": "bar", "value": "3"}, {"name": "foo", "value": "4"}]}
    shown = tenant.patch(f"/actions/actions/{action_id}", json=change).json()
    assert [secret["name"] for secret in shown["secrets"]] == ["foo", "bar"]


def test_a_secret_sent_without_a_value_keeps_it(tenant):
    action_id = make(tenant, secrets=[{"name": "foo", "value": "1"}])
    tenant.patch(f"/actions/actions/{action_id}", json={"secrets": [{"name": "foo"}]})
    assert tenant.tenant.store.get("actions", action_id)["secrets"][0]["value"] == "1"


def test_a_taken_name_is_a_conflict(tenant):
    make(tenant)
    assert tenant.post("/actions/actions", json=an_action()).status_code == 409


def test_an_unbuilt_draft_cannot_be_deployed(tenant):
    async def refuse(_code):
        return "SyntaxError"

    builds_of(tenant.tenant).parse = refuse
    builds_of(tenant.tenant).pause_seconds = 0
    answer = deploy(tenant, make(tenant))
    assert answer.status_code == 400
    assert answer.json()["message"] == "A draft must be in the 'built' state before it can be deployed."


def test_deploying_answers_a_version_that_the_next_read_finds_deployed(tenant):
    action_id = make(tenant)
    answer = deploy(tenant, action_id)
    assert (answer.status_code, answer.json()["deployed"], answer.json()["number"]) == (200, False, 1)
    action = tenant.get(f"/actions/actions/{action_id}").json()
    assert action["deployed_version"]["deployed"] is True
    assert action["all_changes_deployed"] is True
    assert action["current_version"]["status"] == "BUILT"


def test_a_change_is_not_deployed_by_itself(tenant):
    action_id = make(tenant)
    deploy(tenant, action_id)
    changed = tenant.patch(f"/actions/actions/{action_id}", json={"code": "exports.changed = true;"}).json()
    assert changed["status"] == "pending"
    assert changed["all_changes_deployed"] is False
    assert changed["deployed_version"]["code"] == CODE


def test_deploy_on_creation_deploys_before_the_build(tenant):
    action = tenant.post("/actions/actions", json=an_action(deploy=True)).json()
    assert (action["status"], action["deployed_version"]["status"]) == ("pending", "pending")
    assert action["all_changes_deployed"] is True
    settle(tenant)
    assert tenant.get(f"/actions/actions/{action['id']}").json()["deployed_version"]["status"] == "built"


def test_versions_are_numbered_and_only_the_last_is_deployed(tenant):
    action_id = make(tenant)
    deploy(tenant, action_id)
    tenant.patch(f"/actions/actions/{action_id}", json={"code": "exports.second = true;"})
    settle(tenant)
    deploy(tenant, action_id)
    page = tenant.get(f"/actions/actions/{action_id}/versions?per_page=50").json()
    assert [(version["number"], version["deployed"]) for version in page["versions"]] == [(2, True), (1, False)]
    assert page["total"] == 2


def test_an_older_version_can_be_deployed_again(tenant):
    action_id = make(tenant)
    deploy(tenant, action_id)
    tenant.patch(f"/actions/actions/{action_id}", json={"code": "exports.second = true;"})
    settle(tenant)
    deploy(tenant, action_id)
    first = tenant.get(f"/actions/actions/{action_id}/versions").json()["versions"][-1]
    tenant.post(f"/actions/actions/{action_id}/versions/{first['id']}/deploy")
    action = tenant.get(f"/actions/actions/{action_id}").json()
    assert (action["deployed_version"]["number"], action["deployed_version"]["code"]) == (3, CODE)
    assert action["code"] == "exports.second = true;"
    assert action["all_changes_deployed"] is False


def test_an_action_does_not_move_to_another_trigger(tenant):
    action_id = make(tenant)
    change = {"supported_triggers": [{"id": "post-change-password", "version": "v2"}]}
    answer = tenant.patch(f"/actions/actions/{action_id}", json=change)
    assert (answer.status_code, answer.json()["message"]) == (400, "can't upgrade to this trigger.")


def test_actions_are_found_by_name_trigger_and_deployment(tenant):
    action_id = make(tenant)
    make(tenant, name="other", supported_triggers=[{"id": "credentials-exchange", "version": "v2"}])
    deploy(tenant, action_id)
    for query in ("actionName=require-mfa", "triggerId=post-login", "deployed=true"):
        actions = tenant.get(f"/actions/actions?{query}").json()["actions"]
        assert [action["id"] for action in actions] == [action_id], query


def test_fields_of_the_envelope_that_are_zero_are_left_out(tenant):
    assert tenant.get("/actions/actions?actionName=nobody&per_page=50").json() == {"actions": [], "per_page": 50}
    make(tenant)
    page = tenant.get("/actions/actions?page=1&per_page=50").json()
    assert page == {"actions": [], "page": 1, "per_page": 50}


def test_an_unknown_action_is_a_404_without_a_code(tenant):
    answer = tenant.get("/actions/actions/09ee2b9b-282d-4a65-87d1-f01adf007745")
    assert answer.json() == {"statusCode": 404, "error": "Not Found", "message": "That action does not exist."}


def test_a_deleted_action_takes_its_versions_along(tenant):
    action_id = make(tenant)
    deploy(tenant, action_id)
    assert tenant.delete(f"/actions/actions/{action_id}").status_code == 204
    assert tenant.get(f"/actions/actions/{action_id}").status_code == 404
    assert tenant.tenant.store.all("action_versions") == []


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "x" * (100 * 1024 + 1)},
        {"runtime": "node4"},
        {"secrets": [{"name": f"S{number}", "value": ""} for number in range(31)]},
        {"secrets": [{"name": "S", "value": "x" * 4097}]},
        {"dependencies": [{"name": f"d{number}", "version": "1.0.0"} for number in range(11)]},
        {"supported_triggers": [{"id": "post-login", "version": "v9"}]},
    ],
)
def test_the_documented_limits_hold(tenant, changes):
    assert tenant.post("/actions/actions", json=an_action(**changes)).status_code == 400


def test_modules_are_not_emulated(tenant):
    modules = [{"module_id": "m", "module_version_id": "v"}]
    assert tenant.post("/actions/actions", json=an_action(modules=modules)).status_code == 501
