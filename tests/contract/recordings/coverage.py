"""
Writes docs/coverage.md: what the local tenant emulates, and how far it agrees with what was recorded of Auth0; and what it makes of the
OpenID Connect basic profile.

    python -m tests.contract.recordings.coverage

Mended entries leave the list of known disagreements on the way. New ones are never added: that takes an editor and a reason.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from localtenant.management.dispatch import load_endpoints
from localtenant.management.endpoint import ENDPOINTS
from localtenant.management.operations import operations
from tests.contract.recordings.cassettes import MODULE, folder
from tests.contract.recordings.known import (
    Known,
    disagreements,
    known_disagreements,
    overtaken,
    without_mended,
    write,
)
from tests.contract.recordings.ownership import is_ours
from tests.contract.recordings.replay import Verdict, verdicts
from tests.localtenant.authentication import conformance

FILE = Path(__file__).parents[3] / "docs" / "coverage.md"
INTRODUCTION = f"""\
# How much of Auth0 the local tenant is

Written by `python -m tests.contract.recordings.coverage`; a test compares it with a fresh run.

The provider's own tests recorded what a real tenant answered (`{MODULE.rpartition("/")[2]}`, test/data/recordings).
Every recorded call is made again on a fresh local tenant. An interaction

- **agrees** when the status is the recorded one and every recorded key is in the answer with the recorded value. Ids stand for the same
  object in both tenants; dates, secrets and the order of lists (save for bindings) are not compared. Keys that only the local tenant has are no fault:
  a recording holds what the SDK of its year could read.
- is **overtaken** when it differs only where a younger recording of the same operation shows the local tenant's answer: the youngest wins.
- **disagrees** otherwise. The reasons are below and, one by one, in `tests/contract/known_disagreements.yaml`, which may only shrink.

What a recording takes for granted is planted from its own answers, leaving out whatever its own calls wrote; a call that only reads that back
is not counted."""


@dataclass(kw_only=True)
class Tally:
    """Interactions by outcome."""

    agree: int = 0
    overtaken: int = 0
    disagree: int = 0
    uncounted: int = 0

    @property
    def counted(self) -> int:
        """All of them but the reads of prior state."""
        return self.agree + self.overtaken + self.disagree

    @property
    def share(self) -> float:
        """The part that agrees of what no younger recording overtook."""
        return self.agree / (self.agree + self.disagree) if self.agree + self.disagree else 1.0

    def cells(self) -> str:
        """As columns of a table."""
        return f"{self.counted} | {self.agree} | {self.overtaken} | {self.disagree}"


def tally(chosen: Iterable[Verdict], overtaken_labels: set[str]) -> Tally:
    """Count the verdicts."""
    result = Tally()
    for verdict in chosen:
        if not verdict.counts:
            result.uncounted += 1
        elif verdict.agrees:
            result.agree += 1
        elif verdict.interaction.label in overtaken_labels:
            result.overtaken += 1
        else:
            result.disagree += 1
    return result


def render(judged: Sequence[Verdict], known: Sequence[Known]) -> str:
    """The document."""
    labels = overtaken(judged, known)
    parts = [
        INTRODUCTION,
        *_summary(judged, labels),
        *_ours(judged, labels),
        *_others(judged, labels),
        *_reasons(known),
        *conformance.section(),
    ]
    return "\n".join(parts) + "\n"


def _summary(judged: Sequence[Verdict], labels: set[str]) -> Iterator[str]:
    ours = tally((verdict for verdict in judged if is_ours(verdict.operation)), labels)
    others = tally((verdict for verdict in judged if not is_ours(verdict.operation)), labels)
    yield "\n| resources | interactions | agree | overtaken | disagree | agree of those not overtaken |\n|---|---|---|---|---|---|"
    yield f"| that the program declares or owns | {ours.cells()} | **{ours.share:.1%}** |"
    yield f"| the others | {others.cells()} | {others.share:.1%} |"
    yield f"\nNot counted: {ours.uncounted} reads of what was planted."


def _ours(judged: Sequence[Verdict], labels: set[str]) -> Iterator[str]:
    yield "\n## What the program declares or owns\n"
    yield "| operation | emulated | interactions | agree | overtaken | disagree |\n|---|---|---|---|---|---|"
    for operation in sorted(filter(is_ours, _all_operations(judged)), key=_by_path):
        found = tally((verdict for verdict in judged if verdict.operation == operation), labels)
        cells = found.cells() if found.counted else "- | - | - | -"
        yield f"| {operation} | {_yes(_is_emulated(operation))} | {cells} |"


def _others(judged: Sequence[Verdict], labels: set[str]) -> Iterator[str]:
    yield "\n## Everything else, by family\n"
    yield "| family | operations known | emulated | interactions | agree | overtaken | disagree |\n|---|---|---|---|---|---|---|"
    others = {operation for operation in _all_operations(judged) if not is_ours(operation)}
    for family in sorted({_family(operation) for operation in others}):
        members = {operation for operation in others if _family(operation) == family}
        found = tally((verdict for verdict in judged if verdict.operation in members), labels)
        emulated = sum(map(_is_emulated, members))
        yield f"| {family} | {len(members)} | {emulated} | {found.cells()} |"


def _reasons(known: Sequence[Known]) -> Iterator[str]:
    for title, is_overruled in (("Disagreements", False), ("Overruled by younger recordings", True)):
        entries = [entry for entry in known if (entry.overruled_by is not None) == is_overruled]
        rows = []
        for reason in {entry.reason for entry in entries}:
            members = [entry for entry in entries if entry.reason == reason]
            count = len({label for entry in members for label in entry.interactions})
            where = ", ".join(sorted({entry.operation for entry in members}, key=_by_path))
            rows.append((-count, reason, where))
        yield f"\n## {title}\n"
        yield "| interactions | where | why |\n|---|---|---|"
        yield from (f"| {-count} | {where} | {reason} |" for count, reason, where in sorted(rows))


def _all_operations(judged: Iterable[Verdict]) -> set[str]:
    load_endpoints()
    described = {f"{method} {path}" for method, path in (*operations(), *ENDPOINTS)}
    return described | {verdict.operation for verdict in judged}


def _is_emulated(operation: str) -> bool:
    method, _, path = operation.partition(" ")
    return (method, path) in ENDPOINTS


def _family(operation: str) -> str:
    return operation.partition(" ")[2].split("/")[1]


def _by_path(operation: str) -> tuple[str, str]:
    method, _, path = operation.partition(" ")
    return path, method


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def main() -> None:
    """Write the document and shorten the list."""
    if not folder().is_dir():
        raise SystemExit(f"The Go module cache has no {MODULE}. Run: make setup")
    judged = verdicts()
    known = without_mended(known_disagreements(), disagreements(judged))
    write(known)
    FILE.write_text(render(judged, known), encoding="utf-8")


if __name__ == "__main__":
    main()
