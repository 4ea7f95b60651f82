"""
The tenant as an ASGI application: which API answers which path.

    /api/v2/…                     Management API (`management/`)
    /authorize, /oauth/…, /u/…, … the login side (`login_side.py`): Authentication API and the pages of Universal Login
    /_local/…                     the control plane (`control.py`), no part of what is emulated
    app.localhost, …              whatever is registered for that host (`hosts.py`)

Not here: sockets, TLS and the process (`server.py`).
"""

import asyncio
from dataclasses import replace
from email.utils import format_datetime
from pathlib import Path

import localtenant.deployer  # noqa: F401 - declares what a fresh tenant gets
from localtenant.actions.runtime import ActionRuntime
from localtenant.authentication.services import Services, deployed_services
from localtenant.control import ControlPlane
from localtenant.errors import ManagementError
from localtenant.faults import Fault, When
from localtenant.hosts import Hosts
from localtenant.http import (
    BodyTooLarge,
    ClientGone,
    Receive,
    Request,
    Response,
    Scope,
    Send,
    drop,
    json_response,
    read_request,
    send_response,
)
from localtenant.login_side import LoginSide
from localtenant.management.dispatch import HangUp, ManagementAPI
from localtenant.management.entitlements import Plan
from localtenant.rate_limits import Tier
from localtenant.runtime import RecordedCall, Runtime
from localtenant.tenant import Tenant


class App:
    """
    The application. One per tenant, served from one event loop.

    Args:
        tenant: seeded here if it is fresh.
        tier: whose rate limits apply.
        plan: whose features there are.
        latency_ms: how long every API answer takes at least.
        ca_file: the tenant's certificate authority, which Actions trust.
        services: Actions, mail and text messages instead of the deployed ones; a test passes its own.

    """

    def __init__(
        self,
        tenant: Tenant,
        *,
        tier: Tier = Tier.UNLIMITED,
        plan: Plan = Plan.ENTERPRISE,
        latency_ms: float = 0,
        ca_file: Path | None = None,
        services: Services | None = None,
    ) -> None:
        self.tenant = tenant
        self.runtime = Runtime(tenant.clock, tier=tier, plan=plan, latency_ms=latency_ms)
        self._management = ManagementAPI(tenant, self.runtime)
        self._control = ControlPlane(tenant, self.runtime)
        self.actions = ActionRuntime(ca_file=ca_file)
        self.login_side = LoginSide(tenant, services or deployed_services(tenant, self.actions))
        self._hosts = Hosts(self.runtime.upstreams, tenant)
        tenant.open()

    async def close(self) -> None:
        """Let go of what needs an event loop to be let go of."""
        await self.actions.close()
        await self._hosts.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        try:
            request = await read_request(scope, receive)
            if self._hosts.serves(request):
                await self._hosts.hand_on(request, send)
                return
            response = await self._answer(request, receive)
        except BodyTooLarge:
            response = _too_large()
        except (ClientGone, HangUp):
            await drop(scope)
            return
        now = format_datetime(self.tenant.clock.now(), usegmt=True)
        await send_response(send, replace(response, headers={"date": now, **response.headers}))
        for job in response.afterwards:
            await job()

    async def _answer(self, request: Request, receive: Receive) -> Response:
        match (request.method, *request.segments):
            case (_, "api", "v2", _, *_):
                return await self._management.handle(request, receive)
            case (_, "_local", *_):
                return self._control.handle(request)
            case ("POST", "oauth", "token"):
                return await self._token(request)
            case ("POST", "dbconnections", "change_password"):
                return await self._change_password(request, receive)
            case _:
                answer = await self.login_side.handle(request)
                return answer or json_response(404, ManagementError(404, "Not Found").body())

    async def _token(self, request: Request) -> Response:
        if self.runtime.latency_ms:
            await asyncio.sleep(self.runtime.latency_ms / 1000)
        verdict = self.runtime.authentication_limits.take("POST", "/oauth/token")
        answer = await self.login_side.handle(request) or Response(404) if verdict.passes else _too_many()
        self.runtime.calls.append(
            RecordedCall(
                method="POST",
                path="/oauth/token",
                status=answer.status,
                client_id=None,
                at=self.tenant.clock.timestamp(),
            )
        )
        return replace(answer, headers={**answer.headers, **verdict.headers()})

    async def _change_password(self, request: Request, receive: Receive) -> Response:
        """Raises: HangUp, ClientGone, where a fault wants that."""
        if self.runtime.latency_ms:
            await asyncio.sleep(self.runtime.latency_ms / 1000)
        verdict = self.runtime.authentication_limits.take("POST", request.path)
        answer = _too_many()
        if verdict.passes:
            fault = self._fault(request, "before_commit")
            answer = await (self._suffer(fault, receive) if fault else self._done(request, receive))
        return replace(answer, headers={**answer.headers, **verdict.headers()})

    async def _done(self, request: Request, receive: Receive) -> Response:
        answer = await self.login_side.handle(request) or Response(404)
        fault = self._fault(request, "after_commit")
        if fault is None:
            return answer
        for job in answer.afterwards:  # whatever becomes of the answer
            await job()
        return await self._suffer(fault, receive)

    def _fault(self, request: Request, when: When) -> Fault | None:
        return self.runtime.faults.strike(request.method, request.path, request.path, when)

    async def _suffer(self, fault: Fault, receive: Receive) -> Response:
        if fault.action == "hang":
            await self.runtime.faults.hold(receive)
        if fault.action in {"hang", "drop"}:
            raise HangUp
        return json_response(int(fault.action.removeprefix("status:")), {"error": "local_fault"})


def _too_many() -> Response:
    body = {"error": "too_many_requests", "error_description": "Global limit has been reached"}
    return json_response(429, body)


def _too_large() -> Response:
    error = ManagementError(413, "Payload content length greater than maximum allowed: 1048576")
    return json_response(413, error.body())
