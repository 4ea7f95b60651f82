"""
What the tenant's pages look like, and the texts of the page that sets a password, in each language.

Source: https://auth0.com/docs/api/management/v2/branding, …/prompts/put-custom-text-by-language (replaces a prompt's texts whole)
"""

import json
from collections.abc import Mapping
from typing import Any

from .emails import digest
from .thing import Reader, Saved, TenantWideThing, Writer, changed_from, flat

BRANDING = "/branding"
FIELDS = ("logo_url", "favicon_url", "colors", "font")
FRESH: Mapping[str, Any] = {"colors.primary": "#0059d6", "colors.page_background": "#000000"}
LANGUAGES = ("ar", "de", "en", "es", "fr", "he")


def save_branding(tenant: Reader) -> Saved:
    """What is there of our fields."""
    live = tenant.get(BRANDING) or {}
    return {key: live[key] for key in FIELDS if live.get(key) is not None}


def restore_branding(tenant: Writer, saved: Saved) -> None:
    """One PATCH of what differs; null for what was not there."""
    live = tenant.get(BRANDING) or {}
    body = {key: saved.get(key) for key in FIELDS if live.get(key) != saved.get(key)}
    if body:
        tenant.patch(BRANDING, body)


def texts_path(language: str) -> str:
    """Of the prompt that sets a password."""
    return f"/prompts/reset-password/custom-text/{language}"


def texts_digest(texts: Mapping[str, Any]) -> str:
    """Of texts, whatever the order of their keys."""
    return digest(json.dumps(texts, sort_keys=True, ensure_ascii=False))


def _texts(language: str) -> TenantWideThing:
    path = texts_path(language)

    def save(tenant: Reader) -> Saved:
        return {"texts": tenant.get(path) or {}}

    def restore(tenant: Writer, saved: Saved) -> None:
        if (tenant.get(path) or {}) != saved["texts"]:
            tenant.put(path, saved["texts"])

    return TenantWideThing(
        name=f"reset-texts-{language}",
        setting="resetTexts",
        save=save,
        restore=restore,
        values=lambda saved: {"texts": texts_digest(saved["texts"])} if saved["texts"] else {},
        reads=("read:prompts",),
        writes=("update:prompts",),
    )


THINGS = (
    TenantWideThing(
        name="branding",
        setting="branding",
        save=save_branding,
        restore=restore_branding,
        values=flat,
        others=changed_from(FRESH),
        reads=("read:branding",),
        writes=("update:branding",),
    ),
    *(_texts(language) for language in LANGUAGES),
)
