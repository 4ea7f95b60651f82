"""
Liquid as Auth0 documents it for mail and phone templates: its tags and filters, and no others.

A tag or filter that Auth0 does not list is an error here, so that a template cannot come to rely on it unnoticed.

Not here: what the variables are (`variables.py`).
Source: https://auth0.com/docs/customize/email/email-templates/supported-liquid-syntax and
https://auth0.com/docs/customize/phone-messages/phone-templates/supported-liquid-syntax (read 2026-11-25)
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, cast

from liquid import BoundTemplate, Environment, RenderContext
from liquid.builtin.filters.misc import date as any_date
from liquid.exceptions import LiquidError
from liquid.filter import liquid_filter, with_context

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
        self.filters["date"] = _date


def render(template: str, variables: Mapping[str, Any], *, now: datetime | None = None) -> str:
    """
    Fill in a template. What is not there is empty, as in Liquid.

    Args:
        template: what was deployed.
        variables: by name.
        now: what `"now" | date: …` means; the machine's clock unless given.

    Raises:
        LiquidFailed: bad syntax, an unknown tag or filter, or a loop without end.

    """
    own = {"_debug": _Summary(variables), "_now": now or datetime.now(UTC)}
    try:
        return parse(template).render(**{**variables, **own})
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


@lru_cache(maxsize=32)
def parse(template: str) -> BoundTemplate:
    """The template's syntax tree, for whoever checks one. A large one takes a tenth of a second. Raises: LiquidError."""
    return _environment().from_string(template.replace("{% debug %}", "{{ _debug }}"))


@cache
def _environment() -> Environment:
    return _Environment()


@with_context
@liquid_filter
def _date(value: object, form: object = "%A, %B %-d, %Y at %-I:%M %P %z", *, context: RenderContext) -> str:
    """
    A point in time, in UTC, as a server of Auth0's has it. What is none is given back as it is: LiquidJS does the same.

    Liquid's own in Python takes the time zone of this machine, and for `%s` in any case.
    """
    try:
        moment = _moment(value, context)
    except (TypeError, ValueError):
        with suppress(OverflowError):
            return str(any_date(value, form, environment=context.env))
        return str(value)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.strftime(str(form).replace("%s", str(int(moment.timestamp()))))


def _moment(value: object, context: RenderContext) -> datetime:
    """Raises: TypeError, ValueError."""
    if value in ("now", "today"):
        return cast("datetime", context.globals["_now"])
    if isinstance(value, int | float) or (isinstance(value, str) and value.isdecimal()):
        return datetime.fromtimestamp(float(value), UTC)
    return datetime.fromisoformat(str(value))


class _Summary:
    """What Auth0's own tag `{% debug %}` shows; made when it is asked for."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._variables = variables

    def __str__(self) -> str:
        text = json.dumps(self._variables, indent=2, ensure_ascii=False, default=str)
        return text.replace("&", "&amp;").replace("<", "&lt;")
