"""
The reference of all settings, made from the models: `python -m stacks.settings_reference` prints the table of config/README.md.

Not here: the prose around it (config/README.md itself); a test compares the two.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from .settings_check import PROJECT
from .settings_model import Settings
from .settings_secrets import SECRETS
from .settings_types import Kind


@dataclass(frozen=True, kw_only=True)
class Row:
    """One setting as the reference shows it."""

    key: str
    kind: str
    default: str
    example: str
    description: str

    def __str__(self) -> str:
        return f"| `{self.key}` | {self.kind} | {self.default} | {self.example} | {self.description} |"


def rows() -> Iterator[Row]:
    """Give every setting and every secret, in the order of the models."""
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for inner_name, inner in kind.model_fields.items():
                yield _row(f"{PROJECT}:{field.alias or name}.{inner.alias or inner_name}", inner)
        else:
            yield _row(f"{PROJECT}:{field.alias or name}", field)
    for secret in SECRETS:
        yield Row(
            key=f"{PROJECT}:{secret.name}",
            kind="secret, encrypted; "
            + ("32 random bytes or more, as printable ASCII" if secret.signs else "printable ASCII"),
            default="required" if secret.required else "none",
            example="`secure: v1:…`",
            description=secret.description,
        )


def table() -> str:
    """Give the reference as a Markdown table."""
    head = ["| Key | Type and bounds | Default | Example | Meaning |", "|---|---|---|---|---|"]
    return "\n".join([*head, *map(str, rows())])


def _row(key: str, field: FieldInfo) -> Row:
    default = "required" if field.is_required() else "none" if field.default is None else f"`{_text(field.default)}`"
    return Row(
        key=key,
        kind=_kind(field),
        default=default,
        example=f"`{_text(field.examples[0])}`" if field.examples else "",
        description=field.description or "",
    )


def _kind(field: FieldInfo) -> str:
    """Say what kind a value has, the most exact that is declared, and its bounds."""
    marks = [*_marks(field.annotation), *field.metadata]
    text = next((mark.text for mark in reversed(marks) if isinstance(mark, Kind)), "?")
    least = next((mark.ge for mark in marks if isinstance(mark, Ge)), None)
    most = next((mark.le for mark in marks if isinstance(mark, Le)), None)
    longest = next((mark.max_length for mark in marks if isinstance(mark, MaxLen)), None)
    if longest is not None:
        return f"{text}, {longest} characters or fewer"
    return text if least is None else f"{text}, {least} to {most}"


def _marks(annotation: object) -> list[object]:
    """Collect what is written into a type with `Annotated`; the outermost comes last."""
    metadata = list(getattr(annotation, "__metadata__", ()))
    inner = [mark for part in get_args(annotation) if part not in metadata for mark in _marks(part)]
    return [*inner, *metadata]


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


if __name__ == "__main__":
    print(table())  # noqa: T201 - that is what it is for
