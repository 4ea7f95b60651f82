"""What was there before the first `up` comes back, however often and from wherever the restoring starts."""

import contextlib
import json

import pytest

from stacks.management import ManagementError
from stacks.tenant_backup import TakeoverRefused, TenantBackupProvider
from tests.stacks.backups import ALL, a_lived_in_tenant, an_input, backed_up, contents, what_up_does
from tests.stacks.fake_tenant import DOMAIN, FakeTenant

GUARDIAN = {"mfa-policy", "factor-sms"}


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
    assert tenant.factors == FakeTenant().factors
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

    result = provider.update("id", saved, an_input([name for name in ALL if name not in GUARDIAN]))

    assert tenant.policies == ["confidence-score"]
    assert tenant.message_types == ["voice"]
    assert tenant.settings["friendly_name"] == "Guestlist"
    assert result.outs is not None
    assert not GUARDIAN & set(result.outs["saved"])


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
    tenant.factors["sms"] = True
    provider, saved = backed_up(tenant, ["factor-sms"])

    provider.delete("id", saved)

    assert json.loads(saved["saved"]["factor-sms"]) == {"enabled": True, "message_types": None}
    assert not any("message-types" in call for call in tenant.writes)


def test_credentials_are_asked_for_once() -> None:
    tenant = FakeTenant()
    client = tenant.connect()

    TenantBackupProvider(lambda _domain: client).create(an_input())

    assert tenant.calls.count("POST /oauth/token") == 1
