"""
Which issue to open, edit or close, given what a drift check found and what is there. Nothing is asked and nothing written.

One issue for each environment says what drifted, another that the check could not tell; neither ever changes the other. Ours are found by a first line that nobody
sees and by their author, for anybody can write a line. A second such line holds digests of what was found, so that people hear of a thing once and not
with each check.

Not here: what a check left (`told.py`), asking and writing (`tracking.py`), the report itself (`guestlist.drift.markdown`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from guestlist.ci.body import LONGEST_COMMENT, cut
from guestlist.ci.comments import CHECK_BROKEN, ISSUE_LABELS, LabelChanges, label_changes
from guestlist.ci.told import Found, Told, digest
from guestlist.drift.markdown import marker as report_marker
from guestlist.preview.markdown_text import code, prose, size

MOST_NEWS = 20  # things that a comment names
MOST_KNOWN = 1500  # digests that an issue remembers: 20 KB
MOST_LISTED = 200  # things that an issue names where the report is missing
HEALED = "Nothing differs any more. This issue is closed; what drifts from now on opens another."
WORKS = "The check could tell again. This issue is closed."
TWICE = (
    "Two checks at the same time opened an issue each. This one is closed; the older one, issue {}, is kept up to date."
)

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


def marker(told: Told, topic: Topic) -> str:
    """The first line of an issue about it; about drift the one that its report has."""
    return report_marker(told.project, [told.environment]).replace(":drift:", f":{topic}:", 1)


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


def steps(told: Told, drifts: Iterable[Issue], broken: Iterable[Issue], *, me: str) -> list[Step]:
    """
    What is to be done, in this order: what is new comes last, so that nothing which fails after it can hide it.

    A check that could not tell everything says nothing of drift: neither that it is there nor that it is gone.

    Args:
        told: by the check.
        drifts: open issues with the label of drift.
        broken: those with the label of broken checks.
        me: whose are ours.

    """
    about_drift, about_check = _ours(drifts, marker(told, "drift"), me), _ours(broken, marker(told, "check-broken"), me)
    found: list[Step] = [*_but_the_first(about_check)]
    if told.broken:
        return [*found, _written(told, "check-broken", _broken_text(told), told.broken, about_check)]
    found += _but_the_first(about_drift)
    found += [Close(number=one.number, comment=WORKS) for one in about_check[:1]]
    if told.found:
        found.append(_written(told, "drift", _report_text(told), told.found, about_drift))
    else:
        found += [Close(number=one.number, comment=HEALED) for one in about_drift[:1]]
    return found


def _ours(issues: Iterable[Issue], first_line: str, me: str) -> list[Issue]:
    """The oldest first; more than one if a lost answer or two checks at the same time left them."""
    ours = [one for one in issues if one.author == me and one.text.split("\n", 1)[0].rstrip() == first_line]
    return sorted(ours, key=lambda one: one.number)


def _but_the_first(ours: Sequence[Issue]) -> Iterator[Close]:
    yield from (Close(number=one.number, comment=TWICE.format(ours[0].number)) for one in ours[1:])


def _written(told: Told, topic: Topic, text: str, found: Sequence[Found], ours: Sequence[Issue]) -> Open | Update:
    labels = told.labels if topic == "drift" else frozenset({CHECK_BROKEN})
    digests = _digests(found)
    known = ",".join(sorted(frozenset[str]().union(*digests)))
    head = f"{marker(told, topic)}\n<!-- guestlist:known:{known} -->\n"
    whole = head + cut(text, LONGEST_COMMENT - size(head))
    if not ours:
        title = TITLES[topic].format(told.environment)
        return Open(title=title, text=whole, labels=tuple(sorted(labels)), news=tuple(one.said for one in found))
    there = ours[0]
    match = _KNOWN.search(there.text)
    before = frozenset(match[1].split(",")) if match else frozenset()
    news = tuple(one.said for one, new in zip(found, digests, strict=True) if not new <= before)
    same = there.text.replace("\r\n", "\n").rstrip() == whole.rstrip()
    return Update(
        number=there.number,
        text=None if same else whole,
        labels=label_changes(there.labels, labels, frozenset(ISSUE_LABELS)),
        comment=_comment(news) if news else None,
        news=news,
    )


def _digests(found: Sequence[Found]) -> list[frozenset[str]]:
    """What is remembered of each, as finely as there is room for it."""
    fine = [one.digests for one in found]
    if sum(map(len, fine)) <= MOST_KNOWN:
        return fine
    coarse = [frozenset({digest(",".join(sorted(one)))}) for one in fine]
    if len(coarse) <= MOST_KNOWN:
        return coarse
    return [frozenset({digest(",".join(sorted(frozenset[str]().union(*coarse))))})] * len(coarse)


def _comment(news: Sequence[str]) -> str:
    return "\n".join(["New since the last check:", "", *_listed(news, MOST_NEWS)]) + "\n"


def _listed(said: Sequence[str], most: int) -> Iterator[str]:
    yield from (f"- {prose(one, length=400)}" for one in said[:most])
    if len(said) > most:
        yield f"- … {len(said) - most:,} more"


def _report_text(told: Told) -> str:
    """The check's own, without its first line, which the issue has already; where it is missing, what was found."""
    first, _, rest = told.report.partition("\n")
    if first.rstrip() == marker(told, "drift") and rest.strip():
        return rest
    title = f"### {code(told.environment)} is not as it was deployed"
    return "\n".join([title, "", *_listed([one.said for one in told.found], MOST_LISTED)]) + "\n"


def _broken_text(told: Told) -> str:
    lines = [
        f"### Whether the tenant of {code(told.environment)} is as it was deployed could not be told",
        "",
        *(f"- {prose(one.said)}" for one in told.broken),
        "",
        f"Drift may be there and nobody hears of it. To look: `guestlist drift --env {_NAME.sub('-', told.environment)}`, with the credentials of the job.",
    ]
    return "\n".join(lines) + "\n"
