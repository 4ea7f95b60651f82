"""
Makes the recorded calls again, on a local tenant in this process, and says where the answers differ.

One fresh tenant per recording, under the recorded domain; nothing outside is called. Action builds end when the recording says so.
"""

import asyncio
import random
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

from localtenant.action_builds import builds_of
from localtenant.app import App
from localtenant.authentication import signing
from localtenant.authentication.access_tokens import issue
from localtenant.clock import Clock
from localtenant.deployer import all_scopes, credentials_of
from localtenant.management import passwords
from localtenant.management.operations import find
from localtenant.store import Store
from localtenant.tenant import Tenant
from tests.contract.recordings.aliases import Aliases
from tests.contract.recordings.cassettes import RECORDED_DOMAIN, Interaction, Recording, recordings
from tests.contract.recordings.comparing import UNFINISHED, Difference, differences
from tests.contract.recordings.prior_state import plan_of, plant

NOT_EMULATED = 501
NOON = 1795435200.0  # 2026-11-23T12:00:00Z


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One interaction, judged."""

    interaction: Interaction
    operation: str  # `GET /clients/{id}`
    is_implemented: bool
    differences: tuple[Difference, ...]
    reads_prior_state: bool

    @property
    def agrees(self) -> bool:
        """Whether the status and every recorded key are the same."""
        return not self.differences

    @property
    def counts(self) -> bool:
        """Whether agreement means anything: reading back what was planted does not. A failure to do so does."""
        return not (self.reads_prior_state and self.agrees)

    @property
    def whats(self) -> frozenset[str]:
        """The kinds of its differences."""
        return frozenset(difference.what for difference in self.differences)


@cache
def verdicts() -> tuple[Verdict, ...]:
    """Every interaction of every recording, judged: once per process, about 20 seconds."""
    return tuple(replay(recordings()))


def replay(chosen: Iterable[Recording]) -> list[Verdict]:
    """Every interaction of the recordings, judged."""
    with _cheap_passwords():
        return asyncio.run(_replay(chosen))


async def _replay(chosen: Iterable[Recording]) -> list[Verdict]:
    return [verdict for recording in chosen for verdict in await _play(recording)]


async def _play(recording: Recording) -> list[Verdict]:
    tenant = _tenant()
    app = App(tenant, plan=plan_of(recording))
    builds = RecordedBuilds(tenant)
    sources = plant(tenant, recording)
    aliases = Aliases()
    judged = []
    async with _client(tenant, app) as client:
        for interaction in recording.interactions:
            await builds.follow(interaction)
            answer = await _call(client, interaction, aliases)
            judged.append(
                Verdict(
                    interaction=interaction,
                    operation=operation_of(interaction),
                    is_implemented=answer.status_code != NOT_EMULATED,
                    differences=tuple(_judge(interaction, answer, aliases)),
                    reads_prior_state=interaction.number in sources,
                )
            )
    await builds.builds.stop()
    return judged


def operation_of(interaction: Interaction) -> str:
    """The operation that the interaction calls; its path without ids where the local tenant's table has none."""
    match = find(interaction.method, interaction.segments)
    if match is not None:
        return f"{interaction.method} {match.operation.path}"
    path = "/".join("{id}" if re.search(r"[0-9_|]", segment) else segment for segment in interaction.segments)
    return f"{interaction.method} /{path}"


def _tenant() -> Tenant:
    tenant = Tenant(Store(None), domain=RECORDED_DOMAIN, clock=Clock(lambda: NOON), rng=random.Random(1))
    tenant.store.put(signing.KIND, "current", {"pem": _signing_key()})
    return tenant


@cache
def _signing_key() -> str:
    return signing.generate_pem()


def _client(tenant: Tenant, app: App) -> httpx.AsyncClient:
    token = issue(tenant, credentials_of(tenant)["client_id"], tuple(all_scopes()))
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url=tenant.issuer,
        headers={"authorization": f"Bearer {token}"},
    )


class RecordedBuilds:
    """Builds that end when the recording says so: before a call whose recorded answer calls them built or failed."""

    def __init__(self, tenant: Tenant) -> None:
        self.builds = builds_of(tenant)
        self.builds.parse = self._parse
        self.builds.pause_seconds = 0
        self._may_end = asyncio.Event()
        self._fault: str | None = None

    async def follow(self, interaction: Interaction) -> None:
        """Bring the builds to where they were when this call was made."""
        status = interaction.answer.get("status") if isinstance(interaction.answer, dict) else None
        if interaction.path.startswith("/actions/actions/") and interaction.method == "GET" and status in UNFINISHED:
            return
        self._fault = "recorded as failed" if status == "failed" else None
        self._may_end.set()
        await self.builds.settled()
        self._may_end.clear()

    async def _parse(self, _code: str) -> str | None:
        await self._may_end.wait()
        return self._fault


async def _call(client: httpx.AsyncClient, interaction: Interaction, aliases: Aliases) -> httpx.Response:
    query = f"?{aliases.text(interaction.query)}" if interaction.query else ""
    body = {} if interaction.sent is None else {"json": aliases.value(interaction.sent)}
    return await client.request(interaction.method, f"/api/v2{aliases.text(interaction.path)}{query}", **body)


def _judge(interaction: Interaction, answer: httpx.Response, aliases: Aliases) -> Iterator[Difference]:
    if answer.status_code != interaction.status:
        what = f"status {interaction.status} recorded, {answer.status_code} here"
        yield Difference(what=what, recorded=interaction.answer, ours=_body(answer))
        return
    yield from differences(interaction.answer, _body(answer), aliases)


def _body(answer: httpx.Response) -> Any:
    if not answer.content:
        return None
    try:
        return answer.json()
    except ValueError:
        return answer.text


@contextmanager
def _cheap_passwords() -> Iterator[None]:
    cost = passwords.DEFAULT_COST
    passwords.DEFAULT_COST = passwords.Cost(n=2, r=1)
    try:
        yield
    finally:
        passwords.DEFAULT_COST = cost
