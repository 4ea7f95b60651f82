"""
The invited person's mail and phone: the local tenant's mailbox and its text messages.

Not here: how they came there (`localtenant/messages`), the pages for people at `/_local/`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx

from guestlist.errors import GuestlistError

PATIENCE_SECONDS = 20.0
LOOKS_EVERY_SECONDS = 0.1


class NothingCame(GuestlistError):  # noqa: N818 - reads as a sentence where it is raised
    """A message that should have come did not."""


class Inbox:
    """
    Of everybody who uses the local tenant.

    Args:
        control: a client of the tenant's own address, `https://localhost:8443`.

    """

    def __init__(self, control: httpx.Client) -> None:
        self._control = control
        self._read: set[str] = set()

    def mail(self, address: str) -> dict[str, Any]:
        """The newest mail to an address that was not read yet: `subject`, `text`, `html`, `links`. Raises: NothingCame."""
        return self._wait("mail", lambda one: address in one["envelope"]["to"], f"mail to {address}")

    def code(self, number: str) -> str:
        """The code of the newest text message to a number that was not read yet. Raises: NothingCame."""
        return str(self._wait("texts", lambda one: one["to"] == number, f"text message to {number}")["code"])

    def _wait(self, kind: str, is_meant: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
        patience = time.monotonic() + PATIENCE_SECONDS
        while True:
            for one in self._list(kind):
                if one["id"] not in self._read and is_meant(one):
                    self._read.add(one["id"])
                    return one
            if time.monotonic() > patience:
                raise NothingCame(f"No {what} came within {PATIENCE_SECONDS:.0f} seconds.")
            time.sleep(LOOKS_EVERY_SECONDS)

    def _list(self, kind: str) -> list[dict[str, Any]]:
        answer = self._control.get(f"/_local/{kind}", headers={"accept": "application/json"})
        answer.raise_for_status()
        found = answer.json()
        return list(found if isinstance(found, list) else found[kind])
