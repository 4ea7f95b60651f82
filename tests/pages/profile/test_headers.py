"""Every route and every status has the same headers: a snapshot of each answer, whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from pages.profile import guard
from tests.pages.profile.people import NOW, STATE, Browser, a_token, hidden, settings

COMMON = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), "
    "gyroscope=(), hid=(), identity-credentials-get=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), "
    "publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
}
PAGE = {"content-language": "en", "content-type": "text/html; charset=utf-8"}
TEXT = {"content-type": "text/plain; charset=utf-8"}
LOGO = {"content-type": "image/svg+xml"}
# What a policy says after what all pages' policies say. The hand-off page says nothing of forms, on purpose.
ITSELF, NO_FORM, HAND_OFF = "form-action 'self'", "form-action 'none'", "script-src 'nonce-a-nonce'"
STRICTEST = "default-src 'none'; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'"
SVG = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"

CLOSES = {403, 404, 405, 408, 413, 415, 503}  # whatever else the client had to say

Ask = Callable[[Browser], httpx.Response]


def posted(**changes: str) -> Ask:
    return lambda browser: browser.send({**hidden(browser.open()), "given_name": "Ana", **changes})


def raw(content: bytes, content_type: str = "application/x-www-form-urlencoded", **headers: str) -> Ask:
    return lambda browser: browser.request(
        "POST", "/", content=content, headers={"content-type": content_type, **headers}
    )


def broken(browser: Browser) -> httpx.Response:
    def fails(*_arguments: object) -> str:
        raise ZeroDivisionError("the token was eyJ…")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pages.profile.tokens.binding", fails)
        return browser.open()


def overloaded(browser: Browser) -> httpx.Response:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guard, "MOST_AT_ONCE", 0)
        assert browser.get("/healthz").status_code == 200
        return browser.open()


def too_slow(browser: Browser) -> httpx.Response:
    import asyncio

    async def body():  # type: ignore[no-untyped-def]
        yield b"session_token="
        await asyncio.sleep(10)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pages.profile.app.PATIENCE_SEC", 0.01)
        return browser.request(
            "POST", "/", content=body(), headers={"content-type": "application/x-www-form-urlencoded"}
        )


def too_often(browser: Browser) -> httpx.Response:
    limited = Browser(replace(browser.settings, refusals_per_minute=1))
    limited.open("x")
    answer = limited.open("x")
    limited.close()
    return answer


ANSWERS: list[tuple[str, Ask, int, dict[str, str], str]] = [
    ("the form", lambda browser: browser.open(), 200, PAGE, ITSELF),
    ("the form, asked for its headers", lambda browser: browser.request("HEAD", "/", params={"session_token": a_token(), "state": STATE}), 200, PAGE, ITSELF),
    ("the form with a fault", posted(given_name=""), 422, PAGE, ITSELF),
    ("the form in another language", posted(language="en"), 200, PAGE, ITSELF),
    ("the hand-off", posted(), 200, PAGE, HAND_OFF),
    ("no token", lambda browser: browser.get("/"), 400, PAGE, NO_FORM),
    ("an expired token", lambda browser: browser.open(a_token(iat=NOW - 1000, exp=NOW - 100)), 400, PAGE, NO_FORM),
    ("two tokens", lambda browser: browser.get("/?session_token=x&session_token=y&state=z"), 400, PAGE, NO_FORM),
    ("a form of nobody's", raw(b"given_name=Ana"), 400, PAGE, NO_FORM),
    ("a field that is not ours", posted(redirect_uri="https://evil.example"), 400, PAGE, NO_FORM),
    ("a form of another site", raw(b"", **{"sec-fetch-site": "cross-site"}), 403, PAGE, NO_FORM),
    ("nothing there", lambda browser: browser.get("/admin?session_token=x"), 404, PAGE, NO_FORM),
    ("a wrong method", lambda browser: browser.request("DELETE", "/"), 405, PAGE | {"allow": "GET, HEAD, POST"}, NO_FORM),
    ("a wrong method for a probe", lambda browser: browser.request("POST", "/healthz"), 405, PAGE | {"allow": "GET, HEAD"}, NO_FORM),
    ("a form that never ends", too_slow, 408, PAGE, NO_FORM),
    ("a form that is too large", raw(b"x" * 16_385), 413, PAGE, NO_FORM),
    ("no form", raw(b"{}", "application/json"), 415, PAGE, NO_FORM),
    ("files", raw(b"--x--", "multipart/form-data; boundary=x"), 415, PAGE, NO_FORM),
    ("too often", too_often, 429, PAGE | {"retry-after": "60"}, NO_FORM),
    ("a fault of ours", broken, 500, PAGE, NO_FORM),
    ("too many at once", overloaded, 503, PAGE | {"retry-after": "5"}, NO_FORM),
    ("another host", lambda browser: browser.get("/", headers={"host": "evil.example"}), 400, PAGE, NO_FORM),
    ("alive", lambda browser: browser.get("/healthz"), 200, TEXT, STRICTEST),
    ("ready", lambda browser: browser.get("/readyz", headers={"host": "10.0.0.7:8080"}), 200, TEXT, STRICTEST),
    ("no icon", lambda browser: browser.get("/favicon.ico"), 204, {}, STRICTEST),
    ("the logo", lambda browser: browser.get("/logo"), 200, LOGO, SVG),
]  # fmt: skip


@pytest.fixture(scope="module")
def branded(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    file = tmp_path_factory.mktemp("brand") / "logo.svg"
    file.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    return Browser(settings(PROFILE_LOGO_FILE=str(file)))


@pytest.mark.parametrize(
    ("ask", "status", "own", "policy"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS]
)
def test_the_headers_are(branded: Browser, ask: Ask, status: int, own: dict[str, str], policy: str) -> None:
    answer = ask(branded)
    headers = dict(answer.headers)
    headers.pop("content-length", None)
    given = headers.pop("content-security-policy")

    assert answer.status_code == status
    assert headers == COMMON | own | ({"connection": "close"} if status in CLOSES else {})
    if own.get("content-type") == PAGE["content-type"]:
        start, _, rest = given.partition("; style-src ")
        style, _, rest = rest.partition("; ")
        assert start == "default-src 'none'"
        assert style.startswith("'sha256-")
        assert rest == f"img-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; {policy}"
    else:
        assert given == policy


def test_no_answer_sets_a_cookie_or_allows_another_origin(branded: Browser) -> None:
    for _, ask, *_ in ANSWERS:
        assert not {"set-cookie", "access-control-allow-origin", "server", "location"} & set(ask(branded).headers)


def test_on_localhost_nothing_is_said_about_https_alone() -> None:
    local = Browser(
        settings(
            PROFILE_ENVIRONMENT="local",
            PROFILE_PAGE_URL="https://profile.localhost:8443",
            PROFILE_LOGIN_HOSTS="localhost:8443",
        )
    )
    answer = local.get("/healthz")
    local.close()

    assert "strict-transport-security" not in answer.headers


def test_a_fault_of_ours_shows_nothing_and_is_logged_without_its_text(branded: Browser) -> None:
    page = broken(branded)

    assert "Zero" not in page.text
    assert "eyJ" not in page.text
    event = branded.log[-1]
    assert (event["error"], event["status"]) == ("ZeroDivisionError", 500)
    assert str(event["at"]).startswith("test_headers.py:")
    assert "eyJ" not in str(event)
