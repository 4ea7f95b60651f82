"""
What the tenant says to `guestlist doctor`: reachable, trusted, the same time, a token, its scopes. One GET and one token.

Not here: everything that can be checked without asking it (`doctor.py`).
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from guestlist.checks import Check, fine, problem, remark
from guestlist.deployer_scopes import missing, scopes_of
from stacks.management import canonical_audience
from stacks.settings import Settings

PATIENCE_SEC = 10.0
TOLERATED_SKEW_SEC = 30.0  # tokens of a few minutes' life are made and checked on both sides
METADATA = "/.well-known/openid-configuration"  # every tenant has it, for everybody


def now() -> datetime:
    """Say what time it is here."""
    return datetime.now(UTC)


def tenant_checks(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    transport: httpx.BaseTransport | None = None,
    clock: Callable[[], datetime] = now,
) -> Iterator[Check]:
    """Ask the tenant, from the outside in; what cannot be asked any more is left out."""
    domain = settings.tenant.domain
    if transport is None:
        trusted = environ.get("SSL_CERT_FILE") or None
        try:
            verify = ssl.create_default_context(cafile=trusted)
        except OSError:
            yield problem(
                "tenant", f"SSL_CERT_FILE={trusted} cannot be read", "unset it, or name a file of trusted authorities"
            )
            return
        transport = httpx.HTTPTransport(verify=verify)
    with httpx.Client(base_url=f"https://{domain}", timeout=PATIENCE_SEC, transport=transport) as client:
        try:
            answer = client.get(METADATA)
        except httpx.TransportError as error:
            yield unreachable(domain, error)
            return
        yield fine("tenant", f"https://{domain} answers, its certificate is trusted")
        yield clock_check(answer.headers.get("date"), clock())
        yield from _token_checks(client, settings, environ)


def unreachable(domain: str, error: Exception) -> Check:
    """Tell a certificate that is not trusted from a tenant that is not there."""
    said = str(error) or type(error).__name__
    if "CERTIFICATE_VERIFY_FAILED" in said:
        remedy = 'for the local tenant run: eval "$(guestlist local env)"; behind a proxy set SSL_CERT_FILE'
        return problem("tenant", f"the certificate of {domain} is not trusted", remedy)
    remedy = (
        "for the local tenant run: guestlist local start; otherwise look at guestlist:tenant domain and the network"
    )
    return problem("tenant", f"https://{domain} does not answer: {said}", remedy)


def clock_check(date: str | None, here: datetime) -> Check:
    """Compare this machine's clock with the tenant's `Date` header, which counts whole seconds."""
    if not date:
        return remark("clock", "the tenant did not say what time it is")
    try:
        skew = (here - parsedate_to_datetime(date)).total_seconds()
    except (ValueError, TypeError):
        return remark("clock", f"the tenant's time cannot be read: {date}")
    if abs(skew) > TOLERATED_SKEW_SEC:
        side = "ahead of" if skew > 0 else "behind"
        return problem(
            "clock", f"this machine is {abs(skew):.0f} s {side} the tenant", "set the clock: tokens would be refused"
        )
    return fine("clock", "this machine and the tenant agree")


def _token_checks(client: httpx.Client, settings: Settings, environ: Mapping[str, str]) -> Iterator[Check]:
    token = environ.get("AUTH0_API_TOKEN", "")
    if token:
        yield remark("token", "AUTH0_API_TOKEN is used as it is; it ends after a day at most")
        yield scope_check(scopes_of(token), settings)
        return
    body = {
        "grant_type": "client_credentials",
        "client_id": environ.get("AUTH0_CLIENT_ID", ""),
        "client_secret": environ.get("AUTH0_CLIENT_SECRET", ""),
        "audience": canonical_audience(settings.tenant.domain),
    }
    try:
        answer = client.post("/oauth/token", json=body)
        fields = answer.json() if answer.content else {}
    except (httpx.TransportError, ValueError) as error:
        yield problem("token", f"the tenant gave none: {type(error).__name__}")
        return
    if answer.is_error or "access_token" not in fields:
        said = fields.get("error_description") or fields.get("error") or answer.reason_phrase
        remedy = "look at AUTH0_CLIENT_ID, AUTH0_CLIENT_SECRET, and that the application is authorized for the Management API"
        yield problem("token", f"the tenant gave none: {answer.status_code} {said}", remedy)
        return
    yield fine("token", "the tenant gives the deployer a token")
    granted = fields.get("scope")
    yield scope_check(
        frozenset(granted.split()) if isinstance(granted, str) else scopes_of(fields["access_token"]), settings
    )


def scope_check(granted: frozenset[str] | None, settings: Settings) -> Check:
    """Compare what the deployer may do with what it needs."""
    if granted is None:
        return remark("scopes", "the token does not show its scopes")
    lacking = missing(granted, settings)
    if lacking:
        remedy = "grant them: Applications > APIs > Auth0 Management API > Machine to Machine Applications"
        return problem("scopes", f"the deployer lacks {', '.join(lacking)}", remedy)
    return fine("scopes", "the deployer has every scope that it needs")
