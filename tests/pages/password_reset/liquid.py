"""
As much of Liquid as our mails use, to read them as Auth0 sends them: outputs with `escape`, `default` and `slice`, `assign`, `if`, `unless`.
Anything else is an error, so that a mail cannot use what is not tried here.

Source: https://auth0.com/docs/customize/email/email-templates/supported-liquid-syntax
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

TOKEN = re.compile(r"\{\{(?P<output>.*?)\}\}|\{%(?P<tag>.*?)%\}", re.DOTALL)
CONDITION = re.compile(r"^(?P<left>[\w.]+)(?:\s*==\s*(?P<right>\"[^\"]*\"|true|false))?$")
SLICE = re.compile(r"^slice: (?P<start>\d+), (?P<length>\d+)$")
PATH = re.compile(r"^[a-z_][\w.]*$")


@dataclass(frozen=True, kw_only=True)
class Token:
    kind: Literal["text", "output", "tag"]
    text: str


class LiquidError(Exception):
    """The template uses what Auth0, or this reader, does not know."""


def tokens(template: str) -> Iterator[Token]:
    """Text, `{{ outputs }}` and `{% tags %}`, in their order, without their delimiters."""
    end = 0
    for match in TOKEN.finditer(template):
        if match.start() > end:
            yield Token(kind="text", text=template[end : match.start()])
        kind: Literal["output", "tag"] = "output" if match["output"] is not None else "tag"
        yield Token(kind=kind, text=match[kind].strip())
        end = match.end()
    if template[end:]:
        yield Token(kind="text", text=template[end:])


def render(template: str, variables: Mapping[str, object]) -> str:
    """The mail that a person gets."""
    scope = dict(variables)
    out: list[str] = []
    open_blocks: list[_Block] = []
    for token in tokens(template):
        shown = all(block.shown for block in open_blocks)
        if token.kind == "tag":
            _run_tag(token.text, scope, open_blocks, shown=shown)
        elif shown:
            out.append(token.text if token.kind == "text" else _output(token.text, scope))
    if open_blocks:
        raise LiquidError(f"{open_blocks[-1].tag} is never closed")
    return "".join(out)


@dataclass(kw_only=True)
class _Block:
    tag: str
    shown: bool
    taken: bool


def _run_tag(text: str, scope: dict[str, object], blocks: list[_Block], *, shown: bool) -> None:
    tag, _, rest = text.partition(" ")
    if tag in ("if", "unless"):
        holds = _holds(rest, scope) == (tag == "if")
        blocks.append(_Block(tag=tag, shown=holds, taken=holds))
    elif tag in ("elsif", "else") and blocks and blocks[-1].tag == "if":
        block = blocks[-1]
        block.shown = not block.taken and (tag == "else" or _holds(rest, scope))
        block.taken = block.taken or block.shown
    elif tag in ("endif", "endunless") and blocks and tag == f"end{blocks[-1].tag}":
        blocks.pop()
    elif tag == "assign":
        name, _, value = rest.partition(" = ")
        if shown:
            scope[name] = _value(value, scope)
    else:
        raise LiquidError(f"unknown or misplaced tag: {text}")


def _holds(condition: str, scope: Mapping[str, object]) -> bool:
    match = CONDITION.match(condition.strip())
    if match is None:
        raise LiquidError(f"unknown condition: {condition}")
    left = _value(match["left"], scope)
    if match["right"] is not None:
        return left == _value(match["right"], scope)
    return left is not None and left is not False  # an empty text and 0 are true in Liquid


def _output(expression: str, scope: Mapping[str, object]) -> str:
    value = _value(expression, scope)
    return "" if value is None else str(value)


def _value(expression: str, scope: Mapping[str, object]) -> object:
    head, *filters = (part.strip() for part in expression.split("|"))
    value = _look_up(head, scope)
    for name in filters:
        if name == "escape":
            value = None if value is None else html.escape(str(value), quote=True)
        elif name.startswith("default:"):
            value = _look_up(name.removeprefix("default:").strip(), scope) if value in (None, False, "") else value
        elif match := SLICE.match(name):
            value = None if value is None else str(value)[int(match["start"]) :][: int(match["length"])]
        else:
            raise LiquidError(f"unknown filter: {name}")
    return value


def _look_up(path: str, scope: Mapping[str, object]) -> object:
    if path in ("true", "false"):
        return path == "true"
    if path.startswith('"'):
        return path.strip('"')
    if not PATH.match(path):
        raise LiquidError(f"not a variable: {path}")
    value: object = scope
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
