"""
What Auth0 says of a value that its schema refuses: the words of the validator `z-schema`.

Not here: where the fault is and how several are joined (`validation.py`).
"""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema import ValidationError


def words_for(error: "ValidationError") -> str:
    """What Auth0 says of one fault, without the quotes and the property."""
    value: Any = error.instance
    limit: Any = error.validator_value
    words = WORDS.get(str(error.validator))
    return words(value, limit, error) if words else error.message


def _type_words(value: Any, limit: Any, _error: "ValidationError") -> str:
    expected = limit if isinstance(limit, str) else ",".join(limit)
    return f"Expected type {expected} but found type {_type_name(value)}"


def _additional_words(value: Any, _limit: Any, error: "ValidationError") -> str:
    schema: Any = error.schema
    known = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    extra = [name for name in value if name not in known and not any(re.search(pattern, name) for pattern in patterns)]
    return f"Additional properties not allowed: {','.join(extra)}"


def _required_words(value: Any, limit: Any, error: "ValidationError") -> str:
    # jsonschema reports each missing name by itself and quotes it at the start of its message.
    name = next((name for name in limit if name not in value and error.message.startswith(repr(name))), limit[0])
    return f"Missing required property: {name}"


def _unique_words(value: Any, _limit: Any, _error: "ValidationError") -> str:
    for second, item in enumerate(value):
        if item in value[:second]:
            return f"Array items are not unique (indexes {value.index(item)} and {second})"
    return "Array items are not unique"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


TYPE_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
}
NONE_MET = "None of the valid schemas were met"  # Auth0's own words for what z-schema says of oneOf and anyOf
WORDS: dict[str, Callable[[Any, Any, "ValidationError"], str]] = {
    "type": _type_words,
    "additionalProperties": _additional_words,
    "required": _required_words,
    "uniqueItems": _unique_words,
    "enum": lambda value, _limit, _error: f"No enum match for: {_shown(value)}",
    "pattern": lambda value, limit, _error: f"String does not match pattern {limit}: {value}",
    "format": lambda value, limit, _error: f"Object didn't pass validation for format {limit}: {value}",
    "minLength": lambda value, limit, _error: f"String is too short ({len(value)} chars), minimum {limit}",
    "maxLength": lambda value, limit, _error: f"String is too long ({len(value)} chars), maximum {limit}",
    "minItems": lambda value, limit, _error: f"Array is too short ({len(value)}), minimum {limit}",
    "maxItems": lambda value, limit, _error: f"Array is too long ({len(value)}), maximum {limit}",
    "minProperties": lambda value, limit, _error: f"Too few properties defined ({len(value)}), minimum {limit}",
    "maxProperties": lambda value, limit, _error: f"Too many properties defined ({len(value)}), maximum {limit}",
    "minimum": lambda value, limit, _error: f"Value {_shown(value)} is less than minimum {limit}",
    "maximum": lambda value, limit, _error: f"Value {_shown(value)} is greater than maximum {limit}",
    "anyOf": lambda _value, _limit, _error: NONE_MET,
    "oneOf": lambda _value, _limit, error: _one_of_words(error),
}


def _one_of_words(error: "ValidationError") -> str:
    if error.context:
        return NONE_MET
    return "Data is valid against more than one schema from 'oneOf'"


def _type_name(value: Any) -> str:
    return TYPE_NAMES.get(type(value), "object")
