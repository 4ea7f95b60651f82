"""
What kind of value a setting takes, in words and as a type: read off the models, for the reference and for faults.

Not here: the kinds themselves (`settings_types.py`).
"""

from __future__ import annotations

from typing import get_args, get_origin

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from .settings_types import Kind


def model_of(field: FieldInfo | None) -> type[BaseModel] | None:
    """The group that a setting is, or that each value of a mapping or a list is; `None` for a single value."""
    kind = field.annotation if field else None
    if get_origin(kind) is dict:
        kind = get_args(kind)[1]
    elif get_origin(kind) is tuple:
        kind = get_args(kind)[0]
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def is_mapping(field: FieldInfo) -> bool:
    """Whether its keys are free."""
    return get_origin(field.annotation) is dict


def is_list(field: FieldInfo) -> bool:
    """Whether it is a list of groups."""
    return get_origin(field.annotation) is tuple and model_of(field) is not None


def kind_of(field: FieldInfo) -> str:
    """Say what kind a value has, the most exact that is declared, and its bounds."""
    marks = [one for mark in (*_marks(field.annotation), *field.metadata) for one in getattr(mark, "metadata", (mark,))]
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
