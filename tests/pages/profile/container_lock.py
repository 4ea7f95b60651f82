"""
Write pages/profile/requirements.lock: of the repository's lock, what the page alone needs, versions and hashes unchanged.

By hand, after `make lock`: `python -m tests.pages.profile.container_lock`.
"""

from __future__ import annotations

import re
from importlib.metadata import requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.docs.pages import ROOT

WHOLE, OF_THE_PAGE = ROOT / "requirements.lock", ROOT / "pages" / "profile" / "requirements.lock"
NEEDS = ("babel", "httptools", "jinja2", "pyjwt", "starlette", "uvicorn")
_ENTRY = re.compile(r"^([A-Za-z0-9._-]+)==.*(?:\n(?:    ).*)*\n", re.MULTILINE)
HEAD = "# Of ../../requirements.lock, what the page needs. Written by: python -m tests.pages.profile.container_lock\n"


def needed() -> set[str]:
    """Names of the packages, with everything that they need where the page runs."""
    found, left = set[str](), list(NEEDS)
    while left:
        name = canonicalize_name(left.pop())
        if name in found:
            continue
        found.add(name)
        for text in requires(name) or ():
            one = Requirement(text)
            # For the image's Python and for ours: whatever any version on Linux may need.
            marks = [{"extra": "", "sys_platform": "linux", "python_version": version} for version in ("3.11", "3.13")]
            if one.marker is None or any(one.marker.evaluate(mark) for mark in marks):
                left.append(one.name)
    return found


def lock() -> str:
    """The file's text."""
    entries = {canonicalize_name(entry[1]): entry[0] for entry in _ENTRY.finditer(WHOLE.read_text(encoding="utf-8"))}
    return HEAD + "".join(entries[name] for name in sorted(needed()))


if __name__ == "__main__":
    OF_THE_PAGE.write_text(lock(), encoding="utf-8")
