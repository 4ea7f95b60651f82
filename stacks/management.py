"""
A small, synchronous client of Auth0's Management API, for what the provider does not do: saving a tenant before it is changed, putting
it back, reading a client's secret once.

    with ManagementClient.from_environment("example.eu.auth0.com") as tenant:
        factors = tenant.get("/guardian/factors")
        provider = tenant.get_or_none("/emails/provider")        # a 404 is an answer here
        tenant.put("/guardian/policies", ["all-applications"])

Paths are below /api/v2. Credentials come from the environment only (AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET, or AUTH0_API_TOKEN).
SSL_CERT_FILE is respected, as httpx does. The transport, the clock and the sleep are arguments, for tests.

Not here: pulumi, pulumi_auth0, settings (the dynamic provider's process imports this module and must start fast).
Source: https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy (headers), facts of the
Management API at https://auth0.com/docs/api/management/v2.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:  # loaded with the first client: most previews need none
    import httpx

JSON = Any  # the JSON edge: what the API answers is not ours to type

RETRIED_STATUSES = frozenset({500, 502, 503, 504, 524})  # as the Terraform provider does (v1.54.1)
BACKOFF_SECONDS = (0.5, 1.0, 2.0)
RATE_LIMIT_WAITS = 20  # a 2/s plan under a busy `up` answers several 429s to one caller; each wait is short
LONGEST_WAIT_SECONDS = 60.0
WAIT_WITHOUT_HEADER_SECONDS = 5.0
TOKEN_MARGIN_SECONDS = 60.0
CLOCK_TOLERANCE_SECONDS = 5.0


class ManagementError(Exception):
    """
    The tenant could not be reached, or answered with an error; the message is a sentence without secrets.

    `status` is `None` when no answer came; `error_code` and `said` are Auth0's own, where it gives them.
    """

    def __init__(
        self, message: str, *, status: int | None = None, error_code: str | None = None, said: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.error_code = error_code
        self.said = said


def canonical_audience(domain: str) -> str:
    """
    The Management API's identifier on a tenant: canonical domain, port included, slash at the end.

    Source: https://auth0.com/docs/secure/tokens/access-tokens/management-api-access-tokens
    """
    return f"https://{domain}/api/v2/"


class ManagementClient:
    """
    One tenant, one deployer. Safe to share between threads, which share its token.

    Args:
        domain: the tenant's host, without scheme or slash; `localhost:PORT` for a local tenant.
        client_id, client_secret: the deployer's; unused when `api_token` is given.
        transport: tests put a tenant of their own here.

    """

    def __init__(
        self,
        domain: str,
        *,
        client_id: str = "",
        client_secret: str = "",
        api_token: str = "",
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        timeout_seconds: float = 30.0,
    ) -> None:
        import httpx

        self.domain = domain
        self.calls = 0  # so far, repetitions and the one for a token included
        self._ahead = timedelta()  # of this machine's clock, the tenant's
        self._client_id = client_id
        self._client_secret = client_secret
        self._token_lock = threading.Lock()
        self._token = api_token
        self._token_expires_at = float("inf") if api_token else 0.0
        self._sleep = sleep
        self._clock = clock
        self._http = httpx.Client(
            base_url=f"https://{domain}",
            timeout=timeout_seconds,
            transport=transport,
            headers={"user-agent": "guestlist", "accept": "application/json"},
        )

    @classmethod
    def from_environment(
        cls,
        domain: str,
        environ: Mapping[str, str] = os.environ,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> Self:
        """Raises: ManagementError when the credentials are missing, or are for another tenant."""
        named = environ.get("AUTH0_DOMAIN", "").strip().lower().removeprefix("https://").rstrip("/")
        if named and named != domain:
            raise ManagementError(
                f"Refused to touch the tenant {domain}: the credentials in the environment are for {named} (AUTH0_DOMAIN)."
            )
        api_token = environ.get("AUTH0_API_TOKEN", "")
        client_id, client_secret = environ.get("AUTH0_CLIENT_ID", ""), environ.get("AUTH0_CLIENT_SECRET", "")
        if not api_token and not (client_id and client_secret):
            raise ManagementError(
                f"No credentials for the tenant {domain}: set AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET, or AUTH0_API_TOKEN."
            )
        return cls(domain, client_id=client_id, client_secret=client_secret, api_token=api_token, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections to the tenant."""
        self._http.close()

    def get(self, path: str, **query: str | int) -> JSON:
        """The answer's JSON."""
        return self.request("GET", path, query=query)

    def get_or_none(self, path: str, **query: str | int) -> JSON:
        """The answer's JSON, or `None` where the tenant has no such thing (404)."""
        try:
            return self.get(path, **query)
        except ManagementError as error:
            if error.status == 404:
                return None
            raise

    def pages(self, path: str, items: str, **wanted: str | int) -> Iterator[JSON]:
        """Every item of a list with checkpoint pages: `{<items>: [...], next}`."""
        query: dict[str, str | int] = {"take": 100, **wanted}
        while True:
            page = self.get(path, **query)
            yield from page[items]
            if not page.get("next"):
                return
            query["from"] = page["next"]

    def post(self, path: str, body: JSON, *, headers: Mapping[str, str] | None = None) -> JSON:
        """Not repeated after a lost answer or a 5xx: the tenant may have done it."""
        return self.request("POST", path, body=body, headers=headers)

    def put(self, path: str, body: JSON) -> JSON:
        """The answer's JSON; `None` for an empty answer."""
        return self.request("PUT", path, body=body)

    def patch(self, path: str, body: JSON) -> JSON:
        """The answer's JSON; `None` for an empty answer."""
        return self.request("PATCH", path, body=body)

    def delete(self, path: str) -> None:
        """Deleting what is not there is an error (404); callers who do not mind catch it."""
        self.request("DELETE", path)

    def request(
        self,
        method: str,
        path: str,
        *,
        body: JSON = None,
        query: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> JSON:
        """
        One call, repeated as the tenant's rate limit and passing failures demand.

        Raises: ManagementError, naming method, path, tenant, status and Auth0's own words.
        """
        with_token = {**(headers or {}), "authorization": f"Bearer {self._access_token()}"}
        response = self._send(
            method,
            f"/api/v2{path}",
            json=body,
            params=dict(query or {}),
            headers=with_token,
            repeatable=method != "POST",
        )
        if response.is_error:
            raise self._error(f"{method} {path}", response)
        return _json_or_none(response)

    def clock_of_tenant(self, now: datetime) -> datetime:
        """The tenant's own time, to the second, by its last answer; as long as none said it, `now`."""
        return now + self._ahead

    def access_token(self) -> str:
        """
        The token that the calls carry, for whoever wants to know what it allows; never to be shown.

        Raises: ManagementError, when the tenant gives none.
        """
        return self._access_token()

    def _access_token(self) -> str:
        with self._token_lock:
            if self._clock() >= self._token_expires_at - TOKEN_MARGIN_SECONDS:
                self._renew_token()
            return self._token

    def _renew_token(self) -> None:
        response = self._send(
            "POST",
            "/oauth/token",
            json={
                "grant_type": "client_credentials",
                "client_id": self._client_id,
                "client_secret": self._client_secret,
                "audience": canonical_audience(self.domain),
            },
            repeatable=True,  # a second token does no harm
        )
        answer = _json_or_none(response)
        if response.is_error or not isinstance(answer, dict) or "access_token" not in answer:
            raise self._error(f"asking for a Management API token as client {self._client_id}", response)
        self._token = str(answer["access_token"])
        self._token_expires_at = self._clock() + float(answer.get("expires_in", 0))

    def _send(
        self,
        method: str,
        url: str,
        *,
        repeatable: bool,
        json: JSON = None,
        params: dict[str, str | int] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """The last answer, whatever its status. Raises: ManagementError when none came."""
        import httpx

        backoff = iter(BACKOFF_SECONDS)
        rate_limit_waits = 0
        while True:
            self.calls += 1
            try:
                response = self._http.request(method, url, json=json, params=params, headers=headers)
            except httpx.TransportError as error:
                never_left = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
                pause = next(backoff, None) if repeatable or never_left else None
                if pause is None:
                    what = f"{method} {url} on the tenant {self.domain}"
                    raise ManagementError(f"{what} got no answer: {error or type(error).__name__}.") from error
                self._sleep(pause)
                continue
            self._compare_clocks(response)
            if response.status_code == 429 and rate_limit_waits < RATE_LIMIT_WAITS:
                rate_limit_waits += 1
                self._sleep(self._seconds_until_reset(response))
                continue
            if response.status_code in RETRIED_STATUSES and repeatable:
                pause = next(backoff, None)
                if pause is not None:
                    self._sleep(pause)
                    continue
            return response

    def _compare_clocks(self, response: httpx.Response) -> None:
        """A difference of some seconds is the way of the answer."""
        try:
            theirs = parsedate_to_datetime(response.headers["date"]).timestamp()
        except (KeyError, ValueError, TypeError):
            return
        ahead = theirs - self._clock()
        self._ahead = timedelta(seconds=ahead if abs(ahead) > CLOCK_TOLERANCE_SECONDS else 0)

    def _seconds_until_reset(self, response: httpx.Response) -> float:
        """`x-ratelimit-reset` is in UNIX seconds; our clock may be ahead of the tenant's, hence the floor."""
        try:
            wait = float(response.headers["x-ratelimit-reset"]) - self._clock()
        except (KeyError, ValueError):
            return WAIT_WITHOUT_HEADER_SECONDS
        return min(max(wait, 0.25), LONGEST_WAIT_SECONDS)

    def _error(self, what: str, response: httpx.Response) -> ManagementError:
        answer = _json_or_none(response)
        fields = answer if isinstance(answer, dict) else {}
        said = fields.get("message") or fields.get("error_description") or ""
        code = fields.get("errorCode") or fields.get("error")
        detail = f": {said}" if said else ""
        return ManagementError(
            f"The tenant {self.domain} answered {response.status_code} {response.reason_phrase} to {what}{detail}",
            status=response.status_code,
            error_code=code if isinstance(code, str) else None,
            said=str(said),
        )


def _json_or_none(response: httpx.Response) -> JSON:
    try:
        return response.json() if response.content else None
    except ValueError:
        return None


class ReadOnce:
    """
    A client for one look at a tenant: it only reads, and asks for nothing twice.

    Not for anything that lasts: what it has read does not change any more.
    """

    def __init__(self, tenant: ManagementClient) -> None:
        self.domain = tenant.domain
        self._tenant = tenant
        self._read: dict[tuple[str, tuple[tuple[str, str | int], ...]], JSON] = {}

    def get(self, path: str, **query: str | int) -> JSON:
        """The answer's JSON."""
        return self._once(self._tenant.get, path, query)

    def get_or_none(self, path: str, **query: str | int) -> JSON:
        """The answer's JSON, or `None` where the tenant has no such thing (404)."""
        return self._once(self._tenant.get_or_none, path, query)

    def _once(self, ask: Callable[..., JSON], path: str, query: Mapping[str, str | int]) -> JSON:
        key = (path, tuple(sorted(query.items())))
        if key not in self._read:
            self._read[key] = ask(path, **query)
        return self._read[key]
