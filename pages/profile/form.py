"""
The form: what a browser sends, strictly read; what it is asked for; what is said about a fault.

Not here: what can be a name (`names.py`), the page around it (`templates/form.html`).
Source: https://design-system.service.gov.uk/patterns/names/, https://design-system.service.gov.uk/components/error-summary/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from .languages import mark as _
from .names import Problem, check_name

CONTENT_TYPE = "application/x-www-form-urlencoded"
LARGEST_BODY = 16_384
MOST_FIELDS = 8
FIELDS = frozenset({"session_token", "state", "binding", "ui_locales", "language", "given_name", "family_name"})


class NotAForm(Exception):  # noqa: N818 - read where it is raised
    """The text is not what our form sends; `args[0]` is the reason for the log."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field as the page shows it."""

    name: str
    label: str
    autocomplete: str
    optional: bool = False
    hint: str = ""
    value: str = ""
    fault: str = ""
    enter: str = "next"

    @property
    def described_by(self) -> str:
        """The ids of what belongs to it, the fault first."""
        parts = [f"{self.name}-fault"] if self.fault else []
        return " ".join([*parts, *([f"{self.name}-hint"] if self.hint else [])])


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One line of the summary."""

    field: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a person gave: names for the token, or a form to show again."""

    fields: tuple[Field, ...]
    faults: tuple[Fault, ...]
    names: Mapping[str, str]


_GIVEN: Mapping[Problem, str] = {
    "missing": _("Enter your first name"),
    "too_long": _("First name must be 100 characters or fewer"),
    "characters": _("First name must not hold line breaks or invisible control characters"),
    "link": _("First name must not hold a link, or the characters < and >"),
}
_FAMILY: Mapping[Problem, str] = {
    "missing": _("Last name must hold something that can be seen, or be left empty"),
    "too_long": _("Last name must be 100 characters or fewer"),
    "characters": _("Last name must not hold line breaks or invisible control characters"),
    "link": _("Last name must not hold a link, or the characters < and >"),
}


def read_pairs(text: bytes) -> list[tuple[str, str]]:
    """Decode a query or a form. Raises: NotAForm, for what is not UTF-8, too many fields, a field without `=`."""
    try:
        return parse_qsl(
            text.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise NotAForm("encoding") from None


def read_form(body: bytes) -> dict[str, str]:
    """Read what our form sends: known fields, each once. Raises: NotAForm."""
    pairs = read_pairs(body) if body else []
    form = dict(pairs)
    if len(form) < len(pairs):
        raise NotAForm("repeated_field")
    if not form.keys() <= FIELDS:
        raise NotAForm("unknown_field")
    return form


def empty(given_name: str = "", family_name: str = "") -> tuple[Field, ...]:
    """Give the fields, with what is known already."""
    return _fields(check_name(given_name).name, check_name(family_name).name)


def again(form: Mapping[str, str]) -> tuple[Field, ...]:
    """Give the fields as they were typed, without judging them."""
    return _fields(form.get("given_name", ""), form.get("family_name", ""))


def judge(form: Mapping[str, str]) -> Answer:
    """Check the names. A first name is asked for, a last name is not: many people have one name."""
    typed = {name: form.get(name, "") for name in ("given_name", "family_name")}
    checked = {name: check_name(text) for name, text in typed.items()}
    texts = {"given_name": _GIVEN, "family_name": _FAMILY}
    said: dict[str, str] = {}
    for name, found in checked.items():
        if found.problem and (name == "given_name" or found.name):
            said[name] = texts[name][found.problem]
    names = {name: found.name for name, found in checked.items() if not found.problem}
    return Answer(
        fields=_fields(typed["given_name"], typed["family_name"], said),
        faults=tuple(Fault(field=name, text=text) for name, text in said.items()),
        names={} if said else names,
    )


_UNSHOWN = {code: None for span in ((0x00, 0x1F), (0x7F, 0x9F)) for code in range(span[0], span[1] + 1)}


def _fields(given: str, family: str, faults: Mapping[str, str] | None = None) -> tuple[Field, ...]:
    said = faults or {}
    return (
        Field(
            name="given_name",
            label=_("First name"),
            hint=_("Or your only name, if you have one."),
            autocomplete="given-name",
            value=given.translate(_UNSHOWN),
            fault=said.get("given_name", ""),
        ),
        Field(
            name="family_name",
            label=_("Last name"),
            autocomplete="family-name",
            optional=True,
            value=family.translate(_UNSHOWN),
            fault=said.get("family_name", ""),
            enter="done",
        ),
    )
