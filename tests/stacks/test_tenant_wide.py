"""Every tenant-wide thing: whose value it is that a tenant has, and that ours leaves no trace."""

import pytest

from stacks.management import ReadOnce
from stacks.settings_types import LANGUAGES
from stacks.tenant_wide import TENANT_WIDE_THINGS, TenantWideThing, branding
from tests.stacks.backups import contents
from tests.stacks.fake_tenant import FakeTenant
from tests.stacks.things import CASES, Case

each = pytest.mark.parametrize("case", CASES, ids=str)
each_of_theirs = pytest.mark.parametrize("case", [case for case in CASES if case.theirs], ids=str)


def thing_of(case: Case) -> TenantWideThing:
    return TENANT_WIDE_THINGS[case.name]


def a_tenant_of_theirs(case: Case) -> FakeTenant:
    tenant = FakeTenant()
    assert case.theirs is not None
    case.theirs(tenant)
    return tenant


def test_there_is_a_case_for_every_thing() -> None:
    assert {case.name for case in CASES} == set(TENANT_WIDE_THINGS)


def test_the_languages_of_the_things_are_those_of_the_settings() -> None:
    assert branding.LANGUAGES == LANGUAGES


@each
def test_saving_writes_nothing(case: Case) -> None:
    tenant = FakeTenant()
    case.ours(tenant)

    thing_of(case).save(tenant.connect())

    assert tenant.writes == []


@each
def test_a_fresh_tenant_is_no_conflict(case: Case) -> None:
    thing = thing_of(case)

    assert thing.conflict(thing.save(FakeTenant().connect()), case.wanted) is None


@each_of_theirs
def test_a_foreign_value_is_a_conflict_that_names_its_setting(case: Case) -> None:
    thing = thing_of(case)

    found = thing.conflict(thing.save(a_tenant_of_theirs(case).connect()), case.wanted)

    assert found is not None
    assert f"write {thing.setting}: own. To keep it write {thing.setting}: leave" in str(found)


@each
def test_what_an_up_writes_is_as_wanted(case: Case) -> None:
    tenant = FakeTenant()
    case.ours(tenant)

    assert thing_of(case).differences(thing_of(case).save(tenant.connect()), case.wanted) == []


@each
def test_our_own_value_is_no_conflict(case: Case) -> None:
    tenant = FakeTenant()
    case.ours(tenant)

    assert thing_of(case).conflict(thing_of(case).save(tenant.connect()), case.wanted) is None


@pytest.mark.parametrize("case", [case for case in CASES if case.theirs and case.comes_back], ids=str)
def test_restoring_puts_a_foreign_value_back(case: Case) -> None:
    tenant = a_tenant_of_theirs(case)
    before = contents(tenant)
    saved = thing_of(case).save(tenant.connect())
    case.ours(tenant)
    assert contents(tenant) != before

    thing_of(case).restore(tenant.connect(), saved)

    assert contents(tenant) == before


@pytest.mark.parametrize("case", [case for case in CASES if case.leaves_nothing], ids=str)
def test_restoring_leaves_nothing_on_a_fresh_tenant(case: Case) -> None:
    tenant, thing = FakeTenant(), thing_of(case)
    saved = thing.save(tenant.connect())
    case.ours(tenant)

    thing.restore(tenant.connect(), saved)

    before, after = thing.values(saved), thing.values(thing.save(tenant.connect()))
    assert {key: value for key, value in after.items() if value != ""} == before


@each
def test_restoring_twice_is_the_same(case: Case) -> None:
    tenant, thing = FakeTenant(), thing_of(case)
    saved = thing.save(tenant.connect())
    case.ours(tenant)
    thing.restore(tenant.connect(), saved)
    once = contents(tenant)

    thing.restore(tenant.connect(), saved)

    assert contents(tenant) == once


