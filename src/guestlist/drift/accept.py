"""
The lines that would keep what was changed by hand: settings of the environment's file, found by trying, and entries of the ignore file.

Which setting makes which property is written down nowhere: each setting is tried with the live value, the program is resolved, and what then declares exactly
the live value is the answer. What no setting says is said so, with the place where the program says it.

Not here: taking it back (`heal.py`), writing files: a person puts the lines where they belong.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import yaml

from guestlist.drift.ignore_file import FILE as IGNORE_FILE
from guestlist.drift.report import Item
from guestlist.environment_diff.settings import Config, Path, shown
from guestlist.preview.change import BOOKKEEPING, properties_of
from guestlist.preview.picture import SECRET, Resource, Step
from guestlist.resolved import Picture, is_valid, resolve
from stacks.settings import config_file
from stacks.settings_reference import rows

UNITS = (1, 60, 3600, 86400)  # seconds in what a setting counts in
IGNORED_FOR = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """
    What would keep one property of one object.

    `setting` is `None` where none says it; `value` is the setting's; `also`: other objects that it changes.
    """

    shown: str  # `Client application`
    path: str  # callbacks
    setting: Path | None = None
    value: Any = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """Everything that was asked for: by settings, and what only the program or the ignore file can keep."""

    environment: str
    by_setting: tuple[Acceptance, ...] = ()
    by_program: tuple[Acceptance, ...] = ()
    not_declared: tuple[str, ...] = field(default=())  # objects for the ignore file, as patterns


def accept(config: Config, environment: str, items: Iterable[Item], live: Mapping[str, Resource]) -> Accepted:
    """
    Find the lines.

    Args:
        config: of the environment's file; of a secret only that it is there.
        environment: its name.
        items: that are to be kept.
        live: by URN, each resource as the tenant has it.

    Raises: GuestlistError, with what the program says of settings that it does not take.

    """
    search = _Search(config, environment)
    found: list[Acceptance] = []
    patterns: list[str] = []
    for item in items:
        if item.kind == "unmanaged" or item.happened == "deleted":
            patterns.append(item.shown)
            continue
        paths = dict.fromkeys(one.path for one in item.differences)
        found += [search.acceptance(item, path, live.get(item.id)) for path in paths]
    return Accepted(
        environment=environment,
        by_setting=tuple(one for one in found if one.setting is not None),
        by_program=tuple(one for one in found if one.setting is None),
        not_declared=tuple(patterns),
    )


def lines_of(accepted: Accepted, *, today: date) -> list[str]:
    """As text: YAML, with remarks where a person has to decide."""
    lines: list[str] = []
    if accepted.by_setting:
        lines.append(f"# {config_file(accepted.environment)}: set these, the rest of each group stays")
        lines += yaml.safe_dump(_grouped(accepted.by_setting), sort_keys=False, allow_unicode=True).splitlines()
    lines += [
        f"# {shown(one.setting)} changes {', '.join(one.also)}, too"
        for one in accepted.by_setting
        if one.setting and one.also
    ]
    for one in accepted.by_program:
        lines.append(
            f"# No setting says {one.path} of {one.shown}: change the program (stacks/, actions/, pages/), or take it back"
        )
    patterns = [*accepted.not_declared, *(f"{one.shown}: {one.path}" for one in accepted.by_program)]
    if patterns:
        lines.append(f"# {IGNORE_FILE}: or say why nobody has to look at it")
        until = (today + IGNORED_FOR).isoformat()
        for pattern in patterns:
            lines += [
                f"- pattern: {json.dumps(_literal(pattern), ensure_ascii=False)}",
                '  reason: ""  # ten characters or more',
                f'  until: "{until}"',
                f"  environments: [{accepted.environment}]",
            ]
    return lines


def _literal(text: str) -> str:
    """For a pattern that means this text alone."""
    return "".join(f"[{one}]" if one in "*?[" else one for one in text)


def _grouped(found: Iterable[Acceptance]) -> dict[str, Any]:
    config: dict[str, Any] = {}
    for one in found:
        *groups, last = one.setting or ()
        place = config
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = one.value
    return config


class _Search:
    """Tries settings; a program that was resolved once is not resolved again."""

    def __init__(self, config: Config, environment: str) -> None:
        self._config = config
        self._environment = environment
        self._resolved: dict[tuple[Path, str], Picture] = {}
        self._settings = [
            path for row in rows() if (path := _path_of(row.key)) is not None and "secret" not in row.kind
        ]

    def acceptance(self, item: Item, path: str, live: Resource | None) -> Acceptance:
        wanted = _at(live.inputs, path) if live is not None else None
        if wanted is None or wanted == SECRET:
            return Acceptance(shown=item.shown, path=path)
        for setting in sorted(self._settings, key=lambda one: -_likeness(one, path)):
            for value in _candidates(wanted):
                if self._declares(setting, value, item, path, wanted):
                    also = tuple(self._also(setting, value, item))
                    return Acceptance(shown=item.shown, path=path, setting=setting, value=value, also=also)
        return Acceptance(shown=item.shown, path=path)

    def _declares(self, setting: Path, value: Any, item: Item, path: str, wanted: Any) -> bool:
        declared = next((one for one in self._picture(setting, value).values() if one.shown == item.shown), None)
        return declared is not None and _same(_at(declared.inputs, path), wanted)

    def _also(self, setting: Path, value: Any, item: Item) -> Iterator[str]:
        """Other resources that the program declares otherwise then."""
        now = resolve(self._config, environment=self._environment)
        for urn, one in self._picture(setting, value).items():
            if (
                one.shown != item.shown
                and one.kind not in BOOKKEEPING
                and (urn not in now or now[urn].inputs != one.inputs)
            ):
                yield one.shown

    def _picture(self, setting: Path, value: Any) -> Picture:
        key = (setting, json.dumps(value, sort_keys=True, default=str))
        if key not in self._resolved:
            config = _with(self._config, setting, value)
            valid = config is not None and is_valid(config, environment=self._environment)
            self._resolved[key] = resolve(config, environment=self._environment) if config is not None and valid else {}
        return self._resolved[key]


def _path_of(key: str) -> Path | None:
    """`guestlist:tenant.domain` as a path; those of groups that a person names are left out."""
    if ".KEY" in key or "[]" in key:
        return None
    return tuple(key.split(".", 1))


def _candidates(wanted: Any) -> Iterator[Any]:
    """What a setting may say for a property to have this value: the same, or the same in another unit."""
    yield wanted
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        if float(wanted).is_integer():
            yield int(wanted)
        yield from (int(wanted) // unit for unit in UNITS[1:] if wanted and wanted % unit == 0)


def _with(config: Config, setting: Path, value: Any) -> Config | None:
    *groups, last = setting
    if not groups:
        return {**config, last: value}
    group = config.get(groups[0]) or {}
    return {**config, groups[0]: {**group, last: value}} if isinstance(group, Mapping) else None


def _at(inputs: Mapping[str, Any], path: str) -> Any:
    value: Any = inputs
    for part in path.split("."):
        value = value[0] if isinstance(value, list) and len(value) == 1 and isinstance(value[0], Mapping) else value
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def _same(declared: Any, wanted: Any) -> bool:
    """As a preview compares: numbers and words of one meaning are equal, a list of words has an order of no meaning."""
    if isinstance(declared, list) and isinstance(wanted, list):
        return sorted(map(str, declared)) == sorted(map(str, wanted))
    sides = [Resource(urn="", type="", inputs={"value": one}) for one in (declared, wanted)]
    return not properties_of(Step(operation="update", before=sides[0], after=sides[1]))


def _likeness(setting: Path, path: str) -> float:
    return difflib.SequenceMatcher(None, shown(setting).lower(), path.lower()).ratio()
