"""What was there before the first `up` comes back, however often and from wherever the restoring starts."""

import contextlib
import copy
import json
from typing import Any

import pytest

from stacks.management import ManagementError
from stacks.ownership import Demands
from stacks.tenant_backup import TakeoverRefused, TenantBackupProvider
from tests.stacks.fake_tenant import DOMAIN, FakeTenant

OURS = ("require-mfa", "complete-profile")
WANTED: dict[str, dict[str, Any]] = {
    "tenant-settings": {"friendly_name": "Guestlist", "customize_mfa_in_postlogin_action": True},
    "mfa-policy": {"policy": ["all-applications"]},
    "factor-sms": {"enabled": True, "messageTypes": ["sms"]},
    "email-provider": {"name": "smtp", "smtp_host": "ours"},
    "reset-email": {"subject": "Ours", "body": "sha256:0", "enabled": True},
}
ALL = sorted(WANTED)  # what every environment has; the others: test_tenant_wide.py


def an_input(
    things: list[str] = ALL,
    *,
    actions: tuple[str, ...] = OURS,
    order: tuple[str, ...] | None = None,
    decided: tuple[str, ...] | None = None,
    **demands: Any,
) -> dict[str, Any]:
    """What the program registers, everything decided."""
    whole = {
        "own": {name: WANTED[name] for name in things},
        "require": {},
        "decided": tuple(things) if decided is None else decided,
        "post_login": "own",
        "order": order or tuple(f"@{name}" for name in actions),
        "file": "config/Pulumi.dev.yaml",
        **demands,
    }
    return {"tenant": DOMAIN, "things": things, "actions": list(actions), "demands": Demands(**whole).to_json()}


def a_lived_in_tenant() -> FakeTenant:
    """A tenant that somebody uses."""
    tenant = FakeTenant()
    tenant.settings |= {
        "friendly_name": "Before",
        "support_email": "before@example.com",
        "default_redirection_uri": "https://before.example.com/login",
        "error_page": {"url": "https://before.example.com/error"},
        "session_lifetime": 72,
    }
    tenant.settings["flags"]["enable_client_connections"] = True
    tenant.factors |= {"sms": True}
    tenant.message_types = ["voice"]
    tenant.policies = ["confidence-score"]
    tenant.template = {
        "template": "reset_email",
        "body": "before",
        "subject": "Before",
        "enabled": True,
        "from": "b@example.com",
    }
    return tenant


def what_up_does(tenant: FakeTenant) -> None:
    """As the program's resources write it, by hand."""
    tenant.settings |= {
        "friendly_name": "Guestlist",
        "support_email": "support@example.com",
        "support_url": "https://example.com/support",
        "default_redirection_uri": "https://app.example.com/login",
        "customize_mfa_in_postlogin_action": True,
    }
    tenant.settings.pop("error_page", None)
    tenant.settings["flags"]["enable_client_connections"] = False
    tenant.factors["sms"], tenant.message_types, tenant.policies = True, ["sms"], ["all-applications"]
    tenant.provider = {"name": "smtp", "enabled": True, "credentials": {"smtp_host": "ours"}}
    tenant.template = {
        **(tenant.template or {"template": "reset_email"}),
        "body": "ours",
        "subject": "Ours",
        "enabled": True,
    }


def contents(tenant: FakeTenant) -> dict[str, Any]:
    """A copy of everything that a backup is about, empty and absent texts being the same."""
    return copy.deepcopy(
        {
            "settings": {key: value for key, value in tenant.settings.items() if value != ""},
            "factors": tenant.factors,
            "message types": tenant.message_types,
            "policies": tenant.policies,
            "provider": tenant.provider,
            "template": tenant.template,
        }
    )


def backed_up(tenant: FakeTenant, things: list[str] = ALL) -> tuple[TenantBackupProvider, dict[str, Any]]:
    provider = TenantBackupProvider(lambda _domain: tenant.connect())
    result = provider.create(an_input(things))
    assert result.outs is not None
    return provider, result.outs


def test_saving_writes_nothing() -> None:
    tenant = a_lived_in_tenant()

    backed_up(tenant)

    assert tenant.writes == []


