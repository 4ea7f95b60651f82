"""
The texts of the password link's mail, which is also the invitation.

The body is Liquid when Auth0 sends it and Jinja2 here, so Jinja2 has other delimiters: `[[ ]]`, `[% %]`, `[# #]`.

Not here: the resource (`emails.py`), the texts themselves (`pages/password_reset`). Imports neither pulumi nor pulumi_auth0.
"""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

PASSWORD_RESET = Path(__file__).resolve().parent.parent / "pages" / "password_reset"


def sender(name: str, address: str) -> str:
    """`Name <address>`; a name with a comma or the like is quoted, or it would read as two addresses (RFC 5322, section 3.4)."""
    if re.search(r'[][\\()<>@,:;".]', name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{address}>"


def reset_email_body(*, link_ttl_sec: int) -> str:
    """The Liquid text that the tenant gets."""
    return _liquid("reset_email.html", link_ttl_sec=link_ttl_sec)


def reset_email_subject() -> str:
    """The subject, in Liquid too."""
    return _liquid("subject.txt").strip()


def _liquid(file: str, **values: int | str) -> str:
    return _jinja(PASSWORD_RESET).get_template(file).render(values)


@cache
def _jinja(folder: Path) -> Environment:
    """One for all calls: a program asks for the mail some twenty times, and compiling it is most of what a preview takes."""
    return Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the values are ours, numbers; what people wrote is escaped by Liquid at run time
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
        keep_trailing_newline=True,
    )
