"""
The control plane, `/_local/…`: what a test or an operator may do to the tenant from outside the emulated APIs.

    GET    /_local/health        {status, domain, tier, plan, latency_ms, mail_port, clock}
    POST   /_local/reset         a fresh tenant; the deployer keeps its credentials
    GET    /_local/requests      the recorded API calls; DELETE forgets them
    GET    /_local/settings      {tier, plan, latency_ms}; PUT changes them
    GET    /_local/clock         {now, offset_seconds}; PUT {offset_seconds}, POST {advance_seconds}
    POST   /_local/faults        {method, path, when, action, times, skip, chance}; GET shows them, DELETE clears them and lets go of held requests
    PUT    /_local/log           {lag_seconds, lose, misdate_seconds}: entries from now on come late, are lost, or have another date; GET shows it
    POST   /_local/log           {logins: N}: so many logins in the log, as of now
    PUT    /_local/hosts         {"app.localhost": "http://127.0.0.1:PORT"}: who serves a host on this port, null: nobody; GET shows them
    GET    /_local/, mail, …     mail, text messages, users, the log: pages for people, JSON for programs (`inbox/`)

It answers loopback, its own Host and no web page: requests that a browser sends for another site are refused, and there is no CORS.
"""

import ipaddress
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from localtenant.faults import ACTIONS, WHENS, Fault
from localtenant.hosts import BadUpstream, check_upstream
from localtenant.http import Request, Response, json_response
from localtenant.inbox.pages import Inbox, refusal_page, wants_html
from localtenant.log_faults import LateEntries, LogFaults
from localtenant.management.entitlements import Plan
from localtenant.rate_limits import Tier
from localtenant.runtime import Runtime
from localtenant.tenant import Tenant

Choice = TypeVar("Choice", bound=StrEnum)
MOST_LOGINS = 200_000
OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")


