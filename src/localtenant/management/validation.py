"""
What a request may contain, checked against the operation's published schema and refused in Auth0's words.

Auth0's texts are those of the validator `z-schema`; all faults of a request come in one message, joined by `(also)`:

    Payload validation error: 'String is too short (0 chars), minimum 1' on property grant_types[0].

Auth0 adds the property's description in brackets; the published index has none, so this tenant leaves it out.
Order: as the fields stand in the payload, then the missing ones as the schema lists them.
Source: error bodies quoted in public issues (read 2026-11-23) and in the recordings of the provider (v1.54.1);
docs/local-tenant-differences.md says which texts nobody could confirm.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from localtenant.errors import ManagementError
from localtenant.management.formats import FORMATS
from localtenant.management.operations import Operation, operations

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

Schema = Mapping[str, Any]


def check_body(operation: Operation, body: Any) -> None:
    """Raise 400 `invalid_body` unless the operation takes this body."""
    if operation.request is None:
        return
    faults = _faults(_body_validator(operation.method, operation.path), body)
    if faults:
        raise ManagementError(400, _message("Payload", faults), "invalid_body")


def check_query(operation: Operation, query: Mapping[str, Sequence[str]]) -> None:
    """Raise 400 `invalid_query_string` unless the operation takes these parameters."""
    schemas = _query_schemas(operation.method, operation.path)
    if schemas is None:
        return
    unknown = [name for name in query if name not in schemas]
    faults = [f"'Additional properties not allowed: {','.join(unknown)}'"] if unknown else []
    values = {name: _typed(values, schemas[name]) for name, values in query.items() if name in schemas}
    faults += _faults(_query_validator(operation.method, operation.path), values)
    if faults:
        raise ManagementError(400, _message("Query", faults), "invalid_query_string")


def invalid_json() -> ManagementError:
    """400 for a body that is no JSON (the words of hapi, the server framework that Auth0's API answers with)."""
    return ManagementError(400, "Invalid request payload JSON format", "invalid_body")


def _message(part: str, faults: Iterable[str]) -> str:
    return " (also) ".join(f"{part} validation error: {fault}." for fault in faults)


def _faults(validator: "Validator", value: Any) -> list[str]:
    faults: list[str] = []
    for error in sorted(validator.iter_errors(value), key=lambda error: _place(value, error)):
        fault = f"'{_words(error)}'"
        where = _path(error.absolute_path)
        line = f"{fault} on property {where}" if where else fault
        if line not in faults:
            faults.append(line)
    return faults


def _place(value: Any, error: "ValidationError") -> list[tuple[int, str]]:
    """Where the error sits in the payload, as positions, so that the order never depends on the schema's."""
    place: list[tuple[int, str]] = []
    for step in error.absolute_path:
        if isinstance(value, dict):
            place.append((list(value).index(step), ""))
        else:
            place.append((int(step), ""))
        value = value[step]
    return [*place, (len(value) if isinstance(value, dict | list) else 0, str(error.validator))]


def _path(steps: Iterable[str | int]) -> str:
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _words(error: "ValidationError") -> str:
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
    "anyOf": lambda _value, _limit, _error: "Data does not match any schemas from 'anyOf'",
    "oneOf": lambda _value, _limit, error: _one_of_words(error),
}


def _one_of_words(error: "ValidationError") -> str:
    if error.context:
        return "Data does not match any schemas from 'oneOf'"
    return "Data is valid against more than one schema from 'oneOf'"


def _type_name(value: Any) -> str:
    return TYPE_NAMES.get(type(value), "object")


def _typed(values: Sequence[str], schema: Schema) -> Any:
    """A query value as the type that its schema speaks of, or the text where it is none."""
    text = values[-1]
    match schema.get("type"):
        case "array":
            return list(values)
        case "boolean" if text in {"true", "false"}:
            return text == "true"
        case "integer" if re.fullmatch(r"-?\d{1,15}", text):
            return int(text)
        case _:
            return text


@cache
def _body_validator(method: str, path: str) -> "Validator":
    schema = operations()[method, path].request or {}
    return _compile(schema)


@cache
def _query_schemas(method: str, path: str) -> Mapping[str, Schema] | None:
    operation = operations().get((method, path))
    if operation is None:
        return None
    return {entry["name"]: entry["schema"] for entry in operation.parameters if entry["in"] == "query"}


@cache
def _query_validator(method: str, path: str) -> "Validator":
    return _compile({"properties": _query_schemas(method, path) or {}})


def _compile(schema: Schema) -> "Validator":
    # Late: half of the tenant's start would go into this import, and the first write can wait for it.
    from jsonschema import Draft202012Validator, FormatChecker

    checker = FormatChecker(formats=())
    for name, check in FORMATS.items():
        checker.checkers[name] = (_on_text(check), ())
    return Draft202012Validator(schema, format_checker=checker)


def _on_text(check: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or check(value)
