"""The program's promises, each read off what it would register with the engine."""

import re
from pathlib import Path

import pytest

from stacks.settings import local_secret
from tests.stacks.running import DOMAIN, SETTINGS_BEFORE, Ran, before, is_secret, run

ENVIRONMENT_NAMES = ("local", "dev", "staging", "prod")
RESTORED = {"tenant", "guardian", "email-provider", "reset-email", "post-login"}


@pytest.fixture(scope="module")
def ran() -> Ran:
    """One run with the defaults, for all tests that only look at it."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        return run(monkeypatch)


def test_sign_up_is_disabled(ran: Ran) -> None:
    assert ran.named("invited-users").plain["options"]["disableSignup"] is True


def test_passwords_follow_a_strong_policy(ran: Ran) -> None:
    options = ran.named("invited-users").plain["options"]

    assert options["passwordPolicy"] == "excellent"
    assert options["passwordComplexityOptions"] == {"minLength": 12}
    assert options["passwordHistories"] == [{"enable": True, "size": 5}]
    assert options["passwordDictionary"] == {"enable": True}
    assert options["passwordNoPersonalInfo"] == {"enable": True}
    assert options["bruteForceProtection"] is True
    assert options["importMode"] is False


def test_the_profile_redirect_is_the_last_action(ran: Ran) -> None:
    bound = ran.named("post-login").plain["actions"]

    assert [entry["displayName"] for entry in bound] == ["require-mfa", "complete-profile"]


def test_the_deployed_actions_are_the_files(ran: Ran) -> None:
    for name in ("require-mfa", "complete-profile"):
        file = Path(__file__).resolve().parents[2] / "actions" / "post-login" / f"{name}.js"
        action = ran.named(name).plain
        assert action["code"] == file.read_text(encoding="utf-8")
        assert (action["runtime"], action["deploy"], action["supportedTriggers"]["id"]) == (
            "node22",
            True,
            "post-login",
        )


@pytest.mark.parametrize("name", ["require-mfa", "complete-profile"])
def test_an_action_is_given_every_secret_that_it_reads_and_no_other(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Where everything is switched on."""
    ran = run(monkeypatch, previousFromPageSecret=local_secret("previousFromPageSecret"), profile={"store": "root"})

    code = ran.named(name).plain["code"]
    read = {*re.findall(r"secrets\??\.([A-Z_]+)", code), *re.findall(r"'([A-Z]+(?:_[A-Z]+)+)'", code)}
    assert {entry["name"] for entry in ran.named(name).plain["secrets"]} == read


def test_the_keys_of_the_actions_are_secrets(ran: Ran) -> None:
    marked = {entry["name"]: is_secret(entry) for entry in ran.named("complete-profile").inputs["secrets"]}

    assert marked["TO_PAGE_SECRET"]
    assert marked["FROM_PAGE_SECRET"]


def test_without_a_rotation_there_is_no_previous_key(ran: Ran) -> None:
    assert "PREVIOUS_FROM_PAGE_SECRET" not in str(ran.named("complete-profile").plain["secrets"])


def test_the_actions_know_our_client_and_our_connection(ran: Ran) -> None:
    for name in ("require-mfa", "complete-profile"):
        secrets = {entry["name"]: entry["value"] for entry in ran.named(name).plain["secrets"]}
        assert secrets["CLIENT_IDS"] == "client-of-application"
        assert secrets["CONNECTION_NAME"] == "invited-users"


def test_everybody_needs_a_phone(ran: Ran) -> None:
    guardian = ran.named("guardian").plain

    assert guardian["policy"] == "all-applications"
    assert guardian["phone"] == {"enabled": True, "messageTypes": ["sms"]}
    assert ran.named("tenant").plain["customizeMfaInPostloginAction"] is True


def test_other_factors_are_none_of_our_business(ran: Ran) -> None:
    guardian = ran.named("guardian")

    assert set(guardian.plain) == {"policy", "phone"}
    assert guardian.ignore_changes == {
        "duo",
        "email",
        "otp",
        "push",
        "recoveryCode",
        "webauthnPlatform",
        "webauthnRoaming",
    }


def test_new_applications_come_after_the_tenant_stopped_enabling_them_everywhere(ran: Ran) -> None:
    assert ran.named("tenant").plain["flags"] == {"enableClientConnections": False}
    clients = [resource for resource in ran.custom() if resource.type.endswith(":Client")]
    assert len(clients) == 3
    assert all(ran.named("tenant").urn in client.depends_on for client in clients)


def test_nobody_can_log_in_before_mfa_and_the_actions_are_there(ran: Ran) -> None:
    assert {"post-login", "guardian", "tenant", "require-mfa", "complete-profile"} <= before(
        ran, "invited-users-clients"
    )
    assert "invited-users-clients" in before(ran, "application-connections")


def test_the_connection_is_for_the_application_and_the_inviter(ran: Ran) -> None:
    assert ran.named("invited-users-clients").plain["enabledClients"] == ["client-of-application", "client-of-inviter"]


def test_our_connection_is_the_only_door_to_the_application(ran: Ran) -> None:
    doors = ran.named("application-connections").plain

    assert doors["client_id"] == "client-of-application"
    assert doors["connections"] == ["id-of-invited-users"]


def test_the_application_logs_in_by_code_and_rotates_its_refresh_tokens(ran: Ran) -> None:
    client = ran.named("application", ":Client").plain

    assert client["appType"] == "regular_web"
    assert client["grantTypes"] == ["authorization_code", "refresh_token"]
    assert client["oidcConformant"] is True
    assert client["jwtConfiguration"]["alg"] == "RS256"
    assert client["refreshToken"]["rotationType"] == "rotating"
    assert client["refreshToken"]["expirationType"] == "expiring"
    assert not client["refreshToken"]["infiniteTokenLifetime"]
    assert not client["refreshToken"]["infiniteIdleTokenLifetime"]
    assert client["initiateLoginUri"] == "https://app.localhost:8444/login"
    assert "*" not in str(client["callbacks"] + client["allowedLogoutUrls"])


