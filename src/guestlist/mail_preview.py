"""
Every state of the mail in every language, as files to look at: what a person would get, without a tenant and without a mail server.

Not here: the mail itself (`reset_mail.py`), the command (`cli/mail.py`).
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from guestlist.reset_mail import Letter, Letterhead, write_letter
from stacks.reset_email import MailLook, mail_words

URL = "https://login.example.com/u/reset-verify?ticket=a-preview-this-link-leads-nowhere#"
EXAMPLE = Letterhead(
    friendly_name="Guestlist",
    support_email="support@example.com",
    support_url=None,
    link_ttl_sec=604_800,
    look=MailLook(),
)
# state: what it shows
STATES = {
    "invitation": "An invitation: who invites, the first name, the date on which the link ends.",
    "invitation-plain": "The same with nothing but an address; as Auth0 sends it while nobody has stored a date.",
    "invitation-expiring": "An invitation whose link is about to end.",
    "invitation-hostile": "An invitation whose names try to break out: HTML, Liquid, another direction of writing, great length.",
    "forgotten-password": "A forgotten password, of somebody with a name.",
    "forgotten-password-plain": "A forgotten password, of somebody without.",
}


@dataclass(frozen=True, kw_only=True)
class Preview:
    """One mail."""

    state: str
    language: str
    letter: Letter


@dataclass(frozen=True, kw_only=True)
class Written:
    """One mail on the disk."""

    preview: Preview
    html_file: Path
    text_file: Path
    size: int  # of the HTML, in bytes


def make_previews(letterhead: Letterhead, *, now: datetime) -> list[Preview]:
    """Fill in every state in every language, English first."""
    languages = sorted(mail_words(), key=lambda language: (language != "en", language))
    return [
        Preview(
            state=state,
            language=language,
            letter=write_letter(letterhead, url=URL, user=a_user(state, language, now=now), now=now),
        )
        for state in STATES
        for language in languages
    ]


def a_user(state: str, language: str, *, now: datetime) -> dict[str, Any]:
    """Somebody in that state, as the Management API would show them."""
    names = {"ar": ("ليلى", "عمر حدّاد"), "he": ("נועה", "דוד לוי")}
    first_name, inviter = names.get(language, ("Ana", "Rita Lima"))

    def in_time(**left: float) -> str:
        return (now + timedelta(**left)).isoformat(timespec="seconds").replace("+00:00", "Z")

    invites: Mapping[str, dict[str, Any]] = {
        "invitation": {"by": inviter, "expires_at": in_time(days=7)},
        "invitation-expiring": {"by": inviter, "expires_at": in_time(minutes=75)},
        "invitation-hostile": {
            "by": '\u202e<a href="https://evil.example">Rita</a>{{ url }}{% debug %}',
            "expires_at": in_time(days=7),
        },
        "forgotten-password": {"by": inviter, "accepted_at": in_time(days=-30)},
        "forgotten-password-plain": {"accepted_at": in_time(days=-30)},
    }
    is_named = state in {"invitation", "invitation-expiring", "forgotten-password"}
    return {
        "email": "ana@example.com",
        "user_metadata": {},
        **({"given_name": first_name} if is_named else {}),
        **({"given_name": "\u2067Ana\r\nBcc: <b>eve</b> " + "na" * 32_768} if state == "invitation-hostile" else {}),
        "app_metadata": {"invite": {"language": language, **invites.get(state, {})}},
    }


def write_previews(previews: Sequence[Preview], folder: Path) -> list[Written]:
    """Write each as HTML and as text, and an `index.html` over them. Raises: OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for preview in previews:
        stem = f"{preview.state}.{preview.language}"
        files = folder / f"{stem}.html", folder / f"{stem}.txt"
        for file, text in zip(files, (preview.letter.html, preview.letter.text), strict=True):
            file.write_text(text, encoding="utf-8", newline="\n")
        size = len(preview.letter.html.encode())
        written.append(Written(preview=preview, html_file=files[0], text_file=files[1], size=size))
    (folder / "index.html").write_text(_index(written), encoding="utf-8", newline="\n")
    return written


def _index(written: Sequence[Written]) -> str:
    states = "\n".join(
        f"<h2>{state}</h2>\n<p>{STATES[state]}</p>\n<ul>\n"
        + "\n".join(_line(one) for one in _of_state(written, state))
        + "\n</ul>"
        for state in STATES
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>The mails</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ background: #ffffff; color: #14171f; margin: 0; display: grid; grid-template-columns: minmax(18rem, 26rem) 1fr; height: 100vh; font: 16px/1.5 system-ui, sans-serif; }}
main {{ overflow: auto; padding: 1rem 1.5rem; }}
a {{ color: #0050c4; }} h1 {{ font-size: 1.4rem; }} h2 {{ font-size: 1rem; margin: 1.5rem 0 0; }} p {{ margin: 0.25rem 0; }} ul {{ margin: 0; padding-left: 1.2rem; }}
iframe {{ width: 100%; height: 100%; border: 0; border-left: 1px solid #8888; }}
@media (max-width: 700px) {{ body {{ display: block; }} iframe {{ height: 80vh; border-left: 0; border-top: 1px solid #8888; }} }}
@media (prefers-color-scheme: dark) {{ body {{ background: #101319; color: #e9ecf1; }} a {{ color: #8ab4ff; }} }}
</style>
</head>
<body>
<main>
<h1>The mails</h1>
<p>Dark and light follow this computer. The links in the mails lead nowhere.</p>
{states}
</main>
<iframe name="mail" title="The mail" src="{written[0].html_file.name}"></iframe>
</body>
</html>
"""


def _of_state(written: Iterable[Written], state: str) -> list[Written]:
    return [one for one in written if one.preview.state == state]


def _line(one: Written) -> str:
    language, subject = one.preview.language, html.escape(one.preview.letter.subject)
    return (
        f'<li><a href="{one.html_file.name}" target="mail"><span lang="{language}"><bdi>{subject}</bdi></span></a>'
        f' ({language}; <a href="{one.text_file.name}" target="mail">text</a>)</li>'
    )
