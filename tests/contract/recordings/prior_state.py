"""
What the recorded tenant had before a recording began.

The provider's tests ran on a tenant that had lived for years. What a recording needs of it is taken from the recording itself, and never
anything that the recording's own calls wrote: of an answer only the members that no request had sent before. A read that came before
every write shows that what was planted is read back, nothing more, and does not count as agreement.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Any

from localtenant.management.entitlements import Plan
from localtenant.store import Document
from localtenant.tenant import Tenant
from tests.contract.recordings.cassettes import RECORDED_TENANT, Interaction, Recording

# Things of which a tenant always has one: path, the document's kind and id in the local tenant's store.
SINGLETONS: tuple[tuple[str, str, str], ...] = (
    (r"/tenants/settings", "singletons", "tenant_settings"),
    (r"/branding", "singletons", "branding"),
    (r"/prompts", "singletons", "prompts"),
    (r"/prompts/mfa-push", "singletons", "prompt_mfa_push"),
    (r"/prompts/([^/]+)/screen/([^/]+)/rendering", "prompt_renderings", r"\1/\2"),
    (r"/attack-protection/([^/]+)", "singletons", r"attack_protection/\1"),
    (
        r"/guardian/factors/(.+/(?:settings|message-types|providers/\w+|selected-provider))",
        "singletons",
        r"guardian/\1",
    ),
    (r"/email-templates/([^/]+)", "email_templates", r"\1"),
)


# Things that were made before the recording: path of one, kind.
OBJECTS: tuple[tuple[str, str], ...] = (
    (r"/clients/([^/]+)", "clients"),
    (r"/clients/[^/]+/credentials/([^/]+)", "client_credentials"),
    (r"/connections/([^/]+)", "connections"),
    (r"/resource-servers/([^/%]+)", "resource_servers"),
)
IDS = ("id", "client_id", "custom_domain_id")
DATABASE = "Username-Password-Authentication"
ANOTHER_DOMAIN: Document = {
    "custom_domain_id": "cd_aaaaaaaaaaaaaaaa",
    "domain": "login.example.com",
    "status": "pending_verification",
}


def plan_of(recording: Recording) -> Plan:
    """The plan of the recorded tenant: everything, but for the recordings that were made to show what is lacking."""
    lacking = any("insufficient_entitlement" in str(call.answer) for call in recording.interactions)
    return Plan.PROFESSIONAL if lacking else Plan.ENTERPRISE


def plant(tenant: Tenant, recording: Recording) -> set[int]:
    """Put the prior state into a fresh tenant. Returns the numbers of the interactions that merely read it."""
    calls = [call for call in recording.interactions if call.status < 300]
    _age(tenant)
    _plant_look(tenant, calls)
    _plant_domains(tenant, calls)
    return _plant_singletons(tenant, calls) | _plant_objects(tenant, calls)


def _age(tenant: Tenant) -> None:
    """An older tenant's database asks for usernames and has the older password policy; new applications are enabled nowhere."""
    database = tenant.store.first("connections", name=DATABASE)
    settings = tenant.singleton("tenant_settings")
    assert database is not None
    assert settings is not None
    database["options"] |= {"requires_username": True, "passwordPolicy": "good"}
    del database["options"]["password_options"]
    tenant.store.put("connections", database["id"], database)
    settings["flags"]["enable_client_connections"] = False
    tenant.set_singleton("tenant_settings", settings)


def _plant_look(tenant: Tenant, calls: Sequence[Interaction]) -> None:
    """A theme and a page template, where the tenant settings tell of them."""
    for call in calls:
        look = _object(_object(call.answer).get("universal_login")) if call.path == "/tenants/settings" else {}
        if look.get("is_custom_theme_set"):
            tenant.store.put("branding_themes", "theme", {"themeId": "theme"})
        if look.get("is_custom_template_set"):
            tenant.set_singleton("universal_login_template", {"body": ""})


