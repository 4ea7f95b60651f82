"""What a person reads in an HTML mail whose pictures and styles are off, and the links that are in it."""

import re
from html.parser import HTMLParser

BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "li", "tr", "table", "ul", "ol", "br", "hr", "blockquote"})
SILENT = frozenset({"head", "style", "script", "title", "template"})
HIDDEN = re.compile(r"display\s*:\s*none")  # the words that only a list of mails shows
URL = re.compile(r"https?://[^\s<>\"']+")


def text_of(html: str) -> str:
    """The words, one line a block, each address of the web behind the words that lead to it."""
    return _read(html).text()


def links_of(html: str | None, text: str | None) -> list[str]:
    """Every http(s) address that can be followed, in order, each once."""
    found = _read(html).links if html else []
    found += URL.findall(text or "")
    return list(dict.fromkeys(link for link in found if link.startswith(("https://", "http://"))))


def _read(html: str) -> "_Reader":
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self._parts: list[str] = []
        self._anchor: tuple[str, int] | None = None  # where the one that is open leads, and its first part
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_hidden = any(name == "style" and HIDDEN.search(value or "") for name, value in attrs)
        if tag in SILENT or is_hidden or tag in self._silent:  # the same tag within: its end is not that of the silence
            self._silent.append(tag)
        if tag in BLOCKS:
            self._parts.append("\n")
        if tag == "a":
            targets = [value.strip() for name, value in attrs if name == "href" and value]
            self.links += targets
            self._anchor = (targets[0], len(self._parts)) if targets else None

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()
        if tag == "a" and self._anchor is not None:
            (target, first), self._anchor = self._anchor, None
            if URL.fullmatch(target) and target not in "".join(self._parts[first:]):
                self._parts.append(f": {target}")
        if tag in BLOCKS:
            self._parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._parts.append(re.sub(r"\s+", " ", data))

    def text(self) -> str:
        lines = (line.strip() for line in "".join(self._parts).split("\n"))
        return "\n".join(line for line in lines if line)
