"""
How a resource of the Management API is written: one function per operation, declared with `@endpoint`.

    @endpoint("POST", "/roles", status=200)          # the status as recorded, not as one would guess
    def create_role(call: Call) -> JSON:
        role = {"id": call.tenant.new_id("rol_", 16), **call.body}
        call.tenant.store.put("roles", role["id"], role)
        return role

Before the function runs, the app has checked the token, its scopes (from the operations table unless `scopes` says otherwise), the
rate limit and the payload against the operation's schema; it runs inside one store transaction together with the tenant log entry
that the operation leaves. Path templates and parameter names are spelled as in the operations table (`operations.json`).

Not here: the table itself (`operations.py`), the checks (`app.py`, `validation.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localtenant.tenant import Tenant

JSON = dict[str, Any] | list[Any] | None


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who holds the access token of this request."""

    client_id: str
    client_name: str
    scopes: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, checked: what an endpoint function gets."""

    tenant: "Tenant"
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    caller: Caller
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    repeated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # every value of a query parameter

    def may(self, scope: str) -> bool:
        """Whether the caller holds a scope beyond those that the operation demands (e.g. `read:client_keys`)."""
        return scope in self.caller.scopes


@dataclass(frozen=True, kw_only=True)
class Answer:
    """For the operations whose status depends on what happened; the others return the body alone."""

    status: int
    body: JSON = None
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call], JSON | Answer]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A declared operation."""

    method: str
    path: str
    status: int
    handler: Handler
    scopes: tuple[str, ...] | None  # None: as the operations table says; any one of them is enough
    validates: bool  # False where Auth0's published schema contradicts its recorded behaviour


ENDPOINTS: dict[tuple[str, str], Endpoint] = {}


def endpoint(
    method: str,
    path: str,
    *,
    status: int = 200,
    scopes: tuple[str, ...] | None = None,
    validates: bool = True,
) -> Callable[[Handler], Handler]:
    """Declare the function as the operation `method path` (path below /api/v2, e.g. `/clients/{id}`)."""

    def declare(handler: Handler) -> Handler:
        ENDPOINTS[method, path] = Endpoint(
            method=method, path=path, status=status, handler=handler, scopes=scopes, validates=validates
        )
        return handler

    return declare
