"""
How a PATCH changes a document, where the Management API is not one rule but several.

    changed(old, changes)     replaces what is named; an explicit null deletes
    merged(old, changes)      the same, and objects are merged member by member, as `user_metadata` and `jwt_configuration` are
    without_nulls(value)      what a POST stores of a body with nulls in it

Source: the answers recorded in the provider's own tests (v1.54.1).
"""

from collections.abc import Collection, Mapping
from typing import Any

from localtenant.store import Document


def changed(old: Mapping[str, Any], changes: Mapping[str, Any], *, merge: Collection[str] = ()) -> Document:
    """
    A new document: named members replaced, those named with null gone.

    The objects of the members in `merge` are merged instead of replaced.
    """
    document = dict(old)
    for name, value in changes.items():
        if value is None:
            document.pop(name, None)
        elif name in merge and isinstance(value, dict):
            document[name] = merged(old.get(name) or {}, value)
        else:
            document[name] = without_nulls(value)
    return document


def merged(old: Mapping[str, Any], changes: Mapping[str, Any]) -> Document:
    """`old` with the members of `changes` put over it, objects within objects too; null deletes."""
    document = dict(old)
    for name, value in changes.items():
        if value is None:
            document.pop(name, None)
        elif isinstance(value, dict):
            before = document.get(name)
            document[name] = merged(before if isinstance(before, dict) else {}, value)
        else:
            document[name] = value
    return document


def without_nulls(value: Any) -> Any:
    """The value without the object members that are null, at any depth; lists keep theirs."""
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    return value
