"""What somebody changes or deletes through the Management API is found by `guestlist drift`, and `guestlist drift fix` takes it back and nothing else."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.harness import LocalTenant, Project, succeeded

pytestmark = pytest.mark.xdist_group("drift")  # one worker deploys, once


def client(tenant: LocalTenant, name: str) -> dict[str, Any]:
    return next(item for item in tenant.get("/clients") if item["name"] == name)


def application(tenant: LocalTenant) -> dict[str, Any]:
    return next(item for item in tenant.get("/clients") if item.get("client_metadata", {}).get("role") == "application")


def connection(tenant: LocalTenant, name: str = "invited-users") -> dict[str, Any]:
    return next(item for item in tenant.get("/connections") if item["name"] == name)


def grant(tenant: LocalTenant, client_name: str) -> dict[str, Any]:
    client_id = client(tenant, client_name)["client_id"]
    return next(item for item in tenant.get("/client-grants") if item["client_id"] == client_id)


def action(tenant: LocalTenant, name: str) -> dict[str, Any]:
    return next(item for item in tenant.get("/actions/actions")["actions"] if item["name"] == name)


def bound(tenant: LocalTenant) -> list[str]:
    return [item["display_name"] for item in tenant.get("/actions/triggers/post-login/bindings")["bindings"]]


def clients_of(tenant: LocalTenant, connection_name: str) -> set[str]:
    answer = tenant.get(f"/connections/{connection(tenant, connection_name)['id']}/clients")
    return {item["client_id"] for item in answer["clients"]}


def enable(tenant: LocalTenant, connection_name: str, client_id: str) -> object:
    path = f"/connections/{connection(tenant, connection_name)['id']}/clients"
    return tenant.write("PATCH", path, [{"client_id": client_id, "status": True}])


def rebind(tenant: LocalTenant, names: list[str]) -> object:
    bindings = [{"ref": {"type": "action_name", "value": name}, "display_name": name} for name in names]
    return tenant.write("PATCH", "/actions/triggers/post-login/bindings", {"bindings": bindings})


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One change by hand: how it is made, and what of the tenant shows it."""

    resource: str  # logical name in the program
    make: Callable[[LocalTenant], object]
    shown: Callable[[LocalTenant], object]


EDITS = [
    Edit(
        resource="tenant",
        make=lambda tenant: tenant.write("PATCH", "/tenants/settings", {"customize_mfa_in_postlogin_action": False}),
        shown=lambda tenant: tenant.get("/tenants/settings")["customize_mfa_in_postlogin_action"],
    ),
    Edit(
        resource="invited-users",
        make=lambda tenant: tenant.write(
            "PATCH",
            f"/connections/{connection(tenant)['id']}",
            {"options": {**connection(tenant)["options"], "disable_signup": False}},
        ),
        shown=lambda tenant: connection(tenant)["options"]["disable_signup"],
    ),
    Edit(
        resource="invited-users-clients",
        make=lambda tenant: enable(tenant, "invited-users", client(tenant, "Default App")["client_id"]),
        shown=lambda tenant: clients_of(tenant, "invited-users"),
    ),
    Edit(
        resource="application-connections",
        make=lambda tenant: enable(tenant, "Username-Password-Authentication", application(tenant)["client_id"]),
        shown=lambda tenant: application(tenant)["client_id"] in clients_of(tenant, "Username-Password-Authentication"),
    ),
    Edit(
        resource="application",
        make=lambda tenant: tenant.write(
            "PATCH",
            f"/clients/{application(tenant)['client_id']}",
            {"callbacks": ["https://elsewhere.example/callback"]},
        ),
        shown=lambda tenant: application(tenant)["callbacks"],
    ),
    Edit(
        resource="client-secrets",
        make=lambda tenant: tenant.write(
            "PATCH", f"/clients/{application(tenant)['client_id']}", {"token_endpoint_auth_method": "none"}
        ),
        shown=lambda tenant: application(tenant)["token_endpoint_auth_method"],
    ),
    Edit(
        resource="inviter",
        make=lambda tenant: tenant.write(
            "PATCH",
            f"/clients/{client(tenant, 'Guestlist inviter')['client_id']}",
            {"grant_types": ["client_credentials", "password"]},
        ),
        shown=lambda tenant: client(tenant, "Guestlist inviter")["grant_types"],
    ),
    Edit(
        resource="inviter-grant",
        make=lambda tenant: tenant.write(
            "PATCH",
            f"/client-grants/{grant(tenant, 'Guestlist inviter')['id']}",
            {"scope": [*grant(tenant, "Guestlist inviter")["scope"], "delete:users"]},
        ),
        shown=lambda tenant: set(grant(tenant, "Guestlist inviter")["scope"]),
    ),
    Edit(
        resource="require-mfa",
        make=lambda tenant: tenant.write(
            "PATCH",
            f"/actions/actions/{action(tenant, 'require-mfa')['id']}",
            {"code": "exports.onExecutePostLogin = async () => {};"},
        ),
        shown=lambda tenant: action(tenant, "require-mfa")["code"],
    ),
    Edit(
        resource="post-login",
        make=lambda tenant: rebind(tenant, ["complete-profile", "require-mfa"]),
        shown=bound,
    ),
    Edit(
        resource="guardian",
        make=lambda tenant: tenant.write("PUT", "/guardian/policies", []),
        shown=lambda tenant: tenant.get("/guardian/policies"),
    ),
    Edit(
        resource="email-provider",
        make=lambda tenant: tenant.write(
            "PATCH", "/emails/provider", {"default_from_address": "other@elsewhere.example"}
        ),
        shown=lambda tenant: tenant.get("/emails/provider")["default_from_address"],
    ),
    Edit(
        resource="reset-email",
        make=lambda tenant: tenant.write("PATCH", "/email-templates/reset_email", {"subject": "Changed by hand"}),
        shown=lambda tenant: tenant.get("/email-templates/reset_email")["subject"],
    ),
]

