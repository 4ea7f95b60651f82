"""What the page starts with, and what it refuses to start with; what it writes down."""

from __future__ import annotations

import base64
import json
import logging
from pathlib import Path

import pytest

from pages.profile import guard
from pages.profile.keys import _NAMES, local_key, weakness
from pages.profile.settings import VARIABLES, SettingsError, read_settings
from stacks.settings import local_secret
from stacks.settings_secrets import _key_weakness
from tests.pages.profile.people import FROM_PAGE, TO_PAGE, Browser, a_key, a_token, environ, hidden, settings

LOCAL = {
    "PROFILE_ENVIRONMENT": "local",
    "PROFILE_PAGE_URL": "https://profile.localhost:8443",
    "PROFILE_LOGIN_HOSTS": "localhost:8443",
    "PROFILE_TO_PAGE_SECRET": local_key("toPageSecret"),
    "PROFILE_FROM_PAGE_SECRET": local_key("fromPageSecret"),
}
WEAK = [
    "",
    TO_PAGE[:31],
    "0f3a9c5be17d2846" * 2,
    "aB3" * 30,
    "abcdefghijklmnopqrstuvwxyz" * 3,
    "changeme-" + TO_PAGE,
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    TO_PAGE + "\n",
    TO_PAGE[:20] + " " + TO_PAGE[20:],
    "ü" * 64,
]


def faults(**changes: str | None) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refused:
        settings(**changes)
    return refused.value.faults


@pytest.mark.parametrize("key", WEAK)
@pytest.mark.parametrize("name", ["PROFILE_TO_PAGE_SECRET", "PROFILE_FROM_PAGE_SECRET"])
def test_a_weak_key_is_refused_and_not_shown(name: str, key: str) -> None:
    (said,) = faults(**{name: key})

    assert said.startswith(name)
    assert not key or key.strip() not in said


def test_the_rules_for_keys_are_those_of_the_configuration() -> None:
    for key in [*filter(str.strip, WEAK[1:7]), TO_PAGE, FROM_PAGE, *(a_key(str(number)) for number in range(20))]:
        assert (weakness(key, local=False) is None) == (_key_weakness(key) is None), key
    assert {name: local_key(name) for name in _NAMES} == {name: local_secret(name) for name in _NAMES}


def test_local_keys_serve_the_local_tenant_alone() -> None:
    assert read_settings(environ(**LOCAL)).environment == "local"

    keys = {name: LOCAL[name] for name in ("PROFILE_TO_PAGE_SECRET", "PROFILE_FROM_PAGE_SECRET")}
    assert [fault.partition(" ")[2] for fault in faults(**keys)] == [
        "is a key of the local tenant, which is public"
    ] * 2


def test_local_keys_cannot_be_smuggled_in_by_the_name_of_the_environment() -> None:
    """`local` is taken on localhost only: neither page nor tenant may be anywhere else."""
    assert any("localhost" in fault for fault in faults(**LOCAL | {"PROFILE_LOGIN_HOSTS": "login.guestlist.test"}))
    assert any(
        "localhost" in fault for fault in faults(**LOCAL | {"PROFILE_PAGE_URL": "https://profile.guestlist.test"})
    )


def test_keys_differ_from_each_other() -> None:
    assert faults(PROFILE_FROM_PAGE_SECRET=TO_PAGE) == (
        "PROFILE_FROM_PAGE_SECRET must differ from PROFILE_TO_PAGE_SECRET",
    )
    assert len(faults(PROFILE_PREVIOUS_TO_PAGE_SECRET=FROM_PAGE)) == 1


