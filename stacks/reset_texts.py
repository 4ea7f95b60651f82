"""
The texts of the page that sets a password, by language; the files are in `pages/password_reset/texts`.

Not here: the resource (`branding.py`). Imports neither pulumi nor pulumi_auth0.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

TEXTS = Path(__file__).resolve().parent.parent / "pages" / "password_reset" / "texts"


@cache
def reset_texts(language: str) -> Mapping[str, Mapping[str, str]]:
    """`{screen: {key: text}}`, in Auth0's words."""
    read: Mapping[str, Mapping[str, str]] = yaml.safe_load((TEXTS / f"{language}.yaml").read_text(encoding="utf-8"))
    return read
