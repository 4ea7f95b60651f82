"""
One Node process that runs one version of one Action, call after call. It speaks JSON lines; `worker/main.js` is its other end.

Nothing that comes back is believed beyond its form: an answer that has no token, another call's number or a wrong shape ends the process
and fails the Action. What the process may do, and what it may not, is in `runtime.py`.
"""

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from localtenant.actions.calls import ActionCall, ActionResult, CacheEntry
from localtenant.actions.commands import Command

MAIN = Path(__file__).with_name("worker") / "main.js"
HEAP_MB = 128
MAX_ANSWER_BYTES = 4 * 1024 * 1024
UNKNOWN_OPTION = 9  # https://nodejs.org/docs/latest-v22.x/api/process.html#exit-codes
BROKEN = "The Action broke its worker's answer."
FLAGS = (
    "--permission",
    f"--allow-fs-read={MAIN.parent}/",
    # What the permission flags forget (tried with Node 22.20): each would write a file of the Action's making.
    "--no-experimental-sqlite",
    "--trace-event-file-pattern=/dev/null",
    "--diagnostic-dir=/dev/null",
    "--disable-warning=ExperimentalWarning",
    f"--max-old-space-size={HEAP_MB}",
)


class WorkerFailed(Exception):  # noqa: N818 - the sentence that the tenant's log shows
    """The process ended, or said what it must not, before it answered."""


class Worker:
    """
    The process of one version. `run` takes turns: an Action is never run twice at a time in one process.

    Args:
        node: the executable.
        code: the version's JavaScript.
        environment: all that the process finds in its environment.

    """

    def __init__(self, node: str, code: str, environment: Mapping[str, str]) -> None:
        self._node = node
        self._code = code
        self._environment = dict(environment)
        self._process: asyncio.subprocess.Process | None = None
        self._token = ""
        self._calls = 0
        self._turn = asyncio.Lock()

    @property
    def is_busy(self) -> bool:
        """Whether a call runs or waits."""
        return self._turn.locked()

    async def run(self, call: ActionCall, *, now: float) -> ActionResult:
        """Run it, and fail it where the process fails; the process is another one then."""
        async with self._turn:
            began = time.monotonic()
            result = await self._run(call, now)
            return replace(result, seconds=time.monotonic() - began)

    async def stop(self) -> None:
        """Kill the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()

    async def _run(self, call: ActionCall, now: float) -> ActionResult:
        try:
            async with asyncio.timeout(call.timeout_sec):
                answer = await self._ask(call, now)
                result = _read(answer)
        except TimeoutError:
            await self.stop()
            return ActionResult(error=f"The Action did not end within {call.timeout_sec:.3g} seconds.", timed_out=True)
        except WorkerFailed as failure:
            await self.stop()
            return ActionResult(error=str(failure))
        except BaseException:
            await asyncio.shield(self.stop())  # whoever asked has gone: its answer must not meet the next call
            raise
        if answer.get("retire"):
            await self.stop()
        return result

    async def _ask(self, call: ActionCall, now: float) -> dict[str, Any]:
        self._calls += 1
        question = {
            "id": self._calls,
            "handler": call.handler,
            "event": {**call.event, "secrets": dict(call.secrets)},
            "can_redirect": call.can_redirect,
            "cache": {key: asdict(entry) for key, entry in call.cache.items()},
            "now_ms": now * 1000,
        }
        process = await self._running()
        try:
            await _write(process, question)
            return await self._answer(process)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            await process.wait()
            raise WorkerFailed(_obituary(process.returncode)) from error
        except asyncio.LimitOverrunError as error:
            raise WorkerFailed("The Action wrote more than an answer may hold.") from error

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        await self.stop()
        try:
            self._process = await asyncio.create_subprocess_exec(
                self._node,
                *FLAGS,
                str(MAIN),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=self._environment,
                cwd=MAIN.parent,
                limit=MAX_ANSWER_BYTES,
            )
        except OSError as error:
            raise WorkerFailed(f"Node could not be started: {error.strerror}.") from error
        self._token = secrets.token_hex(16)
        with contextlib.suppress(ConnectionError):  # it has ended already: the question will notice
            await _write(self._process, {"token": self._token, "code": self._code})
        return self._process

    async def _answer(self, process: asyncio.subprocess.Process) -> dict[str, Any]:
        """The next line with the token; others are an Action's own writing past `console`, and nobody's."""
        if process.stdout is None:
            raise WorkerFailed("The worker has no output.")
        prefix = f"{self._token} ".encode()
        while True:
            line = await process.stdout.readuntil(b"\n")
            if not line.startswith(prefix):
                continue
            try:
                answer = _parsed(line[len(prefix) :])
            except (ValueError, RecursionError) as error:
                raise WorkerFailed(BROKEN) from error
            if isinstance(answer, dict) and answer.get("id") == self._calls:
                return answer
            raise WorkerFailed(BROKEN)


async def _write(process: asyncio.subprocess.Process, message: dict[str, Any]) -> None:
    if process.stdin is None:
        raise WorkerFailed("The worker has no input.")
    process.stdin.write(json.dumps(message).encode() + b"\n")
    await process.stdin.drain()


def _parsed(line: bytes) -> Any:
    """JSON without what Python alone takes for it, and without halves of surrogate pairs, which no UTF-8 can carry."""
    answer = json.loads(line, parse_constant=_refuse)
    if b"\\ud" not in line.lower():
        return answer
    text = json.dumps(answer, ensure_ascii=False)
    return json.loads(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _read(answer: dict[str, Any]) -> ActionResult:
    try:
        commands = tuple(Command(str(name), tuple(arguments)) for name, *arguments in answer["commands"])
        logs = tuple(str(line) for line in answer["logs"])
        writes = {
            key: None if entry is None else _cache_entry(**entry) for key, entry in answer["cache_writes"].items()
        }
        error = answer["error"]
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise WorkerFailed(BROKEN) from fault
    if not all(command.is_well_formed for command in commands):
        raise WorkerFailed(BROKEN)
    return ActionResult(commands=commands, logs=logs, error=None if error is None else str(error), cache_writes=writes)


def _cache_entry(*, value: str, expires_at: float) -> CacheEntry:
    return CacheEntry(value=str(value), expires_at=float(expires_at))


def _obituary(returncode: int | None) -> str:
    if returncode is not None and returncode < 0:
        return f"The Action's process was killed by signal {-returncode}, perhaps for its use of memory."
    if returncode == UNKNOWN_OPTION:
        return "Node refused its options: Node 22.13 or newer runs Actions."
    return f"The Action's process ended with status {returncode} before it answered."
