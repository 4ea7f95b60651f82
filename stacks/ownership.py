"""
Whose the tenant-wide things are, as plain data: what an environment wants of them, what differs, what a person has to decide first.

Not here: comparing with a tenant (`tenant_wide/`, `post_login_bindings.py`), what an environment wants (`demands.py`). No pulumi, no
settings: the dynamic resources' process imports this.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

Values = Mapping[str, Any]  # field to value, flat

FLAG = "flags."
OURS = "@"  # before the name of an Action of ours, where others may be named too
ALWAYS = "all-applications"
_LONGEST_SHOWN = 80


@dataclass(frozen=True, kw_only=True)
class Demands:
    """
    What an environment wants of the tenant-wide things.

    Args:
        own: what the program writes, by thing.
        require: what has to be there, by thing.
        decided: those of `own` that the environment itself names.
        post_login: `own`, `leave` or `require`.
        order: Actions that run after a login, ours with `@`.
        file: the environment's file, for the remedies.

    """

    own: Mapping[str, Values]
    require: Mapping[str, Values]
    decided: tuple[str, ...]
    post_login: str
    order: tuple[str, ...]
    file: str

    def to_json(self) -> str:
        """One text, because Pulumi's own property values drop nulls and know no integers."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The same again."""
        read = json.loads(text)
        return cls(**{**read, "decided": tuple(read["decided"]), "order": tuple(read["order"])})


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field of a thing that an `up` would change."""

    field: str
    live: Any
    desired: Any

    def __str__(self) -> str:
        return f"{self.field} {shown(self.live)} -> {shown(self.desired)}"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something that keeps an `up` from beginning."""

    thing: str
    setting: str  # whose it is, under guestlist:ownership
    sentence: str  # what is there, and what is wanted
    remedy: str  # what to write into the environment's file, or to do in the tenant

    def __str__(self) -> str:
        return f"{label(self.setting, self.thing)}: {self.sentence}. {self.remedy}"


def label(setting: str, thing: str) -> str:
    """The setting; and the thing, where a setting is about several."""
    return setting if setting.lower() == thing.replace("-", "") else f"{setting} ({thing})"


def shown(value: Any) -> str:
    """A value in one short line."""
    if value is None or value in ("", [], {}):
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def refusal(domain: str, problems: Sequence[Problem], *, file: str) -> str:
    """All of them in one message, a line each."""
    count = "1 thing is" if len(problems) == 1 else f"{len(problems)} things are"
    head = f"Refused to take over {domain}: {count} to be decided in {file} under guestlist:ownership. Nothing was written."
    return "\n".join([head, *(f"  - {problem}" for problem in problems)])
