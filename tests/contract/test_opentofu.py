"""
OpenTofu, with the same provider, makes of what the program declared the same tenant as `pulumi up` does.

The configuration is translated from the program's state. Left out, because Terraform has no counterpart, are our dynamic resources
(`guestlist:*`): the backup of the tenant and its restoring, the refusal of a takeover, taking our Actions out of the trigger, and closing the
application's other connections. The secrets that they read are read by `auth0_client_credentials`, one for each client.

Source: https://github.com/auth0/terraform-provider-auth0/tree/v1.54.1/docs
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.contract.clients.opentofu import ensure_opentofu
from tests.contract.clients.terraform_json import Configuration, counterpart, translate
from tests.contract.test_deploy_cli import CONNECTION, actions_of, applications, connection_of, grants_of
from tests.contract.test_plugin_matches_sdk import Fields, sdk_fields, sdk_resources
from tests.e2e.harness import LocalTenant, a_local_tenant, a_project, succeeded
from toolchain import ensure

pytestmark = pytest.mark.xdist_group("opentofu")  # one worker makes the round trip, once

COMPARED = {"applications": applications, "connection": connection_of, "actions": actions_of, "grants": grants_of}
READ = (
    "/guardian/policies",
    "/guardian/factors",
    "/guardian/factors/phone/message-types",
    "/emails/provider",
    "/email-templates/reset_email",
    "/tenants/settings",
    "/branding",
    "/attack-protection/brute-force-protection",
    "/attack-protection/suspicious-ip-throttling",
)
GONE_WHEN_DESTROYED = (
    "/clients",
    "/client-grants",
    "/connections",
    "/actions/actions",
    "/actions/triggers/post-login/bindings",
    "/guardian/policies",
    "/guardian/factors",
    "/emails/provider",
)


@dataclass(frozen=True, kw_only=True)
class RoundTrip:
    """One `pulumi up` on the first tenant; `apply`, `plan`, `destroy` of its translation on the second. Pictures are by path or name."""

    configuration: Configuration
    written: str  # the configuration's file
    identifiers: set[str]  # of the first tenant
    apply: CompletedProcess[str]
    plan: CompletedProcess[str]
    destroy: CompletedProcess[str]
    outputs: dict[str, str]
    tofu_state: str
    secrets: dict[str, str]  # of the second tenant's applications, by name
    first: dict[str, Any]
    fresh: dict[str, Any]
    applied: dict[str, Any]
    destroyed: dict[str, Any]


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return ensure_opentofu().schemas(tmp_path_factory.mktemp("schema"))


@pytest.fixture(scope="module")
def trip(tmp_path_factory: pytest.TempPathFactory, schemas: dict[str, Any]) -> Iterator[RoundTrip]:
    tools = ensure_opentofu()
    with (
        a_local_tenant(tmp_path_factory.mktemp("first")) as first,
        a_local_tenant(tmp_path_factory.mktemp("second")) as second,
    ):
        project = a_project(tmp_path_factory.mktemp("project") / "guestlist", first, ensure())
        project.up()
        shown = project.pulumi("stack", "export", "-s", "local", "--show-secrets")
        state = json.loads(succeeded(shown).stdout)
        configuration = translate(state, schemas, domain=first.domain)
        workspace = tools.prepare(tmp_path_factory.mktemp("tofu"), configuration)
        fresh = picture(second)
        apply = succeeded(workspace.on(second, "apply", "-auto-approve"))
        plan = workspace.on(second, "plan", "-detailed-exitcode")
        shown = workspace.run("output", "-json", environment=workspace.environment(second))
        outputs = {name: output["value"] for name, output in json.loads(succeeded(shown).stdout).items()}
        tofu_state = (workspace.directory / "terraform.tfstate").read_text()
        compared = {name: (read(first), read(second)) for name, read in COMPARED.items()}
        applied = picture(second)
        secrets = {client["name"]: client["client_secret"] for client in applied["/clients"]}
        destroy = workspace.on(second, "destroy", "-auto-approve")
        yield RoundTrip(
            configuration=configuration,
            written=(workspace.directory / "main.tf.json").read_text(),
            identifiers=identifiers(first),
            apply=apply,
            plan=plan,
            destroy=destroy,
            outputs=outputs,
            tofu_state=tofu_state,
            secrets=secrets,
            first=picture(first) | {name: pair[0] for name, pair in compared.items()},
            fresh=fresh,
            applied=applied | {name: pair[1] for name, pair in compared.items()},
            destroyed=picture(second),
        )


def picture(tenant: LocalTenant) -> dict[str, Any]:
    """What a tenant answers, by path; an error's status where it has none."""
    answers = {path: tenant.api.get(path) for path in {*READ, *GONE_WHEN_DESTROYED}}
    return {path: answer.json() if answer.is_success else answer.status_code for path, answer in answers.items()}


