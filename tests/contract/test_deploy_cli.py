"""
auth0-deploy-cli exports the tenant that the program declared, and imports that export into an empty tenant.

Source: https://auth0.com/docs/deploy-monitor/deploy-cli-tool (8.44.0).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from tests.contract.clients.deploy_cli import ensure_deploy_cli, retarget
from tests.e2e.harness import LocalTenant, Project, a_local_tenant, a_project, succeeded
from toolchain import ensure

pytestmark = pytest.mark.xdist_group("deploy-cli")  # one worker makes the round trip, once

CONNECTION = "invited-users"
OF_ONE_TENANT = {"client_id", "client_secret", "signing_keys", "tenant", "id", "realms", "enabled_clients"}
# It asks before it creates, and deploys an Action until it is built.
EXPECTED_REFUSALS = {
    (400, "POST", "/api/v2/actions/actions/{id}/deploy"),
    (404, "GET", "/api/v2/emails/provider"),
    (404, "PATCH", "/api/v2/email-templates/{templateName}"),
}


@dataclass(frozen=True, kw_only=True)
class RoundTrip:
    """One `pulumi up`, one export of it, one import of that into a second tenant."""

    project: Project
    second: LocalTenant
    folder: Path
    exported: dict[str, Any]
    export: CompletedProcess[str]
    imported: CompletedProcess[str]

    @property
    def first(self) -> LocalTenant:
        return self.project.tenant

    def declared(self, kind: str) -> dict[str, dict[str, Any]]:
        """Inputs of the program's resources of one type, by logical name."""
        resources = self.project.state()["deployment"]["resources"]
        token = f"auth0:index/{kind[0].lower()}{kind[1:]}:{kind}"
        return {found["urn"].rpartition("::")[2]: found["inputs"] for found in resources if found["type"] == token}


@pytest.fixture(scope="module")
def trip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoundTrip]:
    cli, folder = ensure_deploy_cli(), tmp_path_factory.mktemp("export")
    with (
        a_local_tenant(tmp_path_factory.mktemp("first")) as first,
        a_local_tenant(tmp_path_factory.mktemp("second")) as second,
    ):
        project = a_project(tmp_path_factory.mktemp("project") / "guestlist", first, ensure())
        project.up()
        export = cli.run(first, "export", "--format", "yaml", "--output_folder", ".", directory=folder)
        file = succeeded(export) and folder / "tenant.yaml"
        exported = yaml.safe_load(file.read_text())
        retarget(file, from_domain=first.domain, to_domain=second.domain)
        imported = cli.run(second, "import", "--input_file", file.name, directory=folder)
        yield RoundTrip(
            project=project, second=second, folder=folder, exported=exported, export=export, imported=imported
        )


def test_the_export_succeeds(trip: RoundTrip) -> None:
    assert "Export Successful" in trip.export.stdout


def test_the_exported_connection_is_the_declared_one(trip: RoundTrip) -> None:
    (connection,) = [found for found in trip.exported["databases"] if found["name"] == CONNECTION]

    assert connection["options"]["disable_signup"] is True
    assert connection["enabled_clients"] == ["Guestlist app", "Guestlist inviter"]
    (declared,) = trip.declared("Connection").values()
    assert declared["options"]["disableSignup"] is True
    assert connection["options"]["passwordPolicy"] == declared["options"]["passwordPolicy"]


def test_the_exported_actions_have_the_declared_code_in_the_declared_order(trip: RoundTrip) -> None:
    declared = {inputs["name"]: inputs["code"] for inputs in trip.declared("Action").values()}
    exported = {action["name"]: (trip.folder / action["code"]).read_text() for action in trip.exported["actions"]}
    (bindings,) = trip.declared("TriggerActions").values()

    assert exported == declared
    assert all(action["deployed"] for action in trip.exported["actions"])
    assert [bound["action_name"] for bound in trip.exported["triggers"]["post-login"]] == [
        bound["displayName"] for bound in bindings["actions"]
    ]


