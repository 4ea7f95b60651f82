"""Nothing that somebody else has set is taken over in silence, and what is required is there before the first write."""

from typing import Any

import pytest

from stacks.demands import demands
from stacks.ownership import Demands
from stacks.tenant_backup import TakeoverRefused, TenantBackupProvider
from tests.stacks.backups import WANTED, a_lived_in_tenant, an_input
from tests.stacks.fake_tenant import DOMAIN, FakeTenant
from tests.stacks.running import run, some_settings


def refused(tenant: FakeTenant, inputs: dict[str, Any]) -> str:
    """What the refusal says."""
    with pytest.raises(TakeoverRefused) as refusal:
        TenantBackupProvider(lambda _domain: tenant.connect()).create(inputs)
    assert tenant.writes == []
    return refusal.value.message


def accepted(tenant: FakeTenant, inputs: dict[str, Any]) -> dict[str, Any]:
    outs = TenantBackupProvider(lambda _domain: tenant.connect()).create(inputs).outs
    assert outs is not None
    assert tenant.writes == []
    return outs


def test_a_fresh_tenant_has_nothing_to_decide() -> None:
    accepted(FakeTenant(), an_input(decided=()))


def test_every_conflict_is_named_at_once_each_with_its_line() -> None:
    tenant = a_lived_in_tenant()
    tenant.provider = {"name": "ses", "enabled": True, "credentials": {"region": "eu-west-1"}}
    tenant.bindings = [("act-1", "corp-risk")]

    said = refused(tenant, an_input(decided=()))

    lines = said.splitlines()
    assert lines[0].startswith(f"Refused to take over {DOMAIN}: 6 things are to be decided in config/Pulumi.dev.yaml")
    assert [line.split(":")[0].strip() for line in lines[1:]] == [
        "- emailProvider",
        "- mfa (factor-sms)",
        "- mfa (mfa-policy)",
        "- resetEmail",
        "- tenantSettings",
        "- postLogin",
    ]
    assert 'policy ["confidence-score"] -> ["all-applications"]' in said
    assert 'friendly_name "Before" -> "Guestlist"' in said
    for setting in ("emailProvider", "mfa", "resetEmail", "tenantSettings"):
        assert f"{setting}: own. To keep it write {setting}: leave" in said


def test_what_the_environment_says_itself_is_consent_and_the_rest_is_still_asked() -> None:
    tenant = a_lived_in_tenant()

    said = refused(tenant, an_input(decided=("factor-sms", "mfa-policy")))

    assert "- mfa" not in said
    assert "- resetEmail" in said


def test_our_own_values_are_no_conflict() -> None:
    tenant = FakeTenant()
    tenant.settings["friendly_name"] = "Guestlist"
    tenant.policies, tenant.message_types = ["all-applications"], ["sms"]
    tenant.factors["sms"] = True
    tenant.provider = {"name": "smtp", "credentials": {"smtp_host": "ours"}}

    accepted(tenant, an_input(decided=()))


def test_a_template_that_is_switched_off_is_nobodys() -> None:
    tenant = FakeTenant()
    tenant.template = {"template": "reset_email", "body": "of an earlier up", "subject": "x", "enabled": False}

    accepted(tenant, an_input(decided=()))


def test_message_types_of_a_factor_that_is_off_are_nobodys() -> None:
    tenant = FakeTenant()
    tenant.message_types = ["voice"]

    accepted(tenant, an_input(["factor-sms"], decided=()))
    tenant.factors["sms"] = True
    assert 'messageTypes ["voice"] -> ["sms"]' in refused(tenant, an_input(["factor-sms"], decided=()))


def test_what_is_ours_already_is_not_asked_about_again() -> None:
    tenant = FakeTenant()
    provider = TenantBackupProvider(lambda _domain: tenant.connect())
    saved = provider.create(an_input(["tenant-settings"], decided=())).outs
    assert saved is not None
    tenant.settings["friendly_name"] = "Changed by hand"
    tenant.policies = ["confidence-score"]

    with pytest.raises(TakeoverRefused) as refusal:
        provider.update("id", saved, an_input(["mfa-policy", "tenant-settings"], decided=()))

    assert "- mfa" in refusal.value.message
    assert "- tenantSettings" not in refusal.value.message


def test_what_becomes_required_stays_as_the_flow_needs_it() -> None:
    tenant = FakeTenant()
    provider = TenantBackupProvider(lambda _domain: tenant.connect())
    saved = accepted(tenant, an_input(["factor-sms", "mfa-policy"]))
    tenant.policies, tenant.factors["sms"], tenant.message_types = ["all-applications"], True, ["sms"]

    result = provider.update(
        "id",
        saved,
        an_input([], require={"mfa-policy": {"policy": ["all-applications"]}, "factor-sms": {"enabled": True}}),
    )

    assert tenant.writes == []
    assert result.outs is not None
    assert result.outs["saved"] == {}


