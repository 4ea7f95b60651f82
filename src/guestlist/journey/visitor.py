"""
What somebody does in a browser, so far as our pages need it: open, read, fill in, send a form, follow a link.

Two of them: `chromium.py`, a real browser, and `forms.py`, plain HTTP where there is none. Neither knows what the pages mean (`screens.py`).
"""

from __future__ import annotations

from typing import Protocol
from urllib.parse import urlsplit

from guestlist.errors import GuestlistError


class Lost(GuestlistError):  # noqa: N818 - reads as a sentence where it is raised
    """The page does not have what the visitor looks for."""


class Visitor(Protocol):
    """One browser, with its cookies."""

    name: str  # as the narration calls it

    @property
    def url(self) -> str:
        """Of the page that is open. It may hold a ticket or a code: for decisions, never for a message."""

    def open(self, url: str) -> None:
        """Type an address. Raises: Lost."""

    def heading(self) -> str:
        """The page's first heading, or its title."""

    def text(self) -> str:
        """What the page says."""

    def fields(self) -> tuple[str, ...]:
        """Names of what there is to fill in."""

    def fill(self, name: str, value: str) -> None:
        """Raises: Lost, if there is no such field."""

    def press(self) -> None:
        """Send the form of the page, by its first button. Raises: Lost."""

    def follow(self, fragment: str) -> None:
        """Follow the first link whose address has this in it. Raises: Lost."""

    def screenshot(self, name: str) -> None:
        """Keep a picture of the page, where there are pictures."""

    def forget(self) -> None:
        """Throw the cookies away: another browser."""

    def close(self) -> None:
        """End it."""


def place_of(url: str) -> str:
    """Where a page is, without what must not be shown: `app.localhost:8443/callback`."""
    parts = urlsplit(url)
    return parts.netloc + parts.path
