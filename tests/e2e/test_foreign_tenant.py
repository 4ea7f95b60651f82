"""
Into a tenant that other people use and out of it again: nothing of theirs is another byte afterwards, and their users meet the same screens.

Not here: what an undecided tenant refuses (`test_ownership.py`).
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from localtenant.management.dispatch import load_endpoints
from localtenant.management.operations import operations
from tests.actions.node import node_executable
from tests.e2e.harness import LocalTenant, Project, succeeded
from tests.e2e.test_drift import client
from tests.e2e.test_ownership import an_action

pytestmark = pytest.mark.xdist_group("foreign")

USERS = 1000  # without names
BINDINGS = "/actions/triggers/post-login/bindings"
# Each asks for something that can be seen. Ours are put between them.
ACTIONS = {
    "corp-risk": "if (event.user.app_metadata.risk) api.multifactor.enable('any', { allowRememberBrowser: false });",
    "corp-geo": "if (event.request.geoip.countryCode === 'XX') api.access.deny('Not from there.');",
    "corp-claims": "api.idToken.setCustomClaim('https://corp.example/name', event.user.name);",
    "corp-terms": "if (!event.user.user_metadata.terms) api.redirect.sendUserTo('https://corp.example/terms');",
}
MERGED = ["corp-risk", "corp-geo", "@require-mfa", "corp-claims", "@complete-profile", "corp-terms"]
WITH_PARAMETERS = (
    BINDINGS,
    "/actions/triggers/credentials-exchange/bindings",
    "/actions/triggers/send-phone-message/bindings",
    "/email-templates/reset_email",
    "/email-templates/verify_email",
    "/email-templates/welcome_email",
    "/prompts/login/custom-text/en",
    "/prompts/reset-password/custom-text/en",
    "/prompts/reset-password/custom-text/de",
    "/prompts/login/partials",
)
# Auth0 cannot write what a phone factor that is off would send (docs/program.md, Taking it down).
FOR_A_FACTOR_THAT_IS_OFF = "/guardian/factors/phone/message-types"
# What happened is no setting.
HISTORY = ("/logs", "/stats/active-users", "/stats/daily", "/users")  # users are read page by page


def fill(tenant: LocalTenant) -> None:
    """What other people have in the tenant."""
    for name in ("Corp portal", "Corp shop", "Corp intranet"):
        tenant.write(
            "POST", "/clients", {"name": name, "app_type": "regular_web", "callbacks": ["https://corp.example"]}
        )
    for name, code in ACTIONS.items():
        an_action(tenant, name, code=code)
    bindings = [{"ref": {"type": "action_name", "value": name}, "display_name": name.title()} for name in ACTIONS]
    tenant.write("PATCH", BINDINGS, {"bindings": bindings})
    credentials = {"accessKeyId": "AKIAEXAMPLE", "secretAccessKey": "corp-ses-secret", "region": "eu-west-1"}
    ses = {"name": "ses", "enabled": True, "default_from_address": "corp@example.com", "credentials": credentials}
    tenant.write("POST", "/emails/provider", ses)
    for factor in ("otp", "push-notification"):
        tenant.write("PUT", f"/guardian/factors/{factor}", {"enabled": True})
    tenant.write("PUT", "/guardian/policies", ["confidence-score"])
    # Who shares a tenant decides once what a new application reaches, and writes down what it is by default.
    settings = {
        "friendly_name": "Corp",
        "support_email": "help@corp.example",
        "support_url": "https://corp.example/help",
        "default_redirection_uri": "https://corp.example/login",
        "enabled_locales": ["en", "nl"],
        "session_lifetime": 100,
        "idle_session_lifetime": 10,
        "customize_mfa_in_postlogin_action": False,
        "phone_consolidated_experience": True,
        "flags": {"enable_client_connections": True},
    }
    tenant.write("PATCH", "/tenants/settings", settings)
    body = "<html><body>{{ url }} of Corp</body></html>"
    template = {"template": "reset_email", "body": body, "from": "corp@example.com", "subject": "Corp"}
    tenant.write(
        "POST", "/email-templates", {**template, "syntax": "liquid", "enabled": True, "includeEmailInRedirect": False}
    )
    tenant.write("PUT", "/prompts/login/custom-text/en", {"login": {"title": "Corp", "description": "Log in to Corp"}})
    tenant.write("PUT", "/prompts/reset-password/custom-text/de", {"reset-password": {"title": "Ihr Passwort"}})
    tenant.write("PATCH", "/branding", {"colors": {"primary": "#445566"}, "logo_url": "https://corp.example/logo.svg"})
    tenant.write("PATCH", "/attack-protection/brute-force-protection", {"max_attempts": 7})
    made = tenant.write("POST", "/connections", {"name": "corp-people", "strategy": "email"})
    enabled = [{"client_id": tenant.client_id, "status": True}]
    tenant.write("PATCH", f"/connections/{made['id']}/clients", enabled)
    for number in range(USERS):  # without a password they take no time to make
        tenant.write("POST", "/users", {"connection": "corp-people", "email": f"p{number}@corp.example"})


def picture(tenant: LocalTenant) -> dict[str, Any]:
    """Every answer of the Management API that takes no id, those above that do, all users, who uses which connection."""
    load_endpoints()
    paths = [
        path
        for method, path in operations()
        if method == "GET" and "{" not in path and path not in (*HISTORY, FOR_A_FACTOR_THAT_IS_OFF)
    ]
    found: dict[str, Any] = {}
    for path in sorted({*paths, *WITH_PARAMETERS}):
        answer = tenant.api.get(path)
        if answer.status_code != 501:
            found[path] = answer.text
    for page in range(USERS // 100 + 1):
        found[f"users {page}"] = tenant.api.get(
            "/users", params={"per_page": 100, "page": page, "sort": "created_at:1"}
        ).text
    for connection in tenant.get("/connections"):
        found[f"clients of {connection['name']}"] = tenant.api.get(f"/connections/{connection['id']}/clients").text
    return found


def without_renewed_ids(bindings: str) -> list[Any]:
    """Every write of the list gives each binding an id and times of its own; which Actions, in which order, shown how, is theirs."""
    renewed = {"id", "created_at", "updated_at"}
    return [
        {key: value for key, value in one.items() if key not in renewed} for one in json.loads(bindings)["bindings"]
    ]


def asked(actions: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]]) -> list[Any]:
    """What each Action asks for in each login, in their order."""
    runner = Path(__file__).with_name("bound_actions.js")
    given = json.dumps({"actions": actions, "events": events})
    done = subprocess.run(
        [node_executable(), runner], input=given, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    answer: list[Any] = json.loads(done.stdout)
    return answer


def bound(tenant: LocalTenant, secrets: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """The Actions that run after a login, as they are deployed."""
    ids = [one["action"]["id"] for one in tenant.get(BINDINGS)["bindings"]]
    found = [tenant.get(f"/actions/actions/{action_id}") for action_id in ids]
    return [
        {"name": one["name"], "code": one["deployed_version"]["code"], "secrets": secrets.get(one["name"], {})}
        for one in found
    ]


def secrets_of_ours(project: Project) -> dict[str, dict[str, str]]:
    """As the program sends them; Auth0 never shows them."""
    exported = succeeded(project.pulumi("stack", "export", "-s", "local", "--show-secrets")).stdout
    secrets: dict[str, dict[str, str]] = {}
    for resource in json.loads(exported)["deployment"]["resources"]:
        if resource["type"] == "auth0:index/action:Action":
            given = resource["inputs"]["secrets"]
            listed = json.loads(given["plaintext"]) if isinstance(given, dict) else given
            secrets[resource["inputs"]["name"]] = {one["name"]: plain(one["value"]) for one in listed}
    return secrets


def plain(value: Any) -> str:
    return str(json.loads(value["plaintext"]) if isinstance(value, dict) else value)


def logins(portal: str) -> list[dict[str, Any]]:
    """Of old users of an application that is not ours: no names, no invitation."""
    user: dict[str, Any] = {
        "user_id": "email|1",
        "name": "p1@corp.example",
        "app_metadata": {},
        "user_metadata": {"terms": True},
    }
    theirs: dict[str, Any] = {
        "client": {"client_id": portal, "name": "Corp portal"},
        "connection": {"id": "con_corp", "name": "corp-people", "strategy": "email"},
        "user": user,
    }
    return [
        theirs,
        {**theirs, "user": {**user, "app_metadata": {"risk": True}, "enrolledFactors": [{"type": "otp"}]}},
        {**theirs, "user": {**user, "user_metadata": {}}},
        {**theirs, "request": {"geoip": {"countryCode": "XX"}}},
        {**theirs, "transaction": {"prompt": ["none"]}},
        {**theirs, "transaction": {"protocol": "oauth2-refresh-token"}},
        {**theirs, "connection": {"id": "con_1", "name": "invited-users", "strategy": "auth0"}},
    ]


def test_foreign_things_are_the_same_bytes_afterwards_and_foreign_users_meet_the_same_screens(
    own_project: Project,
) -> None:
    tenant = own_project.tenant
    fill(tenant)
    before = picture(tenant)
    assert sum(before[f"users {page}"].count("@corp.example") > 0 for page in range(USERS // 100)) == USERS // 100
    portal = client(tenant, "Corp portal")["client_id"]
    asked_before = asked(bound(tenant, {}), logins(portal))
    assert [len(one) for one in asked_before] == [4, 4, 4, 2, 4, 4, 4]

    # Everything that can be put back is replaced; the provider cannot, so it is required.
    own = ("tenantSettings", "mfa", "resetEmail", "branding", "resetTexts", "attackProtection")
    own_project.set_config("ownership", emailProvider="require", **dict.fromkeys(own, "own"))
    own_project.set_config("actions", postLogin=MERGED)
    own_project.set_config("branding", primaryColor="#112233")
    own_project.set_config("attackProtection", bruteForceAttempts=3)
    own_project.set_config("sessions", lifetimeHours=200, idleLifetimeHours=20)
    own_project.set_config("mfa", factors=["sms", "otp"])
    own_project.set_list("languages", ["en", "de"])
    succeeded(own_project.guestlist("up", "--env", "local", "--yes"))
    own_project.expects_no_changes()
    assert tenant.get("/guardian/policies") == ["all-applications"]
    assert tenant.get("/emails/provider")["name"] == "ses"

    # As a guest: what other people's users see stays as it is.
    own_project.set_config("mfa", factors=["otp"], appliesTo="clients")
    own_project.set_config("profile", appliesTo="invited")
    own_project.set_config(
        "tenant", friendlyName="Corp", supportEmail="help@corp.example", supportUrl="https://corp.example/help"
    )
    own_project.drop_config("branding", "attackProtection", "sessions", "languages")
    own_project.set_config("ownership", resetEmail="leave")
    own_project.up()
    own_project.expects_no_changes()
    during = picture(tenant)
    seen = (
        "/guardian",
        "/prompts",
        "/branding",
        "/attack-protection",
        "/email",
        "users",
        "clients of corp",
        "clients of User",
    )
    assert {
        path: (before[path], during[path]) for path in before if path.startswith(seen) and during[path] != before[path]
    } == {}
    assert changed_settings(before, during) == {"customize_mfa_in_postlogin_action", "default_redirection_uri", "flags"}
    secrets = secrets_of_ours(own_project)
    assert [one["name"] for one in bound(tenant, secrets)] == [name.removeprefix("@") for name in MERGED]
    assert set(secrets) == {"require-mfa", "complete-profile"}
    assert all(one["CLIENT_IDS"] for one in secrets.values())
    now = asked(bound(tenant, secrets), logins(portal))
    assert [[one for one in login if one[0] in ACTIONS] for login in now] == asked_before
    nothing = {**asked_before[4][0][1], "outcome": "goes on"}
    assert [one for login in now for one in login if one[0] not in ACTIONS and one[1] != nothing] == []
    assert (
        sum(one[0] not in ACTIONS for login in now for one in login) == 12
    )  # two in each login, and none where somebody was denied before them

    succeeded(own_project.guestlist("destroy", "--env", "local", "--yes"))

    after = picture(tenant)
    assert after.keys() == before.keys()
    assert without_renewed_ids(after.pop(BINDINGS)) == without_renewed_ids(before.pop(BINDINGS))
    assert {path: (before[path], after[path]) for path in before if after[path] != before[path]} == {}


def changed_settings(before: Mapping[str, str], now: Mapping[str, str]) -> set[str]:
    one, other = json.loads(before["/tenants/settings"]), json.loads(now["/tenants/settings"])
    return {key for key in {*one, *other} if one.get(key) != other.get(key)}
