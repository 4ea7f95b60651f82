"""The sites beside a real local tenant, prepared through its API as the program would: started, logged in to in Chromium, ended."""

from __future__ import annotations

import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from guestlist.environments import Project, load_settings
from guestlist.local import LocalTenant
from guestlist.page_environment import OpenedEnvironment
from guestlist.processes import alive
from guestlist.stage import Stage, StageFailed, on_stage
from stacks.management import ManagementClient
from tests.chromium import a_chromium
from tests.unit.environment_files import GOOD_KEYS, a_project, an_environment, changed

ANA, PASSWORD = "ana@example.com", "Correct horse battery 7!"
PATIENCE_SECONDS = 20


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalTenant]:
    running = LocalTenant(directory=tmp_path_factory.mktemp("tenant"))
    running.start(port=0, mail_port=0)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def trust(tenant: LocalTenant) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(tenant.ca_file))


@pytest.fixture(scope="module")
def opened(tenant: LocalTenant, tmp_path_factory: pytest.TempPathFactory) -> OpenedEnvironment:
    """The environment of this tenant, as `open_page_environment` gives it."""
    domain = tenant.deployer().domain
    port = domain.partition(":")[2]
    text = an_environment(
        changed("tenant/domain", domain),
        changed("application/callbackUrls", [f"https://app.localhost:{port}/callback"]),
        changed("application/logoutUrls", [f"https://app.localhost:{port}"]),
        changed("application/initiateLoginUri", f"https://app.localhost:{port}/login"),
        changed("profile/pageUrl", f"https://profile.localhost:{port}"),
    )
    project = Project(root=a_project(tmp_path_factory.mktemp("project"), local=text))
    return OpenedEnvironment(settings=load_settings(project, "local"), secrets=GOOD_KEYS)


@pytest.fixture(scope="module")
def outputs(tenant: LocalTenant, opened: OpenedEnvironment, trust: ssl.SSLContext) -> dict[str, Any]:
    """What a stack would say of itself; there is one user, with a password and a name."""
    deployer, application = tenant.deployer(), opened.settings.application
    api = ManagementClient(
        deployer.domain,
        client_id=deployer.client_id,
        client_secret=deployer.client_secret,
        transport=httpx.HTTPTransport(verify=trust),
    )
    with api:
        body = {
            "name": "Guestlist app",
            "app_type": "regular_web",
            "callbacks": [str(url) for url in application.callback_urls or ()],
            "allowed_logout_urls": [str(url) for url in application.logout_urls or ()],
            "grant_types": ["authorization_code", "refresh_token"],
            "oidc_conformant": True,
            "token_endpoint_auth_method": "client_secret_post",
        }
        client = api.post("/clients", body)
        connection = api.post("/connections", {"name": "invited-users", "strategy": "auth0"})
        members = [{"client_id": one, "status": True} for one in (client["client_id"], deployer.client_id)]
        api.patch(f"/connections/{connection['id']}/clients", members)
        user = {"email": ANA, "password": PASSWORD, "given_name": "Ana", "verify_email": False}
        api.post("/users", {"connection": "invited-users", **user})
    return {
        "issuer": f"https://{deployer.domain}/",
        "applicationClientId": client["client_id"],
        "applicationClientSecret": client["client_secret"],
    }


@pytest.fixture(scope="module")
def stage(tenant: LocalTenant, opened: OpenedEnvironment, outputs: dict[str, Any]) -> Iterator[Stage]:
    with on_stage(tenant, opened, outputs) as running:
        yield running


