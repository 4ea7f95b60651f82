"""
The page in a real browser: three sites, TLS, cookies, the policies as a browser reads them.

Not here: the same walk through the local tenant (`tests/e2e`); Firefox and WebKit (docs/unverified.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect

from tests.pages.profile.people import FROM_PAGE, STATE, read
from tests.pages.profile.site import Site

NARROW = {"width": 320, "height": 640}
STATES = ["form", "faults", "hand-off", "expired", "nothing there"]


@pytest.fixture(scope="module")
def context(chromium: Chromium) -> Iterator[BrowserContext]:
    opened = chromium.new_context(ignore_https_errors=True, locale="en-GB")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    yield from a_page(context)


@pytest.fixture
def scriptless(chromium: Chromium) -> Iterator[Page]:
    with chromium.new_context(
        ignore_https_errors=True, java_script_enabled=False, viewport=NARROW, locale="en-GB"
    ) as opened:  # type: ignore[arg-type]
        yield from a_page(opened)


def a_page(context: BrowserContext) -> Iterator[Page]:
    """A tab; whatever the browser complains of in its console fails the test."""
    tab = context.new_page()
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    tab.on("pageerror", lambda error: said.append(str(error)))
    yield tab
    tab.close()
    assert [text for text in said if "status of 4" not in text] == []


def show(page: Page, site: Site, state: str, **claims: object) -> None:
    """Bring the page into a state."""
    if state == "expired":
        page.goto(site.login(iat=1, exp=900))
        return
    if state == "nothing there":
        page.goto(f"https://profile.localhost:{site.port}/nowhere")
        return
    page.goto(site.login(**claims))
    if state == "faults":
        page.locator("#family_name").fill("www.evil.example")
        page.locator("button.action").click()
        page.locator(".summary").wait_for()
    elif state == "hand-off":
        page.route("**/continue?*", lambda route: route.fulfill(status=204))
        page.locator("#given_name").fill("Ana")
        page.locator("button.action").click()
        page.locator('form[action*="/continue"]').wait_for()


def test_the_names_go_by_way_of_the_tenant_to_a_site_that_the_page_does_not_know(page: Page, site: Site) -> None:
    """Chrome holds each redirect behind a form to `form-action`: the hand-off page must not have one."""
    page.goto(site.authorize)
    page.locator("#given_name").fill("Ana")
    page.locator("#family_name").fill("Lima")
    page.get_by_role("button", name="Continue").click()

    expect(page).to_have_url(f"https://app.localhost:{site.port}/callback")
    arrived = site.continued[-1]
    said = read(arrived["session_token"], FROM_PAGE)
    assert (arrived["method"], arrived["state"], said["given_name"], said["family_name"]) == (
        "POST",
        STATE,
        "Ana",
        "Lima",
    )


def test_only_cookies_that_may_travel_between_sites_reach_the_tenant(page: Page, site: Site) -> None:
    """Auth0's are `SameSite=None` for this; the other one shows that the two are different sites here."""
    page.goto(site.authorize)
    page.locator("#given_name").fill("Ana")
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"https://app.localhost:{site.port}/callback")
    assert site.continued[-1]["cookies"] == "auth0"


def test_the_token_is_in_no_address_after_the_first(page: Page, site: Site) -> None:
    visited: list[tuple[str, dict[str, str]]] = []
    page.on("request", lambda request: visited.append((request.url, request.headers)))
    page.goto(site.login())
    page.locator("#given_name").fill("Ana")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"https://app.localhost:{site.port}/callback")

    assert "session_token" in visited[0][0]
    assert not any("session_token" in url for url, _ in visited[1:])
    assert not any("referer" in headers for _, headers in visited)


def test_the_page_needs_no_javascript(scriptless: Page, site: Site) -> None:
    """And fits a narrow phone: form, fault, another language, hand-off with its own button."""
    scriptless.goto(site.authorize)
    scriptless.locator("button.action").click()
    expect(scriptless.locator(".summary")).to_be_focused()
    scriptless.get_by_role("button", name="Deutsch").click()
    scriptless.locator("#given_name").fill("Ana")
    scriptless.get_by_role("button", name="Weiter").click()
    expect(scriptless.get_by_role("heading", level=1)).to_have_text("Sie werden angemeldet")
    scriptless.get_by_role("button", name="Weiter").click()

    expect(scriptless).to_have_url(f"https://app.localhost:{site.port}/callback")
    assert read(site.continued[-1]["session_token"])["given_name"] == "Ana"


def test_the_keyboard_is_enough(page: Page, site: Site) -> None:
    page.goto(site.login())
    order: list[Any] = []
    for _ in range(4):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    assert order[:3] == ["given_name", "family_name", "Continue"]

    page.locator("button.action").press("Enter")
    expect(page.locator(".summary")).to_be_focused()
    assert page.title().startswith("Error: ")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the link to the field
    expect(page.locator("#given_name")).to_be_focused()
    page.keyboard.type("Ana")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"https://app.localhost:{site.port}/callback")


def test_back_from_the_application_shows_no_page_that_sends_again(page: Page, site: Site) -> None:
    page.goto(f"https://app.localhost:{site.port}/begin")
    page.goto(site.login())
    page.locator("#given_name").fill("Ana")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"https://app.localhost:{site.port}/callback")
    sent = len(site.continued)
    page.go_back()
    page.wait_for_timeout(300)

    assert len(site.continued) == sent
    assert page.locator('form[action*="/continue"]').count() == 0


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(page: Page, site: Site, state: str) -> None:
    show(page, site, state)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(("locale", "state"), [("de", "faults"), ("ar", "faults"), ("fr", "hand-off")])
def test_a_narrow_phone_shows_everything_large_enough_for_a_finger(
    page: Page, site: Site, locale: str, state: str
) -> None:
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    show(page, site, state, locale=locale)

    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    for element in page.locator("h1, button, a, input:visible, .summary").all():
        box = element.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= NARROW["width"]
        assert box["height"] >= 24  # WCAG 2.2, 2.5.8
