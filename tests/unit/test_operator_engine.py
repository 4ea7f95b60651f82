"""Running the engine: what is handed on, what is not kept, and how it is interrupted. The engine here is a script."""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from guestlist.engine import Engine, Interrupted
from guestlist.engine_errors import NoStack
from guestlist.engine_events import Event
from guestlist.errors import EngineFailed
from tests.unit.operator_state import a_urn

CANARY = "canary-0123456789"


def an_engine(folder: Path, script: str, **environ: str) -> Engine:
    """A Pulumi that does what `script` says; its arguments are in `sys.argv[1:]`."""
    program = folder / "pulumi"
    program.write_text(f"#!{sys.executable}\nimport json, os, signal, sys, time\n{script}")
    program.chmod(0o755)
    return Engine(pulumi=program, root=folder, stack="dev", environ={"PATH": os.environ["PATH"], **environ})


def emit(**event: object) -> str:
    return f"print({json.dumps(json.dumps(event))}, flush=True)\n"


SUMMARY = emit(summaryEvent={"resourceChanges": {"create": 1}, "durationSeconds": 1, "result": "succeeded"})


def test_steps_and_summary_come_out_of_the_stream(tmp_path: Path) -> None:
    step = emit(resOutputsEvent={"metadata": {"op": "create", "urn": a_urn(), "new": {"custom": True}}})
    seen: list[Event] = []

    run = an_engine(tmp_path, step + SUMMARY).up(on_event=seen.append)

    assert run.changes == {"create": 1}
    assert [found.name for found in run.steps] == ["Client application"]
    assert len(seen) == 2


def test_up_is_the_command_that_a_person_would_type(tmp_path: Path) -> None:
    an_engine(tmp_path, 'open("argv", "w").write(" ".join(sys.argv[1:]))\n' + SUMMARY).up(refresh=True)

    said = (tmp_path / "argv").read_text()
    assert said == "--non-interactive --color never up --json --stack dev --yes --skip-preview --refresh"


def test_changes_where_none_were_expected_are_no_error(tmp_path: Path) -> None:
    run = an_engine(tmp_path, f"{SUMMARY}sys.exit(7)").preview(expect_no_changes=True)

    assert not run.expected_no_changes


def test_a_failure_is_told_by_the_streams_errors_without_secrets(tmp_path: Path) -> None:
    said = emit(diagnosticEvent={"severity": "error", "message": f"boom with {CANARY}"})
    engine = an_engine(tmp_path, f"{said}sys.exit(1)", AUTH0_CLIENT_SECRET=CANARY)

    with pytest.raises(EngineFailed, match="boom with") as raised:
        engine.up()

    assert CANARY not in raised.value.message


def test_debug_messages_reach_nobody(tmp_path: Path) -> None:
    said = emit(diagnosticEvent={"severity": "debug", "message": CANARY})
    seen: list[Event] = []

    run = an_engine(tmp_path, said + SUMMARY).up(on_event=seen.append)

    assert CANARY not in repr(run) + repr(seen)


def test_a_stack_that_does_not_exist_exports_as_none(tmp_path: Path) -> None:
    engine = an_engine(tmp_path, "sys.exit(\"error: no stack named 'dev' found\")")

    assert engine.export_or_none() is None
    with pytest.raises(NoStack):
        engine.export()


def test_a_state_is_handed_over_by_pipe(tmp_path: Path) -> None:
    an_engine(tmp_path, 'open("given", "w").write(sys.stdin.read())').import_state({"version": 3})

    assert json.loads((tmp_path / "given").read_text()) == {"version": 3}


def test_an_engine_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EngineFailed, match="make setup"):
        Engine(pulumi=tmp_path / "absent", root=tmp_path, stack="dev", environ={}).export()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_reaches_the_engine_once_and_is_waited_for(tmp_path: Path, number: signal.Signals) -> None:
    engine = an_engine(
        tmp_path,
        "hits = []\n"
        'signal.signal(signal.SIGINT, lambda *_: (hits.append(1), open("hit", "a").write("x")))\n'
        'open("ready", "w")\n'
        "while not hits: time.sleep(0.01)\n"
        'time.sleep(0.3)\nopen("finished", "w")\nsys.exit(1)',
    )
    threading.Thread(target=_interrupt_when, args=(tmp_path / "ready", number), daemon=True).start()

    with pytest.raises(Interrupted):
        engine.up()

    assert (tmp_path / "hit").read_text() == "x"
    assert (tmp_path / "finished").exists()


def _interrupt_when(ready: Path, number: signal.Signals) -> None:
    while not ready.exists():
        time.sleep(0.01)
    os.kill(os.getpid(), number)
