"""What holds of every page: headers, no script, one heading, fields with names and purposes."""

import re

import pytest

from .every_page import every_page, prepare

PURPOSES = {"username", "email", "current-password", "new-password", "one-time-code", "tel"}


@pytest.fixture
def pages(world):
    prepare(world)
    return every_page(world)


def test_every_page_keeps_to_itself(pages):
    for name, page in pages.items():
        policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'", name
        assert policy["frame-ancestors"] == "'none'", name
        assert policy["base-uri"] == "'none'", name
        assert "script-src" not in policy, name
        assert "unsafe" not in str(policy), name
        assert page.headers["cache-control"] == "no-store", name
        assert page.headers["referrer-policy"] == "no-referrer", name
        assert page.headers["x-frame-options"] == "DENY", name
        assert page.headers["x-content-type-options"] == "nosniff", name
        assert not re.search(r"<script|\son\w+=|\sstyle=|javascript:", page.text), name


def test_styles_carry_the_nonce_of_their_answer_and_no_other_answer_has_it(pages):
    nonces = []
    for page in pages.values():
        (nonce,) = re.findall(r'<style nonce="([^"]+)">', page.text)
        assert f"style-src 'nonce-{nonce}'" in page.headers["content-security-policy"]
        nonces.append(nonce)
    assert len(set(nonces)) == len(nonces)


def test_every_field_has_a_label_and_says_what_it_is_for(pages):
    for name, page in pages.items():
        for field in re.findall(r"<input (?![^>]*hidden)[^>]*>", page.text):
            (identifier,) = re.findall(r' id="([^"]+)"', field)
            assert f'<label for="{identifier}">' in page.text, name
            assert re.findall(r'autocomplete="([^"]+)"', field)[0] in PURPOSES, name


def test_a_page_with_an_error_says_so_in_its_title(pages):
    faulty = {name for name, page in pages.items() if "<title>Error:" in page.text}
    expected = {name for name in pages if name.endswith(("-wrong", "-empty", "-weak", "-differs"))}
    assert faulty == expected


def test_forms_may_lead_to_the_callback_of_a_native_application(world):
    app = world.an_app(app_type="native", callbacks=["com.example.app://callback", "http://127.0.0.1/cb"])
    for callback, source in (
        ("com.example.app://callback", "com.example.app:"),
        ("http://127.0.0.1:4567/cb", "http://127.0.0.1:4567"),
    ):
        page = world.http.get(world.authorize(client_id=app["client_id"], redirect_uri=callback).headers["location"])
        assert f"form-action 'self' https: {source};" in page.headers["content-security-policy"]


def test_the_deployed_look_is_on_the_page_and_stays_readable(world):
    colors = {"primary": "#ffe08a", "page_background": "#123456"}
    world.local.patch("/branding", json={"colors": colors, "logo_url": "https://cdn.example.com/logo.svg"})
    page = world.http.get(world.authorize().headers["location"])
    assert "background: #123456" in page.text
    assert "background: #ffe08a; color: #ffe08a" not in page.text
    assert "img-src https://cdn.example.com data:;" in page.headers["content-security-policy"]


def test_a_look_cannot_leave_the_style_sheet(world):
    evil = "https://cdn.example.com/x');}body{display:none}('"
    world.local.tenant.set_singleton("branding", {"colors": {"primary": "red;}"}, "logo_url": evil})
    page = world.http.get(world.authorize().headers["location"])
    assert "display:none" not in page.text
    assert "red;}" not in page.text