def test_keys_may_come_from_files(tmp_path: Path) -> None:
    file = tmp_path / "to-page"
    file.write_text(TO_PAGE + "\n")
    given = settings(PROFILE_TO_PAGE_SECRET=None, PROFILE_TO_PAGE_SECRET_FILE=str(file))

    assert given.to_page_keys == (TO_PAGE,)
    assert "which one counts" in faults(PROFILE_TO_PAGE_SECRET_FILE=str(file))[0]
    assert "cannot be read" in faults(PROFILE_TO_PAGE_SECRET=None, PROFILE_TO_PAGE_SECRET_FILE="/nowhere")[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PROFILE_PAGE_URL", None),
        ("PROFILE_PAGE_URL", "http://profile.guestlist.test"),
        ("PROFILE_PAGE_URL", "https://profile.guestlist.test/"),
        ("PROFILE_PAGE_URL", "https://profile.guestlist.test/healthz"),
        ("PROFILE_PAGE_URL", "https://user@profile.guestlist.test"),
        ("PROFILE_PAGE_URL", "https://profile.localhost:8443"),
        ("PROFILE_LOGIN_HOSTS", "https://login.guestlist.test"),
        ("PROFILE_LOGIN_HOSTS", "localhost:8443"),
        ("PROFILE_LOGIN_URL", "javascript:alert(1)"),
        ("PROFILE_SUPPORT_URL", "https://x.test/'; script-src *"),
        ("PROFILE_SUPPORT_EMAIL", "nobody"),
        ("PROFILE_PRIMARY_COLOR", "red; } body { display: none"),
        ("PROFILE_LOGO_URL", "https://cdn.test/a.svg; script-src *"),
        ("PROFILE_LOGO_FILE", "/etc/passwd"),
        ("PROFILE_LANGUAGES", "en,tlh"),
        ("PROFILE_TRUSTED_PROXIES", "*"),
        ("PROFILE_NAME", "Northwind\nX: y"),
        ("PORT", "0x50"),
    ],
)
def test_a_setting_that_is_wrong_is_refused(name: str, value: str | None) -> None:
    assert [fault.partition(" ")[0] for fault in faults(**{name: value})] == [name]


def test_every_fault_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({})
    assert len(refused.value.faults) == sum(variable.required for variable in VARIABLES)


def test_every_variable_is_read_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.profile import settings as module

    asked = set[str]()
    for method in ("_text", "_secret"):
        original = getattr(module._Reader, method)

        def noted(self: object, name: str, *rest: str, original: object = original) -> str:
            asked.add(name)
            return original(self, name, *rest)  # type: ignore[operator,no-any-return]

        monkeypatch.setattr(module._Reader, method, noted)
    settings()
    assert asked | {"PROFILE_LOGO_URL"} == {variable.name for variable in VARIABLES}


def test_the_settings_can_be_printed_without_a_key() -> None:
    shown = repr(settings(PROFILE_PREVIOUS_TO_PAGE_SECRET=a_key("previous")))

    assert not any(key in shown for key in (TO_PAGE, FROM_PAGE, a_key("previous")))


def test_nothing_of_a_person_or_a_token_is_logged(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Each line is JSON with a few known keys; a canary in every place of a request reaches none."""
    caplog.set_level(logging.DEBUG)
    browser = Browser()
    lines: list[dict[str, object]] = []
    browser.app._log = lambda event: (lines.append(dict(event)), guard.log_line(event))  # type: ignore[attr-defined]
    token = a_token(given_name="canary-known")
    shown = browser.open(token, state="canary-state", headers={"User-Agent": "canary-agent", "X-Canary": "canary"})
    browser.send({**hidden(shown), "given_name": "canary-given", "family_name": "canary-family"})
    browser.send({**hidden(shown), "given_name": "<canary>"})
    browser.get("/canary-path?canary=canary")
    browser.open("canary-token")
    browser.open(a_token(iss="canary.test", sub="auth0|canary"))
    browser.request("PURGE", "/", content=b"canary", headers={"Host": "canary.test"})
    browser.close()

    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == len(lines) == 7
    assert {key for line in map(json.loads, printed.splitlines()) for key in line} <= {
        "time", "event", "method", "path", "status", "ms", "login", "reason",
    }  # fmt: skip
    parts = token.split(".")
    for secret in ("canary", token, parts[1], parts[2], TO_PAGE, base64.b64encode(b"auth0|ana").decode()):
        assert secret not in printed
        assert secret not in "\n".join(r.getMessage() for r in caplog.records if r.name != "httpx")


def test_one_login_can_be_followed_through_the_log(browser: Browser) -> None:
    browser.fill_in()
    shown, sent = browser.log

    assert shown["login"] == sent["login"]
    assert len(str(shown["login"])) == 8


def test_many_tries_of_one_person_and_refusals_of_one_address_are_slowed_down() -> None:
    browser = Browser(settings(PROFILE_TRIES_PER_MINUTE="2", PROFILE_REFUSALS_PER_MINUTE="2"))
    assert [browser.fill_in().status_code for _ in range(3)] == [200, 200, 429]
    assert [browser.open("x").status_code for _ in range(3)] == [400, 400, 429]
    assert browser.open().status_code == 200  # who has a good token is let in all the same

    browser.now += 60
    assert (browser.fill_in().status_code, browser.open("x").status_code) == (200, 400)
    browser.close()
