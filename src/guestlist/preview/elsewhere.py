"""
The program of another commit, previewed against the same state: for `--compare BASE`, and to go back with `--ref`.

A commit is unpacked into a folder of its own and its program runs in a process of its own, which imports that folder's `stacks` and this
installation's `guestlist`.

    python -m guestlist.preview.elsewhere ENVIRONMENT PULUMI      in that folder; writes the program as JSON, secrets masked

Not here: the same in this process (`run.py`), leaving out what two commits have in common (`compare.py`).
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from guestlist.errors import GuestlistError
from guestlist.locks import file_backend
from guestlist.preview.picture import Step, from_json, to_json
from stacks.settings import config_file

FAILED = 1
FILES = ("PULUMI_CONFIG_PASSPHRASE_FILE", "SSL_CERT_FILE")  # variables that name one


class NoSuchCommit(GuestlistError):  # noqa: N818 - reads as a sentence where it is raised
    """A name that git does not know."""


def commit_of(root: Path, ref: str) -> str:
    """The commit that a branch, a tag or a number names. Raises: NoSuchCommit."""
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if found.returncode:
        raise NoSuchCommit(
            f"Cannot find the commit {ref!r} in {root}: git does not know it. In CI, fetch it first: git fetch origin {ref}"
        )
    return found.stdout.decode().strip()


@contextmanager
def unpacked(root: Path, commit: str) -> Iterator[Path]:
    """The files of a commit, in a folder that is there for as long. Raises: GuestlistError."""
    archive = _git(root, "archive", "--format=tar", commit)
    if archive.returncode:
        raise GuestlistError(
            f"Cannot read the commit {commit[:12]}: {archive.stderr.decode(errors='replace').strip()}. "
            "In CI, fetch its files too: git fetch --depth=1 origin COMMIT"
        )
    with tempfile.TemporaryDirectory(prefix="guestlist-commit-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            files.extractall(folder, filter="data")
        yield Path(folder)


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """What another program would declare: its resources, and what its stack would export."""

    steps: tuple[Step, ...]
    outputs: Mapping[str, Any]


def environ_elsewhere(environ: Mapping[str, str], *, root: Path, folder: Path) -> dict[str, str]:
    """
    The engine's variables for a program that is in another folder than the project: its own `stacks`, the project's backend and files.

    The engine and its plugins read what is relative from where they run, so it is made absolute here.
    """
    imported = [str(folder), *filter(None, [environ.get("PYTHONPATH")])]
    found = {**environ, "PYTHONPATH": os.pathsep.join(imported)}
    url = environ.get("PULUMI_BACKEND_URL") or _backend_of(root)
    if url:
        found["PULUMI_BACKEND_URL"] = _absolute(url, root)
    for name in FILES:
        if environ.get(name):
            found[name] = str(root / environ[name])
    return found


def _backend_of(root: Path) -> str:
    """The one that the project's own Pulumi.yaml names."""
    document = yaml.safe_load((root / "Pulumi.yaml").read_text(encoding="utf-8"))
    backend = document.get("backend")
    return str(backend.get("url") or "") if isinstance(backend, Mapping) else ""


def _absolute(url: str, root: Path) -> str:
    folder, query = file_backend(url, root), urlsplit(url).query
    if folder is None or (urlsplit(url).path.startswith("/") and not urlsplit(url).netloc):
        return url
    return f"file://{folder.resolve()}" + (f"?{query}" if query else "")


def collect_elsewhere(
    folder: Path, environment: str, *, root: Path, pulumi: Path, environ: Mapping[str, str]
) -> Elsewhere | None:
    """
    Preview the program of another folder; `None` if it has no such environment.

    Args:
        folder: of the program.
        environment: the stack.
        root: the project, whose state it is.
        pulumi: the engine.
        environ: of the engine, as it would be in the project.

    Raises: GuestlistError, in the words of the program's own failure.

    """
    if not (folder / config_file(environment)).exists():
        return None
    finished = subprocess.run(
        [sys.executable, "-m", "guestlist.preview.elsewhere", environment, str(pulumi)],
        cwd=folder,
        env=environ_elsewhere(environ, root=root, folder=folder),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if finished.returncode:
        said = finished.stderr.strip().removeprefix("Error: ") or "it ended without a reason"
        raise GuestlistError(f"The program to compare with failed: {said}")
    found = json.loads(finished.stdout)
    return Elsewhere(steps=tuple(from_json(step) for step in found["steps"]), outputs=found["outputs"])


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    except OSError as error:
        raise GuestlistError(
            f"Cannot start git: {error.strerror}. It is needed to read another commit: install it"
        ) from error


def main() -> int:
    from guestlist.preview.run import collect

    environment, pulumi = sys.argv[1:]
    try:
        collected = collect(Path.cwd(), environment, pulumi=Path(pulumi), environ=os.environ)
    except GuestlistError as error:
        print(f"Error: {error.message}", file=sys.stderr)  # noqa: T201 - this is a program
        return FAILED
    program = {"steps": [to_json(step) for step in collected.steps], "outputs": collected.outputs_after}
    print(json.dumps(program))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
