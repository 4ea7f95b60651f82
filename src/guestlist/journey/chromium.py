"""
A visitor in a real browser: the Chromium, Chrome or Edge that is installed, driven by Playwright.

It trusts the local tenant's certificate by its key and nothing else that is unknown. Every picture is taken twice, as a desktop and
as a phone shows the page.

Not here: looking for one without Playwright installed, which counts as having none (`find_browser`).
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import socket
import ssl
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from guestlist.journey.visitor import Lost, place_of

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge")
IN_APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
PATIENCE_MS = 20_000.0
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 360, "height": 740}
FILLED_IN = "input:not([type=hidden]):not([type=submit]):not([type=button]), select, textarea"


def find_browser() -> Path | None:
    """The program of an installed browser; `None` without one, or without Playwright to drive it."""
    if find_spec("playwright") is None:
        return None
    on_path = (shutil.which(name) for name in PROGRAMS)
    found = [path for path in (*on_path, *IN_APPLICATIONS) if path and Path(path).exists()]
    return Path(found[0]) if found else None


class Browser:
    """
    The running browser, for visitors who do not share their cookies.

    Args:
        program: of the browser.
        tenant: address of a local tenant, `localhost:8443`, whose certificate is to be trusted.
        ca_file: who signed that certificate.
        headed: show the window, and go slowly.

    """

    def __init__(
        self, program: Path, *, tenant: str | None = None, ca_file: Path | None = None, headed: bool = False
    ) -> None:
        from playwright.sync_api import sync_playwright

        self.name = f"in {program.name}"
        self._playwright = sync_playwright().start()
        trusted = [f"--ignore-certificate-errors-spki-list={_key_of(tenant, ca_file)}"] if tenant and ca_file else []
        self._browser = self._playwright.chromium.launch(
            executable_path=program,
            headless=not headed,
            slow_mo=400 if headed else 0,
            args=["--host-resolver-rules=MAP *.localhost 127.0.0.1", *trusted],
        )

    def visitor(
        self, *, pictures: Path | None = None, language: str = "en", javascript: bool = True
    ) -> ChromiumVisitor:
        """
        Somebody who uses it.

        Args:
            pictures: folder that screenshots go to; none are taken without.
            language: as `Accept-Language` has it.
            javascript: off, to see that the pages do without.

        """
        return ChromiumVisitor(self, pictures=pictures, language=language, javascript=javascript)

    def context(self, *, language: str, javascript: bool) -> BrowserContext:
        """Fresh cookies."""
        return self._browser.new_context(
            locale=language,
            java_script_enabled=javascript,
            viewport={"width": DESKTOP["width"], "height": DESKTOP["height"]},
        )

    def close(self) -> None:
        """End it, and everybody in it."""
        self._browser.close()
        self._playwright.stop()


class ChromiumVisitor:
    """See `Visitor`; made by `Browser.visitor`."""

    def __init__(self, browser: Browser, *, pictures: Path | None, language: str, javascript: bool) -> None:
        self.name = browser.name + ("" if javascript else ", JavaScript off")
        self._browser = browser
        self._pictures = pictures
        self._javascript = javascript
        self._language = language
        self._context = self._a_context()
        self._page = self._a_page()

    def _a_context(self) -> BrowserContext:
        return self._browser.context(language=self._language, javascript=self._javascript)

    def _a_page(self) -> Page:
        page = self._context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        return page

    @property
    def url(self) -> str:
        """See `Visitor`."""
        return self._page.url

    def open(self, url: str) -> None:
        """See `Visitor`."""
        from playwright.sync_api import Error

        try:
            self._page.goto(url)
        except Error as error:
            raise Lost(f"The browser could not open {place_of(url)}: {type(error).__name__}.") from None
        self._settle()

    def heading(self) -> str:
        """See `Visitor`."""
        first = self._page.locator("h1").first
        return " ".join((first.inner_text() if first.count() else self._page.title()).split())

    def text(self) -> str:
        """See `Visitor`."""
        return self._page.locator("body").inner_text()

    def fields(self) -> tuple[str, ...]:
        """See `Visitor`."""
        shown = [one for one in self._page.locator(FILLED_IN).all() if one.is_visible()]
        return tuple(name for one in shown if (name := one.get_attribute("name")))

    def fill(self, name: str, value: str) -> None:
        """See `Visitor`."""
        self._one(f"[name='{name}']", f"a field {name}").fill(value)

    def press(self) -> None:
        """See `Visitor`."""
        before = urlsplit(self.url).netloc
        self._one("form[method=post i] button, form[method=post i] [type=submit]", "a form to send").click()
        self._settle()
        # A page that hands somebody on to another site sends itself on: wait for that, not for the page in between.
        if self._javascript and urlsplit(self.url).netloc == before and self._page.locator("form + script").count():
            self._page.wait_for_url(lambda url: urlsplit(url).netloc != before)
            self._settle()

    def follow(self, fragment: str) -> None:
        """See `Visitor`."""
        self._one(f"a[href*='{fragment}']", "the way on").click()
        self._settle()

    def screenshot(self, name: str) -> None:
        """See `Visitor`: NAME-desktop.png and NAME-phone.png."""
        if self._pictures is None:
            return
        self._pictures.mkdir(parents=True, exist_ok=True)
        for kind, size in (("phone", PHONE), ("desktop", DESKTOP)):
            self._page.set_viewport_size({"width": size["width"], "height": size["height"]})
            self._page.screenshot(path=self._pictures / f"{name}-{kind}.png", full_page=True)

    def forget(self) -> None:
        """See `Visitor`."""
        self._context.close()
        self._context = self._a_context()
        self._page = self._a_page()

    def close(self) -> None:
        """See `Visitor`."""
        self._context.close()

    def _one(self, selector: str, what: str) -> Locator:
        found = [one for one in self._page.locator(selector).all() if one.is_visible()]
        if not found:
            raise Lost(f"The page {place_of(self.url)} ({self.heading()}) does not have {what}.")
        return found[0]

    def _settle(self) -> None:
        self._page.wait_for_load_state("load")


def _key_of(tenant: str, ca_file: Path) -> str:
    """The SHA-256 of the public key of a certificate that the authority vouches for, as Chromium wants it."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    host, _, port = tenant.partition(":")
    trusting = ssl.create_default_context(cafile=ca_file)
    with (
        socket.create_connection((host, int(port or 443)), timeout=10) as plain,
        trusting.wrap_socket(plain, server_hostname=host) as secured,
    ):
        certificate = x509.load_der_x509_certificate(secured.getpeercert(binary_form=True) or b"")
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()