def test_the_exported_mfa_policy_is_the_declared_one(trip: RoundTrip) -> None:
    (guardian,) = trip.declared("Guardian").values()
    factors = {factor["name"] for factor in trip.exported["guardianFactors"] if factor["enabled"]}

    assert trip.exported["guardianPolicies"]["policies"] == [guardian["policy"]]
    assert factors == {"sms"}
    assert trip.exported["guardianPhoneFactorMessageTypes"]["message_types"] == guardian["phone"]["messageTypes"]


def test_the_exported_template_is_the_declared_one(trip: RoundTrip) -> None:
    (template,) = trip.exported["emailTemplates"]
    (declared,) = trip.declared("EmailTemplate").values()

    assert template["template"] == declared["template"]
    assert template["subject"] == declared["subject"]
    assert (trip.folder / template["body"]).read_text() == declared["body"]


def test_the_import_into_an_empty_tenant_succeeds(trip: RoundTrip) -> None:
    assert "Import Successful" in succeeded(trip.imported).stdout
    refused = {(call["status"], call["method"], call["path"]) for call in trip.second.requests()}
    assert {call for call in refused if call[0] >= 400} <= EXPECTED_REFUSALS


@pytest.mark.parametrize(
    "path",
    [
        "/guardian/policies",
        "/guardian/factors",
        "/guardian/factors/phone/message-types",
        "/email-templates/reset_email",
        "/tenants/settings",
        "/branding",
        "/attack-protection/brute-force-protection",
        "/attack-protection/suspicious-ip-throttling",
    ],
)
def test_the_second_tenant_reads_as_the_first(trip: RoundTrip, path: str) -> None:
    assert trip.second.get(path) == trip.first.get(path)


def test_the_second_tenant_has_the_same_applications(trip: RoundTrip) -> None:
    assert applications(trip.second) == applications(trip.first)


def test_the_second_tenant_has_the_same_connection_with_the_same_doors(trip: RoundTrip) -> None:
    assert connection_of(trip.second) == connection_of(trip.first)


def test_the_second_tenant_has_the_same_actions_in_the_same_order(trip: RoundTrip) -> None:
    assert actions_of(trip.second) == actions_of(trip.first)


def test_the_second_tenant_grants_the_same_scopes(trip: RoundTrip) -> None:
    assert grants_of(trip.second) == grants_of(trip.first)


def applications(tenant: LocalTenant) -> dict[str, dict[str, Any]]:
    """Those that the program declares, by name."""
    return {
        client["name"]: {name: value for name, value in client.items() if name not in OF_ONE_TENANT}
        for client in tenant.get("/clients")
        if client["name"].startswith("Guestlist")
    }


def names_of_clients(tenant: LocalTenant) -> dict[str, str]:
    return {client["client_id"]: client["name"] for client in tenant.get("/clients")}


def connection_of(tenant: LocalTenant) -> dict[str, Any]:
    (connection,) = tenant.get("/connections", name=CONNECTION)
    connection["options"].setdefault("disable_self_service_change_password", False)  # the import writes the default out
    names = names_of_clients(tenant)
    doors = sorted(
        names[entry["client_id"]] for entry in tenant.get(f"/connections/{connection['id']}/clients")["clients"]
    )
    return {**{name: value for name, value in connection.items() if name not in OF_ONE_TENANT}, "doors": doors}


def actions_of(tenant: LocalTenant) -> list[tuple[str, str, str, bool, list[str]]]:
    """Name, code, runtime, whether all of it is deployed, names of the secrets: in the order they run."""
    actions = {action["id"]: action for action in tenant.get("/actions/actions")["actions"]}
    bound = tenant.get("/actions/triggers/post-login/bindings")["bindings"]
    chosen = [actions[binding["action"]["id"]] for binding in bound]
    return [
        (
            action["name"],
            tenant.get(f"/actions/actions/{action['id']}")["code"],
            action["runtime"],
            action["all_changes_deployed"],
            sorted(secret["name"] for secret in action["secrets"]),
        )
        for action in chosen
    ]


def grants_of(tenant: LocalTenant) -> dict[str, tuple[str, list[str]]]:
    names = names_of_clients(tenant)
    return {
        names[grant["client_id"]]: (grant["audience"].replace(tenant.domain, "tenant"), sorted(grant["scope"]))
        for grant in tenant.get("/client-grants")
        if names[grant["client_id"]].startswith("Guestlist")
    }
