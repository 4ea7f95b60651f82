"""
The per-user cache: where it is, what its entries are called, and the manifest that says what is in it.

An entry is a folder that appears by one rename when it is complete, so an interrupted build or download is never used.
The manifest records each file's size and time; `recall` trusts it only while those still hold.

Not here: filling it (`gobuild.py`, `download.py`), keeping two runs apart (`lock.py`).
"""

import hashlib
import json
import os
import platform
import shutil
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from toolchain import pins
from toolchain.model import Origin, Piece, PieceName, Toolchain, ToolchainError

MANIFEST_FORMAT = 1
_CONTENTS = "contents.json"
_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
_SYSTEMS = {"Linux": "linux", "Darwin": "darwin"}


def cache_dir(environment: Mapping[str, str] | None = None, system: str = sys.platform) -> Path:
    """`$GUESTLIST_CACHE_DIR`, else the platform's place for caches."""
    environment = os.environ if environment is None else environment
    if chosen := environment.get("GUESTLIST_CACHE_DIR"):
        return Path(chosen).expanduser().absolute()
    if xdg := environment.get("XDG_CACHE_HOME"):
        return Path(xdg) / "guestlist"
    home = Path(environment["HOME"]) if environment.get("HOME") else Path.home()
    return home / ("Library/Caches" if system == "darwin" else ".cache") / "guestlist"


def platform_tag(system: str | None = None, machine: str | None = None) -> str:
    """`linux-x64`, as Pulumi names its archives."""
    system, machine = system or platform.system(), machine or platform.machine()
    if system not in _SYSTEMS or machine.lower() not in _MACHINES:
        raise ToolchainError(
            f"Cannot prepare the toolchain for {system} on {machine}: it is made for Linux and macOS on x86-64 and "
            f"arm64. Install Pulumi {pins.PULUMI_VERSION} by yourself and put it on PATH"
        )
    return f"{_SYSTEMS[system]}-{_MACHINES[machine.lower()]}"


