"""
The ignore file: what a team knows of and does not want to hear about each day, with a reason and an end date.

    # config/drift-ignore.yaml
    - pattern: "Client Marketing site"
      reason: made by the marketing team, reviewed in May
      until: "2027-03-31"
    - pattern: "Connection invited-users: options.passwordHistory*"
      reason: the security team tries other values
      until: "2027-01-15"
      environments: [staging]

A pattern is compared with `Kind name` and with `Kind name: property`, `*` standing for anything. What it covers is shown all the same, with the reason.
One that has ended covers nothing.

Not here: what the security rules let pass (`guestlist:allow`, in the environment's own file).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from guestlist.config_yaml import UnreadableYaml, parse
from guestlist.errors import BadConfiguration
from stacks.settings_allow import SHORTEST_REASON
from stacks.settings_faults import show

FILE = "config/drift-ignore.yaml"
_KEYS = ("pattern", "reason", "until", "environments")
_WIDE = frozenset({"*", "**", "* *", "*:*"})


@dataclass(frozen=True, kw_only=True)
class Ignored:
    """One entry. `until` is the last day; `environments`: all of them, if none is named."""

    pattern: str
    reason: str
    until: date
    environments: tuple[str, ...] = ()

    def covers(self, shown: str, path: str = "") -> bool:
        """Whether it means an object as a whole, or one property of it."""
        return fnmatchcase(shown, self.pattern) or bool(path and fnmatchcase(f"{shown}: {path}", self.pattern))


def read_ignore_file(root: Path, environment: str) -> tuple[Ignored, ...]:
    """
    Entries for an environment, ended ones too; none if there is no file.

    Raises: BadConfiguration, with every fault of the file.
    """
    path = root / FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise BadConfiguration([f"{FILE}: cannot be read ({error.strerror})"]) from error
    try:
        found, repeated = parse(data)
    except UnreadableYaml as error:
        line = f" line {error.fault.line}:" if error.fault.line else ""
        raise BadConfiguration([f"{FILE}:{line} {error.fault.problem} ({error.fault.remedy})"]) from error
    faults = [f"{FILE}: {one.key} {one.problem} ({one.remedy})" for one in repeated]
    if found is None:
        found = []
    if not isinstance(found, list):
        raise BadConfiguration([*faults, f"{FILE}: must be a list of entries with {', '.join(_KEYS)}"])
    entries = []
    for number, entry in enumerate(found, 1):
        wrong = list(_faults(entry))
        faults += [f"{FILE}: entry {number}: {one}" for one in wrong]
        if not wrong:
            entries.append(_entry(entry))
    if faults:
        raise BadConfiguration(faults)
    return tuple(one for one in entries if not one.environments or environment in one.environments)


def covering(entries: Sequence[Ignored], shown: str, path: str = "", *, today: date) -> Ignored | None:
    """The entry that covers an object or a property of it today, the one that lasts longest."""
    valid = [one for one in entries if today <= one.until and one.covers(shown, path)]
    return max(valid, key=lambda one: one.until, default=None)


def _entry(entry: Mapping[str, Any]) -> Ignored:
    return Ignored(
        pattern=entry["pattern"].strip(),
        reason=entry["reason"].strip(),
        until=date.fromisoformat(entry["until"]),
        environments=tuple(entry.get("environments") or ()),
    )


def _faults(entry: object) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield f"must have the keys {', '.join(_KEYS)}, got {show(entry)}"
        return
    for name in entry:
        if name not in _KEYS:
            yield f"{show(name)} is no key of it, there are {', '.join(_KEYS)}"
    pattern = entry.get("pattern")
    if not isinstance(pattern, str) or not pattern.strip():
        yield f"pattern must be a text such as 'Client Marketing site', got {show(pattern)}"
    elif pattern.strip() in _WIDE:
        yield "pattern would cover everything: name a kind, such as 'Client *'"
    reason = entry.get("reason")
    if not isinstance(reason, str) or len(reason.strip()) < SHORTEST_REASON:
        yield f"reason must have {SHORTEST_REASON} characters or more (whoever reads the report reads it), got {show(reason)}"
    if not _is_day(entry.get("until")):
        yield f"until must be a day in quotes, such as '2027-01-31', got {show(entry.get('until'))}"
    environments = entry.get("environments", [])
    if not isinstance(environments, list) or not all(isinstance(one, str) for one in environments):
        yield f"environments must be a list of names, got {show(environments)}"


def _is_day(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