def test_what_comes_back_is_written_because_its_resource_believes_that_it_never_left() -> None:
    tenant = FakeTenant()
    provider = TenantBackupProvider(lambda _domain: tenant.connect())
    left = accepted(tenant, an_input([]))
    tenant.calls.clear()

    provider.update("id", left, an_input(["factor-sms", "mfa-policy"]))

    assert (tenant.policies, tenant.factors["sms"], tenant.message_types) == (["all-applications"], True, ["sms"])
    assert tenant.writes[-1] == "PUT /guardian/policies", "factors first"


def test_an_older_tenant_has_to_be_named_as_one() -> None:
    tenant = FakeTenant()
    tenant.settings["phone_consolidated_experience"] = False

    assert "phone (phone-experience): text messages are Guardian's in this tenant" in refused(tenant, an_input())


def test_a_tenant_that_the_program_itself_made_an_older_one_goes_back_to_what_it_was() -> None:
    tenant = FakeTenant()
    tenant.settings["phone_consolidated_experience"] = True
    provider = TenantBackupProvider(lambda _domain: tenant.connect())
    legacy = {"phone-experience": {"phone_consolidated_experience": False}, "phone-in-guardian": {"provider": "auth0"}}
    owned = accepted(tenant, an_input(own={**WANTED, **legacy}))
    tenant.settings["phone_consolidated_experience"] = False  # as the up did

    provider.update("id", owned, an_input())

    assert tenant.settings["phone_consolidated_experience"] is True


def test_a_login_domain_that_the_program_made_cannot_become_required() -> None:
    tenant = FakeTenant()
    tenant.lists["custom-domains"] = [{"id": "cd_1", "domain": "login.example.com", "status": "ready"}]
    provider = TenantBackupProvider(lambda _domain: tenant.connect())
    saved = accepted(tenant, an_input([], own={"login-domain": {}}))
    required = an_input([], require={"login-domain": {"login.example.com": "ready"}})

    with pytest.raises(TakeoverRefused, match="made by this program, which would delete it"):
        provider.diff("id", saved, required)


def test_what_is_left_is_not_even_read() -> None:
    tenant = FakeTenant()

    accepted(tenant, an_input([], post_login="leave"))

    assert tenant.calls == []


def test_what_is_required_is_read_and_named_when_it_is_missing() -> None:
    tenant = FakeTenant()
    required = {
        "mfa-policy": {"policy": ["all-applications"]},
        "factor-sms": {"enabled": True, "messageTypes": ["sms"]},
        "email-provider": {"enabled": True},
        "tenant-settings": {"customize_mfa_in_postlogin_action": True},
    }

    said = refused(tenant, an_input([], require=required, post_login="require"))

    assert 'policy is nothing, the flow needs ["all-applications"]' in said
    assert "mfa (factor-sms): it is required to be as the flow needs it: enabled is false, the flow needs true" in said
    assert "emailProvider: it is required, and the tenant has none" in said
    assert "customize_mfa_in_postlogin_action is nothing, the flow needs true" in said
    assert "required to run require-mfa, complete-profile in this order, and runs none of ours" in said


def test_what_is_required_and_there_is_enough_whatever_else_there_is() -> None:
    tenant = FakeTenant()
    tenant.policies, tenant.message_types = ["all-applications"], ["sms", "voice"]
    tenant.factors["sms"] = True
    tenant.bindings = [("1", "corp-risk"), ("2", "require-mfa"), ("3", "complete-profile")]
    required = {
        "mfa-policy": {"policy": ["all-applications"]},
        "factor-sms": {"enabled": True, "messageTypes": ["sms"]},
    }

    accepted(tenant, an_input([], require=required, post_login="require"))


def test_what_is_required_is_looked_at_before_every_up() -> None:
    tenant = FakeTenant()
    tenant.policies = ["all-applications"]
    inputs = an_input(
        [],
        require={"mfa-policy": {"policy": ["all-applications"]}},
        post_login="leave",
    )
    saved = accepted(tenant, inputs)
    provider = TenantBackupProvider(lambda _domain: tenant.connect())
    assert provider.diff("id", saved, inputs).changes is False
    tenant.policies = []

    with pytest.raises(TakeoverRefused, match="policy is nothing"):
        provider.diff("id", saved, inputs)


