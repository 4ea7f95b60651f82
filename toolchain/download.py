"""
The official pieces: Pulumi's archive with the engine and the language host, and the plugin that the engine installs.

An archive counts only when it is whole, has the published (or pinned) checksum, and its engine tells the right version.

Not here: whether the site answers at all (`observe.py`).
"""

import hashlib
import re
import shutil
import tarfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from toolchain import pins
from toolchain.cache import entry_dir, is_whole, new_entry
from toolchain.commands import ask
from toolchain.gobuild import Workshop, install_plugin
from toolchain.model import Origin, PieceName, ToolchainError
from toolchain.observe import find_installed_plugin, official_archive_url, parse_version

_SILENCE_SECONDS = 20.0
_CHUNK_BYTES = 1 << 20


class OfficialSourceError(ToolchainError):
    """The official site could not give a piece; building it is the next thing to try."""


def download_pieces(shop: Workshop, pieces: frozenset[PieceName]) -> dict[PieceName, Path]:
    """
    Put the engine, the language host or both into the cache.

    Returns:
        The path of each executable.

    """
    missing = [piece for piece in sorted(pieces) if not is_whole(_executable(shop, piece).parent)]
    if missing:
        archive = shop.root / "toolchain" / "partial" / "pulumi.tar.gz"
        archive.parent.mkdir(parents=True, exist_ok=True)
        try:
            _fetch(shop, official_archive_url(), archive)
            for piece in missing:
                _unpack(shop, archive, piece)
        except (OSError, tarfile.TarError, EOFError) as error:
            raise OfficialSourceError(f"{pins.OFFICIAL_SITE} broke off: {error}") from error
        finally:
            archive.unlink(missing_ok=True)
    return {piece: _executable(shop, piece) for piece in pieces}


def install_official_plugin(shop: Workshop, pulumi: Path) -> Path:
    """Let the engine download the plugin into the user's own PULUMI_HOME, as it would on the first `pulumi up`."""
    try:
        install_plugin(shop, pulumi, shop.environment)
    except ToolchainError as error:
        raise OfficialSourceError(f"pulumi plugin install failed; {error}") from error
    plugin = find_installed_plugin(shop.environment)
    if plugin is None:
        raise OfficialSourceError("pulumi plugin install left no plugin behind")
    return plugin


def _executable(shop: Workshop, piece: PieceName) -> Path:
    return entry_dir(shop.root, piece, Origin.OFFICIAL_DOWNLOAD) / pins.GO_PROGRAMS[piece].binary


def _fetch(shop: Workshop, url: str, target: Path) -> None:
    digest = hashlib.sha256()
    ticked = time.monotonic()
    with urllib.request.urlopen(url, timeout=_SILENCE_SECONDS) as answer, target.open("wb") as file:  # noqa: S310 - https, from pins.py
        expected = answer.headers.get("Content-Length")
        while chunk := answer.read(_CHUNK_BYTES):
            file.write(chunk)
            digest.update(chunk)
            if time.monotonic() - ticked >= 1:
                ticked = time.monotonic()
                shop.progress.tick()
    if expected is not None and target.stat().st_size != int(expected):
        raise OfficialSourceError(f"{url} ended after {target.stat().st_size} of {expected} bytes")
    name = url.rsplit("/", 1)[1]
    published = pins.OFFICIAL_SHA256.get(name) or _published_checksum(url, name)
    if published is None:
        shop.progress.report(f"{name}: no checksum is published for it; relying on TLS")
    elif published != digest.hexdigest():
        raise OfficialSourceError(f"{url} has the sha256 {digest.hexdigest()}, not the published {published}")


def _published_checksum(url: str, name: str) -> str | None:
    """The sha256 of `name` from the release's checksum file, where the site has one."""
    checksums = url.rsplit("/", 1)[0] + f"/pulumi-{pins.PULUMI_VERSION}-checksums.txt"
    try:
        with urllib.request.urlopen(checksums, timeout=_SILENCE_SECONDS) as answer:  # noqa: S310 - https, from pins.py
            text = answer.read(1 << 16).decode("ascii", errors="replace")
    except urllib.error.HTTPError:
        return None
    match = re.search(rf"^([0-9a-f]{{64}})\s+\*?{re.escape(name)}$", text, re.MULTILINE)
    return match[1] if match else None


def _unpack(shop: Workshop, archive: Path, piece: PieceName) -> None:
    wanted = {pins.GO_PROGRAMS[piece].binary}
    if piece is PieceName.LANGUAGE_HOST:
        wanted |= {pins.EXECUTOR, pins.LAUNCHER}
    with new_entry(shop.root, entry_dir(shop.root, piece, Origin.OFFICIAL_DOWNLOAD)) as new:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                name = Path(member.name).name
                content = tar.extractfile(member) if member.isfile() and name in wanted else None
                if content is not None:
                    with content, (new / name).open("wb") as file:
                        shutil.copyfileobj(content, file)
                    (new / name).chmod(0o755)
        if absent := wanted - {file.name for file in new.iterdir()}:
            raise OfficialSourceError(f"the archive of {pins.OFFICIAL_SITE} lacks {', '.join(sorted(absent))}")
        if piece is PieceName.ENGINE:
            answer = ask([new / "pulumi", "version"], environment=shop.environment)
            if parse_version(answer or "") != parse_version(pins.PULUMI_VERSION):
                raise OfficialSourceError(f"the pulumi of {pins.OFFICIAL_SITE} says it is {answer!r}")
