"""
What other jobs handed over for a comment: previews as Markdown and as JSON, from files or artifacts, with what was wrong with each.

One that cannot be read stops none of the others, and is not forgotten: its labels are those of a preview that nobody understands.

Not here: an artifact's inside (`artifact.py`), a text's (`body.py`), what is done with them (`posting.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from guestlist.ci.artifact import LARGEST_ARTIFACT, LARGEST_DOCUMENT, Left, read_artifact, read_document
from guestlist.ci.body import LARGEST, Body, NotAPreview, read_body
from guestlist.ci.github import GitHub


@dataclass
class Received:
    """In the order in which they were found."""

    bodies: list[Body] = field(default_factory=list)
    documents: list[Mapping[str, Any]] = field(default_factory=list)
    faults: list[NotAPreview] = field(default_factory=list)

    def only(self, stack: str) -> Received:
        """The same without comments about other stacks, each of which is a fault."""
        others = [
            NotAPreview(
                f"Cannot post a comment about the stack {one.stack}: it may be about {stack} only. It was not posted."
            )
            for one in self.bodies
            if one.stack != stack
        ]
        ours = [one for one in self.bodies if one.stack == stack]
        return Received(bodies=ours, documents=[] if others else self.documents, faults=[*self.faults, *others])


def from_files(files: Sequence[Path], documents: Iterable[Path]) -> Received:
    """Of this job's own machine."""
    found = Received()
    for file in files:
        try:
            found.bodies.append(read_body(_read(file, LARGEST), called=str(file)))
        except NotAPreview as fault:
            found.faults.append(fault)
    for file in documents:
        try:
            found.documents.append(read_document(_read(file, LARGEST_DOCUMENT)))
        except NotAPreview:
            found.documents.append({})
    return found


def from_artifacts(github: GitHub, pattern: str) -> Received:
    """Of the run's artifacts, those with such a name. Raises: ForgeFailed."""
    found = Received()
    for name, number, size in sorted(github.artifacts()):
        if not fnmatchcase(name, pattern):
            continue
        try:
            left = _left(github, name, number, size)
            found.bodies.append(read_body(left.comment, called=f"the artifact {name}"))
        except NotAPreview as fault:
            found.faults.append(fault)
        else:
            found.documents.append(left.document)
    return found


def _left(github: GitHub, name: str, number: int, size: int) -> Left:
    if size > LARGEST_ARTIFACT:
        raise NotAPreview(
            f"Cannot read the artifact {name} of {size:,} bytes: it has more than {LARGEST_ARTIFACT:,}. It was not posted."
        )
    return read_artifact(github.artifact(number, most=LARGEST_ARTIFACT), called=name)


def _read(file: Path, most: int) -> bytes:
    """A byte more than allowed is enough to be refused."""
    try:
        with file.open("rb") as stream:
            found = stream.read(most + 1)
    except OSError as error:
        raise NotAPreview(
            f"Cannot post {file}: {error.strerror}. It was not posted. The job that was to write it says why."
        ) from None
    if len(found) > most:
        raise NotAPreview(f"Cannot post {file}: it has more than {most:,} bytes. It was not posted.")
    return found
