"""
A visitor without a browser: pages by HTTP, their forms and links by their markup, no JavaScript, no pictures.

Not here: a real browser (`chromium.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import httpx

from guestlist.journey.visitor import Lost, place_of
from guestlist.this_machine import OnThisMachine

PATIENCE_SECONDS = 30.0
NOT_FILLED_IN = ("hidden", "submit", "button", "image", "reset")
UNSEEN = ("script", "style", "template", "title", "head")
VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")


class FormsVisitor:
    """
    See `Visitor`.

    Args:
        ca_file: whom to trust besides the usual authorities; `*.localhost` is always this machine.

    """

    name = "by HTTP, without a browser"

    def __init__(self, *, ca_file: Path | None = None, language: str = "en") -> None:
        self._ca_file = ca_file
        self._language = language
        self._client = self._a_client()
        self._page = _Page()
        self.url = ""
        self.visited: list[str] = []  # every address on the way, those of redirects too

    def _a_client(self) -> httpx.Client:
        return httpx.Client(
            transport=OnThisMachine(self._ca_file),
            follow_redirects=True,
            timeout=PATIENCE_SECONDS,
            headers={"accept-language": self._language, "user-agent": "guestlist journey"},
        )

    def open(self, url: str) -> None:
        """See `Visitor`."""
        self._take(self._client.get(url))

    def another_tab(self) -> FormsVisitor:
        """The same browser, cookies and all, on another page."""
        tab = FormsVisitor(ca_file=self._ca_file, language=self._language)
        tab._client.close()
        tab._client = self._client
        return tab

    def heading(self) -> str:
        """See `Visitor`."""
        return " ".join((self._page.heading or self._page.title).split())

    def text(self) -> str:
        """See `Visitor`."""
        return "\n".join(line for part in self._page.text if (line := " ".join(part.split())))

    def fields(self) -> tuple[str, ...]:
        """See `Visitor`."""
        return tuple(name for form in self._page.forms for name in form.shown)

    def fill(self, name: str, value: str) -> None:
        """See `Visitor`."""
        for form in self._page.forms:
            if name in form.shown:
                form.values[name] = value
                return
        raise self._lost(f"a field {name}")

    def press(self) -> None:
        """See `Visitor`."""
        form = next((one for one in self._page.forms if one.method == "post"), None)
        if form is None:
            raise self._lost("a form to send")
        address = urljoin(self.url, form.action or self.url)
        origin = "/".join(self.url.split("/")[:3])
        self._take(self._client.post(address, data={**form.values, **form.button}, headers={"origin": origin}))

    def follow(self, fragment: str) -> None:
        """See `Visitor`."""
        address = next((one for one in self._page.links if fragment in urljoin(self.url, one)), None)
        if address is None:
            raise self._lost("the way on")
        self.open(urljoin(self.url, address))

    def screenshot(self, name: str) -> None:
        """See `Visitor`: there are no pictures."""

    def forget(self) -> None:
        """See `Visitor`."""
        self._client.close()
        self._client = self._a_client()

    def close(self) -> None:
        """See `Visitor`."""
        self._client.close()

    def _take(self, answer: httpx.Response) -> None:
        self.url = str(answer.url)
        self.visited += [str(step.url) for step in (*answer.history, answer)]
        self._page = _Page()
        self._page.feed(answer.text)

    def _lost(self, what: str) -> Lost:
        return Lost(f"The page {place_of(self.url)} ({self.heading()}) does not have {what}.")


@dataclass
class _Form:
    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    button: dict[str, str] = field(default_factory=dict)  # what the first button sends along
    has_button: bool = False


class _Page(HTMLParser):
    """The forms, links and words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.title = self.heading = ""
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        found = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        elif tag == "form":
            self.forms.append(_Form(action=found.get("action", ""), method=found.get("method", "get").lower()))
        elif self.forms and "form" in self._open:
            self._control(tag, found)

    def handle_endtag(self, tag: str) -> None:
        """See HTMLParser."""
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """See HTMLParser."""
        if "title" in self._open:
            self.title += data
        if not any(tag in UNSEEN for tag in self._open):
            self.text.append(data)
            if "h1" in self._open:
                self.heading += data

    def _control(self, tag: str, found: dict[str, str]) -> None:
        form, name, kind = self.forms[-1], found.get("name", ""), found.get("type", "text")
        if tag == "button" and not form.has_button:
            form.has_button = True
            form.button = {name: found.get("value", "")} if name else {}
        if tag not in ("input", "select", "textarea") or not name:
            return
        if kind in ("checkbox", "radio") and "checked" not in found:
            return
        form.values[name] = found.get("value", "")
        if kind not in NOT_FILLED_IN:
            form.shown.append(name)