# These remember what the tenant was.
NOT_IN_THE_TENANT = {"TenantBackup", "PostLoginBackup"}


@dataclass(frozen=True, kw_only=True)
class Drifted:
    """What was seen before the edits, after them, by the check, after one was taken back, and after all were."""

    before: dict[str, object]
    edited: dict[str, object]
    found: set[str]
    deleted: set[str]
    others: list[str]
    partly: dict[str, object]
    healed: dict[str, object]
    said: tuple[str, str]


def shown(tenant: LocalTenant) -> dict[str, object]:
    return {edit.resource: edit.shown(tenant) for edit in EDITS}


@pytest.fixture(scope="module")
def drifted(deployed: Project) -> Drifted:
    """Every edit at once, a client that is deleted, an object of nobody; one check, one of them taken back, then all others."""
    tenant = deployed.tenant
    before = shown(tenant)
    for edit in EDITS:
        edit.make(tenant)
    edited = shown(tenant)
    tenant.write("DELETE", f"/clients/{client(tenant, 'Guestlist drift reader')['client_id']}", None)
    role = tenant.write("POST", "/roles", {"name": "of nobody"})
    told = deployed.guestlist("drift", "--env", "local", "--format", "json")
    assert told.returncode == 2, told.stderr
    items = json.loads(told.stdout)["environments"][0]["items"]
    only = succeeded(deployed.guestlist("drift", "fix", "--env", "local", "--only", "tenant", "--yes"))
    partly = shown(tenant)
    whole = succeeded(deployed.guestlist("drift", "fix", "--env", "local", "--yes"))
    healed = shown(tenant)
    tenant.write("DELETE", f"/roles/{role['id']}", None)  # the fix has left it alone
    deployed.expects_no_changes()
    return Drifted(
        before=before,
        edited=edited,
        found={
            one["id"].rpartition("::")[2] for one in items if one["class"] == "drift" and one["happened"] == "changed"
        },
        deleted={one["id"].rpartition("::")[2] for one in items if one["happened"] == "deleted"},
        others=[one["resource"] for one in items if one["class"] == "unmanaged"],
        partly=partly,
        healed=healed,
        said=(only.stdout, whole.stdout),
    )


@pytest.mark.parametrize("resource", [edit.resource for edit in EDITS])
def test_an_edit_by_hand_is_found_and_healed(drifted: Drifted, resource: str) -> None:
    assert drifted.edited[resource] != drifted.before[resource]

    assert resource in drifted.found
    assert drifted.healed[resource] == drifted.before[resource]


def test_nothing_else_is_reported(drifted: Drifted) -> None:
    assert drifted.found == {edit.resource for edit in EDITS}
    assert drifted.deleted == {"drift-reader", "drift-reader-grant"}
    assert drifted.others == ["Role of nobody"]


def test_what_is_named_is_taken_back_alone(drifted: Drifted) -> None:
    assert drifted.said[0].splitlines()[-1] == "As deployed again in local: Tenant tenant."
    assert drifted.partly == {**drifted.edited, "tenant": drifted.before["tenant"]}


def test_what_was_deleted_is_made_anew_and_what_takes_its_id_follows(deployed: Project, drifted: Drifted) -> None:
    made = client(deployed.tenant, "Guestlist drift reader")["client_id"]

    assert "Client drift-reader, " in drifted.said[1]
    assert made in {one["client_id"] for one in deployed.tenant.get("/client-grants")}
    assert json.loads(deployed.pulumi("stack", "output", "driftReaderClientId", "-s", "local", "--json").stdout) == made


def test_every_kind_of_resource_has_an_edit(deployed: Project) -> None:
    kinds = {
        resource["urn"].rpartition("::")[2]: resource["type"].rpartition(":")[2]
        for resource in deployed.state()["deployment"]["resources"]
        if resource["custom"] and not resource["type"].startswith("pulumi:providers:")
    }

    edited = {kinds[edit.resource] for edit in EDITS}

    assert set(kinds.values()) - NOT_IN_THE_TENANT == edited


def test_a_secret_rotated_by_hand_reaches_the_outputs(deployed: Project, drifted: Drifted) -> None:
    tenant = deployed.tenant
    rotated = tenant.write("POST", f"/clients/{application(tenant)['client_id']}/rotate-secret", {})["client_secret"]

    deployed.up("--refresh")

    arguments = ("stack", "output", "applicationClientSecret", "-s", "local", "--show-secrets")
    assert succeeded(deployed.pulumi(*arguments)).stdout.strip() == rotated
    assert drifted.found
