"""
Which version of an Action runs: the provider reads the draft, and what people meet is the version that was deployed last.

Somebody may deploy other code and put the draft back: then a refresh sees nothing. Somebody may edit a draft and not deploy it: then nothing runs otherwise yet.

Not here: the draft's own differences (`live.py`).
Source: GET /api/v2/actions/actions (`code`, `deployed_version`, `all_changes_deployed`)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guestlist.preview.change import PropertyChange

RUNNING = "deployed version: code"
NOT_DEPLOYED = "The edit is not deployed: what runs is still the version before it."
IT_RUNS = "The draft is as declared, and another version of the code runs."


@dataclass(frozen=True, kw_only=True)
class Running:
    """Of one Action, by id. `code` of the deployed version, where it is not the draft's."""

    drafted: str
    code: str | None

    @property
    def is_draft(self) -> bool:
        """Whether what runs is what the draft says."""
        return self.code is None or self.code == self.drafted

    def hidden(self) -> PropertyChange | None:
        """What a refresh does not see; `None` if what runs is the draft."""
        if self.is_draft:
            return None
        return PropertyChange(path=RUNNING, nature="changed", before=self.drafted, after=self.code)


def running(actions: Sequence[Mapping[str, Any]]) -> Mapping[str, Running]:
    """By id of the Action; those that were never deployed are not among them."""
    found = {}
    for one in actions:
        version = one.get("deployed_version")
        if isinstance(version, Mapping) and isinstance(version.get("code"), str):
            found[str(one.get("id"))] = Running(drafted=str(one.get("code") or ""), code=version["code"])
    return found
