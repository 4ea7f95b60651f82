"""
A message about a drift check to a webhook, by a template: Slack, Teams, or a file of one's own.

The address comes from the environment only and is in no message: whoever has it may write. A template sees plain data and can reach nothing else (Jinja2's sandbox); what it
gives has to be JSON. A value becomes JSON whether or not the template says `tojson`: what somebody called an object of the tenant cannot end a string in it.

Not here: what is new (`issues.py`), the templates (`ci/notify/`).
Source: https://jinja.palletsprojects.com/en/stable/sandbox/
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
from jinja2 import StrictUndefined, TemplateError, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from guestlist.ci.issues import TITLES
from guestlist.errors import GuestlistError

ADDRESS = "GUESTLIST_WEBHOOK_URL"
TEMPLATES = ("slack", "teams")
FOLDER = Path("ci") / "notify"
SECONDS = 10.0
LARGEST = 256 * 1024  # bytes of a template
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_HOST = re.compile(r"[0-9A-Za-z.:-]+")


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
    # autoescape, so that what a macro gives is known for text that was looked at; nothing is escaped, as `_as_json` comes first.
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True, finalize=_as_json)
    environment.policies["json.dumps_kwargs"] = {"sort_keys": True, "default": _no_json}
    try:
        rendered = environment.from_string(text).render(context)
    except TemplateError as error:
        raise GuestlistError(f"Cannot use the template {template}: {error.message or type(error).__name__}") from None
    except Exception as error:  # noqa: BLE001 - whatever a template does
        raise GuestlistError(f"Cannot use the template {template}: {type(error).__name__}") from None
    try:
        message = json.loads(rendered, parse_constant=_no_constant)
        json.dumps(message, ensure_ascii=False).encode()  # half a character is JSON, and cannot be sent
    except (ValueError, RecursionError):
        raise GuestlistError(
            f"Cannot use the template {template}: what it gives is no JSON. A value is written as {{{{ value | tojson }}}}, without quotation marks around it"
        ) from None
    return message


def _as_json(value: Any) -> Any:
    """What `tojson` or a macro made is left alone, and so is what is undefined, which then says its name."""
    return value if isinstance(value, Markup | Undefined) else htmlsafe_json_dumps(value)


def _no_json(value: object) -> str:
    """Of what JSON does not know; one that is undefined raises with its name."""
    if isinstance(value, Undefined):
        return str(value)
    raise TypeError(type(value).__name__)


def _no_constant(found: str) -> None:
    """NaN and Infinity, which Python takes for JSON and nobody else does."""
    raise ValueError(found)


def address_of(environ: Mapping[str, str]) -> str:
    """Raises: GuestlistError, without showing it."""
    address = environ.get(ADDRESS, "")
    if not address:
        raise GuestlistError(
            f"There is nowhere to send the message: {ADDRESS} is not set. Set it as a secret of the job"
        )
    try:
        url = httpx.URL(address)  # as `send` understands it
        scheme, host = url.scheme, url.raw_host.decode()
    except (httpx.InvalidURL, UnicodeError):
        scheme, host = "", ""
    if not _HOST.fullmatch(host) or scheme not in {"https", "http"} or (scheme == "http" and host not in _LOOPBACK):
        raise GuestlistError(f"Cannot send the message: {ADDRESS} has to begin with https:// and a host's name")
    return address


def send(address: str, message: Any, *, transport: httpx.BaseTransport | None = None) -> None:
    """Once: a webhook that got it and did not answer in time has got it. Raises: GuestlistError, without the address."""
    try:
        with (
            _unlogged(),
            httpx.Client(transport=transport, timeout=SECONDS, follow_redirects=False) as client,
            client.stream("POST", address, json=message, headers={"User-Agent": "guestlist"}) as answer,
        ):
            pass  # what it says besides its status is not read
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise GuestlistError(f"The message was not sent: the webhook gave no answer ({type(error).__name__})") from None
    if not answer.is_success:
        moved = ". It leads to another address, which is not followed" if answer.is_redirect else ""
        raise GuestlistError(f"The message was not taken: the webhook answered {answer.status_code}{moved}")


@contextmanager
def _unlogged() -> Iterator[None]:
    """The client would write the address into the log of whoever listens."""
    logger = logging.getLogger("httpx")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


@dataclass(frozen=True, kw_only=True)
class News:
    """What `guestlist ci issue` hands over: what is new in which environment, of how much in all; `broken`: it is what a check could not tell."""

    environment: str
    news: tuple[str, ...]
    total: int
    broken: bool

    def document(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))

    def context(self, link: str) -> Mapping[str, Any]:
        """What a template sees."""
        title = TITLES["check-broken" if self.broken else "drift"].format(self.environment)
        return {
            "environment": self.environment,
            "title": title,
            "news": list(self.news),
            "total": self.total,
            "link": link,
        }


def news_of(document: object, *, called: str) -> News:
    """Raises: GuestlistError, for anything that is none; `called` names it."""
    match document:
        case {"environment": str(environment), "news": [*news], "total": int(total), "broken": bool(broken)} if all(
            isinstance(one, str) for one in news
        ):
            return News(environment=environment, news=tuple(news), total=total, broken=broken)
    raise GuestlistError(
        f"Cannot read {called}: it is not what guestlist ci issue --news writes. The step before this one says why"
    )


def link_of(environ: Mapping[str, str]) -> str:
    """To the job that runs, as its forge says; empty elsewhere."""
    if environ.get("CI_JOB_URL"):
        return environ["CI_JOB_URL"]
    parts = [environ.get(name, "") for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")]
    return f"{parts[0]}/{parts[1]}/actions/runs/{parts[2]}" if all(parts) else ""
