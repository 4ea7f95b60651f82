"""
What a request may contain, checked against the operation's published schema and refused in Auth0's words.

Auth0's texts are those of the validator `z-schema`; all faults of a request come in one message, joined by `(also)`:

    Payload validation error: 'String is too short (0 chars), minimum 1' on property grant_types[0].

Auth0 adds the property's description in brackets; the published index has none, so this tenant leaves it out.
Order: as the fields stand in the payload, then the missing ones as the schema lists them.
Source: error bodies quoted in public issues (read 2026-11-23) and in the recordings of the provider (v1.54.1);
docs/local-tenant-differences.md says which texts nobody could confirm.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from localtenant.errors import ManagementError
from localtenant.management.corrections import corrected_request, more_parameters
from localtenant.management.formats import FORMATS
from localtenant.management.operations import Operation, operations
from localtenant.management.validation_words import words_for

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

Schema = Mapping[str, Any]


def check_body(operation: Operation, body: Any) -> None:
    """Raise 400 `invalid_body` unless the operation takes this body."""
    if operation.request is None:
        return
    faults = _faults(_body_validator(operation.method, operation.path), body, "Payload")
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
    faults += _faults(_query_validator(operation.method, operation.path), values, "Query")
    if faults:
        raise ManagementError(400, _message("Query", faults), "invalid_query_string")


def invalid_json() -> ManagementError:
    """400 for a body that is no JSON (the words of hapi, the server framework that Auth0's API answers with)."""
    return ManagementError(400, "Invalid request payload JSON format", "invalid_body")


def _message(part: str, faults: Iterable[str]) -> str:
    return " (also) ".join(f"{part} validation error: {fault}." for fault in faults)


def _faults(validator: "Validator", value: Any, part: str) -> list[str]:
    errors = sorted(validator.iter_errors(value), key=lambda error: _place(value, error))
    return list(dict.fromkeys(_line(error, part) for error in errors))


def _line(error: "ValidationError", part: str) -> str:
    where = _path(error.absolute_path)
    line = f"'{words_for(error)}'" + (f" on property {where}" if where else "")
    if not error.context:
        return line
    inner = dict.fromkeys(f"{part} validation error: {_line(each, part)}" for each in error.context)
    return f"{line}. Inner errors: [{', '.join(inner)}]"


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
    return _compile(corrected_request(method, path, operations()[method, path].request or {}))


@cache
def _query_schemas(method: str, path: str) -> Mapping[str, Schema] | None:
    operation = operations().get((method, path))
    if operation is None:
        return None
    published = {entry["name"]: entry["schema"] for entry in operation.parameters if entry["in"] == "query"}
    return {**published, **more_parameters(method, path)}


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