def source_digest(program: pins.GoProgram) -> str:
    """Twelve hex digits that change with anything a source build is made of."""
    digest = hashlib.sha256(f"{program.version_value}\0{program.package}\0".encode())
    files = [program.module / "go.mod", program.module / "go.sum"]
    for pattern in program.sources:
        files.extend(sorted(program.module.glob(pattern)))
    for file in files:
        digest.update(f"{file.relative_to(program.module)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


def toolchain_key() -> str:
    """What a manifest is valid for: the platform, the pinned versions, the Go modules."""
    parts = [str(MANIFEST_FORMAT), platform_tag(), pins.PULUMI_VERSION, pins.AUTH0_PLUGIN_VERSION]
    parts += [source_digest(program) for program in pins.GO_PROGRAMS.values()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def entry_dir(root: Path, piece: PieceName, origin: Origin) -> Path:
    """Where a piece of ours lives."""
    program = pins.GO_PROGRAMS[piece]
    slug = piece.value.replace(" ", "-")
    detail = source_digest(program) if origin is Origin.SOURCE_BUILD else "official"
    return root / "toolchain" / f"{slug}-{program.version}-{platform_tag()}-{detail}"


@contextmanager
def new_entry(root: Path, destination: Path) -> Iterator[Path]:
    """
    A temporary folder that becomes `destination` by one rename, or vanishes when the body fails.

    Call it with the cache's lock held.
    """
    partial = root / "toolchain" / "partial" / uuid.uuid4().hex
    partial.mkdir(parents=True)
    try:
        yield partial
        files = [file for file in partial.rglob("*") if file.is_file()]
        sizes = {str(file.relative_to(partial)): file.stat().st_size for file in files}
        (partial / _CONTENTS).write_text(json.dumps(sizes), encoding="utf-8")
        for file in [*files, partial / _CONTENTS]:
            _sync(file)
        discard(destination)
        partial.rename(destination)
        _sync(destination.parent)
    finally:
        discard(partial)


def is_whole(entry: Path) -> bool:
    """Whether an entry is there with every file that it was made with, at its size."""
    try:
        sizes = json.loads((entry / _CONTENTS).read_text(encoding="utf-8"))
        return all((entry / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError):
        return False


def link_together(root: Path, files: tuple[Path, ...]) -> Path:
    """
    A folder that holds all the files: the engine warns at each run about a language host that is not beside it.

    Hard links cost no space; where the file system has none, copies serve. Call it with the cache's lock held.
    """
    origins = "\0".join(sorted(str(file) for file in files))
    folder = root / "toolchain" / f"bin-{hashlib.sha256(origins.encode()).hexdigest()[:12]}"
    if is_whole(folder) and all(_same_content(folder / file.name, file) for file in files):
        return folder
    with new_entry(root, folder) as new:
        for file in files:
            try:
                os.link(file, new / file.name)
            except OSError:
                shutil.copy2(file, new / file.name)
    return folder


def _same_content(one: Path, other: Path) -> bool:
    first, second = one.stat(), other.stat()
    return (first.st_size, first.st_mtime_ns) == (second.st_size, second.st_mtime_ns)


def remove_leftovers(root: Path) -> None:
    """Remove what killed runs have left. Call it with the cache's lock held."""
    discard(root / "toolchain" / "partial")


def discard(folder: Path) -> None:
    """Remove a folder of ours."""
    if folder.exists():
        shutil.rmtree(folder)


def fingerprint(file: Path | None) -> list[Any] | None:
    """`[path, size, time in ns]`, or None where there is no file."""
    if file is None:
        return None
    try:
        stat = file.stat()
    except OSError:
        return None
    return [str(file), stat.st_size, stat.st_mtime_ns]


def manifest_path(root: Path, mode: str, key: str) -> Path:
    """Where the manifest of one way of asking is; `mode` is auto, official or source."""
    return root / "toolchain" / f"manifest-{mode}-{key}.json"


def remember(manifest: Path, toolchain: Toolchain, companions: tuple[Path, ...], pulumi_on_path: Path | None) -> None:
    """Write the manifest, in one step."""
    content = {
        "pieces": {
            piece.name.value: {"version": piece.version, "origin": piece.origin.value, "file": fingerprint(piece.path)}
            for piece in toolchain.pieces
        },
        "companions": [fingerprint(file) for file in companions],
        "pulumi_on_path": fingerprint(pulumi_on_path),
        "pulumi_home": str(toolchain.pulumi_home) if toolchain.pulumi_home else None,
    }
    manifest.parent.mkdir(parents=True, exist_ok=True)
    partial = manifest.with_suffix(f".{os.getpid()}.part")
    partial.write_text(json.dumps(content, indent=1), encoding="utf-8")
    _sync(partial)
    partial.replace(manifest)


def recall(manifest: Path, pulumi_on_path: Path | None) -> Toolchain | None:
    """The toolchain that the manifest tells of; None when it is not there, not readable, or no longer true."""
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
        pieces = {
            name: Piece(
                name=name,
                version=content["pieces"][name.value]["version"],
                origin=Origin(content["pieces"][name.value]["origin"]),
                path=Path(content["pieces"][name.value]["file"][0]),
            )
            for name in PieceName
        }
        recorded = [content["pieces"][name.value]["file"] for name in PieceName] + content["companions"]
        home = content["pulumi_home"]
        still_true = content["pulumi_on_path"] == fingerprint(pulumi_on_path) and all(
            file is not None and file == fingerprint(Path(file[0])) for file in recorded
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None
    if not still_true:
        return None
    return Toolchain(
        engine=pieces[PieceName.ENGINE],
        language_host=pieces[PieceName.LANGUAGE_HOST],
        auth0_plugin=pieces[PieceName.AUTH0_PLUGIN],
        pulumi_home=Path(home) if home else None,
    )


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
