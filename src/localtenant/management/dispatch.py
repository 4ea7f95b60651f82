"""
The way of one request through the Management API.

    rate limit → token → scopes → payload → entitlement → (endpoint + log entry, in one transaction) → answer

Faults strike before the endpoint runs or after its transaction is committed. An endpoint's own exception is this tenant's mistake: it
becomes a 500 that names the operation, with the traceback on the server's standard error.
Not here: the endpoints (one module per resource beside this one), sockets (`server.py`).
"""

import asyncio
import importlib
import json
import pkgutil
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import localtenant.management
from localtenant.authentication.access_tokens import TokenReader
from localtenant.errors import ManagementError, NotEmulated
from localtenant.faults import Fault, When
from localtenant.http import Receive, Request, Response, json_response
from localtenant.management.endpoint import Answer, Call, Caller
from localtenant.management.entitlements import check_entitlement
from localtenant.management.operation_log import log_operation, plain
from localtenant.management.operations import Match, Operation, exists_besides, find
from localtenant.management.validation import check_body, check_query, invalid_json
from localtenant.rate_limits import Verdict
from localtenant.runtime import RecordedCall, Runtime
from localtenant.tenant import Tenant


class HangUp(Exception):  # noqa: N818 - wanted by a fault
    """Cut the connection instead of answering."""


@cache
def load_endpoints() -> None:
    """Import every resource module, so that its endpoints and seeds are declared."""
    for module in pkgutil.iter_modules(localtenant.management.__path__):
        importlib.import_module(f"localtenant.management.{module.name}")


@dataclass(frozen=True, kw_only=True)
class _Result:
    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(kw_only=True)
class _Exchange:
    match: Match
    request: Request
    caller: Caller
    sent: Any = None


class ManagementAPI:
    """Everything below /api/v2."""

    def __init__(self, tenant: Tenant, runtime: Runtime) -> None:
        load_endpoints()
        self._tenant = tenant
        self._runtime = runtime
        self._tokens = TokenReader(tenant)

    async def handle(self, request: Request, receive: Receive) -> Response:
        """
        Answer one request.

        Raises:
            HangUp: a fault wants the connection cut.
            ClientGone: the client left while a fault held its request.

        """
        match = find(request.method, request.segments[2:])
        template = match.operation.path if match else request.path
        verdict = self._runtime.management_limits.take(request.method, template)
        status: int | None = None
        caller: Caller | None = None
        try:
            if self._runtime.latency_ms:
                await asyncio.sleep(self._runtime.latency_ms / 1000)
            found = _admit(match, request, verdict)
            caller = self._tokens.caller(request.headers)
            await self._meet_fault(request, template, "before_commit", receive)
            result = self._perform(_Exchange(match=found, request=request, caller=caller))
            await self._meet_fault(request, template, "after_commit", receive)
            status = result.status
            return json_response(result.status, result.body, {**result.headers, **verdict.headers()})
        except ManagementError as error:
            status = error.status
            return json_response(error.status, error.body(), {**error.headers, **verdict.headers()})
        finally:
            self._record(request.method, template, status, caller)

    def _perform(self, exchange: _Exchange) -> _Result:
        operation = exchange.match.operation
        try:
            call = self._checked(exchange)
            with self._tenant.store.transaction():
                result = _run(operation, call)
                self._log(exchange, result.status, result.body)
        except NotEmulated:
            raise
        except ManagementError as error:
            self._log(exchange, error.status, error.body())
            raise
        except Exception:  # noqa: BLE001 - whatever an endpoint did wrong, the server goes on
            return _own_mistake(operation)
        return result

    def _checked(self, exchange: _Exchange) -> Call:
        operation, request, caller = exchange.match.operation, exchange.request, exchange.caller
        _check_scopes(operation, caller)
        if operation.endpoint is None:
            raise NotEmulated(request.method, operation.path)
        exchange.sent = _parse(request)
        if operation.endpoint.validates:
            check_query(operation, request.query)
            check_body(operation, exchange.sent)
        check_entitlement(self._runtime.plan, operation.method, operation.path, exchange.sent)
        return Call(
            tenant=self._tenant,
            path=exchange.match.parameters,
            query={name: values[-1] for name, values in request.query.items()},
            body=exchange.sent,
            caller=caller,
            headers=request.headers,
            repeated=request.query,
        )

    def _log(self, exchange: _Exchange, status: int, answer: Any) -> None:
        log_operation(
            self._tenant,
            exchange.match.operation,
            exchange.request,
            exchange.caller,
            sent=plain(exchange.sent),
            status=status,
            answer=plain(answer),
        )

    async def _meet_fault(self, request: Request, template: str, when: When, receive: Receive) -> None:
        faults = self._runtime.faults
        fault = faults.strike(request.method, template, request.path, when) if faults.waiting else None
        if fault is None:
            return
        if fault.action == "hang":
            await faults.hold(receive)
        if fault.action in {"hang", "drop"}:
            raise HangUp
        raise _status_fault(fault)

    def _record(self, method: str, template: str, status: int | None, caller: Caller | None) -> None:
        self._runtime.calls.append(
            RecordedCall(
                method=method,
                path=template if template.startswith("/api/") else f"/api/v2{template}",
                status=status,
                client_id=caller.client_id if caller else None,
                at=self._tenant.clock.timestamp(),
            )
        )


def _admit(match: Match | None, request: Request, verdict: Verdict) -> Match:
    if match is None:
        if exists_besides(request.segments[2:]):
            raise NotEmulated(request.method, request.path.removeprefix("/api/v2"))
        raise ManagementError(404, "Not Found")
    if not verdict.passes:
        raise ManagementError(429, "Global limit has been reached", "too_many_requests")
    return match


def _own_mistake(operation: Operation) -> _Result:
    name = f"{operation.method} /api/v2{operation.path}"
    print(f"The local tenant failed in {name}:", file=sys.stderr)  # noqa: T201 - the server's log
    traceback.print_exc()
    error = ManagementError(500, f"The local tenant failed in {name}; its log has the traceback.", "local_failure")
    return _Result(status=500, body=error.body(), headers={})


def _run(operation: Operation, call: Call) -> _Result:
    endpoint = operation.endpoint
    if endpoint is None:
        raise NotEmulated(operation.method, operation.path)
    answer = endpoint.handler(call)
    if isinstance(answer, Answer):
        return _Result(status=answer.status, body=answer.body, headers=answer.headers)
    return _Result(status=endpoint.status, body=answer, headers={})


def _check_scopes(operation: Operation, caller: Caller) -> None:
    demanded = operation.demanded_scopes
    if demanded and caller.scopes.isdisjoint(demanded):
        raise ManagementError(403, f"Insufficient scope, expected any of: {','.join(demanded)}", "insufficient_scope")


def _parse(request: Request) -> Any:
    if not request.body or request.method == "GET":
        return {} if request.method in {"POST", "PUT", "PATCH"} else None
    if request.headers.get("content-type", "").startswith("text/"):
        return request.body.decode("utf-8", "replace")
    try:
        return json.loads(request.body)
    except ValueError:
        raise invalid_json() from None


def _status_fault(fault: Fault) -> ManagementError:
    status = int(fault.action.removeprefix("status:"))
    return ManagementError(status, f"A fault of the local tenant ({fault.when}) asked for this answer.", "local_fault")
