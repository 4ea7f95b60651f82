"""A tenant that is not ours alone: nothing of it is taken over in silence, and everything of it is there after a destroy."""

import json
import time
from typing import Any

import pytest

from tests.e2e.harness import LocalTenant, Project, succeeded
from tests.e2e.test_destroy import contents
from tests.e2e.test_drift import bound, client
from tests.e2e.test_scopes import a_client_with

pytestmark = pytest.mark.xdist_group("ownership")  # one worker deploys, once

FOREIGN_ACTIONS = ("corp-risk", "corp-geo", "corp-claims", "corp-audit")
MERGED = ["corp-risk", "corp-geo", "@require-mfa", "corp-claims", "corp-audit", "@complete-profile"]
USERS = 1000  # without names, in another connection
TEXTS = {"login": {"title": "Corp", "description": "Log in to Corp"}}
READER_SCOPES = [
    "read:actions",
    "read:clients",
    "read:connections",
    "read:email_provider",
    "read:email_templates",
    "read:guardian_factors",
    "read:mfa_policies",
    "read:tenant_settings",
]


def an_action(tenant: LocalTenant, name: str, *, code: str = "") -> None:
    """Created, built and deployed."""
    made = tenant.write(
        "POST",
        "/actions/actions",
        {
            "name": name,
            "code": f"exports.onExecutePostLogin = async (event, api) => {{ {code or f'/* {name} */'} }};",
            "runtime": "node22",
            "supported_triggers": [{"id": "post-login", "version": "v3"}],
        },
    )
    deadline = time.monotonic() + 30
    while tenant.get(f"/actions/actions/{made['id']}")["status"] != "built":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    tenant.write("POST", f"/actions/actions/{made['id']}/deploy", {})


def fill(tenant: LocalTenant) -> None:
    """What other people have in the tenant."""
    for name in ("Corp portal", "Corp shop", "Corp intranet"):
        tenant.write("POST", "/clients", {"name": name, "app_type": "regular_web"})
    for name in FOREIGN_ACTIONS:
        an_action(tenant, name)
    bindings = [
        {"ref": {"type": "action_name", "value": name}, "display_name": name.title()} for name in FOREIGN_ACTIONS
    ]
    tenant.write("PATCH", "/actions/triggers/post-login/bindings", {"bindings": bindings})
    credentials = {"accessKeyId": "AKIAEXAMPLE", "secretAccessKey": "corp-ses-secret", "region": "eu-west-1"}
    ses = {"name": "ses", "enabled": True, "default_from_address": "corp@example.com", "credentials": credentials}
    tenant.write("POST", "/emails/provider", ses)
    tenant.write("PUT", "/guardian/factors/otp", {"enabled": True})
    tenant.write("PUT", "/guardian/factors/push-notification", {"enabled": True})
    tenant.write("PUT", "/guardian/policies", ["confidence-score"])
    tenant.write("PATCH", "/tenants/settings", {"friendly_name": "Corp", "support_email": "help@corp.example"})
    body = "<html><body>{{ url }} of Corp</body></html>"
    template = {"template": "reset_email", "body": body, "from": "corp@example.com", "subject": "Corp"}
    tenant.write("POST", "/email-templates", {**template, "syntax": "liquid", "enabled": True})
    tenant.write("PUT", "/prompts/login/custom-text/en", TEXTS)


def foreign(tenant: LocalTenant) -> dict[str, Any]:
    """Everything that the Management API shows; bindings without their own ids, which every write renews."""
    found = contents(tenant)
    listed = tenant.get("/actions/triggers/post-login/bindings")["bindings"]
    found["/actions/triggers/post-login/bindings"] = [(one["action"]["name"], one["display_name"]) for one in listed]
    found["custom texts"] = tenant.get("/prompts/login/custom-text/en")
    return found


@pytest.fixture(scope="module")
def shared(project: Project) -> Project:
    """A project whose tenant is full of other people's things; never deployed."""
    fill(project.tenant)
    # Users without a password take no time to make.
    made = project.tenant.write("POST", "/connections", {"name": "email", "strategy": "email"})
    enabled = [{"client_id": project.tenant.client_id, "status": True}]
    project.tenant.write("PATCH", f"/connections/{made['id']}/clients", enabled)
    for number in range(USERS):
        project.tenant.write("POST", "/users", {"connection": "email", "email": f"p{number}@corp.example"})
    project.tenant.forget_requests()
    return project


def test_the_live_check_lists_every_conflict_and_writes_nothing(shared: Project) -> None:
    checked = shared.guestlist("env", "check", "local", "--live", "--json")

    assert checked.returncode == 3, checked.stderr
    things = {thing["name"]: thing for thing in json.loads(checked.stdout)["things"]}
    assert {name for name, thing in things.items() if thing["problems"]} == {
        "tenant-settings",
        "mfa-policy",
        "email-provider",
        "reset-email",
        "post-login",
    }
    assert {"field": "policy", "live": ["confidence-score"], "desired": ["all-applications"]} in things["mfa-policy"][
        "differences"
    ]
    found = json.loads(checked.stdout)
    assert set(found["foreignApplications"]) >= {"Corp portal", "Corp shop", "Corp intranet"}
    assert {one["switch"]: one["users"] for one in found["users"]} == {"mfa.enabled": USERS, "profile.enabled": 0}
    assert found["notIncluded"]["free"][0] == "a second factor"
    assert json.loads(checked.stdout)["postLogin"]["foreign"] == list(FOREIGN_ACTIONS)
    assert "corp-ses-secret" not in checked.stdout
    assert shared.tenant.writes() == []


