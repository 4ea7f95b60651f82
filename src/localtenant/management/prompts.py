"""
Universal Login's prompts: settings, custom texts, partials, rendering, and the push app's links.

Custom texts and partials are replaced whole and are `{}` until somebody writes them; a partial's empty screens are dropped.
A PATCH of a rendering answers what was sent, a GET the whole document.
Not here: colours and themes (`branding.py`).
Source: https://auth0.com/docs/api/management/v2/prompts and the recordings of the provider (v1.54.1) and its SDK (v1.46.0).
"""

from typing import Any

from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.merging import without_nulls
from localtenant.management.paging import listing
from localtenant.management.tenants import tenant_name
from localtenant.store import Document
from localtenant.tenant import Tenant

SETTINGS = "prompts"
CUSTOM_TEXTS = "prompt_custom_texts"
PARTIALS = "prompt_partials"
RENDERINGS = "prompt_renderings"
PUSH_APP = "prompt_mfa_push"
FRESH: Document = {
    "universal_login_experience": "new",
    "identifier_first": False,
    "webauthn_platform_first_factor": False,
}
STANDARD_RENDERING: Document = {
    "rendering_mode": "standard",
    "context_configuration": [],
    "default_head_tags_disabled": False,
    "head_tags": [],
    "filters": None,
    "use_page_template": False,
}


@endpoint("GET", "/prompts")
def read_prompts(call: Call) -> JSON:
    return call.tenant.singleton(SETTINGS) or FRESH


@endpoint("PATCH", "/prompts")
def update_prompts(call: Call) -> JSON:
    settings: Document = {**(call.tenant.singleton(SETTINGS) or FRESH), **call.body}
    restored = {name: FRESH[name] if value is None else value for name, value in settings.items()}
    return call.tenant.set_singleton(SETTINGS, restored)


@endpoint("GET", "/prompts/{prompt}/custom-text/{language}")
def read_custom_text(call: Call) -> JSON:
    return call.tenant.store.get(CUSTOM_TEXTS, _text_id(call)) or {}


@endpoint("PUT", "/prompts/{prompt}/custom-text/{language}")
def set_custom_text(call: Call) -> JSON:
    call.tenant.store.put(CUSTOM_TEXTS, _text_id(call), call.body)
    return dict(call.body)


@endpoint("GET", "/prompts/{prompt}/partials")
def read_partials(call: Call) -> JSON:
    return call.tenant.store.get(PARTIALS, call.path["prompt"]) or {}


@endpoint("PUT", "/prompts/{prompt}/partials")
def set_partials(call: Call) -> JSON:
    partials = {screen: insertions for screen, insertions in call.body.items() if insertions}
    call.tenant.store.put(PARTIALS, call.path["prompt"], partials)
    return partials


@endpoint("GET", "/prompts/{prompt}/screen/{screen}/rendering")
def read_rendering(call: Call) -> JSON:
    prompt, screen = call.path["prompt"], call.path["screen"]
    return {"tenant": tenant_name(call.tenant), **_rendering(call.tenant, prompt, screen)}


@endpoint("PATCH", "/prompts/{prompt}/screen/{screen}/rendering")
def update_rendering(call: Call) -> JSON:
    _change_rendering(call.tenant, call.path["prompt"], call.path["screen"], call.body)
    return dict(without_nulls(call.body))


@endpoint("GET", "/prompts/rendering")
def list_renderings(call: Call) -> JSON:
    renderings = call.tenant.store.all(RENDERINGS)
    for name in ("prompt", "screen", "rendering_mode"):
        if name in call.query:
            renderings = [rendering for rendering in renderings if rendering[name] == call.query[name]]
    answer = listing(call, renderings, "configs", checkpoint=False)
    if isinstance(answer, dict):
        answer.pop("length")  # as recorded
    return answer


@endpoint("PATCH", "/prompts/rendering")
def update_renderings(call: Call) -> JSON:
    for config in call.body["configs"]:
        changes = {name: value for name, value in config.items() if name not in ("prompt", "screen")}
        _change_rendering(call.tenant, config["prompt"], config["screen"], changes)
    return dict(without_nulls(call.body))


@endpoint("GET", "/prompts/mfa-push", scopes=("read:guardian_factors",))
def read_push_app(call: Call) -> JSON:
    return call.tenant.singleton(PUSH_APP) or {}


@endpoint("PATCH", "/prompts/mfa-push", scopes=("update:guardian_factors",))
def update_push_app(call: Call) -> JSON:
    return call.tenant.set_singleton(PUSH_APP, {**(call.tenant.singleton(PUSH_APP) or {}), **call.body})


def _text_id(call: Call) -> str:
    return f"{call.path['prompt']}/{call.path['language']}"


def _rendering(tenant: Tenant, prompt: str, screen: str) -> Document:
    stored = tenant.store.get(RENDERINGS, f"{prompt}/{screen}")
    return stored or {"prompt": prompt, "screen": screen, **STANDARD_RENDERING}


def _change_rendering(tenant: Tenant, prompt: str, screen: str, changes: dict[str, Any]) -> None:
    rendering = {**_rendering(tenant, prompt, screen), **changes}
    restored = {name: STANDARD_RENDERING.get(name) if value is None else value for name, value in rendering.items()}
    tenant.store.put(RENDERINGS, f"{prompt}/{screen}", restored)
