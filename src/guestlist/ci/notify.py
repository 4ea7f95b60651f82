"""
A message about a drift check to a webhook, by a template: Slack, Teams, or a file of one's own.

The address comes from the environment only and is in no message: whoever has it may write. A template sees plain data and can reach nothing else (Jinja2's sandbox); what it
gives has to be JSON.

Not here: what is new (`issues.py`), the templates (`ci/notify/`).
Source: https://jinja.palletsprojects.com/en/stable/sandbox/
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from guestlist.ci.issues import TITLES
from guestlist.errors import GuestlistError

ADDRESS = "GUESTLIST_WEBHOOK_URL"
TEMPLATES = ("slack", "teams")
FOLDER = Path("ci") / "notify"
SECONDS = 10.0
LARGEST = 256 * 1024  # bytes of a template
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def template_of(root: Path, name: str) -> Path:
    """The file of a known template, or the one that is named."""
    return root / FOLDER / f"{name}.json.j2" if name in TEMPLATES else Path(name)


def render(template: Path, context: Mapping[str, Any]) -> Any:
    """
    The message. Raises: GuestlistError, naming the template and what is wrong with it.

    Args:
        template: its file.
        context: `environment`, `title` (a sentence without its end), `news` (sentences), `link` (to the job, empty where there is none), `total` (of
            everything found).

    """
    try:
        text = template.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise GuestlistError(f"Cannot read the template {template}: {why}. There are: {', '.join(TEMPLATES)}") from None
    if len(text.encode()) > LARGEST:
        raise GuestlistError(f"Cannot read the template {template}: it has more than {LARGEST:,} bytes")
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    try:
        rendered = environment.from_string(text).render(context)
    except TemplateError as error:
        raise GuestlistError(f"Cannot use the template {template}: {error.message or type(error).__name__}") from None
    except Exception as error:  # noqa: BLE001 - whatever a template does
        raise GuestlistError(f"Cannot use the template {template}: {type(error).__name__}") from None
    try:
        return json.loads(rendered)
    except ValueError:
        raise GuestlistError(
            f"Cannot use the template {template}: what it gives is no JSON. Write each value with the filter tojson"
        ) from None


def address_of(environ: Mapping[str, str]) -> str:
    """Raises: GuestlistError, without showing it."""
    address = environ.get(ADDRESS, "")
    if not address:
        raise GuestlistError(
            f"There is nowhere to send the message: {ADDRESS} is not set. Set it as a secret of the job"
        )
    try:
        url = urlsplit(address)
        host = url.hostname
    except ValueError:
        host, url = None, urlsplit("")
    if not host or url.scheme not in {"https", "http"} or (url.scheme == "http" and host not in _LOOPBACK):
        raise GuestlistError(f"Cannot send the message: {ADDRESS} has to begin with https:// and a host's name")
    return address


def send(address: str, message: Any, *, transport: httpx.BaseTransport | None = None) -> None:
    """Once: a webhook that got it and did not answer in time has got it. Raises: GuestlistError, without the address."""
    try:
        with httpx.Client(transport=transport, timeout=SECONDS, follow_redirects=False) as client:
            answer = client.post(address, json=message, headers={"User-Agent": "guestlist"})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise GuestlistError(f"The message was not sent: the webhook gave no answer ({type(error).__name__})") from None
    if not answer.is_success:
        moved = ". It leads to another address, which is not followed" if answer.is_redirect else ""
        raise GuestlistError(f"The message was not taken: the webhook answered {answer.status_code}{moved}")


def context_of(environment: str, news: Sequence[str], *, total: int, link: str, broken: bool = False) -> dict[str, Any]:
    """What a template sees; `broken`: the news are what the check could not tell."""
    title = TITLES["check-broken" if broken else "drift"].format(environment)
    return {"environment": environment, "title": title, "news": list(news), "total": total, "link": link}


def link_of(environ: Mapping[str, str]) -> str:
    """To the job that runs, as its forge says; empty elsewhere."""
    if environ.get("CI_JOB_URL"):
        return environ["CI_JOB_URL"]
    parts = [environ.get(name, "") for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")]
    return f"{parts[0]}/{parts[1]}/actions/runs/{parts[2]}" if all(parts) else ""