def wait_until_gone(*pids: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(alive(pid) for pid in pids):
        assert time.monotonic() < deadline, f"still there: {[pid for pid in pids if alive(pid)]}"
        time.sleep(0.05)


def test_both_sites_answer_on_the_tenants_port(stage: Stage, trust: ssl.SSLContext) -> None:
    assert stage.profile is not None
    for site in (stage.application, stage.profile):
        host = site.url.removeprefix("https://")
        answer = httpx.get(f"{stage.tenant_url}/healthz", headers={"host": host}, verify=trust, trust_env=False)
        assert answer.status_code == 200, site
        assert site.log_file.stat().st_mode & 0o077 == 0
    assert stage.application.url.startswith("https://app.localhost:")
    assert stage.profile.url.startswith("https://profile.localhost:")
    assert stage.inbox_url == f"{stage.tenant_url}/_local/"
    stage.check()


def test_they_know_their_secrets_from_their_own_environment_alone(stage: Stage, outputs: dict[str, Any]) -> None:
    secrets = (*GOOD_KEYS.values(), outputs["applicationClientSecret"])
    for site in stage.sites:
        shown = f"{stage!r} {site.process.args} {site.log_file.read_text()}"
        assert not [secret for secret in secrets if secret in shown]


@pytest.fixture
def elsewhere(tenant: LocalTenant, tmp_path: Path) -> LocalTenant:
    """The same tenant, with logs of its own: the sites of the other tests keep theirs."""
    for name in ("ca.pem", "deployer.json"):
        shutil.copy(tenant.directory / name, tmp_path)
    return LocalTenant(directory=tmp_path)


def test_a_site_that_ends_is_noticed_and_in_the_end_all_is_as_before(
    elsewhere: LocalTenant, opened: OpenedEnvironment, outputs: dict[str, Any]
) -> None:
    before = elsewhere.hosts()
    running: list[Stage] = []

    def lose_the_application() -> None:
        with on_stage(elsewhere, opened, outputs) as stage:
            running.append(stage)
            assert elsewhere.hosts()["app.localhost"] == stage.application.upstream
            os.kill(stage.application.process.pid, signal.SIGKILL)
            stage.wait()

    with pytest.raises(StageFailed, match=r"The sample application has ended \(exit code -9\)"):
        lose_the_application()
    wait_until_gone(*(site.process.pid for site in running[0].sites))
    assert elsewhere.hosts() == before


def test_a_site_that_cannot_start_says_why_and_takes_the_other_with_it(
    elsewhere: LocalTenant, opened: OpenedEnvironment, outputs: dict[str, Any]
) -> None:
    before = elsewhere.hosts()
    weak = replace(opened, secrets={**GOOD_KEYS, "fromPageSecret": "x" * 40})
    said = r"The profile page has ended \(exit code 1\): .*PROFILE_FROM_PAGE_SECRET"
    with pytest.raises(StageFailed, match=said) as failed, on_stage(elsewhere, weak, outputs):
        pytest.fail("it started")
    assert "x" * 40 not in failed.value.message
    assert elsewhere.hosts() == before


def test_without_a_deployment_or_with_another_host_nothing_is_started(
    tenant: LocalTenant, opened: OpenedEnvironment, outputs: dict[str, Any]
) -> None:
    with pytest.raises(StageFailed, match="guestlist up --env local"), on_stage(tenant, opened, {}):
        pytest.fail("it started")
    profile = opened.settings.profile.model_copy(update={"page_url": "https://profile.example.com"})
    foreign = opened.settings.model_copy(update={"profile": profile})
    with (
        pytest.raises(StageFailed, match=r"Nothing here serves https://profile.example.com"),
        on_stage(tenant, replace(opened, settings=foreign), outputs),
    ):
        pytest.fail("it started")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_program_ends_when_whoever_started_it_does(number: signal.Signals) -> None:
    parent = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-m", "guestlist.tethered", "http.server", "0", "--bind", "127.0.0.1"],
    stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
print(child.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        assert alive(child)
        process.send_signal(number)
        process.wait(timeout=PATIENCE_SECONDS)
        wait_until_gone(child)


# In a browser.


PHONE, DESKTOP = {"width": 320, "height": 640}, {"width": 1280, "height": 800}
CONTRAST = "axe.run(document, {runOnly: ['color-contrast', 'target-size']}).then(found => found.violations)"


@pytest.fixture(scope="module")
def chromium(stage: Stage) -> Iterator[Any]:
    with a_chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(ignore_https_errors=True, viewport=DESKTOP)
    yield context.new_page()
    context.close()


def check_for_everybody(page: Any, name: str) -> None:
    """Axe, in the light on a desktop and in the dark on a phone, where nothing may be wider than the screen."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    assert page.evaluate(CONTRAST) == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
    if folder := os.environ.get("GUESTLIST_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}-phone.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)
    if folder:
        page.screenshot(path=f"{folder}/{name}-desktop.png", full_page=True)


def test_a_person_logs_in_refreshes_and_logs_out(stage: Stage, page: Any) -> None:
    page.goto(stage.application.url)
    check_for_everybody(page, "welcome")
    page.get_by_role("link", name="Log in").click()
    page.locator("input[name=username]").fill(ANA)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").first.click()
    page.get_by_role("heading", name="Hello, Ana").wait_for()
    assert page.url == f"{stage.application.url}/"
    assert page.get_by_role("row", name="email ana@example.com").count() == 1
    assert page.get_by_role("row", name="email_verified").count() == 1
    page.get_by_role("button", name="Refresh").click()
    page.get_by_text("Refreshed once").wait_for()
    check_for_everybody(page, "home")
    assert page.get_by_role("link", name="Log out").get_attribute("href") == "/logout"


def test_a_login_that_cannot_be_finished_is_a_page_with_a_way_on(stage: Stage, page: Any) -> None:
    page.goto(f"{stage.application.url}/callback?code=c0de&state=of-another-browser")
    check_for_everybody(page, "failure")
    page.get_by_role("link", name="Log in").click()
    page.wait_for_url(f"{stage.tenant_url}/u/login?**")
