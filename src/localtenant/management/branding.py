"""
Branding of Universal Login: settings, page template, theme.

A template or a theme that nobody made is a 404. PUT of the template answers 201 the first time and 204 later; its body is a JSON
string, as the provider sends it, an object `{template}`, or plain HTML.
Not here: phone providers and templates (`phone_providers.py`, `phone_templates.py`), texts and partials (`prompts.py`).
Source: https://auth0.com/docs/api/management/v2/branding and the recordings of the provider's own tests (v1.54.1).
"""

from typing import Any

from localtenant.errors import bad_request, not_found
from localtenant.management.endpoint import JSON, Answer, Call, endpoint
from localtenant.management.merging import changed
from localtenant.store import Document
from localtenant.tenant import Tenant, on_fresh_tenant

BRANDING = "branding"
TEMPLATE = "universal_login_template"
THEMES = "branding_themes"
TEMPLATE_TAGS = ("auth0:head", "auth0:widget")
FRESH: Document = {"colors": {"primary": "#0059d6", "page_background": "#000000"}}


@on_fresh_tenant
def seed(tenant: Tenant) -> None:
    tenant.set_singleton(BRANDING, FRESH)


@endpoint("GET", "/branding")
def read_branding(call: Call) -> JSON:
    return call.tenant.singleton(BRANDING) or {}


@endpoint("PATCH", "/branding")
def update_branding(call: Call) -> JSON:
    branding = changed(call.tenant.singleton(BRANDING) or {}, call.body, merge=("font",))
    if isinstance(call.body.get("colors"), dict):
        old = (call.tenant.singleton(BRANDING) or {}).get("colors") or {}
        branding["colors"] = changed(old, call.body["colors"])  # a gradient replaces a colour whole
    return call.tenant.set_singleton(BRANDING, branding)


@endpoint("GET", "/branding/templates/universal-login")
def read_template(call: Call) -> JSON:
    template = call.tenant.singleton(TEMPLATE)
    if template is None:
        raise not_found("Template does not exist.", "inexistent_templates_universal_login")
    return template


@endpoint("PUT", "/branding/templates/universal-login")
def set_template(call: Call) -> Answer:
    body = call.body["template"] if isinstance(call.body, dict) else call.body
    missing = [tag for tag in TEMPLATE_TAGS if tag not in body]
    if missing:
        tags = ", ".join(f"{{%- {tag} -%}}" for tag in missing)
        raise bad_request(f"The template must contain {tags}.", "invalid_body")
    is_new = call.tenant.singleton(TEMPLATE) is None
    call.tenant.set_singleton(TEMPLATE, {"body": body})
    return Answer(status=201, body={}) if is_new else Answer(status=204)


@endpoint("DELETE", "/branding/templates/universal-login", status=204)
def delete_template(call: Call) -> JSON:
    call.tenant.delete_singleton(TEMPLATE)
    return None


@endpoint("POST", "/branding/themes", status=200)
def create_theme(call: Call) -> JSON:
    theme: Document = {**call.body, "themeId": call.tenant.new_id("", 32)}
    call.tenant.store.put(THEMES, theme["themeId"], theme)
    return theme


@endpoint("GET", "/branding/themes/default")
def read_default_theme(call: Call) -> JSON:
    themes = call.tenant.store.all(THEMES)
    if not themes:
        raise _no_theme("retrieving")
    return themes[0]


@endpoint("GET", "/branding/themes/{themeId}")
def read_theme(call: Call) -> JSON:
    return _theme(call, "retrieving")


@endpoint("PATCH", "/branding/themes/{themeId}")
def update_theme(call: Call) -> JSON:
    theme: Document = {**_theme(call, "updating"), **call.body}
    call.tenant.store.put(THEMES, theme["themeId"], theme)
    return theme


@endpoint("DELETE", "/branding/themes/{themeId}", status=204)
def delete_theme(call: Call) -> JSON:
    call.tenant.store.delete(THEMES, _theme(call, "deleting")["themeId"])
    return None


def _theme(call: Call, doing: str) -> Document:
    theme = call.tenant.store.get(THEMES, call.path["themeId"])
    if theme is None:
        raise _no_theme(doing)
    return theme


def _no_theme(doing: str) -> Any:
    return not_found(f"There was an error {doing} branding settings: invalid theme ID", "theme_not_found")