def identifiers(tenant: LocalTenant) -> set[str]:
    """What Auth0 made for the declared things."""
    return {
        *(client["client_id"] for client in tenant.get("/clients") if client["name"].startswith("Guestlist")),
        *(connection["id"] for connection in tenant.get("/connections", name=CONNECTION)),
        *(action["id"] for action in tenant.get("/actions/actions")["actions"]),
    }


def test_everything_of_the_provider_is_applied(trip: RoundTrip) -> None:
    declared = sum(len(of_kind) for of_kind in trip.configuration.document["resource"].values())

    assert f"{declared} added, 0 changed, 0 destroyed" in trip.apply.stdout


def test_a_second_plan_is_empty(trip: RoundTrip) -> None:
    assert trip.plan.returncode == 0, trip.plan.stdout + trip.plan.stderr


@pytest.mark.parametrize("what", [*COMPARED, *READ])
def test_the_second_tenant_reads_as_the_first(trip: RoundTrip, what: str) -> None:
    assert trip.applied[what] == trip.first[what]


def test_the_secrets_of_all_three_clients_are_outputs(trip: RoundTrip) -> None:
    names = {
        "application-secret": "Guestlist app",
        "inviter-secret": "Guestlist inviter",
        "drift-reader-secret": "Guestlist drift reader",
    }

    assert trip.outputs == {output: trip.secrets[name] for output, name in names.items()}


def test_no_secret_is_written_into_the_configuration(trip: RoundTrip) -> None:
    values = {value for name, value in trip.configuration.secrets.items() if name.endswith("_value")}
    long = {value for value in values if len(value) >= 32}  # others stand elsewhere too: the connection's name

    assert len(long) >= 2
    assert not [value for value in long if value in trip.written]


def test_nothing_of_the_first_tenant_reaches_the_second(trip: RoundTrip) -> None:
    assert len(trip.identifiers) == 6
    assert not [found for found in trip.identifiers if found in trip.tofu_state]


def test_the_configuration_names_neither_tenant(trip: RoundTrip) -> None:
    assert not [found for found in trip.identifiers if found in trip.written]
    assert trip.configuration.document["provider"]["auth0"]["domain"] == "${var.domain}"


def test_destroy_takes_away_what_the_provider_deletes(trip: RoundTrip) -> None:
    succeeded(trip.destroy)

    assert {path: trip.destroyed[path] for path in GONE_WHEN_DESTROYED} == {
        path: trip.fresh[path] for path in GONE_WHEN_DESTROYED
    }


def test_destroy_leaves_tenant_settings_and_the_template(trip: RoundTrip) -> None:
    """Where our `destroy` puts back what was there: `tests/e2e/test_destroy.py`."""
    assert trip.destroyed["/tenants/settings"] == trip.applied["/tenants/settings"]
    assert trip.destroyed["/tenants/settings"] != trip.fresh["/tenants/settings"]
    assert trip.destroyed["/email-templates/reset_email"] == trip.applied["/email-templates/reset_email"] | {
        "enabled": False
    }


@pytest.mark.parametrize("token", sorted(sdk_resources()))
def test_every_input_of_the_sdk_has_a_counterpart(schemas: dict[str, Any], token: str) -> None:
    """Also of the resources that the program does not declare yet."""
    kinds = {name.removeprefix("auth0_"): name for name in schemas}
    kind = kinds[counterpart(token.rpartition("/")[2].partition(":")[0], kinds, of="the provider")]

    check_counterparts(sdk_fields(*sdk_resources()[token]), schemas[kind]["block"], kind)


def check_counterparts(fields: Fields, block: dict[str, Any], where: str) -> None:
    attributes, blocks = block.get("attributes", {}), block.get("block_types", {})
    for name, of in fields.items():
        found = counterpart(name, [*attributes, *blocks], of=where)
        if of.nested is None:
            continue
        if found in blocks:
            check_counterparts(of.nested, blocks[found]["block"], f"{where}.{found}")
        else:
            _, element = attributes[found]["type"]
            check_counterparts(of.nested, {"attributes": as_attributes(element[1])}, f"{where}.{found}")


def as_attributes(types: dict[str, Any]) -> dict[str, Any]:
    return {name: {"type": of} for name, of in types.items()}
