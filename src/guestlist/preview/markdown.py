"""
The comment of a pull request: what a reviewer has to know, without opening anything else, in fewer bytes than GitHub takes.

First what stands in the way and what is lost, then what people notice when they log in, then each change with its lines.

Not here: what makes a value harmless (`markdown_text.py`), what is left out when there is too much (`budgeted.py`).
Source: https://docs.github.com/rest/issues/comments (65,536 characters), …/actions/using-workflows/workflow-commands (summaries: 1 MiB)
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from guestlist.preview import words
from guestlist.preview.budgeted import GAP, Form, Part, fill, wanted
from guestlist.preview.change import Change
from guestlist.preview.markdown_changes import Shown, because_of, change_parts, is_brief, what_it_was
from guestlist.preview.markdown_text import code, prose, size, strong
from guestlist.preview.report import Report
from guestlist.preview.security.finding import Finding, Severity

COMMENT_BYTES = 65_000  # GitHub takes fewer than 65,536 characters; its own additions have room
SUMMARY_BYTES = 1_000_000
ELSEWHERE = "the job summary"
LONGEST_SENTENCE = 400  # characters, where there is not room for everything

_ALWAYS, _PROBLEM, _FINDING, _GRAVE, _SENTENCES, _ASIDE = range(6)


def marker(project: str, environments: Sequence[str]) -> str:
    """The comment's first line, by which the next run finds it. Several environments share one comment under `*`."""
    stack = environments[0] if len(environments) == 1 else "*"
    project, stack = (re.sub(r"(?:[^\w.*]|-)+", "-", one, flags=re.ASCII) or "-" for one in (project, stack))
    return f"<!-- guestlist:preview:{project}:{stack} -->"


def render_markdown(reports: Report | Sequence[Report], *, full: bool = False, elsewhere: str = ELSEWHERE) -> str:
    """
    One comment about one environment or several.

    Args:
        reports: at least one.
        full: for a job's summary: nothing is left out below one MiB.
        elsewhere: where the rest is, if something is left out.

    """
    several = [reports] if isinstance(reports, Report) else list(reports)
    first = marker(several[0].project, [one.environment for one in several])
    limit = (SUMMARY_BYTES if full else COMMENT_BYTES) - size(first) - 2
    seen: dict[Shown, str] = {}
    pages = [_parts(one, seen, full=full, elsewhere=elsewhere) for one in several]
    allotted = shares([wanted(parts) for parts in pages], limit)
    sections = [
        fill(parts, limit=share, remainder=lambda group, number: remainder(group, number, elsewhere))
        for parts, share in zip(pages, allotted, strict=True)
    ]
    return f"{first}\n{GAP.join(sections)}\n"


