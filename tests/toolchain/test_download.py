"""The official archive is used only when it is whole and has the published checksum."""

import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.toolchain.conftest import BUILT, Machine
from toolchain import download, pins
from toolchain.download import OfficialSourceError, download_pieces
from toolchain.gobuild import Workshop
from toolchain.model import PieceName
from toolchain.progress import Progress

BOTH = frozenset({PieceName.ENGINE, PieceName.LANGUAGE_HOST})
CHECKSUMS = f"/sdk/pulumi-{pins.PULUMI_VERSION}-checksums.txt"
ARCHIVE = "/sdk/pulumi.tar.gz"


def an_archive(*, without: str = "", engine: str = BUILT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name in ("pulumi", "pulumi-language-python", pins.EXECUTOR, pins.LAUNCHER, "pulumi-language-go"):
            if name != without:
                content = (engine if name == "pulumi" else "#!/bin/sh\n").encode()
                member = tarfile.TarInfo(f"pulumi/{name}")
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """`{path: body}` of a site on this machine."""
    files: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = files.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"") + len(files.get("extra length", b""))))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{http.server_port}{ARCHIVE}"
        monkeypatch.setattr(download, "official_archive_url", lambda: url)
        yield files
        http.shutdown()


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def shop(machine: Machine, lines: list[str]) -> Workshop:
    return Workshop(root=machine.cache, environment=machine.variables, progress=Progress(lines.append))


def checksum_line(archive: bytes) -> bytes:
    return f"{hashlib.sha256(archive).hexdigest()}  pulumi.tar.gz\n".encode()


def test_a_good_archive_gives_both_pieces(shop: Workshop, published: dict[str, bytes]) -> None:
    published[ARCHIVE] = an_archive()
    published[CHECKSUMS] = b"0" * 64 + b"  other.tar.gz\n" + checksum_line(published[ARCHIVE])
    paths = download_pieces(shop, BOTH)
    assert paths[PieceName.ENGINE].read_text(encoding="utf-8") == BUILT
    names = {path.name for path in paths[PieceName.LANGUAGE_HOST].parent.iterdir()}
    assert names == {"contents.json", "pulumi-language-python", pins.EXECUTOR, pins.LAUNCHER}
    published.clear()
    assert download_pieces(shop, BOTH) == paths, "the second time needs no network"


def test_a_missing_checksum_file_is_said(shop: Workshop, published: dict[str, bytes], lines: list[str]) -> None:
    published[ARCHIVE] = an_archive()
    assert download_pieces(shop, BOTH)
    assert lines == ["pulumi.tar.gz: no checksum is published for it; relying on TLS"]


def test_a_wrong_checksum_is_refused(shop: Workshop, published: dict[str, bytes], machine: Machine) -> None:
    published[ARCHIVE] = an_archive()
    published[CHECKSUMS] = checksum_line(b"another archive")
    with pytest.raises(OfficialSourceError, match="not the published"):
        download_pieces(shop, BOTH)
    assert machine.entries() == ["partial"]


def test_a_pinned_checksum_wins_over_the_published(
    shop: Workshop, published: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    published[ARCHIVE] = an_archive()
    published[CHECKSUMS] = checksum_line(published[ARCHIVE])
    monkeypatch.setitem(pins.OFFICIAL_SHA256, "pulumi.tar.gz", "0" * 64)
    with pytest.raises(OfficialSourceError, match=f"not the published {'0' * 64}"):
        download_pieces(shop, BOTH)


def test_a_partial_download_is_not_used(shop: Workshop, published: dict[str, bytes], machine: Machine) -> None:
    published[ARCHIVE] = an_archive()
    published["extra length"] = b"0123456789"
    with pytest.raises(OfficialSourceError):
        download_pieces(shop, BOTH)
    assert machine.entries() == ["partial"]
    assert list((machine.cache / "toolchain" / "partial").iterdir()) == []


@pytest.mark.parametrize(
    ("archive", "reason"),
    [
        (an_archive(without=pins.LAUNCHER), f"lacks {pins.LAUNCHER}"),
        (an_archive(without="pulumi"), "lacks pulumi"),
        (an_archive(engine="#!/bin/sh\necho v1.0.0\n"), "says it is 'v1.0.0'"),
        (b"<html>a captive portal</html>", "broke off"),
    ],
    ids=[
        "no launcher",
        "no engine",
        "another version",
        "no archive",
    ],  # an archive holds the time: two workers would name it differently
)
def test_an_archive_that_is_not_what_was_asked_for_is_refused(
    shop: Workshop, published: dict[str, bytes], archive: bytes, reason: str
) -> None:
    published[ARCHIVE] = archive
    with pytest.raises(OfficialSourceError, match=reason):
        download_pieces(shop, BOTH)
