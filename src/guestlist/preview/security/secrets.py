"""
That secrets stay secret.

How long or how random one is cannot be known here: the engine masks it on both sides, and what is masked has no length. That is for whoever has
the value: the check of the environment (`stacks/settings_secrets.py`) and the page, which refuse weak keys before anything starts. What can
be seen is a secret that is not masked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from guestlist.preview.picture import PENDING, SECRET, Resource
from guestlist.preview.security.finding import Severity
from guestlist.preview.security.rule import Look, Worse, at, listed, rule

FIELDS: Mapping[str, tuple[str, ...]] = {
    "EmailProvider": tuple(
        f"credentials.{name}"
        for name in ("smtpPass", "apiKey", "secretAccessKey", "azureCsConnectionString", "ms365ClientSecret")
    ),
    "PhoneProvider": ("credentials.authToken",),
    "Guardian": ("phone.options.authToken",),
    "ClientCredentials": ("clientSecret",),
    "Connection": ("options.clientSecret",),
}


def _bare(resource: Resource | None) -> list[str]:
    """Names of secrets whose values are not masked."""
    if resource is None:
        return []
    found = [path for path in FIELDS.get(resource.kind, ()) if _is_bare(at(resource, path))]
    secrets = at(resource, "secrets") if resource.kind == "Action" else None
    listing = secrets if isinstance(secrets, list) else []
    bare = [one for one in listing if isinstance(one, Mapping) and _is_bare(one.get("value"))]
    return [*found, *(f"secrets[{one.get('name')}]" for one in bare)]


def _is_bare(value: Any) -> bool:
    return isinstance(value, str) and value not in ("", SECRET, PENDING)


@rule(
    "secret-in-plain-text",
    Severity.ERROR,
    why="It is in the state, in every preview and in the logs of whoever runs one, in plain text.",
    remedy="Make a new one, and give it as a secret: pulumi config set --secret.",
)
def secret_in_plain_text(look: Look) -> Iterator[Worse]:
    """A secret that the engine does not mask, and did before, or that is new."""
    for before, after in look.pairs("Action", *FIELDS):
        known = _bare(before)
        if found := [one for one in _bare(after) if one not in known]:
            yield Worse(resource=after, what=f"{listed(found)} is not masked.")


RULES = (secret_in_plain_text,)
