"""
The writes that a tenant's log has since a moment, newest first, and whether these are all of them.

One call where there are at most a hundred. The search takes days, has at most a thousand results, and is behind: what is read is never called complete, only whole as far as the log
shows it, and what speaks against that is said.

Not here: what follows from it (`decide.py`).
Source: https://auth0.com/docs/deploy-monitor/logs/log-search-query-syntax, …/retrieve-log-events-using-mgmt-api (1,000 results), …/log-data-retention
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from guestlist.tenant_log.entries import WRITTEN, Entry, moment_of, read_entry
from stacks.management import ManagementClient, ManagementError

PAGE = 100
MOST = 1000  # what a search gives at most
FIELDS = "log_id,date,type,client_id,client_name,user_id,user_name,ip,details"
AHEAD = timedelta(minutes=5)  # an entry may be dated so far after the tenant's own clock
# Days that each plan keeps its log. Source: …/deploy-monitor/logs/log-data-retention (read 2026-11-23)
RETENTION: Mapping[str, timedelta] = {
    "free": timedelta(days=1),
    "essentials": timedelta(days=5),
    "professional": timedelta(days=10),
    "enterprise": timedelta(days=30),
}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """
    What was read. `now` by the tenant's own clock, before the first call's answer; `gap`: why this may not be all that the log has, empty if nothing
    speaks against it.
    """

    since: datetime
    now: datetime
    entries: tuple[Entry, ...] = ()
    gap: str = ""


def read_writes(
    tenant: ManagementClient,
    since: datetime,
    *,
    now: datetime,
    retention: timedelta | None = None,
    most: int = MOST,
) -> Reading:
    """
    Ask for every write since a moment.

    Args:
        tenant: its Management API, with `read:logs`.
        since: in UTC.
        now: by this machine's clock; the tenant's own is taken where its answers say it.
        retention: how long the tenant keeps its log, if that is known.
        most: entries; more are not asked for.

    Raises: ManagementError, where the tenant does not answer; a refusal is a gap.

    """
    found: list[Entry] = []
    seen = 0
    gap = ""
    page = 0
    while True:
        try:
            answer = tenant.get("/logs", **_query(since, page))
        except ManagementError as error:
            if error.status not in {400, 403}:
                raise
            gap = _refused(error, page)
            break
        logs = answer.get("logs") if isinstance(answer, Mapping) else answer
        if not isinstance(logs, list):
            gap = "the log's answer has another form than Auth0 describes"
            break
        seen += len(logs)
        found += [entry for one in logs if (entry := read_entry(one)) is not None]
        page += 1
        total = _total(answer)
        older = bool(logs) and moment_of(_date(logs[-1])) < since
        if len(logs) < PAGE:
            if total is not None and seen < total:
                gap = f"a page was cut: the log has {total:,} entries and gave {seen:,}"
            break
        if older:
            break
        if page * PAGE >= most:
            gap = f"more than {most:,} writes are in the log"
            break
    clock = tenant.clock_of_tenant(now)
    gap = gap or _doubts(found, since=since, now=clock, retention=retention)
    return Reading(since=since, now=clock, entries=tuple(found), gap=gap)


def _query(since: datetime, page: int) -> dict[str, str | int]:
    # A day earlier: the search takes days, and whose days they are is not said.
    day = (since.astimezone(UTC) - timedelta(days=1)).date().isoformat()
    return {
        "q": f"type:{WRITTEN} AND date:[{day} TO *]",
        "sort": "date:-1",
        "per_page": PAGE,
        "page": page,
        "include_totals": "true",
        "fields": FIELDS,
        "include_fields": "true",
    }


def _refused(error: ManagementError, page: int) -> str:
    if error.status == 403:
        return "these credentials may not read the log (read:logs)"
    return "more writes are in the log than a search gives" if page else "the log's search was refused"


def _total(answer: Any) -> int | None:
    total = answer.get("total") if isinstance(answer, Mapping) else None
    return total if isinstance(total, int) and not isinstance(total, bool) else None


def _date(one: Any) -> Any:
    return one.get("date") if isinstance(one, Mapping) else None


def _doubts(found: list[Entry], *, since: datetime, now: datetime, retention: timedelta | None) -> str:
    if retention is not None and now - since > retention:
        return f"the log is kept for {retention.days} days only, and the last check is longer ago"
    if since > now + AHEAD:
        return "the last check was later than the tenant's clock is now"
    if any(not entry.id for entry in found):
        return "an entry of the log has no id"
    return ""
