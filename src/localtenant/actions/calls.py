"""
One run of one Action: what goes in, what comes out. Plain data.

Not here: the process that runs it (`worker.py`), the commands (`commands.py`) and what becomes of them (`post_login.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from localtenant.actions.commands import Command

Handler = Literal[
    "onExecutePostLogin", "onContinuePostLogin", "onExecuteSendPhoneMessage", "onExecuteCustomPhoneProvider"
]
TIME_LIMIT_SEC = 20.0


@dataclass(frozen=True, kw_only=True)
class CacheEntry:
    """What `api.cache` keeps under a key; `expires_at` in milliseconds since 1970."""

    value: str
    expires_at: float


@dataclass(frozen=True, kw_only=True)
class ActionCall:
    """
    Args:
        code: the deployed version's JavaScript.
        handler: which export to call.
        event: without `secrets`.
        secrets: by name; they become `event.secrets`.
        timeout_sec: after which the Action and its process end.
        version: tells apart two Actions with the same code, which must not share a module's state.
        can_redirect: what `api.redirect.canRedirect()` answers.
        cache: what the trigger's cache holds.
        now: the tenant's time, seconds since 1970; `None` is the machine's.

    """

    code: str
    handler: Handler
    event: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict)
    timeout_sec: float = TIME_LIMIT_SEC
    version: str = ""
    can_redirect: bool = True
    cache: Mapping[str, CacheEntry] = field(default_factory=dict)
    now: float | None = None


@dataclass(frozen=True, kw_only=True)
class ActionResult:
    """
    What came of a call.

    Args:
        commands: in the order they were given, also those before an error.
        logs: lines of console output, cut at 16,384 characters in all.
        error: why the Action failed, or `None`.
        cache_writes: by key; `None` deletes.
        seconds: how long it ran; waiting for its turn is not in it.
        timed_out: whether it failed because it did not end in time.

    """

    commands: tuple[Command, ...] = ()
    logs: tuple[str, ...] = ()
    error: str | None = None
    cache_writes: Mapping[str, CacheEntry | None] = field(default_factory=dict)
    seconds: float = 0
    timed_out: bool = False
