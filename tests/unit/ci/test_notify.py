"""A message to a webhook: by a template that can do nothing else, to an address that nobody sees."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guestlist.ci.notify import ADDRESS, TEMPLATES, News, address_of, link_of, news_of, render, send, template_of
from guestlist.errors import GuestlistError
from tests.e2e.harness import ROOT
from tests.unit.tenant_log.test_entries import ANY_JSON

SECRET = "https://hooks.example/services/T0/canary"


def message(name: str, *news: str, link: str = "https://ci.example/1") -> Any:
    return render(template_of(ROOT, name), context(*news, link=link))


def context(*news: str, link: str = "", broken: bool = False) -> Mapping[str, Any]:
    return News(environment="prod", news=news, total=len(news), broken=broken).context(link)


def test_slack_is_told_what_is_new_and_where_to_look() -> None:
    text = message("slack", "Client application, changed, by Ana <ana@example.com>")["text"]

    assert text == (
        "The tenant of prod is not as it was deployed:\n"
        "Client application, changed, by Ana &lt;ana@example.com&gt;\nhttps://ci.example/1"
    )


def test_a_check_that_could_not_tell_is_not_called_drift() -> None:
    seen = context("The tenant did not answer.", broken=True)

    assert render(template_of(ROOT, "slack"), seen)["text"] == (
        "The drift check of prod could not tell:\nThe tenant did not answer."
    )


def test_teams_is_told_the_same() -> None:
    card = message("teams", "Client application, changed")["attachments"][0]["content"]

    assert "Client application, changed" in json.dumps(card["body"])
    assert card["actions"][0]["url"] == "https://ci.example/1"
    assert "actions" not in message("teams", "x", link="")["attachments"][0]["content"]


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_long_list_is_cut_and_says_so(name: str) -> None:
    text = json.dumps(message(name, *(f"Client {number}, changed" for number in range(13))), ensure_ascii=False)

    assert ("Client 9," in text, "Client 10," in text, "… 3 more" in text) == (True, False, True)


@settings(deadline=None)
@given(news=st.lists(st.text(max_size=30), min_size=1, max_size=12), name=st.sampled_from(TEMPLATES))
def test_whatever_a_person_wrote_is_json(news: list[str], name: str) -> None:
    assert "prod" in json.dumps(message(name, *news))


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{ missing }}", "'missing' is undefined"),
        ('{"text": {{ missing | tojson }}}', "'missing' is undefined"),
        ("{{ news.__class__.__mro__ }}", "Cannot use the template"),
        ("{{ ''.join.__globals__ }}", "Cannot use the template"),
        ("{% for %}", "Cannot use the template"),
        ("{% include '/etc/passwd' %}", "Cannot use the template"),
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
        ('{"text": "{{ environment }}"}', "without quotation marks"),
        ('{"text": {{ environment.upper | tojson }}}', "TypeError"),
        ("x" * 300_000, "more than 262,144 bytes"),
        ('{"text": NaN}', "what it gives is no JSON"),
        ('{"text": "\\ud800"}', "what it gives is no JSON"),
        ("[" * 200_000, "what it gives is no JSON"),
        ("{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}", "Cannot use the template"),
    ],
)
def test_a_template_that_is_wrong_or_wants_more_is_one_sentence(tmp_path: Path, template: str, why: str) -> None:
    file = tmp_path / "own.json.j2"
    file.write_text(template)

    with pytest.raises(GuestlistError) as caught:
        render(template_of(tmp_path, str(file)), context("x"))

    assert why in caught.value.message
    assert "own.json.j2" in caught.value.message


@pytest.mark.parametrize(
    "template",
    [
        '{"text": {{ news[0] | tojson }}}',
        '{"text": {{ news[0] }}}',
        '{"text": {{ news[0] ~ "" }}}',
        '{"text": {{ news | join(", ") }}}',
        '{% macro text(one) %}{"text": {{ one }}}{% endmacro %}{{ text(news[0]) }}',
    ],
)
def test_a_value_cannot_leave_its_string_even_if_the_template_forgets(tmp_path: Path, template: str) -> None:
    file = tmp_path / "own.json.j2"
    file.write_text(template)
    name = 'x", "channel": "#general <&\'>'

    assert render(file, context(name)) == {"text": name}


def test_a_template_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(GuestlistError, match="There are: slack, teams"):
        render(template_of(tmp_path, "discord"), {})


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://hooks.example/canary",
        "ftp://x/canary",
        "canary",
        "https://",
        "https://[canary",
        "http://localhost@hooks.example/canary",
    ],
)
def test_an_address_that_is_no_good_is_not_shown(address: str) -> None:
    with pytest.raises(GuestlistError) as caught:
        address_of({ADDRESS: address})

    assert "canary" not in caught.value.message
    assert ADDRESS in caught.value.message


@pytest.mark.parametrize("address", [SECRET, "http://127.0.0.1:8080/x", "http://[::1]/x", "http://localhost/x"])
def test_https_and_this_machine_are_sent_to(address: str) -> None:
    assert address_of({ADDRESS: address}) == address


@settings(deadline=None)
@given(address=st.text(max_size=40) | st.text(max_size=40).map("https://{}".format))
def test_any_address_is_taken_or_refused_in_one_sentence(address: str) -> None:
    taken = httpx.MockTransport(lambda _request: httpx.Response(200))
    with suppress(GuestlistError):  # and nothing else
        send(address_of({ADDRESS: address}), {}, transport=taken)


def test_what_a_webhook_answers_is_not_read() -> None:
    def endless() -> Iterator[bytes]:
        yield b"x"
        raise AssertionError

    send(SECRET, {}, transport=httpx.MockTransport(lambda _request: httpx.Response(200, content=endless())))


@settings(deadline=None)
@given(document=ANY_JSON)
def test_news_of_another_form_are_refused(document: Any) -> None:
    with pytest.raises(GuestlistError, match=r"Cannot read news\.json"):
        news_of(document, called="news.json")


def test_news_are_handed_over_whole() -> None:
    news = News(environment="prod", news=("a\ud800", "ü"), total=3, broken=True)

    assert news_of(json.loads(news.document()), called="news.json") == news


def answered(status: int, **headers: str) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _request: httpx.Response(status, headers=headers))


@pytest.mark.parametrize(
    ("transport", "why"),
    [
        (answered(404), "answered 404"),
        (answered(302, location=f"{SECRET}-2"), "not followed"),
        (answered(500), "answered 500"),
    ],
)
def test_a_webhook_that_does_not_take_it_is_said_without_its_address(transport: httpx.MockTransport, why: str) -> None:
    with pytest.raises(GuestlistError) as caught:
        send(SECRET, {}, transport=transport)

    assert why in caught.value.message
    assert "canary" not in caught.value.message


def test_a_log_that_hears_everything_does_not_hear_the_address(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        send(SECRET, {}, transport=answered(200))

    assert "canary" not in caplog.text
    assert not logging.getLogger("httpx").disabled


def test_one_that_does_not_answer_is_not_asked_twice() -> None:
    asked = []

    def silent(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise httpx.ReadTimeout("canary", request=request)

    with pytest.raises(GuestlistError, match="ReadTimeout") as caught:
        send(SECRET, {}, transport=httpx.MockTransport(silent))

    assert len(asked) == 1
    assert "canary" not in caught.value.message


def test_the_link_is_the_jobs_own() -> None:
    github = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "5"}

    assert link_of(github) == "https://github.com/a/b/actions/runs/5"
    assert link_of({"CI_JOB_URL": "https://gitlab.example/1"}) == "https://gitlab.example/1"
    assert link_of({}) == ""
