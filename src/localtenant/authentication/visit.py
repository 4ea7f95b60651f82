"""
One request to the login side: who asks, under which name of the tenant, with which parameters and cookies.

Not here: the ASGI part (`http.py`), the paths (`routes.py`).
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cached_property
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from localtenant.actions.login import RequestFacts
from localtenant.authentication.hosts import issuer_of, login_host
from localtenant.authentication.services import Services
from localtenant.http import Request, Response
from localtenant.store import Document
from localtenant.tenant import Tenant

NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}


@dataclass(frozen=True)
class Visit:
    """A request with everything that an endpoint of the login side may need."""

    tenant: Tenant
    services: Services
    request: Request
    later: list[Callable[[], Awaitable[None]]] = field(default_factory=list)  # done once the answer is sent

    @cached_property
    def host(self) -> str:
        """The tenant's name in this request, with its port."""
        return login_host(self.tenant, self.request.headers.get("host", ""))

    @property
    def issuer(self) -> str:
        """`https://HOST/`."""
        return issuer_of(self.host)

    @cached_property
    def query(self) -> dict[str, str]:
        """The last value of each parameter of the address."""
        return {name: values[-1] for name, values in self.request.query.items()}

    @cached_property
    def body(self) -> dict[str, str]:
        """A form, or the strings of a JSON object; empty if it is neither."""
        return parse_body(self.request) or {}

    @property
    def parameters(self) -> dict[str, str]:
        """Address and body together, the body's first."""
        return {**self.query, **self.body}

    @cached_property
    def cookies(self) -> dict[str, str]:
        """By name."""
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(self.request.headers.get("cookie", ""))
        except CookieError:
            return {}
        return {name: morsel.value for name, morsel in jar.items()}

    @property
    def ip(self) -> str:
        """Whence the request came."""
        return self.request.client

    @property
    def user_agent(self) -> str:
        """As the browser calls itself."""
        return self.request.headers.get("user-agent", "")

    def settings(self) -> dict[str, object]:
        """The tenant's settings."""
        return self.tenant.singleton("tenant_settings") or {}

    def facts(self) -> RequestFacts:
        """What Actions may see of it."""
        return RequestFacts(
            ip=self.ip,
            method=self.request.method,
            query=self.query,
            body=self.body,
            hostname=self.host,
            language=self.request.headers.get("accept-language"),
            user_agent=self.request.headers.get("user-agent"),
        )

    def logged(self) -> dict[str, str]:
        """The fields that every log entry of a visit has."""
        return {"ip": self.ip, "user_agent": self.user_agent, "hostname": self.host}

    def logged_about(self, client: Document | None, connection: Document | None) -> dict[str, Any]:
        """The same, and those of an entry about an application and a database connection."""
        client, connection = client or {}, connection or {}
        return {
            **self.logged(),
            "client_id": client.get("client_id"),
            "client_name": client.get("name", ""),
            "connection": connection.get("name", ""),
            "connection_id": connection.get("id", ""),
            "strategy": "auth0",
            "strategy_type": "database",
        }


def parse_body(request: Request) -> dict[str, str] | None:
    """A form or a JSON object; `None` for JSON that is none."""
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            parsed = json.loads(request.body)
        except ValueError:
            return None
        if not isinstance(parsed, dict):
            return None
        return {name: value for name, value in parsed.items() if isinstance(value, str)}
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def with_query(url: str, **parameters: str | None) -> str:
    """The address with these parameters added; its own query and its fragment stay."""
    parts = urlsplit(url)
    added = urlencode({name: value for name, value in parameters.items() if value is not None})
    query = "&".join(part for part in (parts.query, added) if part)
    return urlunsplit(parts._replace(query=query))


def redirect(url: str, *, cookies: tuple[str, ...] = (), status: int = 302) -> Response:
    """Send the browser on; nobody keeps the answer, and the next site does not learn where it came from."""
    return Response(status, b"", {"location": url, "referrer-policy": "no-referrer", **NO_STORE}, cookies)
