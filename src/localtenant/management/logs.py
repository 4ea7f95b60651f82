"""
Tenant logs: by checkpoint (`from`, `take`) or by search (`q`, `page`, `per_page`, `sort`).

Entries are written by `operation_log.py` and by whatever else happens in the tenant (`Tenant.log`). Unlike Auth0's, they are there at once, unless a
test wants them late, lost or misdated (`log_faults.py`).
Source: https://auth0.com/docs/deploy-monitor/logs/retrieve-log-events-using-mgmt-api
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from localtenant.errors import ManagementError, bad_request
from localtenant.management.endpoint import JSON, Answer, Call, endpoint
from localtenant.management.fields import asked
from localtenant.management.log_search import matching, types_in
from localtenant.management.paging import listing, number, offset
from localtenant.store import Document
from localtenant.tenant import LOGS

SEARCH_LIMIT = 1000
MAX_TAKE = 100


@endpoint("GET", "/logs")
def list_logs(call: Call) -> JSON | Answer:
    """By checkpoint if `from` or `take` is there, whatever else the query says; else by search."""
    if "from" in call.query or "take" in call.query:
        return _checkpoint(call)
    call.tenant.deliver_late_entries()
    types = types_in(call.query.get("q", "") or call.query.get("search", ""))
    store = call.tenant.store
    return search(call, store.all(LOGS) if types is None else store.of_types(LOGS, types))


@endpoint("GET", "/logs/{id}")
def get_log(call: Call) -> JSON:
    """One entry."""
    entry = call.tenant.store.get(LOGS, call.path["id"])
    if entry is None:
        raise ManagementError(404, "Log not found.")
    return entry


@endpoint("GET", "/users/{id}/logs")
def list_user_logs(call: Call) -> JSON:
    """The entries about one user."""
    return search(call, [entry for entry in call.tenant.store.all(LOGS) if entry.get("user_id") == call.path["id"]])


def search(call: Call, entries: Sequence[Document]) -> JSON:
    """A page of the entries that the query asks for, newest first unless `sort` says otherwise."""
    page, per_page = offset(call)
    if page * per_page >= SEARCH_LIMIT:
        raise bad_request("You can only page through the first 1000 records.", "invalid_paging")
    query = call.query.get("q", "") or call.query.get("search", "")
    found = list(filter(matching(query), entries)) if query.strip() else list(entries)
    answer = listing(call, _sorted(call, found), "logs", checkpoint=False)
    if isinstance(answer, dict):
        return {**answer, "logs": [asked(call, entry) for entry in answer["logs"]]}
    return [asked(call, entry) for entry in answer or []]


def _sorted(call: Call, entries: list[Document]) -> list[Document]:
    name, _, direction = call.query.get("sort", "date:-1").partition(":")
    # Entries of one millisecond keep the order in which they were written.
    ordered = sorted(entries, key=lambda entry: (str(entry.get(name, "")), entry["log_id"]))
    return ordered if direction == "1" else ordered[::-1]


def _checkpoint(call: Call) -> Answer:
    call.tenant.deliver_late_entries()
    take = number(call, "take", 50, minimum=1, maximum=MAX_TAKE)
    entries = call.tenant.store.after(LOGS, call.query.get("from", ""), take)
    if not entries:
        return Answer(status=200, body=[])
    query = urlencode({"from": entries[-1]["log_id"], "take": take})
    return Answer(status=200, body=list(entries), headers={"link": f'<{call.tenant.audience}logs?{query}>; rel="next"'})
