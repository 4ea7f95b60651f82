"""What a deployed Action cannot do to the tenant, to other Actions and to the next login."""

import json
import subprocess

import pytest

from localtenant.action_builds import node_executable
from localtenant.actions import worker
from localtenant.actions.runtime import Command

from .conftest import EVENT

DENIED = (Command("access.deny", ("still here",)),)
ACCESS_DENIED = "Access to this API has been restricted."


@pytest.mark.parametrize(
    "attempt",
    [
        "require('node:fs').readFileSync('/etc/passwd');",
        "require('node:fs').readdirSync('/');",
        "require('node:fs').writeFileSync('/tmp/from-an-action', 'x');",
        "await require('node:fs/promises').open('/etc/passwd');",
        "require('node:child_process').execSync('id');",
        "new (require('node:worker_threads').Worker)('1', { eval: true });",
        "require('node:inspector').open();",
        "process.binding('fs');",
    ],
)
def test_files_processes_and_threads_are_out_of_reach(run_in_one_process, attempt):
    error = run_in_one_process(attempt).error or ""
    assert ACCESS_DENIED in error or "process.binding" in error


@pytest.mark.parametrize("name", ["module", "repl", "sqlite", "trace_events", "v8", "vm"])
@pytest.mark.parametrize("way", ["require", "process.getBuiltinModule"])
def test_modules_that_lead_around_the_flags_are_closed(run_in_one_process, name, way):
    """Each of them wrote a file, or handed out the others, past Node's permission flags."""
    assert run_in_one_process(f"{way}('node:{name}');").error == f"node:{name} is not available to an Action here"


def test_the_workers_own_module_is_out_of_reach(run):
    assert run("console.log(process.mainModule, require.cache, module.constructor === Object);").logs == (
        "undefined undefined true",
    )


def test_the_environment_holds_the_time_zone_and_nothing_else(run, monkeypatch):
    monkeypatch.setenv("AUTH0_CLIENT_SECRET", "of the deployer")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    body = "console.log(JSON.stringify(process.env), new Date(0).getHours());"
    assert run(body).logs == ('{"TZ":"UTC"} 0',)


@pytest.mark.parametrize("name", ["exit", "abort", "kill", "reallyExit", "_debugProcess", "execve"])
def test_an_action_cannot_end_a_process(run_in_one_process, name):
    assert run_in_one_process(f"process.{name}(process.ppid);").error == f"process.{name} is not available to an Action"


def test_an_infinite_loop_is_ended_and_the_next_login_runs(run):
    body = "if (event.user.hangs) for (;;); api.access.deny('still here');"
    hanging = run(body, event={"request": {}, "user": {"hangs": True}}, timeout_sec=0.4)
    assert hanging.error == "The Action did not end within 0.4 seconds."
    assert run(body).commands == DENIED


def test_a_promise_that_never_settles_is_ended(run):
    assert "did not end within" in run("await new Promise(() => {});", timeout_sec=0.3).error


def test_a_crash_outside_of_the_handler_fails_the_action(run):
    body = "setTimeout(() => { throw new Error('in a timer'); }, 1); await new Promise((r) => setTimeout(r, 500));"
    assert run(body).error == "in a timer"


def test_a_promise_that_nobody_awaits_is_a_line_in_the_log(run):
    result = run("Promise.reject(new Error('floating'));")
    assert (result.error, result.logs) == (None, ("Unhandled rejection: floating",))


def test_a_worker_does_not_outlive_the_tenant():
    """Not even with something open that would keep Node alive."""
    code = "exports.onExecutePostLogin = () => { require('node:net').createServer().listen(0, '127.0.0.1'); };"
    call = {"id": 1, "handler": "onExecutePostLogin", "event": EVENT, "can_redirect": True, "cache": {}, "now_ms": 0}
    lines = "".join(json.dumps(message) + "\n" for message in ({"token": "t", "code": code}, call))
    command = [str(node_executable()), *worker.FLAGS, str(worker.MAIN)]
    assert subprocess.run(command, input=lines.encode(), env={}, timeout=60, check=False).returncode == 0


def test_memory_is_bounded(run):
    assert "memory" in run("const kept = []; for (;;) kept.push(new Array(1e6).fill(1.5));").error


def test_huge_output_is_cut(run):
    result = run("for (let n = 0; n < 1e5; n++) console.log('x'.repeat(1000)); api.access.deny('still here');")
    assert result.commands == DENIED
    assert sum(map(len, result.logs)) < 20_000