def test_a_lived_in_tenant_is_put_back_as_it_was() -> None:
    tenant = a_lived_in_tenant()
    before = contents(tenant)
    provider, saved = backed_up(tenant)
    what_up_does(tenant)

    provider.delete("id", saved)

    assert contents(tenant) == before


def test_what_a_fresh_tenant_lacked_it_lacks_again() -> None:
    tenant = FakeTenant()
    provider, saved = backed_up(tenant)
    what_up_does(tenant)

    provider.delete("id", saved)

    assert tenant.provider is None
    assert tenant.policies == []
    assert tenant.factors == {"sms": False, "otp": True, "email": False}
    assert "customize_mfa_in_postlogin_action" not in tenant.settings
    assert tenant.settings["friendly_name"] == ""
    assert tenant.settings["flags"]["enable_client_connections"] is True


def test_a_template_that_did_not_exist_is_disabled_because_it_cannot_be_deleted() -> None:
    tenant = FakeTenant()
    provider, saved = backed_up(tenant)
    what_up_does(tenant)

    provider.delete("id", saved)

    assert tenant.template is not None
    assert tenant.template["enabled"] is False
    assert any("reset-email" in sentence for sentence in saved["cannot_restore"])


def test_a_replaced_email_provider_cannot_come_back_and_that_is_said() -> None:
    tenant = FakeTenant()
    tenant.provider = {"name": "sendgrid", "enabled": True, "credentials": {"api_key": "k"}}
    provider, saved = backed_up(tenant)
    assert ["sendgrid" in sentence for sentence in saved["cannot_restore"]].count(True) == 1
    assert "'k'" not in str(saved)
    what_up_does(tenant)

    provider.delete("id", saved)

    assert tenant.provider is None


def test_an_email_provider_that_was_not_replaced_after_all_is_kept() -> None:
    tenant = FakeTenant()
    tenant.provider = {"name": "ses", "enabled": True, "credentials": {"region": "eu-west-1"}}
    provider, saved = backed_up(tenant)  # and the run was killed here

    provider.delete("id", saved)

    assert tenant.provider is not None
    assert tenant.provider["name"] == "ses"


def test_other_factors_and_settings_are_never_written() -> None:
    tenant = a_lived_in_tenant()
    provider, saved = backed_up(tenant)
    what_up_does(tenant)
    tenant.factors["otp"] = False  # somebody else's change, meanwhile
    tenant.settings["session_lifetime"] = 12

    provider.delete("id", saved)

    assert tenant.factors["otp"] is False
    assert tenant.settings["session_lifetime"] == 12


@pytest.mark.parametrize("killed_at", range(1, 9))
def test_restoring_can_be_repeated_after_a_run_killed_anywhere(killed_at: int) -> None:
    tenant = a_lived_in_tenant()
    before = contents(tenant)
    provider, saved = backed_up(tenant)
    what_up_does(tenant)
    writes_left = iter(range(killed_at))
    tenant.refuse = lambda request: request.method in {"PUT", "PATCH", "DELETE"} and next(writes_left, None) is None
    with contextlib.suppress(ManagementError):
        provider.delete("id", saved)
    tenant.refuse = lambda _request: False

    provider.delete("id", saved)
    provider.delete("id", saved)

    assert contents(tenant) == before


def test_a_template_that_was_never_written_is_no_obstacle() -> None:
    tenant = FakeTenant()
    provider, saved = backed_up(tenant)

    provider.delete("id", saved)

    assert tenant.template is None


def test_a_thing_that_leaves_the_program_is_restored_at_once() -> None:
    tenant = a_lived_in_tenant()
    provider, saved = backed_up(tenant)
    what_up_does(tenant)

    result = provider.update("id", saved, an_input([name for name in ALL if name not in {"mfa-policy", "factor-sms"}]))

    assert tenant.policies == ["confidence-score"]
    assert tenant.message_types == ["voice"]
    assert tenant.settings["friendly_name"] == "Guestlist"
    assert result.outs is not None
    assert not {"mfa-policy", "factor-sms"} & set(result.outs["saved"])


