"""
The tenant's phone provider (Unified Phone Experience): `/branding/phone/providers`. A tenant has one at most.

Credentials are kept and never shown; the list shows them as null, as recorded.
Not here: the messages' texts (`phone_templates.py`), Guardian's own provider of older tenants (`guardian_phone.py`).
Source: https://auth0.com/docs/customize/phone-messages/unified-phone and the recordings of the provider (v1.54.1) and its SDK (v1.46.0).
"""

from typing import Any

from localtenant.errors import ManagementError, bad_request, conflict
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.tenants import tenant_name
from localtenant.store import Document

PROVIDERS = "phone_providers"
TRIED = {"code": 202, "message": "Test notification successfully sent for processing"}


@endpoint("GET", "/branding/phone/providers")
def list_providers(call: Call) -> JSON:
    providers = call.tenant.store.all(PROVIDERS)
    if "disabled" in call.query:
        wanted = call.query["disabled"].lower() == "true"
        providers = [provider for provider in providers if provider["disabled"] is wanted]
    return {"providers": [{**_shown(provider), "credentials": None} for provider in providers]}


@endpoint("POST", "/branding/phone/providers", status=201)
def create_provider(call: Call) -> JSON:
    tenant = call.tenant
    if tenant.store.all(PROVIDERS):
        raise conflict("A phone provider already exists for this tenant.", "phone_provider_conflict")
    now = tenant.clock.timestamp()
    provider: Document = {
        "id": tenant.new_id("pro_", 22),
        "tenant": tenant_name(tenant),
        "name": call.body["name"],
        "channel": "phone",
        "disabled": call.body.get("disabled", False),
        "configuration": call.body.get("configuration", {}),
        "credentials": call.body["credentials"],
        "created_at": now,
        "updated_at": now,
    }
    _check(provider)
    tenant.store.put(PROVIDERS, provider["id"], provider)
    return _shown(provider)


@endpoint("GET", "/branding/phone/providers/{id}")
def read_provider(call: Call) -> JSON:
    return _shown(_provider(call))


@endpoint("PATCH", "/branding/phone/providers/{id}")
def update_provider(call: Call) -> JSON:
    provider: Document = {**_provider(call), **call.body, "updated_at": call.tenant.clock.timestamp()}
    _check(provider)
    call.tenant.store.put(PROVIDERS, provider["id"], provider)
    return _shown(provider)


@endpoint("DELETE", "/branding/phone/providers/{id}", status=204)
def delete_provider(call: Call) -> JSON:
    call.tenant.store.delete(PROVIDERS, _provider(call)["id"])
    return None


@endpoint("POST", "/branding/phone/providers/{id}/try", status=202)
def try_provider(call: Call) -> JSON:
    _provider(call)
    return dict(TRIED)


def _provider(call: Call) -> Document:
    provider = call.tenant.store.get(PROVIDERS, call.path["id"])
    if provider is None:
        raise no_such_resource()
    return provider


def no_such_resource() -> ManagementError:
    """404, as recorded for providers and templates alike (SDK v1.46.0)."""
    return ManagementError(404, "Notification Resource not found")


def _check(provider: Document) -> None:
    configuration: dict[str, Any] = provider["configuration"]
    if provider["name"] == "twilio" and not (configuration.get("default_from") or configuration.get("mssid")):
        raise bad_request("Bad Operation on Notification Resource")  # recorded: TestAccCheckPhoneProvider


def _shown(provider: Document) -> Document:
    return {name: value for name, value in provider.items() if name != "credentials"}
