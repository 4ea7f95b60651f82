"""
Liquid as Auth0 documents it for mail and phone templates: its tags and filters, and no others.

A tag or filter that Auth0 does not list is an error here, so that a template cannot come to rely on it unnoticed.

Not here: what the variables are (`variables.py`).
Source: https://auth0.com/docs/customize/email/email-templates/supported-liquid-syntax and
https://auth0.com/docs/customize/phone-messages/phone-templates/supported-liquid-syntax (read 2026-11-25)
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError

TAGS = frozenset(
    {"for", "cycle", "tablerow", "if", "unless", "elsif", "else", "case", "assign", "increment", "decrement"}
    | {"include", "layout", "raw", "comment", "break", "continue"}
)
FILTERS = frozenset(
    {"plus", "minus", "modulo", "times", "floor", "ceil", "round", "divided_by", "abs", "at_least", "at_most"}
    | {"append", "prepend", "capitalize", "upcase", "downcase", "strip", "lstrip", "rstrip", "strip_newlines", "split"}
    | {"replace", "replace_first", "remove", "remove_first", "truncate", "truncatewords"}
    | {"escape", "escape_once", "url_encode", "url_decode", "strip_html", "newline_to_br"}
    | {"slice", "map", "sort", "sort_natural", "first", "last", "join", "reverse", "size", "date", "default"}
)
PARTS = frozenset({"content", "output", "illegal"})  # of the parser itself
INLINE_COMMENT = "#"  # Liquid's own, and LiquidJS knows it


class LiquidFailed(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """The template cannot be rendered; the message says why, in one line, without any value."""


class _Environment(Environment):
    loop_iteration_limit = 10_000
    output_stream_limit = 2_000_000

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        known = TAGS | PARTS | {INLINE_COMMENT}
        self.tags = {name: tag for name, tag in self.tags.items() if name in known}
        self.filters = {name: function for name, function in self.filters.items() if name in FILTERS}


def render(template: str, variables: Mapping[str, Any]) -> str:
    """
    Fill in a template. What is not there is empty, as in Liquid.

    Raises:
        LiquidFailed: bad syntax, an unknown tag or filter, or a loop without end.

    """
    try:
        return _parsed(template.replace("{% debug %}", "{{ _debug }}")).render(**variables, _debug=_Summary(variables))
    except LiquidError as error:
        raise LiquidFailed(" ".join(str(error.args[0] if error.args else type(error).__name__).split())[:200]) from None
    except (
        ArithmeticError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:  # a filter that met an odd value
        raise LiquidFailed(f"The template met a value that it cannot use ({type(error).__name__})") from None


@cache
def _environment() -> Environment:
    return _Environment()


def _parsed(template: str) -> BoundTemplate:
    return _environment().from_string(template)


class _Summary:
    """What Auth0's own tag `{% debug %}` shows; made when it is asked for."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._variables = variables

    def __str__(self) -> str:
        text = json.dumps(self._variables, indent=2, ensure_ascii=False, default=str)
        return text.replace("&", "&amp;").replace("<", "&lt;")
