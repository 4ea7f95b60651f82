"""
The email provider: one, or none (404).

Its credentials are kept for the mail that this tenant sends and are never shown, but for their public part (host, port, user, region,
domain). A PATCH that names another provider starts over: credentials and settings of the former are gone.
Not here: the templates (`email_templates.py`), the sending.
Source: https://auth0.com/docs/api/management/v2/emails and the recordings of the provider's own tests (v1.54.1, TestAccEmail).
"""

from localtenant.errors import ManagementError, conflict, not_found
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.fields import asked
from localtenant.store import Document

PROVIDER = "email_provider"
PUBLIC_CREDENTIALS = ("api_user", "domain", "region", "smtp_host", "smtp_port", "smtp_user")


@endpoint("GET", "/emails/provider")
def read_provider(call: Call) -> JSON:
    provider = call.tenant.singleton(PROVIDER)
    if provider is None:
        raise _no_provider()
    return asked(call, _shown(provider))


@endpoint("POST", "/emails/provider", status=201)
def create_provider(call: Call) -> JSON:
    existing = call.tenant.singleton(PROVIDER)
    if existing is not None:
        raise conflict(f"An email provider is already configured: {existing['name']}")
    provider: Document = {"name": call.body["name"], "enabled": True, **call.body}
    return _shown(call.tenant.set_singleton(PROVIDER, provider))


@endpoint("PATCH", "/emails/provider")
def update_provider(call: Call) -> JSON:
    existing = call.tenant.singleton(PROVIDER)
    if existing is None:
        raise _no_provider()
    if call.body.get("name", existing["name"]) != existing["name"]:
        existing = {name: value for name, value in existing.items() if name not in ("credentials", "settings")}
    return _shown(call.tenant.set_singleton(PROVIDER, {**existing, **call.body}))


@endpoint("DELETE", "/emails/provider", status=204)
def delete_provider(call: Call) -> JSON:
    call.tenant.delete_singleton(PROVIDER)
    return None


def _shown(provider: Document) -> Document:
    credentials = provider.get("credentials") or {}
    public = {name: value for name, value in credentials.items() if name in PUBLIC_CREDENTIALS}
    return {**provider, "credentials": public}


def _no_provider() -> ManagementError:
    return not_found("There is not a configured email provider", "inexistent_email_provider")
