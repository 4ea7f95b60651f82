"""
What every format of a drift report says in the same words.

Not here: how it is laid out (`text.py`, `markdown.py`, …), values and lines (`guestlist.preview.words`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from guestlist.drift.report import CLASSES, Class, Coverage, Item, Report, Writer
from guestlist.preview.words import many

TITLES: Mapping[Class, str] = {
    "drift": "Changed in the tenant, behind the program's back",
    "both": "Changed in the tenant, and by the program too",
    "unmanaged": "In the tenant, and declared by nobody",
    "pending": "Declared, and not deployed yet",
}
_NOUNS: Mapping[Class, str] = {
    "drift": "{} drifted",
    "both": "{} both drifted and pending",
    "unmanaged": "{} unmanaged",
    "pending": "{} pending",
}
UNDECLARED = " (the program does not declare it: no deployment takes it back)"


def moment(at: datetime) -> str:
    """`2026-11-27 07:05 UTC`."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def counted(report: Report) -> str:
    """`2 drifted, 1 unmanaged`; nothing found in the words that fit how it was looked for."""
    by = Counter(item.kind for item in report.counted)
    found = [_NOUNS[kind].format(f"{by[kind]:,}") for kind in CLASSES if by[kind]]
    if found:
        return ", ".join(found)
    if report.read == "nothing" and report.log and report.log.since and report.log.full_check_at:
        return f"nothing recorded since {moment(report.log.since)} (full check at {moment(report.log.full_check_at)})"
    if report.problems or report.read == "touched":
        return "nothing differs in what was read"
    return "no drift found"


def headline(report: Report) -> str:
    """What was found, and whether that is everything."""
    if not report.problems:
        return counted(report)
    if not report.counted and not report.unchanged:
        return "could not tell"
    return f"could not tell everything; {counted(report)}"


def named(report: Report) -> str:
    """`prod (acme.eu.auth0.com)`."""
    return f"{report.environment} ({report.domain})" if report.domain else report.environment


def happened(item: Item) -> str:
    """What became of an object: `changed by hand`."""
    if item.kind == "unmanaged":
        return "not declared"
    if item.kind == "pending":
        return {"changed": "to be changed", "deleted": "to be deleted", "made": "to be made"}[item.happened]
    return {"changed": "changed", "deleted": "deleted", "made": "made"}[item.happened]


def author(one: Writer) -> str:
    """`Ana <ana@example.com>, 2026-11-26 10:00 UTC, from 203.0.113.7 in the dashboard`."""
    whose = " (our deployer)" if one.ours else ""
    address = f", from {one.address}" if one.address else ""
    how = f" {one.how}" if one.how else ""
    return f"{one.who}{whose}, {moment(one.at)}{address}{how}"


def covered(item: Item) -> str:
    """Why nobody has to look at it, and until when."""
    return f"{item.covered.reason} (until {item.covered.until.isoformat()})" if item.covered else ""


def coverage(found: Coverage) -> str:
    """`29 of 31 objects are declared or known: 93%`."""
    known = found.declared + found.covered + len(found.auth0s)
    said = f"{known:,} of {many(found.objects, 'object')} declared or known: {found.percent}%"
    details = [f"{found.declared:,} declared"]
    if found.covered:
        details.append(f"{found.covered:,} in the ignore file")
    if found.auth0s:
        details.append(f"with every new tenant comes {', '.join(found.auth0s)}")
    return f"{said} ({'; '.join(details)})"


def listed(found: Coverage) -> str:
    """Which kinds of objects were listed."""
    return f"listed were {', '.join(found.kinds)}"


def cannot_be_seen(report: Report) -> str:
    """Said whenever nothing, or not much, is found."""
    return f"What no check can see: {'; '.join(report.unseen)}." if report.unseen else ""


def remedies(report: Report) -> list[str]:
    """What to do next, with the commands."""
    kinds = {item.kind for item in report.counted}
    env = report.environment
    found = []
    if kinds & {"drift", "both"}:
        found.append(f"To take back what was changed by hand run: guestlist drift fix --env {env}")
        found.append(f"To keep it instead run: guestlist drift accept --env {env}")
    if kinds & {"pending", "both"}:
        found.append(f"To deploy what is pending run: guestlist up --env {env}")
    if "unmanaged" in kinds:
        found.append(
            "What nobody declares is left alone: delete it in the tenant, or write it into config/drift-ignore.yaml with a reason."
        )
        if not report.deployer_named and any(
            item.shown.startswith(("Client ", "ClientGrant ")) for item in report.counted
        ):
            found.append("If one of them is the deployer's, name it with the variable GUESTLIST_DEPLOYER_CLIENT_ID.")
    return found


def log(report: Report) -> str:
    """How the tenant's log was used; empty where it was not."""
    said = report.log
    if said is None:
        return ""
    sentences = []
    if said.why_full:
        sentences.append(f"Everything was read: {said.why_full}.")
    elif report.read == "touched" and said.full_check_at:
        sentences.append(
            f"Read was only what the tenant's log names as written (full check at {moment(said.full_check_at)}); the rest is as found then."
        )
    elif report.read == "nothing" and report.counted and said.since and said.full_check_at:
        sentences.append(
            f"Nothing recorded since {moment(said.since)} (full check at {moment(said.full_check_at)}): what was found stands."
        )
    if said.unread:
        sentences.append(f"Who did it is not known: {said.unread}.")
    return " ".join(sentences)