@each_of_theirs
def test_what_was_not_replaced_after_all_is_kept(case: Case) -> None:
    tenant = a_tenant_of_theirs(case)
    before = contents(tenant)

    thing_of(case).restore(tenant.connect(), thing_of(case).save(tenant.connect()))

    assert contents(tenant) == before


@pytest.mark.parametrize("case", [case for case in CASES if case.theirs and not case.comes_back], ids=str)
def test_what_cannot_come_back_is_said_before(case: Case) -> None:
    tenant, thing = a_tenant_of_theirs(case), thing_of(case)

    saved = thing.save(tenant.connect())

    assert any("cannot be put back" in sentence for sentence in thing.cannot_restore(saved))
    found = thing.conflict(saved, case.wanted)
    assert found is not None
    assert "for good" in found.remedy


@pytest.mark.parametrize("case", [case for case in CASES if case.name != "reset-email"], ids=str)
def test_of_a_fresh_tenant_nothing_is_lost(case: Case) -> None:
    thing = thing_of(case)

    assert thing.cannot_restore(thing.save(FakeTenant().connect())) == []


@each
def test_what_is_required_is_met_by_what_an_up_writes(case: Case) -> None:
    tenant = FakeTenant()
    case.ours(tenant)

    assert thing_of(case).unmet(thing_of(case).save(tenant.connect()), case.wanted) is None


@each
def test_a_drift_reader_may_only_read(case: Case) -> None:
    assert all(scope.startswith("read:") for scope in thing_of(case).reads)
    assert not any(scope.startswith("read:") for scope in thing_of(case).writes)


TWILIO = "guardian/factors/sms/providers/twilio"


def test_twilios_token_in_guardian_is_never_saved_and_its_loss_is_said() -> None:
    tenant = FakeTenant()
    tenant.documents[TWILIO] = {"sid": "AC1", "from": "+1", "messaging_service_sid": None, "auth_token": "canary"}
    thing = TENANT_WIDE_THINGS["phone-in-guardian"]

    saved = thing.save(tenant.connect())

    assert "canary" not in str(saved)
    assert ["Twilio" in sentence for sentence in thing.cannot_restore(saved)] == [True]


@pytest.mark.parametrize(("live", "is_asked"), [(["en"], False), (["de"], False), (["fr", "de"], True)])
def test_a_language_more_is_nobodys_loss_and_a_language_less_is(live: list[str], *, is_asked: bool) -> None:
    thing = TENANT_WIDE_THINGS["languages"]

    assert (thing.conflict({"enabled_locales": live}, {"enabled_locales": ["de", "es"]}) is not None) is is_asked


@pytest.mark.parametrize(
    ("status", "is_met"), [({}, False), ({"login.x": "pending"}, False), ({"a.b": "ready", "login.x": "ready"}, True)]
)
def test_a_login_domain_that_is_required_has_to_be_ready(status: dict[str, str], *, is_met: bool) -> None:
    unmet = TENANT_WIDE_THINGS["login-domain"].unmet({"domains": status}, {"login.x": "ready"})

    assert (unmet is None) is is_met


def test_one_look_at_a_tenant_asks_for_nothing_twice() -> None:
    tenant = FakeTenant()
    reader = ReadOnce(tenant.connect())

    for thing in TENANT_WIDE_THINGS.values():
        thing.save(reader)
        thing.save(reader)

    assert len(tenant.calls) == len(set(tenant.calls))


def test_one_look_tells_questions_apart_by_their_query() -> None:
    tenant = FakeTenant()
    reader = ReadOnce(tenant.connect())

    reader.get("/clients", page=0)
    reader.get("/clients", page=1)
    reader.get("/clients", page=1)

    assert tenant.calls.count("GET /clients") == 2


def test_one_look_remembers_that_there_is_nothing() -> None:
    tenant = FakeTenant()
    reader = ReadOnce(tenant.connect())

    assert [reader.get_or_none("/emails/provider") for _ in range(2)] == [None, None]
    assert tenant.calls.count("GET /emails/provider") == 1