def test_machine_clients_hold_the_scopes_they_need_and_no_other(ran: Ran) -> None:
    inviter, reader = ran.named("inviter-grant").plain, ran.named("drift-reader-grant").plain

    assert inviter["scopes"] == ["create:user_tickets", "create:users", "read:logs", "read:users", "update:users"]
    assert all(scope.startswith("read:") for scope in reader["scopes"])
    assert not {"read:client_keys", "read:users", "read:client_credentials"} & set(reader["scopes"])
    assert {inviter["audience"], reader["audience"]} == {f"https://{DOMAIN}/api/v2/"}


def test_people_and_recovery_can_tell_our_clients(ran: Ran) -> None:
    for name in ("application", "inviter", "drift-reader"):
        assert ran.named(name, ":Client").plain["clientMetadata"] == {"managed_by": "guestlist", "role": name}


def test_auth0_makes_the_secrets_of_clients(ran: Ran) -> None:
    for resource in ran.custom():
        assert "clientSecret" not in resource.inputs
    assert ran.named("client-secrets").plain["client_ids"] == {
        name: f"client-of-{name}" for name in ("application", "inviter", "drift-reader")
    }
    assert ran.named("client-secrets").additional_secret_outputs == {"secrets"}


def test_no_resource_uses_the_default_provider(ran: Ran) -> None:
    ours = [resource for resource in ran.custom() if resource.type.startswith("auth0:")]

    assert ours
    for resource in ours:
        assert "pulumi:providers:auth0::auth0::" in resource.provider, resource.urn


def test_credentials_are_no_input_of_the_provider(ran: Ran) -> None:
    assert set(ran.named("auth0").inputs) <= {"domain", "debug"}
    assert ran.named("auth0").plain["domain"] == DOMAIN


def test_the_backup_comes_before_everything(ran: Ran) -> None:
    others = {resource.name for resource in ran.custom()} - {"tenant-backup"}

    assert {name for name in others if "tenant-backup" in before(ran, name)} == others
    assert ran.named("tenant-backup").depends_on == frozenset()


def test_what_the_backup_restores_is_not_deleted_by_the_provider(ran: Ran) -> None:
    assert {resource.name for resource in ran.custom() if resource.retain_on_delete} == RESTORED
    assert set(ran.named("tenant-backup").plain["things"]) == {
        "email-provider",
        "factor-sms",
        "mfa-policy",
        "reset-email",
        "tenant-settings",
    }


def test_our_actions_are_unbound_before_they_are_deleted(ran: Ran) -> None:
    assert {"require-mfa", "complete-profile"} <= before(ran, "post-login-backup")
    assert "post-login-backup" in before(ran, "post-login")


def test_where_protection_is_on_users_mfa_and_the_application_cannot_be_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran = run(monkeypatch, protect=True)

    assert {resource.name for resource in ran.custom() if resource.protect} == {
        "invited-users",
        "guardian",
        "application",
    }
    assert ran.named("invited-users").retain_on_delete


def test_without_protection_nothing_is_protected(ran: Ran) -> None:
    assert not any(resource.protect for resource in ran.custom())
    assert not ran.named("invited-users").retain_on_delete


def test_names_carry_no_environment(ran: Ran) -> None:
    for resource in ran.resources.values():
        assert not any(part in ENVIRONMENT_NAMES for part in resource.name.split("-")), resource.urn


def test_without_the_profile_page_mfa_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(monkeypatch, profile={"enabled": False})

    assert [entry["displayName"] for entry in ran.named("post-login").plain["actions"]] == ["require-mfa"]
    assert set(ran.named("post-login-backup").plain["actions"]) == {"require-mfa"}


def test_without_either_the_trigger_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(monkeypatch, profile={"enabled": False}, mfa={"enabled": False})

    assert not {"post-login", "post-login-backup"} & {resource.name for resource in ran.custom()}


def test_settings_that_the_provider_would_null_are_kept(ran: Ran) -> None:
    tenant = ran.named("tenant")

    assert tenant.plain["errorPage"] == {"url": SETTINGS_BEFORE["error_page"]["url"], "showLogLink": True}
    assert tenant.plain["acrValuesSupporteds"] == ["urn:example"]
    assert tenant.plain["skipNonVerifiableCallbackUriConfirmationPrompt"] == "true"
    assert "mtls" not in tenant.plain
    assert {"errorPage", "mtls", "countryCodes", "defaultTokenQuota"} <= tenant.ignore_changes


def test_a_preview_gives_the_provider_no_unknown_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = run(monkeypatch, preview=True).named("tenant")

    assert not {"errorPage", "mtls", "acrValuesSupporteds"} & set(tenant.inputs)


def test_an_empty_list_of_applications_is_refused() -> None:
    from stacks.actions import LoginActions, LoginActionsArgs
    from stacks.post_login_secrets import Told

    with pytest.raises(ValueError, match="let every login pass"):
        LoginActions(
            "login-actions",
            LoginActionsArgs(
                tenant_domain=DOMAIN,
                client_ids=(),
                told=Told(tenant_domain=DOMAIN, connection_name="c", profile_page_url="https://p.example.com"),
                names=("require-mfa", "complete-profile"),
                order=("@require-mfa", "@complete-profile"),
                unbound_on_delete=True,
                foreign={},
                to_page_secret="a",
                from_page_secret="b",
            ),
        )
