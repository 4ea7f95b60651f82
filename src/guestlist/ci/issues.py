"""
Which issue to open, edit or close, given what a drift check found and what is there. Nothing is asked and nothing written.

One issue for each environment says what drifted, another that the check could not tell; neither ever changes the other. Ours are found by a first line that nobody
sees and by their author, for anybody can write a line. A second such line holds digests of what was found, so that people hear of a thing once and not
with each check.

Not here: asking and writing (`tracking.py`), the report itself (`guestlist.drift.markdown`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from guestlist.ci.body import LONGEST_COMMENT, cut
from guestlist.ci.comments import CHECK_BROKEN, DRIFT, ISSUE_LABELS, SECURITY, LabelChanges, label_changes
from guestlist.preview.markdown_text import code, prose

MOST_NEWS = 20  # things that a comment names
HEALED = "Nothing differs any more. This issue is closed; what drifts from now on opens another."
WORKS = "The check could tell again. This issue is closed."
NO_REPORT = "The check left no report that could be read: its job says why."

_KNOWN = re.compile(r"^<!-- guestlist:known:([0-9a-f,]*) -->$", re.MULTILINE)
_NAME = re.compile(r"[^A-Za-z0-9_.-]+")

Topic = Literal["drift", "check-broken"]
TITLES: Mapping[Topic, str] = {
    "drift": "The tenant of {} is not as it was deployed",
    "check-broken": "The drift check of {} could not tell",
}


@dataclass(frozen=True, kw_only=True)
class Issue:
    """An open one that is there."""

    number: int
    author: str
    text: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Found:
    """
    One thing that somebody has to hear of.

    `id` tells it from others, for good; `said` is what people read, as plain text.
    """

    id: str
    said: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.id.encode("utf-8", "replace")).hexdigest()[:12]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one check of one environment told. `broken`: sentences about what it could not tell; then `found` is not everything."""

    project: str
    environment: str
    report: str = ""  # Markdown, as the check wrote it
    found: tuple[Found, ...] = ()
    labels: frozenset[str] = frozenset()
    broken: tuple[str, ...] = ()

    def marker(self, topic: Topic) -> str:
        """The first line of an issue about it."""
        project, environment = (_NAME.sub("-", one) or "-" for one in (self.project, self.environment))
        return f"<!-- guestlist:{topic}:{project}:{environment} -->"


@dataclass(frozen=True, kw_only=True)
class Open:
    """There is none yet."""

    title: str
    text: str
    labels: tuple[str, ...]
    news: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Update:
    """One that is there. `text` is `None` where it says the same already; `comment` only where there are news."""

    number: int
    text: str | None
    labels: LabelChanges
    comment: str | None
    news: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Close:
    """One whose reason is gone."""

    number: int
    comment: str


Step = Open | Update | Close


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
    except (KeyError, TypeError, AttributeError, IndexError, ValueError):
        return Told(project=project, environment=environment, broken=(NO_REPORT,))


def _told(document: Any, report: str, *, project: str, environment: str) -> Told:
    [one] = [each for each in document["environments"] if each["environment"] == environment]
    items = [each for each in one["items"] if each["covered"] is None and each["class"] != "pending"]
    findings = [each for each in one["findings"] if each["allowance"] is None and each["severity"] != "note"]
    found = [
        *(Found(id=f"{each['class']} {each['happened']} {each['id']}", said=_of_item(each)) for each in items),
        *(Found(id=f"{each['rule']} {each['urn']}", said=f"{each['rule']}: {each['what']}") for each in findings),
    ]
    broken = tuple(str(each["said"]) for each in one["problems"])
    if not broken and one["exitCode"] not in {0, 2}:
        broken = (NO_REPORT,)
    return Told(
        project=project,
        environment=environment,
        report=report,
        found=tuple(found),
        labels=frozenset({DRIFT, *([SECURITY] if findings else [])}),
        broken=broken,
    )


def _of_item(item: Mapping[str, Any]) -> str:
    what = {"unmanaged": "not declared"}.get(str(item["class"]), str(item["happened"]))
    by = item["by"]
    who = f", by {by[0]['who']}" if by else ""
    return f"{item['resource']}, {what}{who}"


def steps(told: Told, drifts: Iterable[Issue], broken: Iterable[Issue], *, me: str) -> list[Step]:
    """
    What is to be done.

    A check that could not tell everything says nothing of drift: neither that it is there nor that it is gone.

    Args:
        told: by the check.
        drifts: open issues with the label of drift.
        broken: those with the label of broken checks.
        me: whose are ours.

    """
    about_drift, about_check = _ours(drifts, told.marker("drift"), me), _ours(broken, told.marker("check-broken"), me)
    if told.broken:
        sentences = tuple(Found(id=one, said=one) for one in told.broken)
        return [_written(told, "check-broken", _broken_text(told), sentences, about_check)]
    found: list[Step] = [] if about_check is None else [Close(number=about_check.number, comment=WORKS)]
    if told.found:
        found.append(_written(told, "drift", _report_text(told), told.found, about_drift))
    elif about_drift is not None:
        found.append(Close(number=about_drift.number, comment=HEALED))
    return found


def _ours(issues: Iterable[Issue], marker: str, me: str) -> Issue | None:
    """Of several, which a lost answer may have left, the oldest."""
    ours = [one for one in issues if one.author == me and one.text.split("\n", 1)[0].rstrip() == marker]
    return min(ours, key=lambda one: one.number, default=None)


def _written(told: Told, topic: Topic, text: str, found: Sequence[Found], there: Issue | None) -> Open | Update:
    labels = told.labels if topic == "drift" else frozenset({CHECK_BROKEN})
    known = f"<!-- guestlist:known:{','.join(one.digest for one in found)} -->"
    whole = f"{told.marker(topic)}\n{known}\n{cut(text, LONGEST_COMMENT - 16 * len(found) - 400)}"
    whole = cut(whole, LONGEST_COMMENT)
    if there is None:
        title = TITLES[topic].format(told.environment)
        return Open(title=title, text=whole, labels=tuple(sorted(labels)), news=tuple(one.said for one in found))
    match = _KNOWN.search(there.text)
    before = frozenset(match[1].split(",")) if match else frozenset()
    news = tuple(one.said for one in found if one.digest not in before)
    same = there.text.replace("\r\n", "\n").rstrip() == whole.rstrip()
    return Update(
        number=there.number,
        text=None if same else whole,
        labels=label_changes(there.labels, labels, frozenset(ISSUE_LABELS)),
        comment=_comment(news) if news else None,
        news=news,
    )


def _comment(news: Sequence[str]) -> str:
    lines = ["New since the last check:", "", *(f"- {prose(one, length=400)}" for one in news[:MOST_NEWS])]
    if len(news) > MOST_NEWS:
        lines.append(f"- … {len(news) - MOST_NEWS:,} more, see above")
    return "\n".join(lines) + "\n"


def _report_text(told: Told) -> str:
    """The check's own, without its first line, which the issue has already."""
    first, _, rest = told.report.partition("\n")
    return rest if first.startswith("<!-- guestlist:") else told.report


def _broken_text(told: Told) -> str:
    lines = [
        f"### Whether the tenant of {code(told.environment)} is as it was deployed could not be told",
        "",
        *(f"- {prose(one)}" for one in told.broken),
        "",
        f"Drift may be there and nobody hears of it. To look: `guestlist drift --env {_NAME.sub('-', told.environment)}`, with the credentials of the job.",
    ]
    return "\n".join(lines) + "\n"
