"""Liquid as Auth0 documents it."""

import pytest

from localtenant.messages.liquid import FILTERS, LiquidFailed, _environment, render


def test_what_is_not_there_is_empty():
    assert render("[{{ user.user_metadata.given_name | escape }}]", {"user": {}}) == "[]"


def test_an_empty_text_is_true_and_nothing_is_false():
    template = "{% if there %}yes{% else %}no{% endif %}"
    assert [render(template, {"there": value}) for value in ("", 0, None, False)] == ["yes", "yes", "no", "no"]


def test_escape_takes_the_sting_out_of_a_name():
    assert "<" not in render("{{ name | escape }}", {"name": '<img src=x onerror="alert(1)">'})


def test_every_filter_that_is_documented_is_there():
    assert set(_environment().filters) == FILTERS


@pytest.mark.parametrize("template", ["{{ a | base64_encode }}", "{% capture x %}{% endcapture %}", "{% if %}", "{{ a"])
def test_what_auth0_does_not_document_fails(template):
    with pytest.raises(LiquidFailed):
        render(template, {})


def test_an_endless_loop_ends():
    with pytest.raises(LiquidFailed):
        render("{% for a in (1..1000000) %}x{% endfor %}", {})


def test_an_error_shows_no_value():
    with pytest.raises(LiquidFailed) as error:
        render("{{ secret | divided_by: 0 }}", {"secret": "hush"})
    assert "hush" not in str(error.value)


def test_debug_lists_the_variables():
    assert "ana@example.com" in render("{% debug %}", {"user": {"email": "ana@example.com"}})
