"""Several applications, ours and those that exist; and the machine clients around them."""

from typing import Any

import pytest

from stacks.demands import demands
from stacks.machine_clients import drift_reader, machine_roles
from stacks.tenant_wide import TENANT_WIDE_THINGS
from tests.stacks.running import DOMAIN, Ran, is_secret, run, some_settings
from tests.stacks.things import EVERYTHING


def another(**changes: Any) -> dict[str, Any]:
    """A further application that is valid."""
    return {
        "name": "Back office",
        "callbackUrls": ["https://admin.localhost:8444/callback"],
        "logoutUrls": ["https://admin.localhost:8444"],
        **changes,
    }


EXISTING = {"name": "Shop", "existing": True}


def names(ran: Ran, kind: str) -> set[str]:
    return {resource.name for resource in ran.custom() if resource.type.endswith(kind)}


def a_run(monkeypatch: pytest.MonkeyPatch, **others: dict[str, Any]) -> Ran:
    return run(monkeypatch, otherApplications=others)


def test_each_application_of_ours_is_a_client_that_only_our_connection_leads_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran = a_run(monkeypatch, admin=another())

    assert names(ran, ":Client") >= {"application", "application-admin"}
    for name in ("application", "application-admin"):
        doors = ran.named(f"{name}-connections").plain
        assert (doors["client_id"], doors["connections"]) == (f"client-of-{name}", ["id-of-invited-users"])