def test_a_thing_that_joins_is_saved_and_the_others_keep_their_oldest_value() -> None:
    tenant = a_lived_in_tenant()
    provider, saved = backed_up(tenant, ["tenant-settings"])
    what_up_does(tenant)
    tenant.policies = ["confidence-score"]

    result = provider.update("id", saved, an_input(["mfa-policy", "tenant-settings"]))

    assert result.outs is not None
    assert json.loads(result.outs["saved"]["mfa-policy"])["policies"] == ["confidence-score"]
    assert json.loads(result.outs["saved"]["tenant-settings"])["settings"]["friendly_name"] == "Before"
    assert provider.diff("id", result.outs, an_input(["mfa-policy", "tenant-settings"])).changes is False


def test_a_trigger_that_runs_somebody_elses_action_is_refused_before_any_write() -> None:
    tenant = FakeTenant()
    tenant.bindings = [("act-1", "corp-risk"), ("act-2", "corp-claims")]

    with pytest.raises(TakeoverRefused, match="corp-risk, corp-claims") as refusal:
        backed_up(tenant)

    assert tenant.writes == []
    assert refusal.value.message.startswith(f"Refused to take over {DOMAIN}: 1 thing is to be decided in config/Pulumi")
    assert 'postLogin: ["corp-risk", "corp-claims", "@require-mfa", "@complete-profile"]' in refusal.value.message


def test_our_own_actions_are_not_foreign() -> None:
    tenant = FakeTenant()
    tenant.bindings = [("act-1", "require-mfa")]

    backed_up(tenant)


def test_an_action_that_somebody_binds_later_is_seen_and_not_dropped() -> None:
    tenant = FakeTenant()
    provider, saved = backed_up(tenant)
    tenant.bindings = [("act-1", "require-mfa"), ("act-2", "corp-risk")]

    seen = provider.read("id", saved).outs

    assert seen is not None
    assert seen["foreign_actions"] == ["corp-risk"]
    assert seen["saved"] == saved["saved"]
    assert provider.diff("id", saved, an_input()).changes is False
    assert provider.diff("id", seen, an_input()).changes is True
    with pytest.raises(TakeoverRefused, match="corp-risk"):
        provider.update("id", seen, an_input())
    assert tenant.writes == []


def test_a_list_that_changes_is_checked_first() -> None:
    tenant = FakeTenant()
    provider, saved = backed_up(tenant)
    tenant.bindings = [("act-1", "require-mfa"), ("act-9", "complete-profile"), ("act-2", "corp-risk")]
    shorter = an_input(actions=("require-mfa",))

    assert provider.diff("id", saved, shorter).changes is True
    with pytest.raises(TakeoverRefused, match="also runs corp-risk, which"):
        provider.update("id", saved, shorter)

    tenant.bindings.pop()
    result = provider.update("id", saved, shorter)
    assert result.outs is not None
    assert result.outs["foreign_actions"] == []


def test_a_state_made_against_another_tenant_is_refused() -> None:
    provider = TenantBackupProvider()

    result = provider.check({"tenant": "old.eu.auth0.com"}, {"tenant": "new.eu.auth0.com", "things": ALL})

    assert [failure.property for failure in result.failures] == ["tenant"]
    assert "made against the tenant old.eu.auth0.com" in result.failures[0].reason
    assert provider.check({}, {"tenant": "new.eu.auth0.com"}).failures == []
    assert provider.check({"tenant": "a.b"}, {"tenant": "a.b"}).failures == []


def test_a_tenant_that_may_not_be_read_stops_the_run_before_any_write() -> None:
    tenant = FakeTenant()
    tenant.refuse = lambda request: request.url.path.endswith("/guardian/factors")

    with pytest.raises(ManagementError, match="got no answer"):
        backed_up(tenant)

    assert tenant.writes == []


def test_message_types_that_a_tenant_does_not_show_are_left_alone() -> None:
    tenant = FakeTenant()
    _, saved = backed_up(tenant, ["factor-sms"])

    assert json.loads(saved["saved"]["factor-sms"]) == {"enabled": False, "message_types": None}


def test_credentials_are_asked_for_once() -> None:
    tenant = FakeTenant()
    client = tenant.connect()

    TenantBackupProvider(lambda _domain: client).create(an_input())

    assert tenant.calls.count("POST /oauth/token") == 1
