"""
Email templates: 404 until made, then GET, PATCH and PUT; there is no DELETE.

Universal Login ignores `resultUrl`; who may set it says `entitlements.py`.
Not here: what a mail looks like when nobody made a template, and the sending.
Source: https://auth0.com/docs/customize/email/email-templates/customize-email-templates, the published API description of 2026-06-25 and
the recordings of the provider (v1.54.1) and its SDK (v1.46.0).
"""

from localtenant.errors import conflict, not_found
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.fields import asked
from localtenant.management.merging import changed, without_nulls
from localtenant.store import Document

TEMPLATES = "email_templates"


@endpoint("POST", "/email-templates", status=200)
def create_template(call: Call) -> JSON:
    name = call.body["template"]
    if call.tenant.store.get(TEMPLATES, name) is not None:
        raise conflict(f"Template {name} already exists.")
    return _kept(call, name, without_nulls(call.body))


@endpoint("GET", "/email-templates/{templateName}")
def read_template(call: Call) -> JSON:
    template = call.tenant.store.get(TEMPLATES, call.path["templateName"])
    if template is None:
        raise not_found("Template not found.", "inexistent_email_template")
    return asked(call, template)


@endpoint("PATCH", "/email-templates/{templateName}")
def update_template(call: Call) -> JSON:
    name = call.path["templateName"]
    template = call.tenant.store.get(TEMPLATES, name)
    if template is None:
        raise not_found("Template not found and cannot be updated.", "inexistent_email_template")
    return _kept(call, name, changed(template, call.body))


@endpoint("PUT", "/email-templates/{templateName}")
def replace_template(call: Call) -> JSON:
    return _kept(call, call.path["templateName"], without_nulls(call.body))


def _kept(call: Call, name: str, template: Document) -> Document:
    document: Document = {"template": name, **template}
    document["template"] = name
    call.tenant.store.put(TEMPLATES, name, document)
    return document
