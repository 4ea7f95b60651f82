"""
The text of a comment, as a job hands it over: about which stack it is, that it fits, and that it does nothing but say something.

A preview's text has a first line that nobody sees, `<!-- guestlist:preview:PROJECT:STACK -->`, by which the next run finds the comment again. The
renderer has made all values harmless; what a pull request's own code wrote is not believed to have done so, and is made harmless once more.

Not here: which comment it goes into (`comments.py`).
Source: https://docs.github.com/rest/issues/comments (65,536 characters at most; we count bytes, which are never fewer)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from guestlist.errors import Refused

Kind = Literal["preview", "drift"]

LONGEST_COMMENT = 65_536  # bytes
LONGEST_SUMMARY = 1024 * 1024
LARGEST = 1024 * 1024  # of a file that is read at all

CUT = "… cut here: the whole is in the job's summary and in its artifact."
ANYBODYS_WORD = (
    "> **Previewed without credentials.** The base branch's program was put on a local tenant with stand-in secrets, this pull request's on top "
    "of it. What follows was written by the pull request's own code: take it for its author's word. No real tenant was read or touched."
)
UNKNOWN = "What it would change there is not known. What stood here was about an earlier push. The checks below say what went wrong."

_MARKER = re.compile(r"<!-- guestlist:(preview|drift):([A-Za-z0-9_.*-]{1,120}):([A-Za-z0-9_.*-]{1,120}) -->")
_ANY_MARKER = re.compile(r"<!--\s*guestlist:", re.IGNORECASE)
_FENCE = re.compile(r"(`{3,}|~{3,})")
_BREAK = "\u200b"  # seen by nobody, and the end of whatever GitHub or GitLab would have made of it
_TAGS = r"/?(?:details|summary|code|b|sub)>|br>|details open>"
_ACTIVE = (
    re.compile(rf"<(?!{_TAGS})(?=[A-Za-z/!?])"),  # HTML, comments
    re.compile(r"&(?!(?:lt|gt|amp|quot|#x27|#39);)(?=[A-Za-z#])"),  # an entity that is an @ or a < once it is read
    re.compile(r"[@!#$%~](?=\w)|&(?=\d)"),  # mentions; on GitLab references too
    re.compile(r"(?i)\bGH(?=-\d)"),
    re.compile(r"\](?=[(\[:])"),  # links and pictures
    re.compile(r":(?=//)"),
    re.compile(r"(?i)\bwww(?=\.)"),
    re.compile(r"(?<=\n)(?=/[a-z])"),  # GitLab's quick actions
)


class NotAPreview(Refused):
    """What was handed over is not what a preview writes; nothing was posted."""


@dataclass(frozen=True, kw_only=True)
class Body:
    """A comment about one stack."""

    project: str
    stack: str
    text: str  # the marker is its first line
    kind: Kind = "preview"

    @property
    def marker(self) -> str:
        return f"<!-- guestlist:{self.kind}:{self.project}:{self.stack} -->"

    def fitting(self, limit: int = LONGEST_COMMENT) -> Body:
        """The same in at most so many bytes; lines are left out at the end, and what was open there is closed."""
        return replace(self, text=cut(self.text, limit))

    def as_anybodys(self) -> Body:
        """The same as the word of somebody unknown: said so above it, and nothing in it is more than text."""
        rest = self.text.removeprefix(self.marker).lstrip("\n")
        return replace(self, text=f"{self.marker}\n{ANYBODYS_WORD}\n\n{harmless(rest)}")

    def without_marker(self) -> str:
        return self.text.removeprefix(self.marker).lstrip("\n")


def no_preview(project: str, stack: str) -> Body:
    """What takes the place of a comment about an earlier push, where the latest could not be previewed."""
    marker = f"<!-- guestlist:preview:{project}:{stack} -->"
    return Body(
        project=project,
        stack=stack,
        text=f"{marker}\n### No preview of `{stack}` was made of the latest push\n\n{UNKNOWN}\n",
    )


def stack_of(text: str) -> tuple[str, str] | None:
    """Project and stack that a comment is about, by its first line; `None` if it is no preview."""
    found = _MARKER.fullmatch(text.split("\n", 1)[0].rstrip())
    return (found[2], found[3]) if found and found[1] == "preview" else None


def read_body(data: bytes, *, called: str, kinds: Sequence[Kind] = ("preview",)) -> Body:
    """
    Read what a job left.

    Args:
        data: of the file.
        called: its name in messages.
        kinds: what it may be about.

    Raises: NotAPreview.

    """
    why = _fault(data, kinds)
    if why is not None:
        raise NotAPreview(
            f"Cannot post {called}: {why}. It was not posted. To write one run: guestlist {kinds[0]} --env ENV --format markdown"
        )
    text = data.decode().replace("\r\n", "\n")
    found = _MARKER.match(text)
    assert found is not None  # _fault has looked  # noqa: S101
    return Body(project=found[2], stack=found[3], text=text, kind="drift" if found[1] == "drift" else "preview")


def _fault(data: bytes, kinds: Sequence[Kind]) -> str | None:
    if len(data) > LARGEST:
        return f"it has {len(data):,} bytes, more than {LARGEST:,}"
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return "it is not UTF-8"
    first, _, rest = text.partition("\n")
    marker = _MARKER.fullmatch(first.rstrip("\r"))
    if marker is None or marker[1] not in kinds:
        return f"its first line is not the marker of a {kinds[0]}"
    if _ANY_MARKER.search(rest):
        return "it has a second marker, which another comment may be taken for"
    return None


def cut(text: str, limit: int) -> str:
    """Leave out lines at the end until the rest and a remark about it fit."""
    if len(text.encode()) <= limit:
        return text
    room = limit - len(CUT.encode()) - 64  # for what has to be closed
    kept: list[str] = []
    for line in text.split("\n"):
        room -= len(line.encode()) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join([*kept, *_closing(kept), "", CUT, ""])


def _closing(lines: list[str]) -> list[str]:
    fence, details = "", 0
    for line in lines:
        found = _FENCE.match(line.strip())
        if fence:
            if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif found:
            fence = found[1]
        else:
            details += line.startswith("<details") - (
                line.strip() == "</details>"
            )  # elsewhere it is text in a code span
    return [*([fence] if fence else []), *["</details>"] * max(0, min(details, 3))]


def harmless(text: str) -> str:
    """The same to read, and nothing that GitHub or GitLab acts on: no mention, link, picture, HTML, reference or command."""
    text = "".join(one if one in "\n\t" or not unicodedata.category(one).startswith("C") else "\ufffd" for one in text)
    text = f"\n{text}"
    for pattern in _ACTIVE:
        text = pattern.sub(lambda found: found[0] + _BREAK, text)
    return text[1:]
