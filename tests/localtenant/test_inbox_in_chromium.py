"""The pages of the control plane in a real browser: on a desktop and on a phone, without JavaScript, for everybody."""

import asyncio
import subprocess
import sys

import pytest
from axe_playwright_python.sync_playwright import Axe

from localtenant.app import App
from localtenant.messages import mailbox
from localtenant.messages.phone import send_text
from localtenant.store import Store
from localtenant.tenant import Tenant
from tests.chromium import a_chromium

LONG = "a.very.long.address.of.somebody.who.works.here@department.of.something.example.com"
MAIL = """From: =?utf-8?q?Fjord?= <invitations@example.com>\r
To: %s\r
Subject: You are invited\r
Content-Type: text/html; charset=utf-8\r
\r
<html><head><title>t</title></head><body><h1>You are invited</h1><script>document.title = "ran"</script>
<a href="/.well-known/jwks.json">Choose your password</a> <img src="https://example.com/pixel.png"></body></html>
"""
CONTRAST = "axe.run(document, {runOnly: ['color-contrast', 'target-size']}).then(found => found.violations)"
PHONE, DESKTOP = {"width": 320, "height": 640}, {"width": 1280, "height": 800}


def fill(tenant):
    mailbox.keep(tenant, (MAIL % LONG).encode(), sender="a@example.com", recipients=[LONG], note="A copy.")
    asyncio.run(send_text(tenant, "+4915112345678", "123456", kind="otp_enroll", locale="en", runtime=None))
    for address, invite in ((LONG, {"by": "Bo"}), ("b@example.com", {"accepted_at": "x"}), ("c@example.com", None)):
        user = {"user_id": f"auth0|{address}", "email": address, "identities": [{"connection": "c"}]}
        user |= {"app_metadata": {"invite": invite}} if invite else {}
        tenant.store.put("users", user["user_id"], user)
    tenant.log("fp", "Wrong email or password.")


@pytest.fixture(scope="module")
def tenant_url(tmp_path_factory):
    """The address of a tenant where something has happened."""
    data = tmp_path_factory.mktemp("tenant")
    command = [sys.executable, "-m", "localtenant", "serve", "--data", str(data), "--port", "0", "--mail-port", "0"]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    url = started.stdout.readline().split()[-1]
    started.terminate()
    started.wait(timeout=10)
    store = Store(data / "tenant.db")
    tenant = Tenant(store, domain=url.removeprefix("https://"))
    App(tenant)
    fill(tenant)
    store.close()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        yield url
        process.terminate()


@pytest.fixture(scope="module")
def chromium(tenant_url):  # after it: while Playwright is there, no other event loop runs in this thread
    with a_chromium() as browser:
        yield browser


@pytest.fixture
def visit(chromium, tenant_url):
    contexts = []

    def begin(**options):
        context = chromium.new_context(ignore_https_errors=True, base_url=tenant_url, **options)
        contexts.append(context)
        return context.new_page()

    yield begin
    for context in contexts:
        context.close()


def addresses(page):
    """A page of each kind."""
    found = page.request.get("/_local/mail").json()["mail"] + page.request.get("/_local/logs").json()["logs"]
    mail, entry = found[0]["id"], found[-1]["log_id"]
    lists = ["", "mail", "texts", "users", "logs"]
    return [*lists, f"mail/{mail}", f"users/auth0%7C{LONG}", f"logs/{entry}", "no-such-page"]


def test_every_page_is_for_everybody_and_fits_a_phone(visit):
    page = visit(viewport=DESKTOP)
    for address in addresses(page):
        page.goto(f"/_local/{address}")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size(PHONE)
        assert page.evaluate(CONTRAST) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESKTOP)


def test_a_person_gets_from_the_mail_to_where_its_link_leads_without_javascript(visit):
    page = visit(viewport=PHONE, java_script_enabled=False)
    page.goto("/_local/")
    page.get_by_role("link", name="You are invited").click()
    page.frame_locator("iframe").get_by_role("link", name="Choose your password").click()
    page.wait_for_url("**/.well-known/jwks.json")


def test_a_mail_runs_and_fetches_nothing(visit):
    page = visit(viewport=DESKTOP)
    page.goto("/_local/mail")
    asked = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.get_by_role("link", name="You are invited").click()
    page.frame_locator("iframe").get_by_role("heading", name="You are invited").wait_for()
    assert [url for url in asked if "example.com" in url.partition("/_local/")[0]] == []
    assert page.frames[1].evaluate("document.title") == "t"


def test_the_phone_is_emptied_with_a_button(visit):
    page = visit(viewport=PHONE, java_script_enabled=False)
    page.goto("/_local/texts")
    page.get_by_text("123456", exact=True).wait_for()
    page.get_by_role("button", name="Delete all messages").click()
    page.get_by_role("heading", name="No messages").wait_for()
