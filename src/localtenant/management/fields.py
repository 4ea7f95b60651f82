"""The query parameters `fields` and `include_fields`, which most reads know."""

from localtenant.management.endpoint import Call
from localtenant.store import Document


def asked(call: Call, document: Document) -> Document:
    """The document with the fields that the query asks for: those named, or all others with `include_fields=false`."""
    names = [name.strip() for name in call.query.get("fields", "").split(",") if name.strip()]
    if not names:
        return document
    if call.query.get("include_fields", "true").lower() == "false":
        return {name: value for name, value in document.items() if name not in names}
    return {name: document[name] for name in document if name in names}
