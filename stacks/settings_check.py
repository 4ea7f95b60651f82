"""
One environment's configuration, checked as a whole: all faults at once, one line each, and nobody is asked.

Not here: the models (`settings_model.py`), what makes a secret weak (`settings_secrets.py`), reading files
(`guestlist.config_files`).
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from .entitlements import entitlement_faults
from .settings_faults import Fault, config_file, show, show_text
from .settings_kinds import is_mapping, kind_of, model_of
from .settings_model import Settings
from .settings_ownership import ownership_faults
from .settings_secrets import SECRETS, SECRETS_BY_NAME, Sealed, check_secrets, length
from .settings_together import contradictions

PROJECT = "guestlist"
SETTINGS_BY_NAME: Mapping[str, FieldInfo] = {
    field.alias or name: field for name, field in Settings.model_fields.items()
}
_PULUMI_KEYS = frozenset({"pulumi:tags", "pulumi:disable-default-providers"})  # Pulumi's own, harmless to the program


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a check found: faults, or settings if there are none."""

    settings: Settings | None
    faults: tuple[Fault, ...]
    unchecked: tuple[str, ...]  # names of the secrets that are encrypted and were not decrypted


# Why a bound is where it is: (setting, pydantic's kind of error) -> remedy.
_REASONS = {
    ("invite.linkTtlSec", "greater_than_equal"): "Auth0 would use 5 days",
    ("invite.linkTtlSec", "less_than_equal"): "30 days; a link is a way into the account until it is used",
    ("connection.passwordMinLength", "greater_than_equal"): "shorter ones are guessed; 12 is the default",
    ("connection.passwordMinLength", "less_than_equal"): "Auth0 hashes 72 bytes and no more",
    ("connection.passwordHistorySize", "greater_than_equal"): "the strong policy keeps a history",
    ("connection.passwordHistorySize", "less_than_equal"): "Auth0 keeps 24",
    ("connection.name", "string_pattern_mismatch"): "Auth0 takes no other names",
    ("connection.name", "too_long"): "Auth0 takes no more",
    ("email.smtpPort", "greater_than_equal"): "587 is usual",
    ("email.smtpPort", "less_than_equal"): "587 is usual",
    ("sessions.lifetimeHours", "less_than_equal"): "365 days, and only on Auth0's Enterprise plan; 720 on the others",
    (
        "sessions.idleLifetimeHours",
        "less_than_equal",
    ): "100 days, and only on Auth0's Enterprise plan; 72 on the others",
    ("attackProtection.bruteForceAttempts", "less_than_equal"): "Auth0 takes no more",
}
_TYPES = {  # pydantic's kind of error -> what was wanted
    "string_type": "a text",
    "string_unicode": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping of settings",
    "model_type": "a mapping of settings",
    "model_attributes_type": "a mapping of settings",
}


