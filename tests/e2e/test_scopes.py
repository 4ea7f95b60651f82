"""Least privilege: the deployer's list is enough, and no more than that; the drift reader sees what drifts and can write nothing."""

import json
from dataclasses import replace

from guestlist.deployer_scopes import deployer_scopes
from guestlist.environments import Project as Clone
from guestlist.environments import load_settings
from localtenant.management.operations import operations
from tests.e2e.harness import Project, succeeded


def acting_as(project: Project, client_id: str, client_secret: str) -> Project:
    """The same project, in a shell with another client's credentials."""
    return replace(
        project, environ={**project.environ, "AUTH0_CLIENT_ID": client_id, "AUTH0_CLIENT_SECRET": client_secret}
    )


def a_client_with(project: Project, scopes: list[str]) -> tuple[str, str]:
    """A machine-to-machine client made by hand, with a grant of these scopes."""
    tenant = project.tenant
    made = tenant.write("POST", "/clients", {"name": "Deployer of a person", "app_type": "non_interactive"})
    audience = f"https://{tenant.domain}/api/v2/"
    tenant.write("POST", "/client-grants", {"client_id": made["client_id"], "audience": audience, "scope": scopes})
    return made["client_id"], made["client_secret"]


def test_a_deployer_with_the_listed_scopes_deploys_checks_and_takes_down(own_project: Project) -> None:
    scopes = deployer_scopes(load_settings(Clone(root=own_project.directory), "local"))
    deployer = acting_as(own_project, *a_client_with(own_project, list(scopes)))

    deployer.up()
    succeeded(deployer.pulumi("preview", "-s", "local", "--refresh", "--expect-no-changes"))
    succeeded(deployer.guestlist("doctor", "--env", "local"))
    succeeded(deployer.pulumi("destroy", "-s", "local", "--yes", "--skip-preview"))

    calls = {(call["method"], call["path"].removeprefix("/api/v2")) for call in own_project.tenant.requests()}
    demanded = {scope for call in calls & operations().keys() for scope in operations()[call].scopes}
    of_operations = {
        scope
        for scope in scopes
        if not scope.startswith("update:") and not scope.endswith(("_options", "_keys", "_credentials"))
    }
    assert of_operations - demanded == set()


def test_the_drift_reader_sees_no_drift_where_there_is_none_and_what_there_is(deployed: Project) -> None:
    arguments = ("stack", "output", "-s", "local", "--show-secrets", "--json")
    outputs = json.loads(succeeded(deployed.pulumi(*arguments)).stdout)
    reader = acting_as(deployed, outputs["driftReaderClientId"], outputs["driftReaderClientSecret"])

    succeeded(reader.pulumi("preview", "-s", "local", "--refresh", "--expect-no-changes", "--diff"))
    deployed.tenant.write("PUT", "/guardian/policies", [])
    drifted = reader.pulumi("preview", "-s", "local", "--refresh", "--expect-no-changes")

    assert drifted.returncode == 7
    assert "guardian" in drifted.stdout
    told = reader.guestlist("drift", "--env", "local")
    assert (told.returncode, "Guardian guardian, changed" in told.stdout) == (2, True), told.stdout + told.stderr


def test_the_drift_reader_can_write_nothing(deployed: Project) -> None:
    outputs = json.loads(
        succeeded(deployed.pulumi("stack", "output", "-s", "local", "--show-secrets", "--json")).stdout
    )
    granted = next(
        grant["scope"]
        for grant in deployed.tenant.get("/client-grants")
        if grant["client_id"] == outputs["driftReaderClientId"]
    )

    assert {scope.partition(":")[0] for scope in granted} == {"read"}
    assert not {"read:users", "read:client_keys", "read:client_credentials"} & set(granted)


# Everything that an environment may declare beside what it must.
EVERYTHING: dict[str, dict[str, object]] = {
    "mfa": {"factors": ["sms", "otp", "webauthn"]},
    "branding": {"primaryColor": "#112233"},
    "sessions": {"lifetimeHours": 100},
    "attackProtection": {
        "bruteForceAttempts": 5,
        "suspiciousIpThrottling": True,
        "breachedPasswords": "block",
        "botDetection": "low",
    },
    "loginDomain": {"name": "login.localhost", "inUse": True},
    "phone": {"enrollmentText": "{{code}} to join", "verificationText": "{{code}} to log in"},
    "profile": {"store": "root"},
}


def test_what_else_an_environment_declares_takes_its_scopes_and_no_others(own_project: Project) -> None:
    for group, values in EVERYTHING.items():
        own_project.set_config(group, **values)
    scopes = deployer_scopes(load_settings(Clone(root=own_project.directory), "local"))
    deployer = acting_as(own_project, *a_client_with(own_project, list(scopes)))

    deployer.up()
    outputs = json.loads(
        succeeded(deployer.pulumi("stack", "output", "-s", "local", "--show-secrets", "--json")).stdout
    )
    reader = acting_as(own_project, outputs["driftReaderClientId"], outputs["driftReaderClientSecret"])
    own_project.tenant.forget_requests()
    succeeded(reader.pulumi("preview", "-s", "local", "--refresh", "--expect-no-changes", "--diff"))
    told = json.loads(reader.guestlist("drift", "--env", "local", "--format", "json").stdout)["environments"][0]
    assert told["problems"] == []
    assert {one["resource"].partition(" on ")[0] for one in told["items"]} == {
        f"{kind}{name}"
        for kind in ("Client ", "ClientGrant of ")
        for name in ("Deployer (local tenant)", "Deployer of a person")  # nobody told the check that these deploy
    }

    read = {(call["method"], call["path"].removeprefix("/api/v2")) for call in own_project.tenant.requests()}
    demanded = {scope for call in read & operations().keys() for scope in operations()[call].scopes}
    granted = next(
        grant["scope"]
        for grant in own_project.tenant.get("/client-grants")
        if grant["client_id"] == outputs["driftReaderClientId"]
    )
    assert set(granted) - demanded <= {"read:connections_options"}
    succeeded(deployer.pulumi("destroy", "-s", "local", "--yes", "--skip-preview"))
