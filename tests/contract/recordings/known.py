"""
The checked-in list of known disagreements, with the reason of each: `tests/contract/known_disagreements.yaml`.

    - reason: why the local tenant answers otherwise
      differences:
      - operation: GET /connections/{id}
        what: '.options.passwordPolicy: missing here'
        overruled_by: TestAccConnectionAddEmailAttributeNonUnique#1     # a newer recording that shows our answer
        interactions: {TestAccConnectionClient: 1-4, 6}

The list may only shrink: `python -m tests.contract.recordings.coverage` takes mended entries out and never puts one in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from tests.contract.recordings.ownership import is_ours
from tests.contract.recordings.replay import Verdict

FILE = Path(__file__).parents[1] / "known_disagreements.yaml"
WIDTH = 140
HEADER = """\
# Where the local tenant answers otherwise than recorded, and why. Read by tests/contract/recordings, which fails on anything new and on
# anything mended: `python -m tests.contract.recordings.coverage` takes mended entries out. This list may only shrink.
"""

Found = tuple[str, str]  # interaction, what: `("TestAccRole#1", ".description: another value here")`


@dataclass(frozen=True, kw_only=True)
class Known:
    """One difference, wherever it was seen."""

    reason: str
    operation: str
    what: str
    overruled_by: str | None
    interactions: tuple[str, ...]  # `TestAccRole#1`

    def found(self) -> Iterator[Found]:
        """What it lists, one by one."""
        return ((label, self.what) for label in self.interactions)


def known_disagreements() -> list[Known]:
    """The list as it is checked in."""
    return [
        Known(
            reason=group["reason"].strip(),
            operation=entry["operation"],
            what=entry["what"],
            overruled_by=entry.get("overruled_by"),
            interactions=tuple(_labels(entry["interactions"])),
        )
        for group in yaml.safe_load(FILE.read_text(encoding="utf-8"))
        for entry in group["differences"]
    ]


def disagreements(verdicts: Iterable[Verdict]) -> set[Found]:
    """Every difference in an operation of ours, as the replay found it."""
    return {
        (verdict.interaction.label, what)
        for verdict in verdicts
        if is_ours(verdict.operation)
        for what in verdict.whats
    }


def overtaken(verdicts: Iterable[Verdict], known: Iterable[Known]) -> set[str]:
    """The interactions that differ in nothing but what a newer recording shows as we answer it."""
    overruled = {found for entry in known if entry.overruled_by for found in entry.found()}
    return {
        verdict.interaction.label
        for verdict in verdicts
        if not verdict.agrees and all((verdict.interaction.label, what) in overruled for what in verdict.whats)
    }


def without_mended(known: Iterable[Known], found: set[Found]) -> list[Known]:
    """The list without what is no longer so."""
    left = (
        replace(entry, interactions=tuple(label for label in entry.interactions if (label, entry.what) in found))
        for entry in known
    )
    return [entry for entry in left if entry.interactions]


def write(known: Iterable[Known]) -> None:
    """Write the list back."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in known:
        overruled_by = {"overruled_by": entry.overruled_by} if entry.overruled_by else {}
        groups.setdefault(entry.reason, []).append(
            {
                "operation": entry.operation,
                "what": entry.what,
                **overruled_by,
                "interactions": _ranges(entry.interactions),
            }
        )
    document = [{"reason": reason, "differences": entries} for reason, entries in groups.items()]
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=WIDTH)
    FILE.write_text(HEADER + text, encoding="utf-8")


def _labels(interactions: dict[str, str | int]) -> Iterator[str]:
    for recording, numbers in interactions.items():
        for part in str(numbers).split(","):
            first, _, last = part.strip().partition("-")
            yield from (f"{recording}#{number}" for number in range(int(first), int(last or first) + 1))


def _ranges(labels: Iterable[str]) -> dict[str, str]:
    numbers: dict[str, list[int]] = {}
    for label in labels:
        recording, _, number = label.partition("#")
        numbers.setdefault(recording, []).append(int(number))
    return {recording: ", ".join(_runs(sorted(found))) for recording, found in sorted(numbers.items())}


def _runs(numbers: list[int]) -> Iterator[str]:
    """`[1, 2, 3, 6]` as `1-3` and `6`."""
    start = numbers[0]
    for number, following in zip(numbers, [*numbers[1:], None], strict=True):
        if following != number + 1:
            yield str(start) if start == number else f"{start}-{number}"
            start = following or number
