"""
The pictures of docs/mail.md, made anew: `python -m tests.pages.password_reset.pictures`.

Small PNGs with a palette: a picture of text has few colours, and the repository keeps every version of it.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from guestlist.mail_preview import EXAMPLE, make_previews, write_previews
from tests.chromium import a_chromium

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "mail"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PHONE, DESKTOP = 390, 800
SCALE = 1.5
PICTURES = [  # state, language, scheme, width
    ("invitation", "en", "light", PHONE),
    ("invitation", "en", "dark", PHONE),
    ("invitation", "en", "light", DESKTOP),
    ("invitation", "en", "dark", DESKTOP),
    ("invitation", "ar", "light", PHONE),
    ("invitation", "ar", "dark", DESKTOP),
    ("forgotten-password", "ar", "dark", PHONE),
    ("forgotten-password", "de", "light", DESKTOP),
    ("invitation-expiring", "de", "dark", PHONE),
    ("invitation-hostile", "en", "light", PHONE),
]
SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 32


def name(state: str, language: str, scheme: str, width: int) -> str:
    return f"{state}.{language}.{scheme}.{'phone' if width == PHONE else 'desktop'}.png"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as mails, a_chromium() as browser:
        write_previews(make_previews(EXAMPLE, now=NOW), Path(mails))
        for state, language, scheme, width in PICTURES:
            page = browser.new_page(
                viewport={"width": width, "height": 300},
                color_scheme=scheme,  # type: ignore[arg-type]
                device_scale_factor=SCALE,
            )
            page.goto((Path(mails) / f"{state}.{language}.html").as_uri())
            picture = smaller(page.screenshot(full_page=True))
            file = FOLDER / name(state, language, scheme, width)
            file.write_bytes(picture)
            print(f"{len(picture):>7}  {file.name}")
            page.close()


def smaller(png: bytes) -> bytes:
    """The same picture, each pixel in the nearest of the colours that are there most; 8-bit RGB or RGBA without interlacing."""
    width, height, pixels = read(png)
    ranked = [colour for colour, _ in Counter(pixels).most_common()]
    palette = ranked[:COLOURS]
    nearest = {
        colour: min(
            range(len(palette)), key=lambda at: sum((a - b) ** 2 for a, b in zip(palette[at], colour, strict=True))
        )
        for colour in ranked
    }
    rows = (pixels[row * width : (row + 1) * width] for row in range(height))
    data = b"".join(b"\0" + bytes(nearest[pixel] for pixel in row) for row in rows)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", b"".join(bytes(colour) for colour in palette)),
        (b"IDAT", zlib.compress(data, 9)),
        (b"IEND", b""),
    ]
    return SIGNATURE + b"".join(_chunk(kind, body) for kind, body in chunks)


def read(png: bytes) -> tuple[int, int, list[tuple[int, ...]]]:
    """Width, height, and the pixels as (red, green, blue)."""
    chunks = list(_chunks(png))
    width, height, depth, kind = struct.unpack(">IIBB", chunks[0][1][:10])
    if (depth, kind) not in {(8, 2), (8, 6)}:
        raise ValueError(f"a PNG of depth {depth} and colour type {kind} is not read here")
    step = 3 if kind == 2 else 4
    data = zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    above, pixels = bytearray(width * step), list[tuple[int, ...]]()
    for row in range(height):
        start = row * (width * step + 1)
        line = bytearray(data[start + 1 : start + 1 + width * step])
        _unfilter(data[start], line, above, step)
        pixels += [tuple(line[at : at + 3]) for at in range(0, len(line), step)]
        above = line
    return width, height, pixels


def _unfilter(kind: int, line: bytearray, above: bytearray, step: int) -> None:
    """Source: https://www.w3.org/TR/png-3/#9Filter-types."""
    for at in range(len(line)):
        left = line[at - step] if at >= step else 0
        corner = above[at - step] if at >= step else 0
        up = above[at]
        guess = left + up - corner
        paeth = min((left, up, corner), key=lambda value: abs(guess - value))
        line[at] = (line[at] + (0, left, up, (left + up) // 2, paeth)[kind]) & 255


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


if __name__ == "__main__":
    main()
