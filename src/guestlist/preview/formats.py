"""
The formats of a preview, by the words of `--format`.

    render(report, "markdown")

Not here: where it is written to (`cli/preview.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from guestlist import errors
from guestlist.preview.document import render_document
from guestlist.preview.junit import render_junit
from guestlist.preview.markdown import render_markdown
from guestlist.preview.report import Report
from guestlist.preview.sarif import render_sarif
from guestlist.preview.text import render_text

Format = Literal["text", "markdown", "json", "sarif", "junit"]
FORMATS: tuple[Format, ...] = get_args(Format)
_GRAVEST = (errors.FAILED, errors.REFUSED, errors.DIFFERENCES, errors.OK)


def render(reports: Report | Sequence[Report], form: Format, *, full: bool = False, colour: bool = False) -> str:
    """
    One environment or several, in one of the formats.

    Args:
        reports: redacted.
        form: which.
        full: of Markdown: for a job's summary, where nothing has to be left out.
        colour: of text.

    """
    match form:
        case "text":
            return render_text(reports, colour=colour)
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
