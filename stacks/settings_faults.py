"""
What is wrong with a setting, as one line that a person can act on.

    config/Pulumi.dev.yaml: guestlist:invite.linkTtlSec must be 1 or more, got 0 (Auth0 would use 5 days)

Not here: the rules (`settings_types.py`, `settings_secrets.py`) and the settings themselves (`settings.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic_core import PydanticCustomError

LONGEST_SHOWN = 60
_USER_INFO = re.compile(r"//[^/?#\s]*@")


def config_file(environment: str) -> str:
    """Name an environment's file as a person would type it in the project's folder."""
    return f"config/Pulumi.{environment}.yaml"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One wrong setting. `key` is empty where the whole file is meant, `shown` where there is no value that may be shown."""

    file: str  # relative to the project, as a person would type it
    key: str  # guestlist:invite.linkTtlSec, guestlist:application.callbackUrls[0]
    problem: str  # reads on from the key: "must be 1 or more"
    shown: str = ""  # secrets by their length only
    remedy: str = ""
    line: int | None = None  # of the file, from 1, where the file could not be read at all

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        what = f"{self.key} {self.problem}" if self.key else self.problem
        got = f", got {self.shown}" if self.shown else ""
        return f"{place}: {what}{got}{f' ({self.remedy})' if self.remedy else ''}"


class SettingsError(Exception):
    """The settings are wrong; its text is every fault, one line each."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def problem(text: str, remedy: str) -> PydanticCustomError:
    """Build what a rule raises: `text` reads on from the key, `remedy` says why, or what to write instead."""
    return PydanticCustomError("guestlist", "{problem}", {"problem": text, "remedy": remedy})


def show(value: object) -> str:
    """
    Show a public value in one short line: no control characters, no user name or password of a URL.

    Never called with the value of a secret, nor with that of a key which is not a setting: it may be a misspelt secret.
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if not isinstance(value, str):
        return show_text(str(value))
    return json.dumps(show_text(_USER_INFO.sub("//…@", value)), ensure_ascii=False)


def show_text(text: str) -> str:
    """Cut a text to one short line without control characters, and without those that turn its direction."""
    plain = "".join(
        letter if letter.isprintable() else f"<U+{ord(letter):04X}>" for letter in text[: LONGEST_SHOWN + 1]
    )
    return plain if len(text) <= LONGEST_SHOWN else plain[:LONGEST_SHOWN] + "…"