class Refused(Exception):  # noqa: N818 - becomes an answer
    """The control plane says no, with a status and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class ControlPlane:
    """Everything below /_local."""

    def __init__(self, tenant: Tenant, runtime: Runtime) -> None:
        self._tenant = tenant
        self._runtime = runtime
        self._inbox = Inbox(tenant, runtime)
        self._routes: dict[tuple[str, str], Callable[[Any], Any]] = {
            ("GET", "health"): self._health,
            ("POST", "reset"): self._reset,
            ("GET", "requests"): self._requests,
            ("DELETE", "requests"): self._forget_requests,
            ("GET", "settings"): self._settings,
            ("PUT", "settings"): self._change_settings,
            ("GET", "clock"): self._clock,
            ("PUT", "clock"): self._set_clock,
            ("POST", "clock"): self._advance_clock,
            ("GET", "faults"): self._faults,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "log"): self._log_faults,
            ("PUT", "log"): self._set_log_faults,
            ("POST", "log"): self._add_logins,
            ("GET", "hosts"): self._hosts,
            ("PUT", "hosts"): self._set_hosts,
        }

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        try:
            self._check_caller(request)
            page = self._inbox.answer(request)
            if page is not None:
                return page
            route = self._route(request)
            return json_response(200, route(_parse(request.body)))
        except Refused as refusal:
            if wants_html(request):
                return refusal_page(refusal.status, str(refusal))
            return json_response(refusal.status, {"error": str(refusal)})

    def _route(self, request: Request) -> Callable[[Any], Any]:
        route = self._routes.get((request.method, "/".join(request.segments[1:])))
        if route is None:
            raise Refused(404, f"The control plane has no {request.method} {request.path}.")
        return route

    def _check_caller(self, request: Request) -> None:
        if not _is_loopback(request.client):
            raise Refused(403, "The control plane answers this machine only.")
        port = self._tenant.domain.partition(":")[2]
        hosts = {f"{name}:{port}" if port else name for name in OWN_NAMES}
        if request.headers.get("host") not in hosts:
            raise Refused(421, f"The control plane answers at https://{self._tenant.domain}/_local only.")
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site", "none")
        if (origin is not None and origin.partition("://")[2] not in hosts) or site not in {"none", "same-origin"}:
            raise Refused(403, "The control plane takes no requests from other web sites.")

    def _health(self, _body: Any) -> dict[str, Any]:
        return {
            "status": "ok",
            "domain": self._tenant.domain,
            **self._settings(None),
            "mail_port": self._tenant.mail_port,
            "clock": self._clock(None),
        }

    def _reset(self, _body: Any) -> dict[str, Any]:
        self._tenant.reset()
        self._tenant.late = LateEntries()
        self._runtime.faults.clear()
        self._runtime.calls.clear()
        return {"status": "ok"}

    def _requests(self, _body: Any) -> dict[str, Any]:
        return {"requests": [call.described() for call in self._runtime.calls]}

    def _forget_requests(self, _body: Any) -> dict[str, Any]:
        self._runtime.calls.clear()
        return {"requests": []}

    def _settings(self, _body: Any) -> dict[str, Any]:
        runtime = self._runtime
        return {"tier": runtime.tier.value, "plan": runtime.plan.value, "latency_ms": runtime.latency_ms}

    def _change_settings(self, body: Any) -> dict[str, Any]:
        fields = _fields(body, {"tier", "plan", "latency_ms"})
        tier = _one_of(Tier, fields, "tier", self._runtime.tier)
        plan = _one_of(Plan, fields, "plan", self._runtime.plan)
        latency = _number(fields, "latency_ms", self._runtime.latency_ms)
        if latency < 0:
            raise Refused(400, f"latency_ms must be 0 or more, got {latency}.")
        if "tier" in fields:
            self._runtime.tier = tier
        self._runtime.plan = plan
        self._runtime.latency_ms = latency
        return self._settings(None)

    def _clock(self, _body: Any) -> dict[str, Any]:
        clock = self._tenant.clock
        return {"now": clock.timestamp(), "offset_seconds": clock.offset.total_seconds()}

    def _set_clock(self, body: Any) -> dict[str, Any]:
        fields = _fields(body, {"offset_seconds"})
        self._tenant.clock.offset = timedelta(seconds=_number(fields, "offset_seconds", 0))
        return self._clock(None)

    def _advance_clock(self, body: Any) -> dict[str, Any]:
        fields = _fields(body, {"advance_seconds"})
        self._tenant.clock.advance(_number(fields, "advance_seconds", 0))
        return self._clock(None)

    def _faults(self, _body: Any) -> dict[str, Any]:
        faults = self._runtime.faults
        return {"faults": [fault.described() for fault in faults.waiting], "held": faults.held}

    def _add_fault(self, body: Any) -> dict[str, Any]:
        fields = _fields(body, {"method", "path", "when", "action", "times", "skip", "chance"})
        fault = Fault(
            method=str(fields.get("method", "*")).upper(),
            path=str(fields.get("path", ".*")).removeprefix("/api/v2"),
            when=fields.get("when", "before_commit"),
            action=str(fields.get("action", "hang")),
            times=int(_number(fields, "times", 1)),
            skip=int(_number(fields, "skip", 0)),
            chance=float(_number(fields, "chance", 1)),
        )
        if fault.when not in WHENS:
            raise Refused(400, f"when must be one of {', '.join(WHENS)}, got {fault.when!r}.")
        if ACTIONS.fullmatch(fault.action) is None:
            raise Refused(400, f"action must be hang, drop or status:NNN, got {fault.action!r}.")
        self._runtime.faults.waiting.append(fault)
        return self._faults(None)

    def _clear_faults(self, _body: Any) -> dict[str, Any]:
        self._runtime.faults.clear()
        return {"faults": [], "held": 0}

    def _log_faults(self, _body: Any) -> dict[str, Any]:
        return asdict(self._tenant.late.faults)

    def _set_log_faults(self, body: Any) -> dict[str, Any]:
        fields = _fields(body, {"lag_seconds", "lose", "misdate_seconds"})
        self._tenant.late.faults = LogFaults(
            lag_seconds=_number(fields, "lag_seconds", 0),
            lose=int(_number(fields, "lose", 0)),
            misdate_seconds=_number(fields, "misdate_seconds", 0),
        )
        return self._log_faults(None)

    def _add_logins(self, body: Any) -> dict[str, Any]:
        number = int(_number(_fields(body, {"logins"}), "logins", 0))
        if not 0 < number <= MOST_LOGINS:
            raise Refused(400, f"logins must be 1 to {MOST_LOGINS}, got {number}.")
        with self._tenant.store.transaction():
            for one in range(number):
                self._tenant.log("s", "", user_id=f"auth0|{one:024x}", connection="invited-users")
        return {"logins": number}

    def _hosts(self, _body: Any) -> dict[str, Any]:
        return {"hosts": dict(self._runtime.upstreams)}

    def _set_hosts(self, body: Any) -> dict[str, Any]:
        """Those that are named change, the others stay: each program registers itself."""
        if not isinstance(body, dict):
            raise Refused(400, "The body must be a JSON object.")
        try:
            checked = {host: None if url is None else check_upstream(host, url) for host, url in body.items()}
        except BadUpstream as reason:
            raise Refused(400, str(reason)) from None
        changed = {**self._runtime.upstreams, **checked}
        self._runtime.upstreams.clear()
        self._runtime.upstreams.update({host: url for host, url in changed.items() if url is not None})
        return self._hosts(None)


def _parse(body: bytes) -> Any:
    if not body:
        return {}
    try:
        return json.loads(body)
    except ValueError:
        raise Refused(400, "The body is no JSON.") from None


def _fields(body: Any, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(body, dict):
        raise Refused(400, "The body must be a JSON object.")
    unknown = sorted(set(body) - known)
    if unknown:
        raise Refused(400, f"Unknown field {unknown[0]}; known are {', '.join(sorted(known))}.")
    return body


def _one_of(choices: type[Choice], fields: Mapping[str, Any], name: str, default: Choice) -> Choice:
    value = fields.get(name, default)
    if value not in list(choices):
        raise Refused(400, f"{name} must be one of {', '.join(choices)}, got {value!r}.")
    return choices(value)


def _number(fields: Mapping[str, Any], name: str, default: float) -> float:
    value = fields.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(400, f"{name} must be a number, got {value!r}.")
    return value


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
