"""
The body of an issue: what differs, who did it, whether it matters, how to take it back, in fewer bytes than a forge takes.

Not here: what makes a value harmless (`guestlist.preview.markdown_text`), what is left out when there is too much (`guestlist.preview.budgeted`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from guestlist.drift import words
from guestlist.drift.report import CLASSES, Item, Report
from guestlist.preview.budgeted import GAP, Form, Part, fill, wanted
from guestlist.preview.change import Change
from guestlist.preview.markdown import (
    COMMENT_BYTES,
    ELSEWHERE,
    LONGEST_SENTENCE,
    SUMMARY_BYTES,
    finding_part,
    remainder,
    shares,
)
from guestlist.preview.markdown_changes import Shown, change_parts
from guestlist.preview.markdown_text import code, prose, size, strong

_ALWAYS, _PROBLEM, _ITEM, _DETAILS, _ASIDE = 0, 1, 2, 4, 6


def marker(project: str, environments: Sequence[str]) -> str:
    """The first line, by which the next check finds the issue."""
    stack = environments[0] if len(environments) == 1 else "*"
    project, stack = (re.sub(r"(?:[^\w.*]|-)+", "-", one, flags=re.ASCII) or "-" for one in (project, stack))
    return f"<!-- guestlist:drift:{project}:{stack} -->"


def render_markdown(reports: Sequence[Report], *, full: bool = False, elsewhere: str = ELSEWHERE) -> str:
    """
    About one environment or several.

    Args:
        reports: at least one.
        full: for a job's summary: nothing is left out below one MiB.
        elsewhere: where the rest is, if something is left out.

    """
    first = marker(reports[0].project, [one.environment for one in reports])
    limit = (SUMMARY_BYTES if full else COMMENT_BYTES) - size(first) - 2
    seen: dict[Shown, str] = {}
    pages = [_parts(one, seen, full=full, elsewhere=elsewhere) for one in reports]
    sections = [
        fill(parts, limit=share, remainder=lambda group, number: remainder(group, number, elsewhere))
        for parts, share in zip(pages, shares([wanted(parts) for parts in pages], limit), strict=True)
    ]
    return f"{first}\n{GAP.join(sections)}\n"


def _parts(report: Report, seen: dict[Shown, str], *, full: bool, elsewhere: str) -> list[Part]:
    parts = [_always(_headline(report))]
    if used := words.log(report):
        parts.append(_always(prose(used)))
    parts += [
        Part(group="problem", forms=(Form(turn=_PROBLEM, text=f"**Could not tell:** {prose(one.said)}"),))
        for one in report.problems
    ]
    grave = [one for one in report.findings if one.allowance is None]
    parts += _titled("What makes the tenant less safe", [finding_part(one) for one in grave])
    for kind in CLASSES:
        items = [one for one in report.counted if one.kind == kind]
        found = [part for one in items for part in _item(one, report.environment, seen, full=full, elsewhere=elsewhere)]
        parts += _titled(words.TITLES[kind], found)
    known = [
        Part(
            group="covered object",
            forms=(
                Form(
                    turn=_DETAILS,
                    text=f"- {code(one.shown, length=120)}, {words.happened(one)}: {prose(words.covered(one))}",
                ),
            ),
        )
        for one in report.covered
    ]
    parts += _titled("Covered by the ignore file", known)
    allowed = [one for one in report.findings if one.allowance is not None]
    parts += _titled("Allowed", [finding_part(one) for one in allowed])
    if remedies := [f"- {_remedy(one)}" for one in words.remedies(report)]:
        parts += [_always("#### What to do"), _always("\n".join(remedies))]
    parts.append(_aside(_ending(report)))
    return [part for part in parts if any(form.text for form in part.forms) or not part.forms]


def _always(text: str) -> Part:
    return Part(forms=(Form(turn=_ALWAYS, text=text),))


def _aside(text: str) -> Part:
    return Part(forms=(Form(turn=_ASIDE, text=text),))


def _titled(title: str, parts: Sequence[Part]) -> list[Part]:
    return [_always(f"#### {title}"), *parts] if parts else []


def _headline(report: Report) -> str:
    tenant = f" (tenant {code(report.domain, length=120)})" if report.domain else ""
    return f"### {strong(report.environment)}{tenant}: {prose(words.headline(report))}"


def _item(item: Item, environment: str, seen: dict[Shown, str], *, full: bool, elsewhere: str) -> list[Part]:
    title = f"**{words.happened(item).capitalize()}** {code(item.shown, length=120)}"
    about = [prose(item.remark, length=LONGEST_SENTENCE)] if item.remark else []
    about += [f"By {_author(words.author(one))}" for one in item.by]
    if item.undeclared:
        listed = ", ".join(code(one) for one in item.undeclared)
        about.append(f"The program does not declare {listed}: no deployment takes that back.")
    about += [
        f"{code(path)} is ignored until {known.until.isoformat()}: {prose(known.reason)}"
        for path, known in item.covered_properties.items()
    ]
    brief = Form(turn=_ITEM, text=title)
    whole = Form(turn=_DETAILS, text="\\\n".join([title, *about]))
    heading = Part(group="object", forms=(brief, whole))
    parts = [heading]
    if item.live is not None and item.happened != "deleted":
        parts += _changed(item.live, environment, seen, full=full, elsewhere=elsewhere)
    if item.pending is not None:
        parts += change_parts(item.pending, environment, seen, full=full, elsewhere=elsewhere)
    return parts


def _changed(change: Change, environment: str, seen: dict[Shown, str], *, full: bool, elsewhere: str) -> list[Part]:
    """Its properties and lines, without the heading of a preview."""
    heading, *texts = change_parts(change, environment, seen, full=full, elsewhere=elsewhere)
    bullets = heading.forms[-1].text.partition("\n")[2].strip()
    parts = [Part(forms=(Form(turn=_DETAILS, text=bullets),))] if bullets else []
    return [*parts, *(_alone(one) for one in texts)]


def _alone(part: Part) -> Part:
    """A diff hangs on the heading that is shown instead."""
    from dataclasses import replace

    return replace(part, of=None)


def _author(said: str) -> str:
    return prose(said, length=LONGEST_SENTENCE)


def _remedy(said: str) -> str:
    text, _, command = said.partition(" run: ")
    return f"{prose(text)} run: `{command}`" if command else prose(said)


def _ending(report: Report) -> str:
    lines = [
        f"{code('config/drift-ignore.yaml')}: {code(one.pattern)} ended on {one.until.isoformat()} and covers nothing any more."
        for one in report.ended
    ]
    if report.coverage is not None:
        lines.append(f"Coverage: {prose(words.coverage(report.coverage))}; {prose(words.listed(report.coverage))}.")
    if unseen := words.cannot_be_seen(report):
        lines.append(prose(unseen))
    return "\\\n".join(lines)
