"""
Reads YAML as Pulumi does, and says what it cannot read: the line, the reason, never a piece of the text.

PyYAML's own loader is not used: it takes the last of two equal keys, follows YAML 1.1 where the engine does not (`on` is a text
there), and quotes the text in its errors, which may be a secret. Aliases, tags and merge keys are faults: a settings file has no
use for them, and the engine resolves them differently.

Not here: what the keys mean (`config_files.py`).
Source: https://yaml.org/spec/1.2.2/#103-core-schema, which the engine's go-yaml follows for values of no declared type.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from stacks.settings_faults import show_text

LARGEST = 256 * 1024  # bytes; a stack's file has some thousand
DEEPEST = 12  # mappings and lists in one another; settings have three

_NULL = re.compile(r"~|null|Null|NULL|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_STRING_TAG = "tag:yaml.org,2002:str"
_CORE_TAGS = {_STRING_TAG, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
_TAB_INDENT = re.compile(r"^ *\t", re.MULTILINE)

# PyYAML's reason -> ours. Its texts hold pieces of the file, so only those known to be fixed are looked up.
_REASONS = {
    "mapping values are not allowed here": "a colon follows a value on the same line; quote texts that hold a colon and a space",
    "found unexpected end of stream": "a quote is opened and never closed",
    "could not find expected ':'": "a key has no colon after it",
    "did not find expected key": "the line is indented differently from its neighbours",
}


@dataclass(frozen=True, kw_only=True)
class YamlFault:
    """What keeps a file from being read, and where."""

    problem: str
    remedy: str
    line: int | None = None
    key: str = ""


class UnreadableYaml(Exception):  # noqa: N818 - read where it is raised
    """The text is not YAML that settings can be in; `fault` says why."""

    def __init__(self, problem: str, remedy: str, line: int | None = None) -> None:
        super().__init__(problem)
        self.fault = YamlFault(problem=problem, remedy=remedy, line=line)


@dataclass(kw_only=True)
class _Open:
    """A mapping or list that is being read."""

    value: dict[str, Any] | list[Any]
    name: str  # the key that it is under; empty in a list
    lines: dict[str, int] = field(default_factory=dict)  # key -> where it was first
    key: str | None = None  # read, its value is next


def parse(data: bytes) -> tuple[object, list[YamlFault]]:
    """
    Read one YAML document of plain mappings, lists and scalars.

    Returns the tree, and the keys that are in it twice. Raises `UnreadableYaml` for all else.
    """
    text = _decode(data)
    if tab := _TAB_INDENT.search(text):
        raise UnreadableYaml("has a tab in its indentation", "indent with spaces", text.count("\n", 0, tab.start()) + 1)
    try:
        return _Builder().build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        remedy = _REASONS.get(error.problem or "", "see the line above it too")
        raise UnreadableYaml("is not readable YAML", remedy, mark.line + 1 if mark else None) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UnreadableYaml("holds a control character", "take it out, or write the file anew", line) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        # ValueError: PyYAML turns an escape such as "\UFFFFFFFF" into a character and does not look whether there is one.
        raise UnreadableYaml("is not readable YAML", "compare it with config/Pulumi.local.yaml") from None


def _decode(data: bytes) -> str:
    if len(data) > LARGEST:
        raise UnreadableYaml(f"is larger than {LARGEST // 1024} KiB", "settings are short: it is another kind of file")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableYaml("is not UTF-8", "it looks like UTF-16: save it as UTF-8 without a byte order mark", 1)
    if data.startswith(b"\xef\xbb\xbf"):
        raise UnreadableYaml("begins with a byte order mark", "save it as UTF-8 without one", 1)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableYaml("is not UTF-8", "save it as UTF-8 without a byte order mark", line) from None


class _Builder:
    """Builds the tree from PyYAML's events, without recursion."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._root: object = None
        self._documents = 0
        self._faults: list[YamlFault] = []

    def build(self, text: str) -> tuple[object, list[YamlFault]]:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            self._take(event)
        return self._root, self._faults

    def _take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise UnreadableYaml("holds a second YAML document", "take out --- and what follows", line)
        elif isinstance(event, yaml.AliasEvent):
            raise UnreadableYaml("uses a YAML alias", "write the value out", line)
        elif isinstance(event, (yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            _refuse_extras(event, line)
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event, line or 0)
            else:
                self._container({} if isinstance(event, yaml.MappingStartEvent) else [], line)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._open.pop()

    def _container(self, value: dict[str, Any] | list[Any], line: int | None) -> None:
        if self._awaits_key():
            raise UnreadableYaml("has a mapping or a list as a key", "a key is one word", line)
        if len(self._open) >= DEEPEST:
            raise UnreadableYaml("is nested too deeply", "settings have three levels", line)
        name = (self._open[-1].key or "") if self._open else ""
        self._add(value)
        self._open.append(_Open(value=value, name=name))

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        plain = event.style is None and event.tag is None
        if not self._awaits_key():
            self._add(resolve(event.value) if plain else event.value)
            return
        if plain and event.value == "<<":
            raise UnreadableYaml("uses a YAML merge key", "write the values out", line)
        here = self._open[-1]
        if event.value in here.lines:
            problem = f"is written twice, first on line {here.lines[event.value]}"
            self._faults.append(
                YamlFault(key=self._path(event.value), problem=problem, remedy="take one of them out", line=line)
            )
        here.lines.setdefault(event.value, line)
        here.key = event.value

    def _awaits_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._open[-1].key is None

    def _add(self, value: object) -> None:
        if not self._open:
            self._root = value
            return
        here = self._open[-1]
        if isinstance(here.value, list):
            here.value.append(value)
        else:
            here.value.setdefault(here.key or "", value)
            here.key = None

    def _path(self, key: str) -> str:
        """Write where a key is as faults write it: guestlist:invite.linkTtlSec."""
        above = [show_text(opened.name) for opened in self._open if opened.name]
        return ".".join([*above, show_text(key)]).removeprefix("config.")


def _refuse_extras(event: yaml.ScalarEvent | yaml.CollectionStartEvent, line: int | None) -> None:
    if event.anchor is not None:
        raise UnreadableYaml("uses a YAML anchor", "write the value out where it is needed", line)
    if event.tag is not None and event.tag not in _CORE_TAGS:
        raise UnreadableYaml("uses a YAML tag", "take out the word that begins with an exclamation mark", line)


def resolve(text: str) -> object:
    """Say what a value without quotes means: YAML 1.2's core schema, and a text where readers disagree (`on`, `010`, `1_000`)."""
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
        return bool(_TRUE.fullmatch(text))
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and len(text) < 40 and math.isfinite(number := float(text)):
        return number
    return text
