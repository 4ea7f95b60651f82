"""
The formats of a drift report, by the words of `--format`.

Not here: where it is written to (`cli/drift.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from guestlist import errors
from guestlist.drift.document import render_document
from guestlist.drift.junit import render_junit
from guestlist.drift.markdown import render_markdown
from guestlist.drift.report import Report
from guestlist.drift.sarif import render_sarif
from guestlist.drift.text import render_text
from guestlist.preview.formats import Format

_GRAVEST = (errors.FAILED, errors.DIFFERENCES, errors.OK)


def render(reports: Sequence[Report], form: Format, *, full: bool = False) -> str:
    """
    One environment or several, in one of the formats.

    Args:
        reports: redacted.
        form: which.
        full: of Markdown: for a job's summary, where nothing has to be left out.

    """
    match form:
        case "text":
            return render_text(reports)
        case "markdown":
            return render_markdown(reports, full=full)
        case "json":
            return render_document(reports)
        case "sarif":
            return render_sarif(reports)
        case "junit":
            return render_junit(reports)


def exit_code(reports: Sequence[Report]) -> int:
    """Of several: the gravest."""
    return next(code for code in _GRAVEST if code == errors.OK or any(one.exit_code == code for one in reports))