def shares(sizes: Sequence[int], limit: int) -> list[int]:
    """What each environment may take: what it wants where all fits, else a fair part."""
    given = [0] * len(sizes)
    left = limit
    for served, index in enumerate(sorted(range(len(sizes)), key=lambda one: sizes[one])):
        given[index] = min(sizes[index], left // (len(sizes) - served))
        left -= given[index]
    return given


def remainder(group: str, number: int, elsewhere: str) -> str:
    """How many of a group are not shown, and where they are."""
    return f"… {words.many(number, f'more {group}')}: see {prose(elsewhere)}"


def _parts(report: Report, seen: dict[Shown, str], *, full: bool, elsewhere: str) -> list[Part]:
    grave = [change for change in report.shown if words.is_grave(change)]
    following = [change for change in report.shown if words.follows(change)]
    others = [one for one in report.shown if not words.is_grave(one) and not words.follows(one)]
    parts = [_always(_headline(report))]
    if opening := _opening(report):
        parts.append(_always(opening))
    parts += [
        Part(
            group="problem",
            forms=_sentence(
                _PROBLEM, f"**Could not tell:** {prose(one.said)}", prose(one.said, length=LONGEST_SENTENCE)
            ),
        )
        for one in report.problems
    ]
    parts += _titled("Refused by a rule", [finding_part(one) for one in report.refused])
    lost = [part for one in grave for part in (_grave(report, one), *what_it_was(one, full=full))]
    parts += _titled("Goes away, or is made anew", lost)
    parts += _titled("Warnings of rules", [finding_part(one) for one in words.warned(report.findings)])
    parts += _titled("Allowed by the environment's file", [finding_part(one) for one in words.allowed(report.findings)])
    parts += _titled("What is different for the person logging in", _behaviour(report))
    changes = [
        part
        for change in [*(one for one in grave if not is_brief(one)), *others]
        for part in change_parts(change, report.environment, seen, full=full, elsewhere=elsewhere)
    ]
    parts += _titled("Changes", changes)
    if following:
        parts.append(_aside(_following(following)))
    if ending := _ending(report):
        parts.append(_aside(ending))
    return parts


def _always(text: str) -> Part:
    return Part(forms=(Form(turn=_ALWAYS, text=text),))


def _aside(text: str) -> Part:
    return Part(forms=(Form(turn=_ASIDE, text=text),))


def _titled(title: str, parts: list[Part]) -> list[Part]:
    return [_always(f"#### {title}"), *parts] if parts else []


def _sentence(turn: int, whole: str, brief: str) -> tuple[Form, ...]:
    """The brief form has its turn first, the whole one once every brief one is written."""
    return (Form(turn=turn, text=brief), Form(turn=_SENTENCES, text=whole))


def _headline(report: Report) -> str:
    name = f"{strong(report.environment)} (tenant {code(report.domain, length=120)})"
    refused = f", {len(report.refused):,} refused by a rule" if report.refused else ""
    if not report.problems:
        return f"### {words.counted(report)} to {name}{refused}"
    known = f": {words.counted(report)} known{refused}" if report.shown else ""
    return (
        f"### {'Could not tell everything' if report.shown else 'Could not tell what would change'} for {name}{known}"
    )


def _opening(report: Report) -> str:
    if not report.shown:
        return ""
    said = [words.breakdown(report.shown)] if len(report.shown) > 1 else []
    if others := words.warned(report.findings):
        said.append(words.many(len(others), "warning"))
    if allowed := words.allowed(report.findings):
        said.append(f"{len(allowed):,} allowed by the environment's file")
    return "; ".join(said) + "." if said else ""


def finding_part(one: Finding) -> Part:
    """What a rule says, from its name alone to its remedy."""
    title = f"- {strong(one.rule)}, {code(one.resource, length=80)}"
    brief = f"{title}: {prose(one.what, length=LONGEST_SENTENCE)}"
    if one.allowance is not None:
        allowance = f"Allowed until {one.allowance.until.isoformat()}: {prose(one.allowance.reason)}"
        rest = f"  {allowance}\\\n  Why it is a rule: {prose(one.why)}"
    else:
        rest = f"  Why: {prose(one.why)}\\\n  What to do: {prose(one.remedy)}"
    group = "finding" if one.severity is not Severity.NOTE else "note"
    return Part(
        group=group,
        forms=(
            Form(turn=_FINDING, text=title),
            Form(turn=_SENTENCES, text=brief),
            Form(turn=_SENTENCES + 1, text=f"{title}: {prose(one.what)}\\\n{rest}"),
        ),
    )


def _grave(report: Report, change: Change) -> Part:
    title = f"- **{words.verb(change)}** {code(change.resource.shown, length=80)}"
    because = f" ({said})" if (said := because_of(change)) else ""
    said = words.consequence(report, change)
    return Part(
        group="delete or replacement",
        forms=(
            Form(turn=_GRAVE, text=title),
            Form(turn=_SENTENCES, text=f"{title}{because}: {prose(said, length=LONGEST_SENTENCE)}"),
            Form(turn=_SENTENCES + 1, text=f"{title}{because}: {prose(said)}"),
        ),
    )


def _behaviour(report: Report) -> list[Part]:
    if report.behaviour is None:
        return []
    sentences = report.behaviour or ("Nothing that the rehearsed logins would show.",)
    return [Part(group="sentence", forms=(Form(turn=_SENTENCES, text=f"- {prose(one)}"),)) for one in sentences]


def _following(changes: Sequence[Change]) -> str:
    shown = []
    for change in changes[:10]:
        names = f" ({code(followed)})" if (followed := words.followed(change)) else ""
        shown.append(f"{code(change.resource.shown, length=80)}{names}")
    more = f" and {len(changes) - 10:,} more" if len(changes) > 10 else ""
    return f"Only follows from the above: {', '.join(shown)}{more}."


def _ending(report: Report) -> str:
    lines = [f"{words.budget_words(report.budget)}."] if report.budget is not None else []
    if looked_at := "; ".join(prose(one, length=200) for one in words.context(report)):
        lines.append(f"{looked_at[:1].upper()}{looked_at[1:]}.")
    return "\\\n".join(lines)