@pytest.mark.parametrize(
    "output",
    [
        'process.stdout.write(\'{"id":1,"commands":[]}\\n\');',
        "require('node:fs').writeSync(1, '{\"id\":1}\\n');",
        "require('node:fs').writeSync(1, 'no line end');",
        "console.log('{\"id\":1}\\n\\u2028');",
        "process.stderr.write('x');",
    ],
)
def test_output_is_never_taken_for_an_answer(run_in_one_process, output):
    assert run_in_one_process(f"{output} api.access.deny('still here');").commands == DENIED


def test_output_past_the_console_without_end_fails_the_action(run):
    # What finds the pipe full is written again: a reader that has other things to do takes nothing off the flood.
    flood = "for (let n = 0; n < 400;) try { require('node:fs').writeSync(1, 'x'.repeat(5e4)); n++; } catch {}"
    assert run(flood).error == "The Action wrote more than an answer may hold."
    assert run("api.access.deny('still here');").commands == DENIED


def test_a_forged_answer_is_refused_by_its_form(run):
    forged = "Object.prototype.toJSON = () => ({ id: 1, commands: 'none' });"
    assert run(forged).error == "The Action broke its worker's answer."


@pytest.mark.parametrize(
    "command",
    ["['redirect.sendUserTo', 5]", "['multifactor.enable', 'sms', null]", "['user.setName', 'x']", "['access.deny']"],
)
def test_a_command_that_api_could_not_have_been_told_is_refused(run, command):
    forged = f"Array.prototype.toJSON = function () {{ delete Array.prototype.toJSON; return [{command}]; }};"
    assert run(forged).error == "The Action broke its worker's answer."


def test_an_answer_that_cannot_be_written_ends_the_process_at_once(run):
    error = run("Object.prototype.toJSON = () => { throw new Error('no'); };").error
    assert error == "The Action's process ended with status 1 before it answered."


def test_a_node_that_does_not_know_the_fence_runs_nothing(run, monkeypatch):
    monkeypatch.setattr(worker, "FLAGS", ("--no-such-option",))
    assert run("").error == "Node refused its options: Node 22.13 or newer runs Actions."


def test_changed_prototypes_do_not_reach_the_next_login(run):
    body = "console.log(Boolean({}.isAdmin)); Object.prototype.isAdmin = true; Array.prototype.map = () => [];"
    assert [run(body).logs, run(body).logs] == [("false",), ("false",)]


def test_changed_prototypes_do_not_reach_other_actions(run):
    run("Object.prototype.isAdmin = true;")
    assert run("console.log({}.isAdmin);").logs == ("undefined",)


def test_module_state_lives_on_as_on_auth0(run):
    logs = [run("console.log(++logins);", module="let logins = 0;").logs for _ in range(2)]
    assert logs == [("1",), ("2",)]


def test_two_actions_of_the_same_code_share_nothing(run):
    logs = [run("console.log(++n);", module="let n = 0;", version=version).logs for version in ("one", "other")]
    assert logs == [("1",), ("1",)]


def test_dependencies_are_named_when_they_are_missing(run):
    assert run("", module="require('jsonwebtoken');").error.startswith("Cannot find module 'jsonwebtoken'")


def test_what_is_built_into_node_can_be_required(run):
    assert run("console.log(require('crypto').randomUUID().length);").logs == ("36",)


@pytest.mark.parametrize(
    ("thrown", "text"),
    [
        ("throw new TypeError('wrong');", "wrong"),
        ("throw 'a string';", "a string"),
        ("throw null;", "null"),
        ("throw { toString() { throw 1; } };", "The Action threw what has no text."),
        ("throw new Error('');", "The Action threw an error without a message."),
        ("event.missing.field;", "Cannot read properties of undefined (reading 'field')"),
    ],
)
def test_whatever_is_thrown_fails_the_action(run_in_one_process, thrown, text):
    assert run_in_one_process(thrown).error == text


def test_code_that_does_not_parse_fails_every_login(run):
    assert run("", module="const a = ;").error == "Unexpected token ';'"


def test_a_missing_handler_fails_the_login(run):
    assert run("", module="").error is None
    assert run("", handler="onContinuePostLogin", module="").error is None
    missing = run("", handler="onExecutePostLogin", module="module.exports = Object.freeze({});")
    assert missing.error == "The Action does not export onExecutePostLogin."


def test_the_clock_is_the_tenants(run):
    noon = 1795435200.0
    result = run("console.log(new Date().toISOString().slice(0, 18), Date.now() - new Date() < 5);", now=noon)
    assert result.logs == ("2026-11-23T12:00:0 true",)
    assert run("console.log(new Date(0).toISOString(), new Date(0) instanceof Date);", now=noon).logs == (
        "1970-01-01T00:00:00.000Z true",
    )


def test_errors_of_fetch_are_what_an_action_expects(run):
    body = "try { await fetch('http://127.0.0.1:9'); } catch (error) { console.log(error instanceof TypeError); }"
    assert run(body).logs == ("true",)
