"""
The page of all rules, made from the rules: `python -m guestlist.preview.security.reference > docs/security-rules.md`.

Not here: the rules; a test compares the page with a fresh one.
"""

from __future__ import annotations

import inspect

from guestlist.preview.security.judge import RULES
from guestlist.preview.security.rule import Rule

_INTRODUCTION = """\
# Security rules

Written by `python -m guestlist.preview.security.reference > docs/security-rules.md`; a test compares it with the rules.

A preview of a change, and of drift, is judged by these rules. They speak of what becomes worse: what is the same before and after is no finding, a
new resource is judged as it begins. An **error** refuses (exit code 3), a **warning** is shown. A rule that cannot be judged counts as found.

An environment lets a rule pass, for a time and with a reason, in its own file, where whoever reviews the change sees it:

```yaml
guestlist:allow:
  - rule: redirect-moved
    reason: the application moves to app.example.com
    until: "2026-12-31"
```

`until` is the last day. An ended entry no longer allows; the finding says until when it did.

What the rules cannot see: the values of secrets, which are masked on both sides. How strong a key is, is checked where its value is known: by
`guestlist env check`, by the program and by the page."""


def render() -> str:
    """Give the whole page."""
    rows = [_row(rule) for rule in RULES]
    head = ["| Rule | Severity | Finds | Why | Remedy |", "|---|---|---|---|---|"]
    return "\n".join([_INTRODUCTION, "", *head, *rows]) + "\n"


def _row(rule: Rule) -> str:
    finds = (inspect.getdoc(rule.check) or "").splitlines()[0]
    cells = (f"`{rule.id}`", rule.severity.value, finds, rule.why, rule.remedy)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    print(render(), end="")  # noqa: T201 - that is what it is for
