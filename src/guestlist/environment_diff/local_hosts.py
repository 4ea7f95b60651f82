"""
A local environment under addresses that an environment with a real tenant may have, and the way back.

The rules take `localhost` in the environment `local` and nowhere else, so no setting of it could be tried by itself in another environment.
Under an invented name, which no DNS ever answers, each can: `app.localhost:8443` is `app.localhost-8443.guestlist.invalid`.

Not here: trying settings (`causes.py`). Source: RFC 6761 section 6.4 (`.invalid`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from guestlist.environment_diff.causes import Explained, Explanation
from guestlist.environment_diff.settings import Config

_LOCAL = re.compile(r"(?<![A-Za-z0-9-])localhost(?![A-Za-z0-9-]|\.[A-Za-z0-9])(?::(\d+))?")
_INVENTED = re.compile(r"localhost(?:-(\d+))?\.guestlist\.invalid")


def invented(config: Config) -> Config:
    """The same settings under the invented name."""
    return {key: _replaced(value, _invent) for key, value in config.items()}


def as_written(explanation: Explanation) -> Explanation:
    """What was found, with the addresses that are in the file."""
    return replace(explanation, differences=tuple(_as_written(one) for one in explanation.differences))


def _as_written(one: Explained) -> Explained:
    difference = one.difference
    resource = replace(difference.resource, inputs=_replaced(difference.resource.inputs, _restore))
    change = difference.change and replace(
        difference.change,
        before=_replaced(difference.change.before, _restore),
        after=_replaced(difference.change.after, _restore),
    )
    return replace(one, difference=replace(difference, resource=resource, change=change))


def _invent(text: str) -> str:
    return _LOCAL.sub(lambda found: f"localhost{f'-{found[1]}' if found[1] else ''}.guestlist.invalid", text)


def _restore(text: str) -> str:
    return _INVENTED.sub(lambda found: f"localhost{f':{found[1]}' if found[1] else ''}", text)


def _replaced(value: Any, with_text: Any) -> Any:
    if isinstance(value, str):
        return with_text(value)
    if isinstance(value, Mapping):
        return {name: _replaced(one, with_text) for name, one in value.items()}
    return [_replaced(one, with_text) for one in value] if isinstance(value, list) else value
