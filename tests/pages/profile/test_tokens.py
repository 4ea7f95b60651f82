"""Which tokens are taken: every claim, every date at its edge, every way to bend one."""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode

import jwt
import pytest

from tests.pages.profile.fuzzing import fuzz_tokens
from tests.pages.profile.people import (
    FOREIGN,
    FROM_PAGE,
    NOW,
    STATE,
    TO_PAGE,
    Browser,
    a_token,
    claims,
    heading,
    hidden,
    read,
)

MUTANTS = int(os.environ.get("GUESTLIST_MUTANTS", "5000"))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"aud": ...}, "aud"),
        ({"aud": "guestlist:complete-profile"}, "aud"),
        ({"aud": ["guestlist:profile-page"]}, "aud"),
        ({"purpose": ...}, "purpose"),
        ({"purpose": "names-given"}, "purpose"),
        ({"iss": ...}, "iss"),
        ({"iss": "https://login.guestlist.test/"}, "iss"),
        ({"iss": "evil.example"}, "iss"),
        ({"iss": ["login.guestlist.test"]}, "iss"),
        ({"iss": {}}, "iss"),
        ({"sub": ...}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": 7}, "sub"),
        ({"sub": "x" * 256}, "sub"),
        ({"sub": "auth0|a\nb"}, "sub"),
        ({"exp": ...}, "exp"),
        ({"exp": None}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": str(NOW + 60)}, "exp"),
        ({"exp": float(NOW + 60)}, "exp"),
        ({"exp": 10**400}, "exp"),
        ({"exp": 1e308}, "exp"),
        ({"exp": -1}, "exp"),
        ({"exp": NOW - 31, "iat": NOW - 100}, "expired"),
        ({"exp": NOW + 901}, "lives_too_long"),
        ({"exp": NOW + 931, "iat": ...}, "lives_too_long"),
        ({"exp": NOW, "iat": NOW}, "lives_too_long"),
        ({"iat": NOW + 31, "exp": NOW + 200}, "from_the_future"),
        ({"iat": "now"}, "iat"),
        ({"iat": False}, "iat"),
        ({"iat": 0.5}, "iat"),
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(browser: Browser, changes: dict[str, object], reason: str) -> None:
    page = browser.open(a_token(**changes))

    assert page.status_code == 400
    assert heading(page) == "This page is no longer valid"
    assert browser.log[-1]["reason"] == reason


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": NOW - 30, "iat": NOW - 930},
        {"exp": NOW + 900},
        {"iat": NOW + 30, "exp": NOW + 930},
        {"iat": ...},
        {"iat": ..., "exp": NOW + 930},
        {"ip": ...},
        {"locale": ...},
        {"locale": "<script>"},
        {"locale": {"x": 1}},
        {"sub": "x" * 255},
        {"sub": "samlp|Ünïcode|名"},
        {"something": "new"},
    ],
)
def test_a_token_at_the_edge_is_taken(browser: Browser, changes: dict[str, object]) -> None:
    assert browser.open(a_token(**changes)).status_code == 200


def test_a_clock_that_is_wrong_is_told(browser: Browser) -> None:
    browser.open(a_token(iat=NOW + 6))
    assert browser.log[-1]["warning"] == "clock_skew"

    browser.open(a_token(iat=NOW + 5))
    assert "warning" not in browser.log[-1]


@pytest.mark.parametrize("key", [FROM_PAGE, FOREIGN, TO_PAGE[:-1], TO_PAGE + "x"])
def test_a_token_of_another_key_is_refused(browser: Browser, key: str) -> None:
    browser.open(a_token(key))
    assert browser.log[-1]["reason"] == "signature"


def test_what_the_page_signs_it_does_not_take_itself(browser: Browser) -> None:
    token = hidden(browser.fill_in())["session_token"]

    assert browser.open(token).status_code == 400


@pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512"])
def test_no_other_algorithm_is_taken(browser: Browser, algorithm: str) -> None:
    key = None if algorithm == "none" else TO_PAGE
    assert browser.open(jwt.encode(claims(), key, algorithm=algorithm)).status_code == 400


@pytest.mark.parametrize("header", [{"crit": ["b64"], "b64": False}, {"crit": ["x"], "x": 1}])
def test_a_header_that_must_be_understood_and_is_not_is_refused(browser: Browser, header: dict[str, object]) -> None:
    assert browser.open(jwt.encode(claims(), TO_PAGE, algorithm="HS256", headers=header)).status_code == 400


@pytest.mark.parametrize("payload", [b"", b"null", b"[]", b"7", b'"x"', b"{", b"\xff", b"[" * 3000])
def test_a_signed_token_that_holds_no_claims_is_refused(browser: Browser, payload: bytes) -> None:
    import hmac

    signed = ".".join(
        urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"HS256","typ":"JWT"}', payload)
    )
    signature = urlsafe_b64encode(hmac.digest(TO_PAGE.encode(), signed.encode(), "sha256")).decode().rstrip("=")
    assert browser.open(f"{signed}.{signature}").status_code == 400


def test_one_token_has_one_text(browser: Browser) -> None:
    token = a_token()
    for other in (
        token + "=",
        token + ".",
        " " + token,
        token + "\n",
        token[:-1] + chr(ord(token[-1]) + 1),
        token.replace(".", "=.", 1),
    ):
        assert browser.open(other).status_code == 400, other


def test_a_token_has_a_largest_size(browser: Browser) -> None:
    browser.open(a_token(padding="x" * 4096))
    assert browser.log[-1]["reason"] == "size"


def test_no_mutant_is_taken() -> None:
    assert fuzz_tokens(MUTANTS, seed=20261123) == ([], [])


def test_state_and_token_are_tied(browser: Browser) -> None:
    """A form holds them as they came: neither is swapped for another login's."""
    ana = hidden(browser.open(a_token(sub="auth0|ana"), state="state-of-ana"))
    eve = hidden(browser.open(a_token(sub="auth0|eve"), state="state-of-eve"))

    for swapped in (
        {**ana, "state": eve["state"]},
        {**ana, "session_token": eve["session_token"]},
        {**ana, "binding": eve["binding"]},
    ):
        page = browser.send({**swapped, "given_name": "Eve"})
        assert page.status_code == 400
        assert browser.log[-1]["reason"] == "binding"


@pytest.mark.parametrize("binding", ["", "x", "\u00e9", "a" * 43])
def test_a_form_that_the_page_never_showed_is_refused(browser: Browser, binding: str) -> None:
    assert browser.send({**hidden(browser.open()), "binding": binding, "given_name": "Ana"}).status_code == 400


@pytest.mark.parametrize("state", ["a b", "a\n", "é", "x" * 2049, "\x7f"])
def test_a_state_that_auth0_does_not_make_is_refused(browser: Browser, state: str) -> None:
    browser.open(state=state)
    assert browser.log[-1]["reason"] == "state"


def test_the_return_token_is_made_for_now(browser: Browser) -> None:
    shown = browser.open(state=STATE)
    browser.now += 300.9
    said = read(hidden(browser.send({**hidden(shown), "given_name": "Ana"}))["session_token"])

    assert (said["iat"], said["exp"]) == (NOW + 300, NOW + 420)
