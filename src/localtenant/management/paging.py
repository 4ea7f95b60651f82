"""
The list styles of the Management API.

    listing(call, items, "roles")            GET /roles: bare list; envelope with include_totals; checkpoint with from/take
    envelope(call, items, "permissions")     operations that answer {start, limit, total, …} in every case: pass `always=True`
    bare lists (guardian factors, credentials, …) need no helper: return the list

Not here: the bindings' and Actions' own envelope, whose page 1 omits `total` (they live with their resources).
Source: https://auth0.com/docs/manage-users/user-search/view-search-results-by-page and the recordings of the provider (v1.54.1).
"""

import base64
import json
from collections.abc import Sequence
from typing import Any

from localtenant.errors import ManagementError
from localtenant.management.endpoint import JSON, Call
from localtenant.store import Document

DEFAULT_PER_PAGE = 50
MAX_PER_PAGE = 100


def listing(
    call: Call,
    items: Sequence[Document],
    key: str,
    *,
    always_envelope: bool = False,
    checkpoint: bool = True,
    default: int = DEFAULT_PER_PAGE,
    maximum: int = MAX_PER_PAGE,
) -> JSON:
    """
    One page of `items`, in the shape that the query asks for.

    `key` is the items' name inside an envelope, e.g. `clients`. `always_envelope`: the operation answers an object even without
    `include_totals`. `checkpoint`: it knows `from` and `take`.
    """
    if checkpoint and ("take" in call.query or "from" in call.query):
        return checkpoint_page(call, items, key, default=default, maximum=maximum)
    page, per_page = offset(call, default=default, maximum=maximum)
    chosen = list(items[page * per_page : (page + 1) * per_page])
    if not always_envelope and not flag(call, "include_totals"):
        return list(chosen)
    return {
        "start": page * per_page,
        "limit": per_page,
        "length": len(chosen),
        "total": len(items),
        key: chosen,
    }


def offset(call: Call, *, default: int = DEFAULT_PER_PAGE, maximum: int = MAX_PER_PAGE) -> tuple[int, int]:
    """`page` (from 0) and `per_page` of the query."""
    return number(call, "page", 0, minimum=0), number(call, "per_page", default, minimum=0, maximum=maximum)


def checkpoint_page(
    call: Call,
    items: Sequence[Document],
    key: str,
    *,
    default: int = DEFAULT_PER_PAGE,
    maximum: int = MAX_PER_PAGE,
) -> dict[str, Any]:
    """`{key: […], next}`; `next` is left out on the last page. `from` without `take` takes the default."""
    take = number(call, "take", default, minimum=1, maximum=maximum)
    start = _position(call.query["from"]) if "from" in call.query else 0
    chosen = list(items[start : start + take])
    answer: dict[str, Any] = {key: chosen}
    if start + take < len(items):
        answer["next"] = _cursor(start + take)
    return answer


def flag(call: Call, name: str, *, default: bool = False) -> bool:
    """A boolean of the query."""
    value = call.query.get(name)
    return default if value is None else value.lower() == "true"


def number(call: Call, name: str, default: int, *, minimum: int = 0, maximum: int | None = None) -> int:
    """A number of the query, within bounds; 400 `invalid_query_string` otherwise."""
    text = call.query.get(name)
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        raise invalid_query(f"Expected type integer but found type string on property {name}.") from None
    if value < minimum:
        raise invalid_query(f"Value {value} is less than minimum {minimum} on property {name}.")
    if maximum is not None and value > maximum:
        raise invalid_query(f"Value {value} is greater than maximum {maximum} on property {name}.")
    return value


def invalid_query(message: str) -> ManagementError:
    """400 for a query that the operation's parameters refuse."""
    text, separator, rest = message.partition(" on property ")
    return ManagementError(400, f"Query validation error: '{text}'{separator}{rest}", "invalid_query_string")


def _cursor(start: int) -> str:
    return base64.urlsafe_b64encode(json.dumps({"start": start}).encode()).decode().rstrip("=")


def _position(cursor: str) -> int:
    try:
        start = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))["start"]
        return max(0, int(start))
    except (ValueError, KeyError, TypeError):
        raise ManagementError(400, "The specified checkpoint is invalid.", "invalid_checkpoint") from None
