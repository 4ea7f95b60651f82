"""
The variables that Auth0 gives to mail and phone templates.

Not here: rendering (`liquid.py`), sending (`mail.py`, `phone.py`).
Source: https://auth0.com/docs/customize/email/email-templates/supported-liquid-syntax and
https://auth0.com/docs/customize/phone-messages/phone-templates/supported-liquid-syntax (read 2026-11-25)
"""

from typing import Any
from urllib.parse import urlsplit

from localtenant.management.tenants import tenant_name
from localtenant.store import Document
from localtenant.tenant import Tenant

OF_A_USER = ("email", "email_verified", "picture", "nickname", "given_name", "family_name", "name")
OF_A_USER_ON_THE_PHONE = (*OF_A_USER, "phone_number", "phone_verified", "multifactor")
OF_THE_TENANT = ("friendly_name", "support_email", "support_url")
NEVER_OF_A_CLIENT = ("client_secret", "signing_keys", "encryption_key", "client_authentication_methods")


def mail_variables(
    tenant: Tenant, user: Document, url: str, *, client: Document | None, request_language: str
) -> dict[str, Any]:
    """
    What a mail template may use.

    Args:
        tenant: whose settings and custom domains count.
        user: the user's document.
        url: the link; its host decides about `custom_domain`.
        client: the application that the mail is about, if there is one.
        request_language: of whoever asked for the mail, as the browser says it.

    """
    return {
        "application": application(client),
        "client": application(client),
        "connection": {"name": connection_name(user)},
        "request_language": request_language,
        "tenant": tenant_name(tenant),
        **tenant_fields(tenant, OF_THE_TENANT),
        "user": _user(user, OF_A_USER),
        "url": url,
        "link": url,
        **_custom_domain(tenant, url),
    }


def text_variables(
    tenant: Tenant, user: Document, code: str, *, client: Document | None, locale: str
) -> dict[str, Any]:
    """What a template of the Unified Phone Experience may use; `tenant` is the raw name."""
    return {
        "code": code,
        "pause": "",  # of voice texts, where the voice pauses
        "locale": locale,
        "connection": connection_name(user),
        "tenant": tenant_name(tenant),
        **tenant_fields(tenant, OF_THE_TENANT),
        "logo_url": tenant_fields(tenant, ("picture_url",))["picture_url"],
        "region": "local",
        "user": _user(user, OF_A_USER_ON_THE_PHONE),
        "application": application(client),
        "client": application(client),
    }


def guardian_variables(tenant: Tenant, code: str, *, locale: str) -> dict[str, Any]:
    """What Guardian's own texts may use in a tenant without the Unified Phone Experience; `tenant` is an object."""
    friendly_name = tenant_fields(tenant, ("friendly_name",))["friendly_name"]
    return {
        "code": code,
        "pause": "",
        "tenant": {"name": tenant_name(tenant), "friendly_name": friendly_name},
        "locale": locale,
        "requestInfo": {"lang": locale},
    }


def tenant_fields(tenant: Tenant, names: tuple[str, ...]) -> dict[str, Any]:
    """From the tenant's settings; a tenant without a friendly name is called by its name."""
    settings = tenant.singleton("tenant_settings") or {}
    found = {name: settings.get(name) for name in names}
    if "friendly_name" in found and not found["friendly_name"]:
        found["friendly_name"] = tenant_name(tenant)
    return found


def application(client: Document | None) -> dict[str, Any]:
    """The standard properties of the client, and the names that only templates have; never a secret."""
    if client is None:
        return {}
    shown = {name: value for name, value in client.items() if name not in NEVER_OF_A_CLIENT and name[0] != "_"}
    callbacks = client.get("callbacks") or []
    origin = urlsplit(callbacks[0]) if callbacks else None
    return {
        **shown,
        "clientID": client.get("client_id"),
        "metadata": client.get("client_metadata") or {},
        "client_metadata": client.get("client_metadata") or {},
        "callback_domain": f"{origin.scheme}://{origin.netloc}" if origin else "",
    }


def connection_name(user: Document) -> str:
    """Of the user's first identity; empty for somebody who is no user."""
    identities = user.get("identities") or [{}]
    return str(identities[0].get("connection", ""))


def _user(user: Document, names: tuple[str, ...]) -> dict[str, Any]:
    return {
        **{name: user.get(name) for name in names},
        "user_metadata": user.get("user_metadata") or {},
        "app_metadata": user.get("app_metadata") or {},
    }


def _custom_domain(tenant: Tenant, url: str) -> dict[str, Any]:
    host = urlsplit(url).netloc
    for domain in tenant.store.all("custom_domains"):
        if domain.get("domain") in {host, host.partition(":")[0]}:
            return {
                "custom_domain": {"domain": domain["domain"], "domain_metadata": domain.get("domain_metadata") or {}}
            }
    return {"custom_domain": {"domain": tenant.domain, "domain_metadata": {}}}
