"""
The reference of all settings, made from the models: `python -m stacks.settings_reference` prints the table of config/README.md.

Not here: the prose around it (config/README.md itself); a test compares the two.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic.fields import FieldInfo

from .settings_check import PROJECT
from .settings_kinds import is_list, is_mapping, kind_of, model_of
from .settings_model import Settings
from .settings_secrets import SECRETS


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
        more = ".KEY" if is_mapping(field) else "[]" if is_list(field) else ""
        place = f"{PROJECT}:{field.alias or name}{more}"
        if group := model_of(field):
            for inner_name, inner in group.model_fields.items():
                yield _row(f"{place}.{inner.alias or inner_name}", inner)
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
        kind=kind_of(field),
        default=default,
        example=f"`{_text(field.examples[0])}`" if field.examples else "",
        description=field.description or "",
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


if __name__ == "__main__":
    print(table())  # noqa: T201 - that is what it is for
