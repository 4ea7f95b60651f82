"""
A change that somebody makes by hand, through the Management API and in their own name, and what a drift check has to say of it.

Not here: which changes there are (`injections.py`).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from tests.e2e.harness import LocalTenant

ANA = "Ana Ruiz <ana@example.com>"
BEN = "Ben Okafor <ben@example.com>"
CHIARA = "Chiara Conti <chiara@example.com>"
DMITRI = "Дмитрий Орлов <dmitri@example.com>"
PATIENCE_SEC = 30.0
# Written by hand wherever the tenant never shows it again: no report may.
CANARY = "canary-5f0d6c1e9b7a4d28-do-not-show"

Class = Literal["drift", "both", "unmanaged"]
Happened = Literal["changed", "deleted", "made"]


class Hand:
    """One person at the Management API, who finds things by their names as the dashboard shows them."""

    def __init__(self, tenant: LocalTenant, person: str) -> None:
        self.tenant = tenant
        self._headers = {"X-Local-Person": person.encode()}

    def get(self, path: str) -> Any:
        """What is there."""
        return self.tenant.get(path)

    def write(self, method: str, path: str, body: object = None) -> Any:
        """In this person's name."""
        answer = self.tenant.api.request(method, path, json=body, headers=self._headers)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def delete(self, path: str) -> None:
        """For good; DELETE has no body."""
        answer = self.tenant.api.delete(path, headers=self._headers)
        assert answer.is_success, f"DELETE {path}: {answer.status_code} {answer.text}"

    def client(self, name: str) -> str:
        """Path of an application."""
        return f"/clients/{_named(self.get('/clients?per_page=100'), name)['client_id']}"

    def client_id(self, name: str) -> str:
        """Client id of an application."""
        return self.client(name).rpartition("/")[2]

    def connection(self, name: str = "invited-users") -> str:
        """Path of a connection."""
        return f"/connections/{_named(self.get('/connections'), name)['id']}"

    def action(self, name: str) -> str:
        """Path of an Action."""
        return f"/actions/actions/{_named(self.get('/actions/actions')['actions'], name)['id']}"

    def grant(self, client_name: str) -> str:
        """Path of the grant of an application."""
        holder = self.client_id(client_name)
        return f"/client-grants/{next(one['id'] for one in self.get('/client-grants') if one['client_id'] == holder)}"

    def options(self, **changes: object) -> None:
        """Options of the invited users' connection: the API takes them whole."""
        path = self.connection()
        self.write("PATCH", path, {"options": {**self.get(path)["options"], **changes}})

    def enable(self, client_name: str, connection_name: str, *, enabled: bool = True) -> None:
        """An application on a connection."""
        body = [{"client_id": self.client_id(client_name), "status": enabled}]
        self.write("PATCH", f"{self.connection(connection_name)}/clients", body)

    def bind(self, *names: str, trigger: str = "post-login") -> None:
        """The whole list of a trigger."""
        bindings = [{"ref": {"type": "action_name", "value": name}, "display_name": name} for name in names]
        self.write("PATCH", f"/actions/triggers/{trigger}/bindings", {"bindings": bindings})

    def bound(self, trigger: str = "post-login") -> list[str]:
        """Names of the Actions that run."""
        return [one["action"]["name"] for one in self.get(f"/actions/triggers/{trigger}/bindings")["bindings"]]

    def make_action(self, name: str, *, code: str = "exports.onExecutePostLogin = async () => {};") -> None:
        """Made, built and deployed; bound to nothing."""
        trigger = {"id": "post-login", "version": "v3"}
        body = {"name": name, "code": code, "runtime": "node22", "supported_triggers": [trigger]}
        self.write("POST", "/actions/actions", body)
        self.deploy(name)

    def deploy(self, name: str) -> None:
        """The draft as it is, once it is built."""
        path = self.action(name)
        deadline = time.monotonic() + PATIENCE_SEC
        while self.get(path)["status"] != "built":
            assert time.monotonic() < deadline, f"{name} is not built"
            time.sleep(0.02)
        self.write("POST", f"{path}/deploy", {})

    def phone_template(self, kind: str) -> str:
        """Path of the text of one message."""
        listed = self.get("/branding/phone/templates")["templates"]
        return f"/branding/phone/templates/{next(one['id'] for one in listed if one['type'] == kind)}"

    def phone_provider(self) -> str:
        """Path of the one that sends text messages."""
        return f"/branding/phone/providers/{self.get('/branding/phone/providers')['providers'][0]['id']}"

    def login_domain(self) -> str:
        """Path of the first custom domain."""
        return f"/custom-domains/{self.get('/custom-domains')[0]['custom_domain_id']}"


@dataclass(frozen=True, kw_only=True)
class Injection:
    """
    One change by hand, and what must be said of it.

    `path`: of the property that must be shown, and `value` a part of what is shown of it; `None` where the object is all there is to say, or nothing is.
    `also`: properties that Auth0 changes with it.
    """

    name: str
    resource: str  # as a report shows it: `Client application`
    make: Callable[[Hand], object]
    person: str
    path: str | None = None
    value: str = ""
    also: tuple[str, ...] = ()
    kind: Class = "drift"
    happened: Happened = "changed"
    remark: str | None = None  # words of it that must be there
    rule: str | None = None  # the security rule that must speak
    unseen: str | None = None  # of an invisible one: words of the sentence that says so

    @property
    def visible(self) -> bool:
        """Whether a check can find it."""
        return self.unseen is None


@dataclass(frozen=True, kw_only=True)
class Made:
    """When an injection was made, by the clock of the tenant, which is the machine's."""

    injection: Injection
    began: float  # seconds since the epoch
    ended: float


def nothing(_: Hand) -> None:
    """It comes with the row before."""


def inject(tenant: LocalTenant, injections: tuple[Injection, ...]) -> Mapping[str, Made]:
    """One after the other, in the table's order."""
    made: dict[str, Made] = {}
    for one in injections:
        if one.make is nothing:
            made[one.name] = replace(list(made.values())[-1], injection=one)
            continue
        began = time.time()
        try:
            one.make(Hand(tenant, one.person))
        except (AssertionError, StopIteration, LookupError) as error:
            raise AssertionError(f"{one.name}: {error!r}") from error
        made[one.name] = Made(injection=one, began=began, ended=time.time())
    return made


def _named(listed: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(one for one in listed if one["name"] == name)
