"""
Which addresses an application may be answered at.

Exact, or with `*` for one label below a registered domain, as Auth0 has it; the port of a loopback address is free for native applications.
Source: https://auth0.com/docs/get-started/applications/wildcards-for-subdomains
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "[::1]")


def is_allowed(url: str, allowed: Iterable[str], *, native: bool = False) -> bool:
    """Whether the address is one of these."""
    return any(url == entry or _fits(url, entry) or (native and _is_loopback_of(url, entry)) for entry in allowed)


def _fits(url: str, entry: str) -> bool:
    if entry.count("*") != 1 or not re.match(r"[a-z][a-z0-9+.-]*://[^/]*\*", entry):
        return False
    before, after = entry.split("*")
    return re.fullmatch(re.escape(before) + r"[A-Za-z0-9-]+" + re.escape(after), url) is not None


def _is_loopback_of(url: str, entry: str) -> bool:
    """RFC 8252: an application on a machine takes the port that it gets."""
    one, other = urlsplit(url), urlsplit(entry)
    hosts = {part.netloc.rpartition(":")[0] or part.netloc for part in (one, other)}
    same = one.scheme == other.scheme == "http" and one.path == other.path and one.query == other.query
    return same and len(hosts) == 1 and hosts <= set(LOOPBACK)
