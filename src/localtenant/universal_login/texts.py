"""
The words of the pages: ours in `texts/LANGUAGE.json`, and over them the tenant's custom texts. Prompts, screens and keys are named as at Auth0.

`${clientName}` and `${companyName}` in a text, custom or not, become the application's and the tenant's name.

Source: https://auth0.com/docs/customize/login-pages/universal-login/customize-text-elements (the keys; the words are ours)
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from localtenant.management.prompts import CUSTOM_TEXTS
from localtenant.tenant import Tenant

DIRECTORY = Path(__file__).parent / "texts"
FALLBACK = "en"
VARIABLE = re.compile(r"\$\{(\w+)\}")


class Texts:
    """The words of one screen in one language."""

    def __init__(self, words: Mapping[str, str], variables: Mapping[str, str]) -> None:
        self._words = words
        self._variables = variables

    def __getitem__(self, key: str) -> str:
        """The text of a key, with the names in it."""
        return self.get(key, {})

    def __contains__(self, key: str) -> bool:
        return key in self._words

    def get(self, key: str, more: Mapping[str, str]) -> str:
        """The same with further variables."""
        variables = {**self._variables, **more}
        return VARIABLE.sub(lambda found: variables.get(found[1], ""), self._words[key])


def texts_of(tenant: Tenant, prompt: str, screen: str, language: str, variables: Mapping[str, str]) -> Texts:
    """The words of a screen: English under the language's own, the custom ones over both."""
    custom = (tenant.store.get(CUSTOM_TEXTS, f"{prompt}/{language}") or {}).get(screen) or {}
    words: dict[str, str] = {}
    for known in (FALLBACK, language):
        catalogue = _catalogue(known)
        words |= catalogue.get("common", {}) | catalogue.get(f"{prompt}/{screen}", {})
    words |= {key: text for key, text in custom.items() if isinstance(text, str)}
    return Texts(words, variables)


@cache
def _catalogue(language: str) -> dict[str, dict[str, str]]:
    """Ours for the language, or for the language without its region; empty if there are none."""
    for name in (language, language.partition("-")[0]):
        path = DIRECTORY / f"{name}.json"
        if path.is_file():
            catalogue: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return catalogue
    return {}