def test_the_live_check_reads_as_text_and_saves_a_backup(shared: Project) -> None:
    checked = shared.guestlist("env", "check", "local", "--live", "--save", "before.json")

    assert checked.returncode == 3
    assert 'policy ["confidence-score"] -> ["all-applications"]' in checked.stdout
    assert "mfa (mfa-policy): own (the default): an up would be refused" in checked.stdout
    file = shared.directory / "before.json"
    assert json.loads(file.read_text())["things"]["mfa-policy"]["policies"] == ["confidence-score"]
    assert file.stat().st_mode & 0o077 == 0
    again = shared.guestlist("env", "check", "local", "--live", "--save", "before.json")
    assert again.returncode == 1
    assert "perhaps an earlier backup" in again.stderr
    assert shared.tenant.writes() == []


@pytest.mark.parametrize("command", ["guestlist", "pulumi"])
def test_an_undecided_tenant_stops_an_up_before_any_write(shared: Project, command: str) -> None:
    shared.tenant.forget_requests()
    if command == "guestlist":
        run = shared.guestlist("up", "--env", "local", "--yes")
        assert run.returncode == 3
    else:
        run = shared.pulumi("up", "-s", "local", "--yes", "--skip-preview")
        assert run.returncode not in {0, 3}

    said = run.stdout + run.stderr
    assert "Refused to take over" in said
    for setting in ("tenantSettings", "mfa", "emailProvider", "resetEmail", "postLogin"):
        assert f"- {setting}" in said
    assert shared.tenant.writes() == []


def test_a_decided_tenant_is_as_it_was_after_a_destroy(own_project: Project) -> None:
    tenant = own_project.tenant
    fill(tenant)
    before = foreign(tenant)
    own_project.set_config("ownership", tenantSettings="own", mfa="own", emailProvider="require", resetEmail="own")
    own_project.set_config("actions", postLogin=MERGED)

    succeeded(own_project.guestlist("up", "--env", "local", "--yes"))
    own_project.expects_no_changes()
    assert bound(tenant) == ["Corp-Risk", "Corp-Geo", "require-mfa", "Corp-Claims", "Corp-Audit", "complete-profile"]
    assert tenant.get("/emails/provider")["name"] == "ses"
    assert own_project.guestlist("env", "check", "local", "--live").returncode == 0
    moved = ["@require-mfa", *(name for name in MERGED if name != "@require-mfa")]
    own_project.set_config("actions", postLogin=moved)
    succeeded(own_project.pulumi("preview", "-s", "local"))
    own_project.up()
    assert bound(tenant)[:2] == ["require-mfa", "Corp-Risk"]
    succeeded(own_project.guestlist("destroy", "--env", "local", "--yes"))

    after = foreign(tenant)
    assert {name: (before[name], after[name]) for name in before if after[name] != before[name]} == {}
    assert after.keys() == before.keys()


def test_what_is_left_alone_is_never_written(own_project: Project) -> None:
    tenant = own_project.tenant
    fill(tenant)
    before = foreign(tenant)
    names = ("tenantSettings", "mfa", "emailProvider", "resetEmail", "postLogin")
    own_project.set_config("ownership", **dict.fromkeys(names, "leave"))
    tenant.forget_requests()

    own_project.up()
    own_project.expects_no_changes()

    kinds = ("/tenants", "/guardian", "/emails", "/email-templates", "/actions/triggers")
    assert [call for call in tenant.writes() if any(kind in call[1] for kind in kinds)] == []
    succeeded(own_project.pulumi("destroy", "-s", "local", "--yes", "--skip-preview"))
    assert foreign(tenant) == before


def test_a_replaced_provider_is_said_to_be_lost(own_project: Project) -> None:
    tenant = own_project.tenant
    fill(tenant)
    names = ("tenantSettings", "mfa", "resetEmail", "postLogin")
    own_project.set_config("ownership", emailProvider="own", **dict.fromkeys(names, "leave"))
    own_project.up()
    assert tenant.get("/emails/provider")["name"] == "smtp"

    destroyed = succeeded(own_project.guestlist("destroy", "--env", "local", "--yes"))

    assert "the tenant sent through ses before" in destroyed.stdout + destroyed.stderr
    assert tenant.api.get("/emails/provider").status_code == 404


def test_the_live_check_needs_no_more_than_to_read(shared: Project) -> None:
    client_id, client_secret = a_client_with(shared, READER_SCOPES)
    environ = {**shared.environ, "AUTH0_CLIENT_ID": client_id, "AUTH0_CLIENT_SECRET": client_secret}
    reader = Project(directory=shared.directory, tenant=shared.tenant, environ=environ)

    assert reader.guestlist("env", "check", "local", "--live").returncode == 3
    lesser = reader.guestlist("env", "check", "local", "--live", "--json")
    assert lesser.returncode == 3
    shared.tenant.write(
        "PATCH", f"/clients/{client(shared.tenant, 'Deployer of a person')['client_id']}", {"grant_types": []}
    )
    assert reader.guestlist("env", "check", "local", "--live").returncode == 1