def test_a_diff_asks_the_tenant_nothing_where_nothing_is_required() -> None:
    tenant = FakeTenant()
    provider = TenantBackupProvider(lambda _domain: tenant.connect())
    saved = accepted(tenant, an_input())
    tenant.calls.clear()

    provider.diff("id", saved, an_input())

    assert tenant.calls == []


MERGED = ("corp-risk", "@require-mfa", "corp-claims", "@complete-profile")


def test_a_list_that_names_everybody_is_taken() -> None:
    tenant = FakeTenant()
    tenant.bindings = [("act-1", "corp-risk"), ("act-2", "corp-claims")]

    outs = accepted(tenant, an_input(order=MERGED))

    assert {name: found["id"] for name, found in outs["named_actions"].items()} == {
        "corp-risk": "act-1",
        "corp-claims": "act-2",
    }


def test_an_action_that_is_not_bound_yet_is_found_by_its_name() -> None:
    tenant = FakeTenant()
    tenant.bindings = [("act-1", "corp-risk")]
    tenant.actions = [{"id": "act-2", "name": "corp-claims", "deployed_version": {"id": "v"}}]

    assert accepted(tenant, an_input(order=MERGED))["named_actions"]["corp-claims"]["id"] == "act-2"


@pytest.mark.parametrize(
    ("listed", "said"),
    [([], "the tenant has no such Action"), ([{"id": "act-2", "name": "corp-claims"}], "which was never deployed")],
)
def test_a_named_action_that_cannot_be_bound_is_refused(listed: list[dict[str, Any]], said: str) -> None:
    tenant = FakeTenant()
    tenant.bindings = [("act-1", "corp-risk")]
    tenant.actions = listed

    assert f"names corp-claims, {'and ' if 'such' in said else ''}{said}" in refused(tenant, an_input(order=MERGED))


def test_another_order_is_a_change() -> None:
    tenant = FakeTenant()
    tenant.bindings = [("act-1", "corp-risk"), ("act-2", "corp-claims")]
    provider = TenantBackupProvider(lambda _domain: tenant.connect())
    saved = accepted(tenant, an_input(order=MERGED))

    assert provider.diff("id", saved, an_input(order=MERGED)).changes is False
    assert provider.diff("id", saved, an_input(order=tuple(reversed(MERGED)))).changes is True


def test_demands_follow_the_settings() -> None:
    found = demands(
        some_settings(
            ownership={"mfa": "own", "emailProvider": "leave", "tenantSettings": "require"},
            actions={"postLogin": list(MERGED)},
            profile={"enabled": False},
        )
    )

    assert set(found.own) == {"factor-sms", "mfa-policy", "reset-email"}
    assert set(found.decided) == {"factor-sms", "mfa-policy"}
    assert found.require == {"tenant-settings": {"customize_mfa_in_postlogin_action": True}}
    assert found.order == ("corp-risk", "@require-mfa", "corp-claims")
    assert Demands.from_json(found.to_json()) == found


@pytest.mark.parametrize("whose", [{"phone": "leave"}, {"tenantSettings": "leave"}, {"phone": "require"}])
def test_a_phone_experience_that_is_not_ours_has_to_be_as_the_file_says(whose: dict[str, str]) -> None:
    settings = some_settings(ownership=whose, phone={"experience": "legacy", "provider": "auth0"})

    assert demands(settings).require["phone-experience"] == {"phone_consolidated_experience": False}
    assert "phone-experience" not in demands(some_settings(ownership=whose)).require


def test_the_list_is_written_with_everybody_in_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(monkeypatch, actions={"postLogin": ["@require-mfa", "corp-risk", "@complete-profile"]})

    assert [(entry["id"], entry["displayName"]) for entry in ran.named("post-login").plain["actions"]] == [
        ("id-of-require-mfa", "require-mfa"),
        ("id-of-corp-risk", "Risk"),
        ("id-of-complete-profile", "complete-profile"),
    ]


@pytest.mark.parametrize(
    ("setting", "resources"),
    [
        ("tenantSettings", {"tenant"}),
        ("mfa", {"guardian"}),
        ("emailProvider", {"email-provider"}),
        ("resetEmail", {"reset-email"}),
        ("postLogin", {"post-login"}),  # what takes ours out before they are deleted is still there
    ],
)
def test_what_is_not_ours_is_not_declared(monkeypatch: pytest.MonkeyPatch, setting: str, resources: set[str]) -> None:
    everything = {resource.name for resource in run(monkeypatch).custom()}

    ran = run(monkeypatch, ownership={setting: "leave" if setting == "mfa" else "require"})

    assert everything - {resource.name for resource in ran.custom()} == resources
