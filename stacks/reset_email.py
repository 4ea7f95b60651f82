"""
The texts of the password link's mail, which is also the invitation.

They are Liquid when the mail is sent and Jinja2 here, so Jinja2 has other delimiters: `[[ ]]`, `[% %]`, `[# #]`. `reset_email_body` and
`reset_email_subject` are what the tenant gets; the plain text and the language are for mails that are not Auth0's.

Not here: the resource (`emails.py`), the texts themselves (`pages/password_reset`), filling them in
(`guestlist.invites.message`). Imports neither pulumi nor pulumi_auth0.
"""

from __future__ import annotations

import re
import runpy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import yaml

from .settings_tenant import Branding

if TYPE_CHECKING:
    from jinja2 import Environment

PAGES = Path(__file__).resolve().parent.parent / "pages"
PASSWORD_RESET = PAGES / "password_reset"


@dataclass(frozen=True, kw_only=True)
class MailLook:
    """What the mail takes from the environment's branding; `None` is the look of the profile page without any."""

    primary_color: str | None = None
    background_color: str | None = None
    logo_url: str | None = None  # an SVG is left out: Gmail and Outlook show none

    @classmethod
    def of(cls, branding: Branding) -> Self:
        """From the settings of an environment."""
        logo_url = branding.logo_url
        shown = logo_url is not None and not urlsplit(logo_url).path.lower().endswith((".svg", ".svgz"))
        return cls(
            primary_color=branding.primary_color,
            background_color=branding.background_color,
            logo_url=logo_url if shown else None,
        )


def sender(name: str, address: str) -> str:
    """`Name <address>`; a name with a comma or the like is quoted, or it would read as two addresses (RFC 5322, section 3.4)."""
    if re.search(r'[][\\()<>@,:;".]', name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{address}>"


def reset_email_body(*, link_ttl_sec: int, look: MailLook = MailLook()) -> str:
    """The Liquid text that the tenant gets."""
    logo_url = (look.logo_url or "").replace("&", "&amp;").replace('"', "%22").replace("{", "%7B").replace("}", "%7D")
    return _liquid("reset_email.html", link_ttl_sec=link_ttl_sec, logo_url=logo_url, look=_colours(look))


def reset_email_text(*, link_ttl_sec: int) -> str:
    """The same words as plain text, in Liquid too."""
    return _liquid("reset_email.txt", link_ttl_sec=link_ttl_sec)


def reset_email_subject() -> str:
    """The subject, in Liquid too."""
    return _liquid("subject.txt").strip()


def reset_email_language() -> str:
    """Liquid that says which language the mail is in."""
    return _liquid("language.txt").strip()


@cache
def mail_words() -> Mapping[str, Mapping[str, Any]]:
    """`{language: words}`, as the files have them."""
    files = sorted((PASSWORD_RESET / "words").glob("*.yaml"))
    return {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in files}


def _liquid(file: str, **values: object) -> str:
    return _jinja(PASSWORD_RESET).get_template(file).render(languages=mail_words(), **values)


@cache
def _colours(look: MailLook) -> Mapping[str, str]:
    """The profile page's own colours, by name. Its module is read as a file: this program is not only called `stacks`."""
    page = runpy.run_path(str(PAGES / "profile" / "look.py"))
    primary = look.primary_color or page["PRIMARY"]
    light = page["scheme"]("light", primary, look.background_color or page["BACKGROUND"])
    dark = page["scheme"]("dark", primary, page["DARK_BACKGROUND"])
    return {name.replace("-", "_"): value for name, value in {**light, **dark}.items()}


@cache
def _jinja(folder: Path) -> Environment:
    """One for all calls: a program asks for the mail some twenty times, and compiling it is most of what a preview takes."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the values are ours; what people wrote is escaped by Liquid at run time
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
        keep_trailing_newline=True,
    )