def _plant_domains(tenant: Tenant, calls: Sequence[Interaction]) -> None:
    """The tenant's first custom domain, where the recording makes a later one; one that becomes the default without having been made."""
    made = [call.answer for call in calls if call.method == "POST" and call.path == "/custom-domains"]
    if made and not made[0]["primary"]:
        tenant.store.put("custom_domains", ANOTHER_DOMAIN["custom_domain_id"], ANOTHER_DOMAIN)
    for call in calls:
        if call.path == "/custom-domains/default" and "custom_domain_id" in call.answer:
            tenant.store.put("custom_domains", call.answer["custom_domain_id"], call.answer)


def _plant_singletons(tenant: Tenant, calls: Sequence[Interaction]) -> set[int]:
    sources: set[int] = set()
    for path, kind, document_id in _places(calls):
        of_path = [call for call in calls if call.path == path]
        body = _before(of_path)
        if path == "/tenants/settings":
            colours = body.pop("universal_login", {}).get("colors")
            if colours and not any(call.path == "/branding" for call in calls):
                tenant.store.put("singletons", "branding", {"colors": colours})
        if body:
            tenant.store.put(kind, document_id, body)
        sources |= _reads_before_writes(of_path)
    return sources


def _plant_objects(tenant: Tenant, calls: Sequence[Interaction]) -> set[int]:
    global_ids = {
        client["client_id"]
        for call in calls
        if call.path == "/clients" and call.parameters.get("is_global") == "true"
        for client in call.answer["clients"]
    }
    made = {_object(call.answer).get(name) for call in calls if call.method == "POST" for name in IDS}
    sources: set[int] = set()
    for pattern, kind in OBJECTS:
        for call in calls:
            found = re.fullmatch(pattern, call.path)
            if found and call.method == "GET" and "fields" not in call.parameters and found[1] not in made:
                made.add(found[1])
                document = _stored(kind, call)
                if found[1] in global_ids:
                    document["global"] = True
                    tenant.store.delete(kind, (tenant.store.first(kind, **{"global": True}) or {})["client_id"])
                tenant.store.put(kind, found[1], document)
                sources |= _reads_before_writes([other for other in calls if other.path == call.path])
    return sources


def _stored(kind: str, read: Interaction) -> Document:
    """The document behind an answer."""
    document = dict(read.answer)
    if kind == "connections":
        document["_clients"] = document.pop("enabled_clients", [])
    if kind == "clients":
        document["tenant"] = RECORDED_TENANT  # lost in the recorder
        document.setdefault("client_secret", "of-an-older-application")
    if kind == "client_credentials":
        document["client_id"] = read.segments[1]
    return document


def _reads_before_writes(calls: Iterable[Interaction]) -> set[int]:
    return {call.number for call in takewhile(lambda call: call.method == "GET", calls)}


def _object(answer: Any) -> Document:
    return answer if isinstance(answer, dict) else {}


def _places(calls: Iterable[Interaction]) -> Iterator[tuple[str, str, str]]:
    for path in dict.fromkeys(call.path for call in calls):
        for pattern, kind, document_id in SINGLETONS:
            if found := re.fullmatch(pattern, path):
                yield path, kind, found.expand(document_id)


def _before(calls: Iterable[Interaction]) -> Document:
    """The document as it was before these calls."""
    body: Document = {}
    written: Document = {}
    seen: set[str] = set()
    for call in calls:
        if isinstance(call.sent, dict):
            written = _united(written, call.sent)
        if call.method not in seen and isinstance(call.answer, dict):
            body = _united(_without(call.answer, written), body)
        seen.add(call.method)
    return body


def _without(answer: Document, written: Document) -> Document:
    """The members of the answer that nobody has written."""
    rest: Document = {}
    for name, value in answer.items():
        if name not in written:
            rest[name] = value
        elif isinstance(value, dict) and isinstance(written[name], dict):
            rest[name] = _without(value, written[name])
    return rest


def _united(low: Document, high: Document) -> Document:
    """Both documents in one; where they differ, `high`."""
    result = dict(low)
    for name, value in high.items():
        before: Any = result.get(name)
        result[name] = _united(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return result
