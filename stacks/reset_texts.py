"""
The texts of the page that sets a password, by language; the files are in `pages/password_reset/texts`.

Not here: the resource (`branding.py`). Imports neither pulumi nor pulumi_auth0.
"""

from pathlib import Path

import yaml

TEXTS = Path(__file__).resolve().parent.parent / "pages" / "password_reset" / "texts"


def reset_texts(language: str) -> dict[str, dict[str, str]]:
    """`{screen: {key: text}}`, in Auth0's words."""
    read: dict[str, dict[str, str]] = yaml.safe_load((TEXTS / f"{language}.yaml").read_text(encoding="utf-8"))
    return read