def test_all_applications_may_use_the_connection_and_the_inviter_too(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = a_run(monkeypatch, shop=EXISTING, admin=another())

    assert ran.named("invited-users-clients").plain["enabledClients"] == [
        "client-of-application",
        "client-of-application-admin",
        "existing-client-of-application-shop",
        "client-of-inviter",
    ]


def test_the_actions_are_for_the_logins_of_all_applications(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = a_run(monkeypatch, shop=EXISTING, admin=another())

    for action in ("require-mfa", "complete-profile"):
        secrets = {entry["name"]: entry["value"] for entry in ran.named(action).plain["secrets"]}
        assert secrets["CLIENT_IDS"] == (
            "client-of-application,client-of-application-admin,existing-client-of-application-shop"
        )


def test_other_connections_of_an_existing_application_are_not_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = a_run(monkeypatch, shop=EXISTING)

    assert names(ran, ":ApplicationConnections") == {"application-connections"}


def test_a_tenant_that_enables_new_clients_by_itself_keeps_them_off_the_clients_without_people(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran = run(monkeypatch, ownership={"tenantSettings": "leave"}, profile={"store": "root"})

    assert ran.named("application-connections").plain["connections"] == ["id-of-invited-users"]
    for machine in ("drift-reader", "profile-writer"):
        closed = ran.named(f"{machine}-connections")
        assert closed.plain["connections"] == []
        assert ran.named("invited-users-clients").urn in closed.depends_on


def test_an_existing_application_is_looked_up_and_not_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = a_run(monkeypatch, shop=EXISTING)

    assert ran.named("existing-applications").plain["names"] == {"application-shop": "Shop"}
    assert names(ran, ":Client") == {"application", "inviter", "drift-reader"}


def test_where_all_are_ours_nothing_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert names(a_run(monkeypatch, admin=another()), ":ExistingApplications") == set()


def test_invitations_may_lead_to_an_existing_application(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(monkeypatch, application={"existing": True, **dict.fromkeys(("callbackUrls", "logoutUrls"))})

    assert ran.outputs["applicationClientId"] == "existing-client-of-application"
    assert "applicationClientSecret" not in ran.outputs


def test_an_existing_application_is_found_before_its_door_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = a_run(monkeypatch, shop=EXISTING)

    assert ran.named("existing-applications").urn in ran.named("invited-users-clients").depends_on


@pytest.mark.parametrize("kind", ["spa", "native"])
def test_a_page_and_an_app_in_the_hand_have_no_secret(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    ran = a_run(monkeypatch, admin=another(kind=kind))

    assert ran.named("application-admin", ":Client").plain["appType"] == kind
    assert set(ran.named("client-secrets").plain["client_ids"]) == {"application", "inviter", "drift-reader"}
    assert "applicationAdminClientSecret" not in ran.outputs
    assert ran.outputs["applicationAdminClientId"] == "client-of-application-admin"


def test_a_web_server_has_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = a_run(monkeypatch, admin=another())

    assert ran.outputs["applicationAdminClientSecret"] == "secret-of-application-admin"
    assert "applicationAdminClientSecret" in ran.secret_outputs


def test_only_a_page_has_web_origins(monkeypatch: pytest.MonkeyPatch) -> None:
    origins = ["https://admin.localhost:8444"]
    ran = a_run(monkeypatch, admin=another(kind="spa", webOrigins=origins))

    assert ran.named("application-admin", ":Client").plain["webOrigins"] == origins
    assert ran.named("application", ":Client").plain["webOrigins"] == []


def test_all_of_ours_have_the_tokens_lifetimes(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = {"idTokenSec": 600, "refreshTokenSec": 7200, "refreshTokenIdleSec": 3600, "refreshLeewaySec": 0}
    ran = run(monkeypatch, tokens=tokens, otherApplications={"admin": another()})

    for name in ("application", "application-admin"):
        client = ran.named(name, ":Client").plain
        assert client["jwtConfiguration"]["lifetimeInSeconds"] == 600
        refresh = client["refreshToken"]
        assert (refresh["tokenLifetime"], refresh["idleTokenLifetime"], refresh["leeway"]) == (7200, 3600, 0)


def test_where_protection_is_on_none_of_ours_can_be_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(monkeypatch, protect=True, otherApplications={"admin": another()})

    assert ran.named("application-admin", ":Client").protect


def root_names(monkeypatch: pytest.MonkeyPatch) -> Ran:
    return run(monkeypatch, profile={"store": "root"})


def test_root_names_take_a_client_that_may_write_users_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    grant = root_names(monkeypatch).named("profile-writer-grant").plain

    assert grant["scopes"] == ["update:users"]
    assert grant["audience"] == f"https://{DOMAIN}/api/v2/"


def test_the_action_that_writes_root_names_is_given_that_clients_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    action = root_names(monkeypatch).named("complete-profile")

    given = {entry["name"]: entry["value"] for entry in action.plain["secrets"]}
    assert given["TENANT_DOMAIN"] == DOMAIN
    assert given["PROFILE_WRITER_CLIENT_ID"] == "client-of-profile-writer"
    assert given["PROFILE_WRITER_CLIENT_SECRET"] == "secret-of-profile-writer"
    assert given["PROFILE_STORE"] == "root"
    marked = {entry["name"]: is_secret(entry) for entry in action.inputs["secrets"]}
    assert marked["PROFILE_WRITER_CLIENT_SECRET"]


def test_no_other_action_is_given_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "PROFILE_WRITER" not in str(root_names(monkeypatch).named("require-mfa").plain)


@pytest.mark.parametrize("profile", [{"store": "metadata"}, {"store": "root", "enabled": False}])
def test_without_root_names_there_is_no_such_client(monkeypatch: pytest.MonkeyPatch, profile: dict[str, Any]) -> None:
    ran = run(monkeypatch, profile=profile)

    assert "profile-writer" not in names(ran, ":Client")
    given = [resource.plain["secrets"] for resource in ran.custom() if resource.type.endswith(":Action")]
    assert "PROFILE_WRITER" not in str(given)


def test_who_is_asked_for_a_name_is_said_to_the_action(monkeypatch: pytest.MonkeyPatch) -> None:
    action = run(monkeypatch, profile={"appliesTo": "invited"}).named("complete-profile").plain

    assert {"name": "PROFILE_APPLIES_TO", "value": "invited"} in action["secrets"]


ALWAYS = {
    *{"read:actions", "read:client_grants", "read:clients", "read:connections", "read:connections_options"},
    *{
        "read:custom_domains",
        "read:log_streams",
        "read:logs",
        "read:organizations",
        "read:resource_servers",
        "read:roles",
    },
}
SCOPES = {
    "tenant": "read:tenant_settings",
    "factors": "read:guardian_factors",
    "policies": "read:mfa_policies",
    "provider": "read:email_provider",
    "template": "read:email_templates",
}


@pytest.mark.parametrize(
    ("changes", "more", "fewer"),
    [
        ({}, set(), set()),
        ({"mfa": {"enabled": False}}, set(), {"factors", "policies"}),
        ({"ownership": {"mfa": "leave"}}, set(), {"factors", "policies"}),
        ({"ownership": {"mfa": "require"}}, set(), set()),
        ({"ownership": {"emailProvider": "leave"}}, set(), {"provider"}),
        ({"ownership": {"tenantSettings": "leave", "resetEmail": "leave"}}, set(), {"tenant", "template"}),
        ({"branding": {"primaryColor": "#000000"}}, {"read:branding"}, set()),
        ({"languages": ["de"]}, {"read:prompts"}, set()),
        ({"languages": ["de"], "ownership": {"resetTexts": "leave"}}, set(), set()),
        ({"attackProtection": {"bruteForceAttempts": 5}}, {"read:attack_protection"}, set()),
        ({"phone": {"verificationText": "{{code}}"}}, {"read:phone_templates"}, set()),
        ({"loginDomain": {"name": "login.localhost"}}, {"read:custom_domains"}, set()),
        (
            {"loginDomain": {"name": "login.localhost"}, "ownership": {"loginDomain": "require"}},
            {"read:custom_domains"},
            set(),
        ),
        ({"loginDomain": {"name": "login.localhost"}, "ownership": {"loginDomain": "leave"}}, set(), set()),
    ],
    ids=lambda value: "+".join(sorted(value)) if isinstance(value, set) else str(value),
)
def test_the_drift_reader_may_read_what_the_environment_declares_and_no_more(
    changes: dict[str, Any], more: set[str], fewer: set[str]
) -> None:
    settings = some_settings(**changes)

    scopes = set(machine_roles(settings, demands(settings))["drift-reader"].scopes)

    assert scopes == (ALWAYS | set(SCOPES.values()) | more) - {SCOPES[name] for name in fewer}


@pytest.mark.parametrize(
    ("invite", "more"),
    [
        ({}, {"read:logs"}),
        ({"delivery": "ticket"}, set()),
        ({"delivery": "ticket", "revoke": "delete"}, {"delete:users"}),
        (
            {"delivery": "ticket", "preEnrolPhone": True},
            {"create:authentication_methods", "read:authentication_methods"},
        ),
    ],
    ids=["auth0", "ticket", "delete", "phone"],
)
def test_the_inviter_may_do_what_the_environments_way_of_inviting_needs_and_no_more(
    invite: dict[str, Any], more: set[str]
) -> None:
    settings = some_settings(invite=invite)

    scopes = machine_roles(settings, demands(settings))["inviter"].scopes

    assert set(scopes) == {"create:user_tickets", "create:users", "read:users", "update:users"} | more
    assert list(scopes) == sorted(scopes)


def test_a_drift_reader_never_sees_users_or_secrets() -> None:
    scopes = set(drift_reader(TENANT_WIDE_THINGS).scopes)

    assert all(scope.startswith("read:") for scope in scopes)
    assert not scopes & {"read:users", "read:client_keys", "read:client_credentials"}


def test_the_drift_readers_grant_is_its_role(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = some_settings(**EVERYTHING)

    grant = run(monkeypatch, **EVERYTHING, twilioAuthToken="t" * 32).named("drift-reader-grant").plain

    assert tuple(grant["scopes"]) == machine_roles(settings, demands(settings))["drift-reader"].scopes
