"""
Take secrets out of text that came from a program we started, before it is shown or kept.

Not here: what Pulumi itself masks as `[secret]`. This is the second line of defence, for provider errors and tracebacks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

MASK = "[secret]"

SECRET_VARIABLES = (
    "AUTH0_CLIENT_SECRET",
    "AUTH0_API_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
    "PULUMI_ACCESS_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AZURE_STORAGE_KEY",
    "PGPASSWORD",
)
SHORTEST_SECRET = 8  # a shorter value is a word that would be masked in ordinary sentences

PATTERNS = (  # what looks like a token, by itself or by its name
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)+"), MASK),  # JSON web tokens, encrypted ones too
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {MASK}"),
    (re.compile(r"([?&](?:ticket|code|token|session_token|state)=)[^\s&\"'<>]+"), rf"\1{MASK}"),
    (
        re.compile(
            r"(?i)(\"?(?:client_?secret|smtp_?pass(?:word)?|api_?token|access_token|password)\"?\s*[:=]\s*)(\"[^\"]*\"|(?![{\[][\s\"'{\[])[^\s,}]+)"
        ),  # not what opens an object or a list: whatever is secret inside has a name of its own
        rf"\1{MASK}",
    ),
    (re.compile(r"([a-z][a-z0-9+.-]*://[^\s/:@]+:)[^\s/@]+@"), rf"\1{MASK}@"),
)


def scrubber(environ: Mapping[str, str], more: Iterable[str] = ()) -> Callable[[str], str]:
    """
    Make a function that masks the secret values of an environment, `more` values, and everything that looks like a token.

    A passphrase that is public (the local tenant's) is shorter than the bound or harmless to mask.
    """
    values = {environ.get(name, "") for name in SECRET_VARIABLES} | set(more)
    known = sorted((value for value in values if len(value) >= SHORTEST_SECRET), key=len, reverse=True)
    exact = re.compile("|".join(re.escape(value) for value in known)) if known else None

    def scrub(text: str) -> str:
        if exact is not None:
            text = exact.sub(MASK, text)
        for pattern, replacement in PATTERNS:
            text = pattern.sub(replacement, text)
        return text

    return scrub


def backend_shown(environ: Mapping[str, str]) -> str:
    """Say where the state lives; a database's URL may hold a password."""
    url = environ.get("PULUMI_BACKEND_URL")
    return scrubber(environ)(url) if url else "Pulumi Cloud, or the backend of `pulumi login`"
