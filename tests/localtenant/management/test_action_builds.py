"""Builds: the code is really parsed, beside the requests; a failing build tries again; a crash loses nothing."""

import asyncio

import pytest

from localtenant.action_builds import ActionBuilds, builds_of, parse_with_node
from localtenant.store import Store

GOOD = "exports.onExecutePostLogin = async (event, api) => {};"
BAD = "exports.onExecutePostLogin = async (event, api) => {"


def create(tenant, code=GOOD):
    sent = {"name": "an-action", "supported_triggers": [{"id": "post-login"}], "code": code}
    return tenant.post("/actions/actions", json=sent).json()["id"]


def settle(tenant):
    tenant.loop.run_until_complete(builds_of(tenant.tenant).settled())


def status(tenant, action_id):
    return tenant.get(f"/actions/actions/{action_id}").json()["status"]


@pytest.mark.parametrize("code", [GOOD, "", "return;", "module.exports = {}; require('node:crypto');"])
def test_a_commonjs_module_parses(code):
    assert asyncio.run(parse_with_node(code)) is None


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (BAD, "SyntaxError"),
        ("import x from 'y';", "outside a module"),
        ("await 1;", "await is only valid"),
        ("const a = 1;\nconst a = 2;", "(line 2)"),
    ],
)
def test_what_is_no_commonjs_module_is_named_with_its_line(code, fault):
    assert fault in (asyncio.run(parse_with_node(code)) or "")


def test_parsing_runs_nothing(tmp_path):
    trace = tmp_path / "trace"
    code = f"require('node:fs').writeFileSync({str(trace)!r}, 'ran');"
    assert asyncio.run(parse_with_node(code)) is None
    assert not trace.exists()


def test_good_code_ends_built(a_tenant):
    tenant = a_tenant()
    action_id = create(tenant)
    settle(tenant)
    assert status(tenant, action_id) == "built"


def test_broken_code_ends_failed_and_the_log_of_the_server_says_why(a_tenant, capsys):
    tenant = a_tenant()
    builds_of(tenant.tenant).pause_seconds = 0
    action_id = create(tenant, BAD)
    settle(tenant)
    assert status(tenant, action_id) == "failed"
    assert 'Action "an-action" failed to build: SyntaxError' in capsys.readouterr().err


def test_a_failing_build_passes_through_the_recorded_states(a_tenant):
    tenant = a_tenant()
    seen = []

    async def refuse(_code):
        seen.append(tenant.tenant.store.all("actions")[0]["status"])
        return "SyntaxError"

    async def watched_pause(_seconds):
        seen.append(tenant.tenant.store.all("actions")[0]["status"])

    builds = builds_of(tenant.tenant)
    builds.parse, builds.pause = refuse, watched_pause
    create(tenant)
    settle(tenant)
    assert seen == ["building", "retrying", "building", "retrying", "building"]


def test_requests_are_answered_while_a_build_is_under_way(a_tenant):
    tenant = a_tenant()
    gate = asyncio.Event()

    async def wait(_code):
        await gate.wait()

    builds_of(tenant.tenant).parse = wait
    action_id = create(tenant)
    assert status(tenant, action_id) == "building"
    gate.set()
    settle(tenant)
    assert status(tenant, action_id) == "built"


def test_a_change_during_a_build_is_what_gets_built(a_tenant):
    tenant = a_tenant()
    gate = asyncio.Event()

    async def wait(code):
        await gate.wait()
        return None if code == GOOD else "SyntaxError"

    builds = builds_of(tenant.tenant)
    builds.parse, builds.pause_seconds = wait, 0
    action_id = create(tenant, BAD)
    tenant.patch(f"/actions/actions/{action_id}", json={"code": GOOD})
    gate.set()
    settle(tenant)
    assert status(tenant, action_id) == "built"


def test_a_build_that_a_crash_cut_short_starts_again(a_tenant):
    store = Store(None)
    first = a_tenant(store=store)

    async def never(_code):
        await asyncio.Event().wait()

    builds_of(first.tenant).parse = never
    action_id = create(first)
    assert status(first, action_id) == "building"
    first.loop.run_until_complete(builds_of(first.tenant).stop())

    second = a_tenant(store=store)
    settle(second)
    assert status(second, action_id) == "built"


def test_an_action_deleted_during_its_build_stays_deleted(a_tenant):
    tenant = a_tenant()
    action_id = create(tenant)
    tenant.delete(f"/actions/actions/{action_id}")
    settle(tenant)
    assert tenant.get(f"/actions/actions/{action_id}").status_code == 404


def test_without_an_event_loop_nothing_starts(a_tenant):
    ActionBuilds(a_tenant().tenant).wake()
