"""
Who is logged in, kept here: the browser holds a random key and no token.

In memory: a restart logs everybody out, and one process serves all.
"""

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_SESSIONS = 1000


@dataclass(frozen=True, kw_only=True)
class Login:
    """One person in one browser."""

    claims: Mapping[str, Any]  # of the ID token, checked
    id_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    refreshed: int = 0  # how often


class Sessions:
    """Logins by key; the oldest go first when there are too many."""

    def __init__(self) -> None:
        self._logins: OrderedDict[str, Login] = OrderedDict()

    def begin(self, login: Login) -> str:
        """Keep a login under a new key."""
        key = secrets.token_urlsafe(32)
        self._logins[key] = login
        while len(self._logins) > MOST_SESSIONS:
            self._logins.popitem(last=False)
        return key

    def find(self, key: str | None) -> Login | None:
        """The login, or `None`."""
        return self._logins.get(key) if key else None

    def renew(self, key: str, login: Login) -> None:
        """Put another one in its place, if it is still there."""
        if key in self._logins:
            self._logins[key] = login

    def end(self, key: str | None) -> Login | None:
        """Forget it; answers what it was."""
        return self._logins.pop(key, None) if key else None