def check(raw: Mapping[str, object], *, environment: str, file: str | None = None) -> Checked:
    """
    Check the configuration of one environment; reads nothing, calls nobody, finds all faults at once.

    Args:
        raw: full key to value, `{"guestlist:invite": {"linkTtlSec": 3600}}`. A secret is a `SecretStr` once decrypted, `SEALED`
            while it is not; as a plain text it is a fault.
        environment: the stack's name, which some rules depend on.
        file: what a fault says before the colon; the environment's file unless told.

    """
    place = file or config_file(environment)
    faults: list[Fault] = []
    public: dict[str, object] = {}
    secrets: dict[str, object] = {}
    for key, value in raw.items():
        name = str(key).removeprefix(f"{PROJECT}:")
        if key in _PULUMI_KEYS:
            continue
        if name == key or name not in {*SETTINGS_BY_NAME, *SECRETS_BY_NAME}:
            faults.append(_unknown_key(str(key), file=place))
        elif name in SECRETS_BY_NAME:
            secrets[name] = value
        else:
            # Pulumi writes `pulumi config set guestlist:protect false` as the text "false", and reads it as false.
            public[name] = {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
    settings: Settings | None = None
    try:
        settings = Settings.model_validate(public, context={"environment": environment})
    except ValidationError as error:
        faults += [_fault(details, file=place) for details in error.errors(include_url=False)]
    faults += _secret_faults(secrets, environment=environment, file=place)
    faults += contradictions(public, secrets, file=place)
    faults += ownership_faults(public, file=place)
    if settings is not None and not faults:
        faults += entitlement_faults(settings, file=place)
    return Checked(
        settings=settings.of_environment(environment) if settings and not faults else None,
        faults=tuple(faults),
        unchecked=tuple(name for name, value in secrets.items() if isinstance(value, Sealed)),
    )


def _unknown_key(key: str, *, file: str) -> Fault:
    """Say that a key is not a setting, and which one may be meant. Its value is not shown: it may be a misspelt secret."""
    namespace, _, name = key.rpartition(":")
    near = difflib.get_close_matches(name, [*SETTINGS_BY_NAME, *SECRETS_BY_NAME], n=1, cutoff=0.8)
    if namespace == "auth0":
        problem = "must not be here"
        remedy = "credentials come from the environment only: AUTH0_DOMAIN, AUTH0_CLIENT_ID, AUTH0_CLIENT_SECRET"
    elif namespace and namespace != PROJECT and not near:
        problem, remedy = "belongs to another project", f"only {PROJECT}: keys are read here"
    else:
        problem, remedy = (
            "is not a setting",
            _did_you_mean(name, [*SETTINGS_BY_NAME, *SECRETS_BY_NAME], prefix=f"{PROJECT}:"),
        )
    return Fault(file=file, key=show_text(key), problem=problem, remedy=remedy)


def _did_you_mean(written: str, known: Iterable[str], *, prefix: str = "") -> str:
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(written.lower(), by_lower, n=1)
    return f"did you mean {prefix}{by_lower[near[0]]}?" if near else "config/README.md lists them all"


def _fault(details: ErrorDetails, *, file: str) -> Fault:
    """Turn one of pydantic's errors into our line."""
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    path = [part for part in details["loc"] if isinstance(part, (str, int))]
    is_key = _is_of_a_key(path, kind)
    if is_key:
        path = path[:-1]
    key = (
        PROJECT
        + ":"
        + "".join(f"[{part}]" if isinstance(part, int) else f".{show_text(part)}" for part in path).removeprefix(".")
    )
    field = _field(path)
    shown = show(value)
    if is_key:
        problem, remedy, shown = "must be a word in lower case", "such as admin; 40 characters or fewer", ""
    elif value is None and kind != "missing":
        problem, remedy, shown = "has no value", "write one, or take the line out", ""
    elif kind == "guestlist":
        problem, remedy = context["problem"], context["remedy"]
    elif kind == "missing":
        problem, remedy, shown = "is missing", _example(field), ""
    elif kind in {"extra_forbidden", "invalid_key"}:
        problem, remedy, shown = "is not a setting", _did_you_mean(str(path[-1]), _known_beside(path)), ""
    elif kind in {"model_type", "model_attributes_type"}:
        problem, remedy, shown = "must be a mapping of settings", _example(field), _kind(value)
    elif kind in _TYPES:
        quotes = "in quotes, " if kind == "string_type" and isinstance(value, (bool, int, float)) else ""
        problem, remedy = f"must be {_TYPES[kind]}", quotes + _example(field)
    else:
        problem = {
            "greater_than_equal": f"must be {context.get('ge')} or more",
            "less_than_equal": f"must be {context.get('le')} or less",
            "string_too_short": "must not be empty",
            "too_short": "must not be empty",
            "string_pattern_mismatch": _pattern(field),
            "literal_error": f"must be {str(context.get('expected')).replace(chr(39), '')}",
            "string_too_long": f"must have {context.get('max_length')} characters or fewer",
            "too_long": f"must have {context.get('max_length')} characters or fewer",
        }.get(kind, "has a wrong form")
        remedy = _REASONS.get((".".join(map(str, path)), kind), _example(field))
    return Fault(file=file, key=key, problem=problem, shown=shown, remedy=remedy)


def _is_of_a_key(path: list[str | int], kind: str) -> bool:
    """Whether a key of a mapping is wrong, rather than what is written there: pydantic says so at the end of the path."""
    return (
        path[2:] == ["[key]"] and kind.startswith("string_") and (of := _field(path[:1])) is not None and is_mapping(of)
    )


def _kind(value: object) -> str:
    """Show only what kind of value it is: a text where a mapping belongs may be anything, a pasted secret too."""
    return {str: "a text", bool: "a switch", int: "a number", float: "a number", list: "a list"}.get(
        type(value), "something else"
    )


def _pattern(field: FieldInfo | None) -> str:
    """What a text has to look like: the words that the reference has for it."""
    return f"must be {kind_of(field)}" if field else "has a wrong form"


def _field(path: list[str | int]) -> FieldInfo | None:
    """Find the field that a path leads to; an index into a list leads to the list, a key of a mapping to the mapping."""
    model: type[BaseModel] | None = Settings
    field: FieldInfo | None = None
    is_key = False
    for part in path:
        if isinstance(part, int) or model is None or is_key:
            is_key = False
            continue
        field = next((field for field in model.model_fields.values() if field.alias == part), None)
        model = model_of(field)
        is_key = field is not None and is_mapping(field)
    return field


def _known_beside(path: list[str | int]) -> list[str]:
    """Give the names that could stand where the last part of a path stands."""
    model = model_of(_field(path[:-1])) or Settings
    return [field.alias or name for name, field in model.model_fields.items()]


def _example(field: FieldInfo | None) -> str:
    """Give the remedy for a missing or mistyped setting: what it may look like."""
    if model := model_of(field):
        needed = [field.alias or name for name, field in model.model_fields.items() if field.is_required()]
        return f"with {', '.join(needed)}" if needed else "config/README.md says which"
    if field is None or not field.examples:
        return "config/README.md says which"
    return f"such as {json.dumps(field.examples[0]).strip(chr(34))}"


def _secret_faults(secrets: Mapping[str, object], *, environment: str, file: str) -> list[Fault]:
    faults: list[Fault] = []
    for secret in SECRETS:
        key, value = f"{PROJECT}:{secret.name}", secrets.get(secret.name)
        encrypt = f"pulumi config set --secret {key} --stack {environment}"
        if secret.name not in secrets:
            if secret.required:
                faults.append(Fault(file=file, key=key, problem="is missing", remedy=f"from the terminal: {encrypt}"))
        elif isinstance(value, str):
            remedy = f"it is no secret any more: make a new one and {encrypt}"
            faults.append(Fault(file=file, key=key, problem="is in plain text", shown=length(value), remedy=remedy))
        elif not isinstance(value, (SecretStr, Sealed)):
            shown = "nothing" if value is None else _kind(value)
            faults.append(Fault(file=file, key=key, problem="must be one encrypted text", shown=shown, remedy=encrypt))
    opened = {
        secret.name: value.get_secret_value()
        for secret in SECRETS
        if isinstance(value := secrets.get(secret.name), SecretStr)
    }
    return faults + check_secrets(opened, environment=environment, file=file)
