"""
The pages in a real browser, without JavaScript of theirs: nothing for axe to find, and nothing wider than a phone of 320 px.

The answers are made beforehand and handed to the browser: nothing listens on a port.
"""

from collections.abc import Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from guestlist.journey.chromium import find_browser
from tests.chromium import a_chromium
from tests.localtenant.authentication.world import worlds

from .every_page import every_page, prepare

WIDTHS = (320, 1280)
IN_ARABIC = ("login-wrong", "reset-weak", "sms-code-wrong", "otp-enrollment", "enroll-options")
pytestmark = pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def answers() -> dict[str, httpx.Response]:
    """Every page in English, and some in Arabic with other colours."""
    with worlds() as a_world:
        world = a_world()
        prepare(world, "ar")
        found = every_page(world)
        world.local.patch("/branding", json={"colors": {"primary": "#ffe08a", "page_background": "#204030"}})
        arabic = every_page(world, "ar")
        return {**found, **{f"{name} (ar)": arabic[name] for name in IN_ARABIC}}


@pytest.fixture(scope="module")
def browser(answers: dict[str, httpx.Response]) -> Iterator[Page]:
    """A tab that gets the answer whose name is the last part of the address; it obeys the Content-Security-Policy but for axe itself."""
    with a_chromium() as chromium:
        tab = chromium.new_context(bypass_csp=False).new_page()

        def answer(route, request):
            page = answers[httpx.URL(request.url).params["page"]]
            route.fulfill(status=page.status_code, headers=dict(page.headers), body=page.content)

        tab.route("**/*", answer)
        yield tab


def test_every_page_is_accessible_and_fits_on_a_phone(browser, answers):
    complaints: list[str] = []
    browser.on("console", lambda message: complaints.append(message.text))
    for name in answers:
        browser.set_viewport_size({"width": WIDTHS[0], "height": 640})
        browser.goto(f"https://localhost:8443/?page={name}")
        assert browser.evaluate("document.documentElement.scrollWidth") <= WIDTHS[0], name
        assert browser.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight") == "600", name
        browser.set_viewport_size({"width": WIDTHS[1], "height": 800})
        found = Axe().run(browser)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    refused = [text for text in complaints if "Content Security Policy" in text]
    assert refused == []
