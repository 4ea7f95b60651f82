"""
The texts of phone messages (Unified Phone Experience): `/branding/phone/templates`, one of each type at most.

Not here: the provider that sends them (`phone_providers.py`).
Source: https://auth0.com/docs/api/management/v2/branding and the recordings of the provider (v1.54.1) and its SDK (v1.46.0).
"""

from localtenant.errors import NotEmulated, conflict
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.merging import merged
from localtenant.management.phone_providers import TRIED, no_such_resource
from localtenant.management.tenants import tenant_name
from localtenant.store import Document

TEMPLATES = "phone_templates"
DEFAULT_BODIES = {  # what `reset` brings back; recorded for this type only (SDK v1.46.0, ResetPhoneNotificationTemplate)
    "otp_verify": {
        "text": "{{ code | escape }} is your verification code for {{ friendly_name | escape }}",
        "voice": (
            "Hello. Your verification code for {{ friendly_name | escape }} is {{ pause }} {{ code | escape }}. "
            "I repeat, your verification code is {{ pause }} {{ code | escape }}"
        ),
    },
}


@endpoint("GET", "/branding/phone/templates")
def list_templates(call: Call) -> JSON:
    templates = call.tenant.store.all(TEMPLATES)
    if "disabled" in call.query:
        wanted = call.query["disabled"].lower() == "true"
        templates = [template for template in templates if template["disabled"] is wanted]
    return {"templates": templates}


@endpoint("POST", "/branding/phone/templates", status=201)
def create_template(call: Call) -> JSON:
    tenant, body = call.tenant, call.body
    if tenant.store.first(TEMPLATES, type=body.get("type")) is not None:
        raise conflict(f"A template of type {body.get('type')} already exists.", "template_conflict")
    now = tenant.clock.timestamp()
    template: Document = {
        "id": tenant.new_id("tem_", 22),
        "tenant": tenant_name(tenant),
        "channel": "phone",
        "type": body.get("type"),
        "disabled": body.get("disabled", False),
        "created_at": now,
        "updated_at": now,
        "content": {"syntax": "liquid", **body.get("content", {})},
    }
    tenant.store.put(TEMPLATES, template["id"], template)
    return template


@endpoint("GET", "/branding/phone/templates/{id}")
def read_template(call: Call) -> JSON:
    return _template(call)


@endpoint("PATCH", "/branding/phone/templates/{id}")
def update_template(call: Call) -> JSON:
    return _kept(call, merged(_template(call), call.body))


@endpoint("PATCH", "/branding/phone/templates/{id}/reset")
def reset_template(call: Call) -> JSON:
    template = _template(call)
    if template["type"] not in DEFAULT_BODIES:
        raise NotEmulated("PATCH", f"/branding/phone/templates/{{id}}/reset (type {template['type']})")
    return _kept(call, merged(template, {"content": {"body": DEFAULT_BODIES[template["type"]]}}))


@endpoint("DELETE", "/branding/phone/templates/{id}", status=204)
def delete_template(call: Call) -> JSON:
    call.tenant.store.delete(TEMPLATES, _template(call)["id"])
    return None


@endpoint("POST", "/branding/phone/templates/{id}/try", status=202)
def try_template(call: Call) -> JSON:
    _template(call)
    return dict(TRIED)


def _template(call: Call) -> Document:
    template = call.tenant.store.get(TEMPLATES, call.path["id"])
    if template is None:
        raise no_such_resource()
    return template


def _kept(call: Call, template: Document) -> Document:
    template["updated_at"] = call.tenant.clock.timestamp()
    call.tenant.store.put(TEMPLATES, template["id"], template)
    return template
