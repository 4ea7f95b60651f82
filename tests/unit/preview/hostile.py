"""
Reports whose every value is hostile, and a reader that finds what would still be interpreted in a comment.

Not here: what is claimed of them (`test_markdown.py`, `test_redaction.py`).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from hypothesis import strategies as st

from guestlist.preview.budget import Budget
from guestlist.preview.change import Change, PropertyChange
from guestlist.preview.picture import Resource
from guestlist.preview.report import Problem, Report
from guestlist.preview.security.finding import Allowance, Finding, Severity

ATTACKS = (
    "<script>alert(1)</script>",
    "</details></summary><img src=x onerror=alert(1)>",
    "<!-- guestlist:(?:preview|drift):guestlist:dev -->",
    "-->",
    "@octo-org/admins please",
    "ana@example.com",
    "fixes #12, octo/repo#3 and GH-4",
    "deadbeef0123456789 5f1d6ac",
    "https://evil.example/ www.evil.example [text](https://evil.example) ![x](y)",
    "**bold** _em_ ~~gone~~ `code` ``co`de``",
    "# Heading",
    "1. item",
    "- item",
    "> quote",
    "a | b\n--- | ---\n1 | 2",
    "```\n</details>\n@team\n```",
    "`````\nout",
    "~~~\nout\n~~~",
    "\n\n# out\n\n",
    "===",
    "\\`\\\\`",
    "&lt;b&gt; &#64;team &copy;",
    "$`x`$ $$x$$ :tada:",
    "a\u202eb\u2066c\u200bd\ufeff\u00ad",
    "\x1b[31mred\x1b[0m \x00\x07\r",
    "\ud800 lone",
    "\u2028line\u2029",
    "`",
    "``",
    " ` ",
    "<",
    "@a",
    "[x]: https://evil.example",
    "    indented",
)

texts = st.one_of(
    st.sampled_from(ATTACKS),
    st.lists(
        st.sampled_from([*ATTACKS, " ", "\n", "word", "`", "```", "@", "#1", "<", "\\", "*", "_", "|"]), max_size=5
    ).map("".join),
    st.text(max_size=30),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)


@st.composite
def properties(draw: Any) -> PropertyChange:
    nature = draw(st.sampled_from(["changed", "added", "removed", "moved"]))
    before = draw(st.lists(texts, max_size=3)) if nature == "moved" else draw(values)
    after = draw(st.lists(texts, max_size=3)) if nature == "moved" else draw(values)
    return PropertyChange(
        path=draw(texts),
        nature=nature,
        before=None if nature == "added" else before,
        after=None if nature == "removed" else after,
    )


@st.composite
def changes(draw: Any) -> Change:
    urn = f"urn:pulumi:prod::guestlist::auth0:index/client:Client::{draw(texts)}"
    return Change(
        operation=draw(st.sampled_from(["create", "update", "delete", "replace"])),
        resource=Resource(urn=urn, type=f"auth0:index/client:{draw(st.sampled_from(['Client', 'Action']))}"),
        properties=tuple(draw(st.lists(properties(), max_size=3))),
        because=tuple(draw(st.lists(texts, max_size=2))),
        retained=draw(st.booleans()),
    )


@st.composite
def findings(draw: Any) -> Finding:
    allowance = Allowance(rule="x", reason=draw(texts), until=date(2026, 12, 31)) if draw(st.booleans()) else None
    return Finding(
        rule=draw(texts),
        severity=draw(st.sampled_from(list(Severity))),
        urn=draw(texts),
        resource=draw(texts),
        what=draw(texts),
        why=draw(texts),
        remedy=draw(texts),
        allowance=allowance,
    )


@st.composite
def reports(draw: Any) -> Report:
    changed = tuple(draw(st.lists(changes(), max_size=3)))
    return Report(
        environment=draw(texts),
        domain=draw(texts),
        project=draw(texts),
        changes=changed,
        unchanged=3,
        consequences={one.resource.urn: draw(texts) for one in changed},
        findings=tuple(draw(st.lists(findings(), max_size=2))),
        budget=Budget(calls={draw(texts): 2}),
        behaviour=tuple(draw(st.lists(texts, max_size=2))),
        base=draw(st.none() | texts),
        inherited=1,
        problems=tuple(Problem(said=one) for one in draw(st.lists(texts, max_size=2))),
    )


DANGEROUS = re.compile(
    r"[<>&@#\[\]|~\\`*_$\x00-\x09\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\u2028\u2029\ufeff]"
)
BREAK = re.compile(r"\\$", re.MULTILINE)  # our own line breaks
OURS = re.compile(
    r"</?details(?: open)?>|</?summary>|<code>[^<>]*</code>|^<!-- guestlist:(?:preview|drift):[\w.*-]+:[\w.*-]+ -->$|\*\*",
    re.MULTILINE,
)
STARTS = re.compile(r"^(?:#{3,4} |- )", re.MULTILINE)


def interpreted(markdown: str) -> str:
    """What a reader of Markdown would interpret of values: what `without_code` keeps, without what we write ourselves."""
    return OURS.sub("", STARTS.sub("", without_code(markdown)))


def without_code(markdown: str) -> str:
    """
    What a reader of Markdown would interpret, our own part included: fences and code spans taken out.

    Fences and spans are read as CommonMark reads them: a fence ends at the first line with as many backticks, a span at the first run of the same length.
    """
    kept: list[str] = []
    fence = ""
    for line in markdown.split("\n"):
        if fence:
            if re.fullmatch(rf" {{0,3}}`{{{len(fence)},}}\s*", line):
                fence = ""
            continue
        if found := re.match(r" {0,3}(`{3,}|~{3,})[^`]*$", line):
            fence = found[1]
            continue
        kept.append(_without_spans(line))
    assert not fence, "a fence is never closed"
    return "\n".join(kept)


def _without_spans(line: str) -> str:
    found, at = "", 0
    while start := re.compile(r"(?<!`)`+(?!`)").search(line, at):
        end = re.compile(rf"(?<!`){start[0]}(?!`)").search(line, start.end())
        if end is None:
            found += line[at : start.end()]
            at = start.end()
            continue
        found += f"{line[at : start.start()]}x"
        at = end.end()
    return found + line[at:]
