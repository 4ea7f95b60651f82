"""
What a job left for another one, read as if it wished us harm: two files by name, bounded, in memory. Nothing is unpacked and nothing is run.

Not here: getting it (`github.py`), what becomes of its text (`body.py`).
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guestlist.ci.body import LARGEST, NotAPreview

COMMENT, DOCUMENT = "comment.md", "preview.json"
LARGEST_DOCUMENT = 8 * 1024 * 1024
LARGEST_ARTIFACT = 16 * 1024 * 1024
MOST_FILES = 50


@dataclass(frozen=True, kw_only=True)
class Left:
    """What is of use to a comment."""

    comment: bytes
    document: Mapping[str, Any]  # empty if there is none that can be read


def read_artifact(data: bytes, *, called: str) -> Left:
    """
    Take the two files out of the zip.

    Raises: NotAPreview.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if len(names) > MOST_FILES:
                raise NotAPreview(
                    f"Cannot read the artifact {called}: it holds {len(names):,} files. It was not posted."
                )
            if COMMENT not in names:
                raise NotAPreview(
                    f"Cannot read the artifact {called}: it has no {COMMENT}. It was not posted; the job that left it says why."
                )
            comment = _part(archive, COMMENT, most=LARGEST, called=called)
            document = _part(archive, DOCUMENT, most=LARGEST_DOCUMENT, called=called) if DOCUMENT in names else b"{}"
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise NotAPreview(f"Cannot read the artifact {called}: {type(error).__name__}. It was not posted.") from None
    return Left(comment=comment, document=read_document(document))


def _part(archive: zipfile.ZipFile, name: str, *, most: int, called: str) -> bytes:
    """At most so many bytes, whatever the archive says about itself."""
    with archive.open(name) as part:
        found = part.read(most + 1)
    if len(found) > most:
        raise NotAPreview(
            f"Cannot read the artifact {called}: its {name} has more than {most:,} bytes. It was not posted."
        )
    return found


def read_document(data: bytes) -> Mapping[str, Any]:
    """A preview as JSON; an empty one for anything else."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
