"""The repository's pages as data: which there are, their code blocks, inline code, links and headings."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*(\w*)")
_LIST_ITEM = re.compile(r"^\s*([-*+]|\d+\.)\s")
_LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(<?([^)\s>]+)>?\)")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A code block: `language` is what the fence says, empty for an indented block."""

    page: Path
    line: int  # of its first line of code, from 1
    language: str
    lines: tuple[str, ...]


def tracked() -> list[Path]:
    """Every file that git has, without those deleted in the working tree."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def markdown() -> list[Path]:
    """Every page."""
    return [path for path in tracked() if path.suffix == ".md"]


def shown(path: Path) -> str:
    """Its name as people write it."""
    return path.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    """The code blocks of a page, fenced and indented ones."""
    fence, language, indented, began, lines = "", "", False, 0, list[str]()
    previous, in_list = "", False
    for number, line in enumerate([*page.read_text(encoding="utf-8").splitlines(), ""], 1):
        if fence:
            if line.strip() == fence:
                yield Block(page=page, line=began, language=language, lines=tuple(lines))
                fence, lines = "", []
            else:
                lines.append(line)
        elif indented and (line.startswith("    ") or not line.strip()):
            lines.append(line[4:])
        else:
            if indented:
                yield Block(page=page, line=began, language="", lines=tuple(lines))
                indented, lines = False, []
            if found := _FENCE.match(line):
                fence, language, began = found[1], found[2], number + 1
            elif line.startswith("    ") and not previous.strip() and not in_list:
                indented, began, lines = True, number, [line[4:]]
            elif line.strip():
                in_list = bool(_LIST_ITEM.match(line)) or (in_list and line.startswith(" "))
        previous = line
    if indented:
        yield Block(page=page, line=began, language="", lines=tuple(lines))


def prose(page: Path) -> str:
    """The page without its code blocks, line for line."""
    lines = page.read_text(encoding="utf-8").splitlines()
    for block in blocks(page):
        for index in range(block.line - 1, block.line - 1 + len(block.lines)):
            if index < len(lines):
                lines[index] = ""
    return "\n".join(lines)


def inline_code(page: Path) -> list[str]:
    """What stands between backticks in the prose; a bar that a table made escape itself is a bar."""
    return [found.replace("\\|", "|") for found in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", prose(page))]


def links(page: Path) -> list[str]:
    """The targets of all links, inline code left out."""
    return _LINK.findall(re.sub(r"(?<!`)`[^`\n]+`(?!`)", "", prose(page)))


def anchors(page: Path) -> set[str]:
    """What may stand after `#` in a link to the page, as the usual viewers make it from headings."""
    found = set[str]()
    for heading in re.findall(r"^#{1,6}\s+(.+?)\s*$", prose(page), flags=re.MULTILINE):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        found.add(re.sub(r"[^\w\- ]", "", text).replace(" ", "-"))
    return found
