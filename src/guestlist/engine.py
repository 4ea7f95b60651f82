"""
Run the Pulumi engine, as a person would: the same program, the same backend, the same exit codes.

Why not the Automation API: its `up` selects the stack for every later command of the person's shell, runs the engine three more
times to read outputs and history with secrets decrypted, and starts the program differently. What it is good for, the program inside
a process of one's own, is in `workspace.py`.

Not here: what the engine says (`engine_events.py`), what its errors mean (`engine_errors.py`).
Source: https://www.pulumi.com/docs/iac/cli/commands/
"""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Any

from guestlist.engine_errors import CANCELLED, EXPECTED_NO_CHANGES, NoStack, classify
from guestlist.engine_events import Diagnostic, Event, Step, Summary, parse
from guestlist.errors import EngineFailed
from guestlist.scrubbing import scrubber
from guestlist.state import Exported

OnEvent = Callable[[Event], None]
OnRead = Callable[[Mapping[str, Any]], None]


class Interrupted(KeyboardInterrupt):
    """A person or a CI system stopped the run; the engine was told once and has ended."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One finished preview, up or destroy."""

    changes: Mapping[str, int]
    seconds: float
    steps: tuple[Step, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    expected_no_changes: bool = True  # False: `expect_no_changes` was asked for and there were some


@dataclass(frozen=True, kw_only=True)
class Finished:
    """One command of the engine that has ended; texts are scrubbed."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True, kw_only=True)
class Engine:
    """
    The engine for one stack of one project.

    Args:
        pulumi: the executable.
        root: the folder of Pulumi.yaml, the working directory of every command.
        environ: the whole environment of the engine: PATH, backend, passphrase, credentials.

    """

    pulumi: Path
    root: Path
    stack: str
    environ: Mapping[str, str]

    def preview(
        self, *, refresh: bool = False, expect_no_changes: bool = False, on_event: OnEvent | None = None
    ) -> Run:
        """Say what `up` would do; writes nothing."""
        options = [*_flag("--refresh", on=refresh), *_flag("--expect-no-changes", on=expect_no_changes)]
        return self._operate("preview", f"preview {self.stack}", options, on_event)

    def up(
        self,
        *,
        refresh: bool = False,
        plan: Path | None = None,
        targets: Sequence[str] = (),
        on_event: OnEvent | None = None,
    ) -> Run:
        """
        Deploy, without a preview; with a plan, that and nothing else.

        Args:
            refresh: read the tenant first.
            plan: the engine's.
            targets: URNs of the resources to be deployed, and no others; all of them unless given.
            on_event: hears of each step.

        """
        options = ["--yes", "--skip-preview", *_flag("--refresh", on=refresh), *(["--plan", str(plan)] if plan else [])]
        options += _targeted(targets)
        return self._operate("up", f"deploy {self.stack}", options, on_event)

    def preview_destroy(self, *, on_event: OnEvent | None = None) -> Run:
        """Say what `destroy` would do; writes nothing."""
        return self._operate("destroy", f"preview the end of {self.stack}", ["--preview-only"], on_event)

    def destroy(self, *, on_event: OnEvent | None = None) -> Run:
        """Delete everything that the state has, without a preview."""
        return self._operate("destroy", f"take {self.stack} down", ["--yes", "--skip-preview"], on_event)

    def preview_refresh(self, *, targets: Sequence[str] = (), on_read: OnRead) -> Run:
        """
        Say what the tenant has in place of what the state says; writes nothing and runs no program.

        Args:
            targets: URNs of the resources to be read, and no others; all of them unless given.
            on_read: hears of each resource that was read, as the engine writes it: `op` (same, update, delete), `old` and `new`.

        """
        options = ["--preview-only", *_targeted(targets)]
        return self._operate("refresh", f"read the tenant of {self.stack}", options, None, on_read=on_read)

    def export(self) -> Exported:
        """Read the state; needs no passphrase. Secrets stay encrypted."""
        finished = self._finish(["stack", "export", "--stack", self.stack], f"read the state of {self.stack}")
        exported: Exported = json.loads(finished.stdout)
        return exported

    def export_with_secrets(self) -> Exported:
        """Read the state with its secrets in the clear; needs the passphrase or the key service. Never printed, never kept."""
        command = ["stack", "export", "--stack", self.stack, "--show-secrets"]
        exported: Exported = json.loads(self._finish(command, f"read the state of {self.stack}").stdout)
        return exported

    def export_or_none(self) -> Exported | None:
        """Read the state; `None` while the stack was never created."""
        try:
            return self.export()
        except NoStack:
            return None

    def import_state(self, exported: Exported) -> None:
        """Replace the state, in one step; takes the lock. The engine drops what was pending."""
        command = ["stack", "import", "--stack", self.stack]
        self._finish(command, f"write the state of {self.stack}", given=json.dumps(exported))

    def create(self) -> None:
        """Create the stack; its configuration file stays as it is."""
        self._finish(["stack", "init", self.stack, "--no-select"], f"create the stack {self.stack}")

    def forget(self) -> None:
        """Remove the stack and its state, whatever it names; the configuration file stays."""
        command = ["stack", "rm", self.stack, "--force", "--yes", "--preserve-config"]
        self._finish(command, f"forget the state of {self.stack}")

    def cancel(self) -> None:
        """Remove the state's lock. Only for a lock whose holder is known to be gone."""
        self._finish(["cancel", self.stack, "--yes"], f"unlock {self.stack}")

    def outputs(self) -> Mapping[str, Any]:
        """The stack's outputs, secret ones as `[secret]`."""
        return self._outputs()

    def outputs_with_secrets(self) -> Mapping[str, Any]:
        """The stack's outputs in the clear; needs the passphrase or the key service. Never printed."""
        return self._outputs("--show-secrets")

    def _outputs(self, *options: str) -> Mapping[str, Any]:
        command = ["stack", "output", "--json", *options, "--stack", self.stack]
        found: Mapping[str, Any] = json.loads(self._finish(command, f"read the outputs of {self.stack}").stdout or "{}")
        return found

    def secret_output(self, name: str) -> Mapping[str, Any]:
        """One output that is an object, in plain text; empty while there is none. It is for comparing, never for printing."""
        command = ["stack", "output", "--json", "--show-secrets", "--stack", self.stack]
        found = json.loads(self._finish(command, f"read the outputs of {self.stack}").stdout or "{}").get(name)
        return found if isinstance(found, dict) else {}

    def _operate(
        self,
        verb: str,
        doing: str,
        options: Sequence[str],
        on_event: OnEvent | None,
        *,
        on_read: OnRead | None = None,
    ) -> Run:
        """Run with the stream of events, and tell errors by what the stream and stderr said."""
        seen = _Seen(on_event, scrubber(self.environ), on_read)
        started = time.monotonic()
        command = [verb, "--json", "--stack", self.stack, *options]
        # Without it a preview prints one document at its end instead of the stream.
        environ = {**self.environ, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"}
        finished = self._run(command, environ=environ, on_line=seen.line)
        if finished.code not in {0, EXPECTED_NO_CHANGES}:
            said = "\n".join([*(diagnostic.message for diagnostic in seen.diagnostics), finished.stderr])
            raise classify(said, environment=self.stack, doing=doing)
        return Run(
            changes=seen.summary.changes if seen.summary else {},
            seconds=time.monotonic() - started,
            steps=tuple(seen.steps),
            diagnostics=tuple(seen.diagnostics),
            expected_no_changes=finished.code == 0,
        )

    def _finish(self, command: Sequence[str], doing: str, *, given: str | None = None) -> Finished:
        finished = self._run(command, environ=self.environ, given=given)
        if finished.code:
            raise classify(finished.stderr or finished.stdout, environment=self.stack, doing=doing)
        return finished

    def _run(
        self,
        command: Sequence[str],
        *,
        environ: Mapping[str, str],
        given: str | None = None,
        on_line: Callable[[str], None] | None = None,
    ) -> Finished:
        """
        Run to the end. An interruption is passed on once, and again if it is repeated.

        Raises: Interrupted, after the engine has ended.
        """
        try:
            process = subprocess.Popen(
                [str(self.pulumi), "--non-interactive", "--color", "never", *command],
                cwd=self.root,
                env=dict(environ),
                stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                process_group=0,  # a terminal's Ctrl-C reaches us alone, so that the engine hears of it once
            )
        except OSError as error:
            raise EngineFailed(
                f"Cannot start the Pulumi engine {self.pulumi}: {error.strerror}. Run: make setup"
            ) from error
        scrub = scrubber(environ)
        interrupted = _collect(process, given, on_line)
        stdout, stderr = interrupted.stdout, scrub(interrupted.stderr)
        if interrupted.times or process.returncode == CANCELLED:
            raise Interrupted
        return Finished(code=process.returncode, stdout=stdout, stderr=stderr)


def _flag(name: str, *, on: bool) -> list[str]:
    return [name] if on else []


def _targeted(urns: Sequence[str]) -> list[str]:
    return [option for urn in urns for option in ("--target", urn)]


class _Seen:
    """What came out of the stream so far; texts are scrubbed before anybody sees them."""

    def __init__(self, on_event: OnEvent | None, scrub: Callable[[str], str], on_read: OnRead | None) -> None:
        self.steps: list[Step] = []
        self.diagnostics: list[Diagnostic] = []
        self.summary: Summary | None = None
        self._on_event = on_event
        self._on_read = on_read
        self._scrub = scrub

    def line(self, line: str) -> None:
        if self._on_read is not None and line.startswith("{") and '"resOutputsEvent"' in line:
            self._on_read(json.loads(line)["resOutputsEvent"]["metadata"])
        event = parse(line)
        match event:
            case None:
                return
            case Step():
                self.steps.append(event)
            case Diagnostic():
                event = Diagnostic(severity=event.severity, message=self._scrub(event.message), urn=event.urn)
                self.diagnostics.append(event)
            case Summary():
                self.summary = event
        if self._on_event is not None:
            self._on_event(event)


@dataclass(frozen=True, kw_only=True)
class _Collected:
    stdout: str
    stderr: str
    times: int  # how often we were interrupted


def _collect(process: subprocess.Popen[str], given: str | None, on_line: Callable[[str], None] | None) -> _Collected:
    """Read both streams to their ends; lines of a stream of events are handed on and not kept: some hold secrets."""
    kept: list[str] = []
    errors: list[str] = []
    failures: list[BaseException] = []

    def read_stdout(stream: IO[str]) -> None:
        for line in stream:
            if on_line is None:
                kept.append(line)
                continue
            try:
                on_line(line)
            except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits; the engine must not block
                failures.append(error)

    threads = [
        threading.Thread(target=read_stdout, args=(process.stdout,), daemon=True),
        threading.Thread(target=lambda: errors.extend(process.stderr or ()), daemon=True),
    ]
    with _terminations_interrupt():
        for thread in threads:
            thread.start()
        if given is not None and process.stdin is not None:
            try:
                process.stdin.write(given)
                process.stdin.close()
            except BrokenPipeError:
                pass  # it has ended early; its exit code says so
        times = _wait(process, threads)
    if failures:
        raise failures[0]
    return _Collected(stdout="".join(kept), stderr="".join(errors), times=times)


def _wait(process: subprocess.Popen[str], threads: Sequence[threading.Thread]) -> int:
    times = 0
    while True:
        try:
            process.wait()
            for thread in threads:
                thread.join(timeout=10)  # a provider that outlives the engine may hold the pipes open
        except KeyboardInterrupt:
            times += 1
            process.send_signal(signal.SIGINT)
        else:
            return times


@contextmanager
def _terminations_interrupt() -> Iterator[None]:
    """CI systems end a job with SIGTERM: as with Ctrl-C, the engine is told and waited for."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
