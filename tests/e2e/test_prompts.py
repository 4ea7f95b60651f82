"""On a terminal, what would change is shown first and nothing is done without a yes."""

import os
import pty
import select
import subprocess
import sys
import time

from tests.e2e.harness import PATIENCE_SEC, Project


def on_a_terminal(project: Project, *arguments: str, answers: dict[str, str]) -> tuple[int, str]:
    """Run guestlist on a terminal and type each answer once its question is there; exit code and what the terminal showed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "guestlist", *arguments],
        cwd=project.directory,
        env=dict(project.environ),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        close_fds=True,
    )
    os.close(theirs)
    shown = ""
    waiting = dict(answers)
    deadline = time.monotonic() + PATIENCE_SEC
    while time.monotonic() < deadline:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                shown += os.read(ours, 65536).decode(errors="replace")
            except OSError:  # Linux says so where others say end of file: the last one closed the terminal
                break
        for question in [question for question in waiting if question in shown]:
            os.write(ours, waiting.pop(question).encode() + b"\n")
    os.close(ours)
    assert waiting == {}, f"never asked: {list(waiting)}\n{shown}"
    return process.wait(timeout=PATIENCE_SEC), shown


def test_no_is_an_answer(own_project: Project) -> None:
    code, shown = on_a_terminal(own_project, "up", "--env", "local", answers={"Deploy local to": "n"})

    assert code == 0
    assert "to create" in shown
    assert own_project.tenant.writes() == []


def test_yes_deploys_and_taking_down_wants_the_name_typed(own_project: Project) -> None:
    code, shown = on_a_terminal(own_project, "up", "--env", "local", answers={"Deploy local to": "y"})
    assert code == 0, shown
    assert own_project.urns()

    code, shown = on_a_terminal(
        own_project, "destroy", "--env", "local", answers={"type the environment's name": "another"}
    )
    assert code == 130
    assert "nothing was touched" in shown
    assert own_project.urns()

    code, shown = on_a_terminal(
        own_project, "destroy", "--env", "local", answers={"type the environment's name": "local"}
    )
    assert code == 0, shown
    assert own_project.urns() == set()
