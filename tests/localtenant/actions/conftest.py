"""
Actions that are deployed through the Management API, and logins that meet them, in real Node.

    def test_a_denied_login_says_why(world):
        world.bind(world.an_action("api.access.deny('Not today.');"))
        assert world.start() == denied("Not today.")
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from localtenant.action_builds import builds_of
from localtenant.actions.login import FactorAnswer, LoginFacts, RedirectAnswer, RequestFacts
from localtenant.actions.post_login import PostLogin
from localtenant.actions.runtime import ActionCall, ActionResult, ActionRuntime
from localtenant.actions.steps import Step, Suspended
from localtenant.management import clients, connections, passwords, users
from localtenant.management.authentication_methods import make_method

STATE = "state-of-this-login"
TIMESTAMP = "2026-11-23T12:00:00.000Z"
EVENT = {
    "request": {"ip": "203.0.113.7", "hostname": "localhost", "method": "GET", "query": {}, "body": {}},
    "user": {"user_id": "auth0|ana"},
    "transaction": {"protocol": "oidc-basic-profile", "metadata": {}},
}


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch):
    monkeypatch.setattr(passwords, "DEFAULT_COST", passwords.Cost(n=2, r=1))


Run = Callable[..., ActionResult]


@contextmanager
def running(code_of: Callable[[str, str, str], str]) -> Iterator[Run]:
    loop = asyncio.new_event_loop()
    runtime = ActionRuntime()

    def run(body: str, *, handler: Any = "onExecutePostLogin", module: str = "", **facts: Any) -> ActionResult:
        secrets = {**facts.pop("secrets", {}), "BODY": body}
        facts = {"event": EVENT, "timeout_sec": 60, **facts}
        call = ActionCall(code=code_of(module, handler, body), handler=handler, secrets=secrets, **facts)
        return loop.run_until_complete(runtime.run(call))

    yield run
    loop.run_until_complete(runtime.close())
    loop.close()


@pytest.fixture
def run() -> Iterator[Run]:
    """Runs the body of a handler alone, without a tenant, in a process of its own: `run("api.access.deny('no');")`."""
    with running(
        lambda module, handler, body: f"{module}\nexports.{handler} = async (event, api) => {{ {body} }};"
    ) as run:
        yield run


@pytest.fixture(scope="module")
def run_in_one_process() -> Iterator[Run]:
    """As `run`, in one process for a whole file: for tests that leave it as it was."""
    body = "new (async () => {}).constructor('event', 'api', 'require', event.secrets.BODY)(event, api, require)"
    with running(lambda module, handler, _: f"{module}\nexports.{handler} = (event, api) => {body};") as run:
        yield run


@dataclass
class World:
    """A tenant with an application, a database connection and Ana, who has no factor yet."""

    tenant: Any
    runtime: ActionRuntime
    client_id: str
    connection_id: str
    user_id: str
    serial: count = field(default_factory=count)
    time_limit_sec: float = 20

    def an_action(self, body: str = "", *, resumed: str | None = None, name: str | None = None, **secrets: str) -> str:
        """Deploys an Action with these handlers' bodies; answers its id."""
        code = f"exports.onExecutePostLogin = async (event, api) => {{ {body} }};"
        if resumed is not None:
            code += f"\nexports.onContinuePostLogin = async (event, api) => {{ {resumed} }};"
        return self.deploy(name or f"action-{next(self.serial)}", code, secrets)

    def deploy(self, name: str, code: str, secrets: dict[str, str] | None = None, trigger: str = "post-login") -> str:
        sent = {
            "name": name,
            "supported_triggers": [{"id": trigger}],
            "code": code,
            "secrets": [{"name": key, "value": value} for key, value in (secrets or {}).items()],
        }
        action_id = self.tenant.post("/actions/actions", json=sent).json()["id"]
        self.redeploy(action_id)
        return action_id

    def redeploy(self, action_id: str) -> None:
        self.tenant.loop.run_until_complete(builds_of(self.tenant.tenant).settled())
        assert self.tenant.post(f"/actions/actions/{action_id}/deploy").status_code == 200

    def bind(self, *action_ids: str) -> None:
        bindings = [{"ref": {"type": "action_id", "value": action_id}} for action_id in action_ids]
        self.tenant.patch("/actions/triggers/post-login/bindings", json={"bindings": bindings})

    def facts(self, **changes: Any) -> LoginFacts:
        store = self.tenant.tenant.store
        standard = {
            "client": store.get(clients.KIND, self.client_id),
            "connection": store.get(connections.KIND, self.connection_id),
            "user_id": self.user_id,
            "protocol": "oidc-basic-profile",
            "request": self.a_request(),
            "authentication_methods": ({"name": "pwd", "timestamp": TIMESTAMP},),
            "state": STATE,
            "session_id": "session-1",
        }
        return LoginFacts(**{**standard, **changes})

    @staticmethod
    def a_request(**changes: Any) -> RequestFacts:
        standard = {"hostname": "localhost:8443", "ip": "203.0.113.7", "query": {"response_type": "code"}}
        return RequestFacts(**{**standard, **changes})

    @property
    def pipeline(self) -> PostLogin:
        return PostLogin(self.tenant.tenant, self.runtime, time_limit_sec=self.time_limit_sec)

    def start(self, **changes: Any) -> Step:
        return self.tenant.loop.run_until_complete(self.pipeline.start(self.facts(**changes)))

    def resume(self, step: Any, answer: Any) -> Step:
        kept = json.loads(json.dumps(step.suspended.as_document()))  # it lies in the store between two requests
        return self.tenant.loop.run_until_complete(self.pipeline.resume(Suspended(kept), answer))

    def come_back(self, step: Any, *, state: str = STATE, **form: str) -> Step:
        """The browser POSTs the form to /continue."""
        request = self.a_request(method="POST", query={})
        return self.resume(step, RedirectAnswer(query={"state": state}, body=form, state=state, request=request))

    def enroll(self, kind: str = "phone", number: str = "+4915112345678") -> None:
        more = {"phone": {"phone_number": number}, "totp": {"totp_secret": "JBSWY3DP"}, "email": {"email": "a@b.co"}}
        named = {"name": kind, **more.get(kind, {"key_id": "key-1"})}
        make_method(self.tenant.tenant, self.user_id, {"type": kind, **named})

    def show(self, step: Any, kind: str = "phone") -> Step:
        """Ana shows a factor that she has."""
        method = {"name": "mfa", "type": kind, "timestamp": TIMESTAMP}
        return self.resume(step, FactorAnswer(method=method, enrolled=False))

    def show_new(self, step: Any, kind: str = "phone") -> Step:
        """Ana enrols a factor, which is in the store by then."""
        self.enroll({"otp": "totp"}.get(kind, kind))
        method = {"name": "mfa", "type": kind, "timestamp": TIMESTAMP}
        return self.resume(step, FactorAnswer(method=method, enrolled=True))

    def switch_on(self, *factors: str) -> None:
        for factor in factors:
            self.tenant.put(f"/guardian/factors/{factor}", json={"enabled": True})

    def ask_always(self) -> None:
        self.tenant.put("/guardian/policies", json=["all-applications"])

    @property
    def user(self) -> dict[str, Any]:
        return self.tenant.tenant.store.get(users.KIND, self.user_id)

    def output(self) -> list[str]:
        """Everything that Actions wrote to the console, as the tenant keeps it."""
        executions = self.tenant.tenant.store.all("action_executions")
        return [result["logs"] for each in executions for result in each["results"] if result["logs"]]


@pytest.fixture
def a_world(a_tenant) -> Iterator[Callable[..., World]]:
    """A factory; `domain` and `ca_file` may be given."""
    worlds: list[World] = []

    async def accept(_code: str) -> None:
        return None

    def make(*, domain: str = "localhost:8443", ca_file: Path | None = None) -> World:
        local = a_tenant(domain=domain)
        builds_of(local.tenant).parse = accept
        client = local.post("/clients", json={"name": "The application", "client_metadata": {"tier": "gold"}}).json()
        connection = local.post("/connections", json={"name": "invited-users", "strategy": "auth0"}).json()
        fields = {"email": "ana@example.com", "password": "Correct-horse-1", "connection": "invited-users"}
        user = users.make_user(local.tenant, connections.by_name(local.tenant, "invited-users"), fields)
        local.patch("/tenants/settings", json={"customize_mfa_in_postlogin_action": True})
        runtime = ActionRuntime(ca_file=ca_file)
        worlds.append(World(local, runtime, client["client_id"], connection["id"], user["user_id"]))
        return worlds[-1]

    yield make
    for world in worlds:
        world.tenant.loop.run_until_complete(world.runtime.close())


@pytest.fixture
def world(a_world) -> World:
    return a_world()
