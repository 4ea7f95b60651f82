"""
What a drift check told, read from what it left for the job: what somebody has to hear of, or that it could not tell.

What is left is not believed to be complete: a document of another form, of another environment or with anything missing is a check that could not tell.

Not here: what becomes of it (`issues.py`), the check (`guestlist.drift`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guestlist.ci.comments import DRIFT, SECURITY
from guestlist.drift.document import VERSION
from guestlist.preview.characters import short, visible

NO_REPORT = "The check left no report that could be read: its job says why."
OTHER_FORM = (
    "The check left a report of another version of guestlist. Check and issue have to be of one version: see the job."
)
LONGEST_SAID = 400
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, kw_only=True)
class Found:
    """
    One thing that somebody has to hear of.

    `id` tells it from others, for good; `parts` tell what differs in it, so that it is heard of again when something else does. `said` is what people
    read, as plain text in one line.
    """

    id: str
    said: str
    parts: tuple[str, ...] = ()

    @property
    def digests(self) -> frozenset[str]:
        """Of all that is to be heard of; nothing can be read out of them."""
        return frozenset(digest(one) for one in (self.id, *(f"{self.id} {part}" for part in self.parts)))


def digest(text: str) -> str:
    """Short, and of any text at all."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one check of one environment told. `broken`: what it could not tell; then `found` is not everything."""

    project: str
    environment: str
    report: str = ""  # Markdown, as the check wrote it
    found: tuple[Found, ...] = ()
    labels: frozenset[str] = frozenset()
    broken: tuple[Found, ...] = ()


def told_of(document: object, report: str, *, project: str, environment: str) -> Told:
    """
    Read what a check left. What cannot be read is a check that could not tell.

    Args:
        document: of `guestlist drift --format json`; `None` if there is none.
        report: the same as Markdown.
        project: Pulumi's name of it.
        environment: that was to be checked.

    """
    try:
        return _told(document, report, project=project, environment=environment)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, RecursionError):
        return Told(project=project, environment=environment, broken=(_failure(NO_REPORT),))


def _told(document: Any, report: str, *, project: str, environment: str) -> Told:
    if document["guestlistDrift"] != VERSION:
        return Told(project=project, environment=environment, broken=(_failure(OTHER_FORM),))
    [one] = [each for each in document["environments"] if each["environment"] == environment]
    items = [each for each in one["items"] if each["covered"] is None and each["class"] != "pending"]
    findings = [each for each in one["findings"] if each["allowance"] is None and each["severity"] != "note"]
    broken = tuple(_failure(str(each["said"])) for each in one["problems"])
    if not broken and one["exitCode"] not in {0, 2}:
        broken = (_failure(NO_REPORT),)
    return Told(
        project=project,
        environment=environment,
        report=report,
        found=(*map(_item, items), *map(_finding, findings)),
        labels=frozenset({DRIFT, *([SECURITY] if findings else [])}),
        broken=broken,
    )


def _item(item: Mapping[str, Any]) -> Found:
    what = {"unmanaged": "not declared"}.get(str(item["class"]), str(item["happened"]))
    who = f", by {item['by'][0]['who']}" if item["by"] else ""
    differing = [each for each in item["properties"] if each["covered"] is None]
    return Found(
        id=f"{item['class']} {item['happened']} {item['id']}",
        said=plain(f"{item['resource']}, {what}{who}"),
        parts=tuple(json.dumps([each["path"], each["nature"], each["after"]], sort_keys=True) for each in differing),
    )


def _finding(finding: Mapping[str, Any]) -> Found:
    return Found(id=f"{finding['rule']} {finding['urn']}", said=plain(f"{finding['rule']}: {finding['what']}"))


def _failure(said: str) -> Found:
    """The same failure with another count, time or port in its sentence is no other failure."""
    return Found(id=_NUMBER.sub("0", said), said=plain(said, length=1000))


def plain(text: str, *, length: int = LONGEST_SAID) -> str:
    """In one line, bounded, with everything that cannot be seen written out."""
    return short(visible(" ".join(text.split())), length)
