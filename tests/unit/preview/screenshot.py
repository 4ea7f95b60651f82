"""
A picture of a comment as GitHub shows it: `python -m tests.unit.preview.screenshot COMMENT.md [PICTURE.png [WIDTH]]`.

That of docs/preview.md is a real one, which the tests of the workflows got for a pull request:

    GUESTLIST_COMMENT=comment.md pytest tests/ci/test_runs.py
    python -m tests.unit.preview.screenshot comment.md

Reads the little Markdown that the comment is made of, and nothing else. Not here: the comment.
"""

from __future__ import annotations

import html
import re
import struct
import sys
import zlib
from collections import Counter
from pathlib import Path

from tests.chromium import a_chromium

PICTURE = Path(__file__).resolve().parents[3] / "docs" / "preview.png"
WIDTH = 900

STYLE = """
body { font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; color: #1f2328; margin: 16px; }
article { will-change: transform; background: #fff; border: 1px solid #d1d9e0; border-radius: 6px; padding: 16px; overflow-wrap: break-word; }
h3 { font-size: 1.25em; line-height: 1.25; margin: 0 0 16px; } h4 { font-size: 1em; line-height: 1.25; margin: 24px 0 16px; }
code { font: 85% ui-monospace, "Liberation Mono", monospace; background: #818b981f; border-radius: 6px; padding: .2em .4em; white-space: break-spaces; }
pre { font: 85%/1.45 ui-monospace, "Liberation Mono", monospace; background: #f6f8fa; border-radius: 6px; padding: 16px; overflow: auto; }
pre span { display: block; white-space: pre; min-height: 1.45em; min-width: max-content; }
.add { background: #dafbe1; color: #116329; } .del { background: #ffebe9; color: #82071e; } .at { color: #6639ba; }
p, ul, pre, details { margin: 0 0 16px; } ul { padding-left: 2em; } li > p { margin: 16px 0 0; } details[open] > summary { margin: 0 0 16px; }
article > :last-child { margin-bottom: 0; }
"""  # GitHub's own measures
KINDS = {"+": "add", "-": "del", "@": "at"}


def as_html(markdown: str) -> str:
    """The comment's own subset: headings, lists, fences, details, bold, code."""
    body: list[str] = []
    fence, before = "", ""
    for line in markdown.splitlines():
        if fence:
            if line == fence:
                body.append("</pre>")
                fence = ""
            else:
                body.append(f'<span class="{KINDS.get(line[:1], "")}">{html.escape(line)}</span>')
        elif opened := re.fullmatch(r"(`{3,})diff", line):
            fence = opened[1]
            body.append("<pre>")
        elif line.startswith(("<details", "</details", "<!--")):
            body.append(line)
        elif heading := re.match(r"(#{3,4}) ", line):
            level = len(heading[1])
            body.append(f"<h{level}>{_inline(line[level + 1 :])}</h{level}>")
        elif line.startswith("- "):
            loose = not before and body[-1].endswith("</ul>")  # a list with room between its items
            shown = f"<p>{_inline(line[2:])}</p>" if loose else _inline(line[2:])
            body.append(f"<ul><li>{shown}</li></ul>")
        elif line and before.endswith("\\"):
            end = next(one for one in ("</p></li></ul>", "</li></ul>", "</p>") if body[-1].endswith(one))
            body[-1] = f"{body[-1].removesuffix(end)}{_inline(line.strip())}{end}"
        elif line:
            body.append(f"<p>{_inline(line)}</p>")
        before = line
    return "".join(body).replace("</ul><ul>", "")


def _inline(text: str) -> str:
    shown = html.escape(text.removesuffix("\\")) + ("<br>" if text.endswith("\\") else "")
    shown = re.sub(r"(`+) ?(.+?) ?\1", r"<code>\2</code>", shown)
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", shown)


def packed(png: bytes) -> bytes:
    """The same picture with a palette of 256 colours: text on plain grounds needs no more, and a third of the bytes."""
    width, height, rows = _pixels(png)
    often = [colour for colour, _ in Counter(rows).most_common(256)]
    nearest = {colour: index for index, colour in enumerate(often)}
    for colour in set(rows) - set(often):
        nearest[colour] = min(
            range(len(often)), key=lambda one: sum((a - b) ** 2 for a, b in zip(often[one], colour, strict=True))
        )
    indexes = bytes(nearest[colour] for colour in rows)
    lines = b"".join(b"\0" + indexes[start : start + width] for start in range(0, width * height, width))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return png[:8] + b"".join(
        [
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", b"".join(map(bytes, often))),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _pixels(png: bytes) -> tuple[int, int, list[tuple[int, ...]]]:
    """Width, height and every pixel of what a browser writes: 8 bits a colour, not interlaced."""
    width, height, depth, colours = struct.unpack(">IIBB", png[16:26])
    assert (depth, colours) in {(8, 2), (8, 6)}
    step = 3 if colours == 2 else 4
    packed_pixels, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        packed_pixels += png[at + 8 : at + 8 + length] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += 12 + length
    raw = zlib.decompress(packed_pixels)
    above = bytearray(width * step)
    found: list[tuple[int, ...]] = []
    for row in range(height):
        start = row * (width * step + 1)
        line = bytearray(raw[start + 1 : start + 1 + width * step])
        for index in range(len(line)):
            left = line[index - step] if index >= step else 0
            corner = above[index - step] if index >= step else 0
            line[index] = (line[index] + _predicted(raw[start], left, above[index], corner)) & 255
        found += [tuple(line[index : index + 3]) for index in range(0, len(line), step)]
        above = line
    return width, height, found


def _predicted(kind: int, left: int, up: int, corner: int) -> int:
    """By the filters of PNG: none, left, up, their mean, Paeth's."""
    if kind < 4:
        return (0, left, up, (left + up) // 2)[kind]
    guess = left + up - corner
    return min((left, up, corner), key=lambda one: abs(guess - one))


def main(source: Path, picture: Path = PICTURE, width: int = WIDTH) -> None:
    """Render it, at most so many pixels wide."""
    viewport = '<meta name="viewport" content="width=device-width">'
    shown = f"<article>{as_html(source.read_text(encoding='utf-8'))}</article>"
    with a_chromium() as browser:
        tab = browser.new_page(viewport={"width": width, "height": 800})
        tab.set_content(f"<!doctype html><meta charset=utf-8>{viewport}<style>{STYLE}</style>{shown}")
        wide = tab.evaluate("document.documentElement.scrollWidth")
        picture.write_bytes(packed(tab.screenshot(full_page=True)))
    print(f"{picture.name}: {picture.stat().st_size:,} bytes, {wide} px wide")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(Path, sys.argv[2:3]), *map(int, sys.argv[3:4]))
