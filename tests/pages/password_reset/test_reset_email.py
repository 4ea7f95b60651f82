"""The mail as people get it: who reads which text, and that nothing they typed can break it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from stacks.reset_email import PASSWORD_RESET
from stacks.settings_types import LANGUAGES

from .mails import HOSTILE, URL, Page, a_known_user, an_invite, an_invited_user, body, in_time, sent, subject, text

NAMES = json.loads((Path(__file__).parents[2] / "actions" / "names.json").read_text(encoding="utf-8"))
OUR_TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "div",
    "table",
    "tr",
    "td",
    "h1",
    "p",
    "span",
    "strong",
    "bdi",
    "a",
}
BODY = body()
BOTH = pytest.mark.parametrize("user", [an_invited_user(), a_known_user()], ids=["invited", "known"])
LOGO = "https://example.com/logo.png?a=1&b=2"


def test_an_invited_person_reads_an_invitation_from_whoever_invites() -> None:
    page = Page(sent(BODY, an_invited_user()))
    assert "Grace invites you to Example" in page.text
    assert "An account is ready for you. You will sign in with ana@example.com." in page.text
    assert "Choose your password" in page.text
    assert "new password" not in page.text
    assert sent(subject(), an_invited_user()) == "You are invited to Example"


def test_an_invitation_without_an_inviters_name_still_reads_well() -> None:
    assert "You are invited to Example" in Page(sent(BODY, an_invite())).text


@pytest.mark.parametrize(
    "user",
    [
        pytest.param(a_known_user(), id="whose invite is closed"),
        pytest.param(an_invite(revoked_at="2026-11-23T10:00:00Z"), id="whose invite was taken back"),
        pytest.param(a_known_user(app_metadata={}), id="who never was invited"),
        pytest.param(a_known_user(app_metadata=None), id="without app_metadata"),
        pytest.param(a_known_user(app_metadata={"invite": None}), id="whose invite was removed"),
    ],
)
def test_somebody_who_forgot_the_password_reads_no_invitation(user: dict[str, object]) -> None:
    page = Page(sent(BODY, user))
    assert "asked for a new password for ana@example.com at Example." in page.text
    assert "invit" not in page.text.lower()
    assert sent(subject(), user) == "Choose a new password for Example"


@BOTH
def test_the_link_is_a_button_and_can_be_read_and_copied(user: dict[str, object]) -> None:
    page = Page(sent(BODY, user))
    assert page.all("a")[0]["href"] == URL
    assert URL in page.text
    assert f"\n{URL}\n" in sent(text(), user)


@BOTH
def test_every_address_in_the_mail_is_the_link_or_the_support(user: dict[str, object]) -> None:
    mail = sent(BODY, user)
    assert {link["href"] for link in Page(mail).all("a")} == {URL, "mailto:help@example.com"}
    assert set(re.findall(r"https?://[^\s\"<]+", mail)) == {URL}


def test_nothing_is_fetched_and_nothing_is_tracked() -> None:
    page = Page(sent(BODY, an_invited_user()))
    assert {tag for tag, _ in page.tags} <= OUR_TAGS
    assert not any({"src", "background", "srcset"} & attributes.keys() for _, attributes in page.tags)
    assert not re.search(r"url\(|@import|@font-face|<script", BODY)


def test_the_logo_of_the_environment_is_the_only_picture_and_says_the_name() -> None:
    page = Page(sent(body(logo_url=LOGO), an_invited_user()))
    assert [(one["src"], one["alt"]) for one in page.all("img")] == [(LOGO, "Example")]


def test_a_logos_address_brings_no_liquid_and_no_attribute() -> None:
    deployed = body(logo_url='https://example.com/{{user}}"onerror=x.png')
    assert "{{user}}" not in deployed
    assert [one.keys() & {"onerror"} for one in Page(sent(deployed, an_invited_user())).all("img")] == [set()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_says_its_language_and_direction_and_has_one_heading_and_a_title(language: str) -> None:
    page = Page(sent(BODY, an_invite(language=language)))
    direction = "rtl" if language in {"ar", "he"} else "ltr"
    for element in (page.all("html")[0], page.all("div")[1]):  # clients take the first away
        assert (element["lang"], element["dir"]) == (language, direction)
    assert [len(page.all("h1")), len(page.all("title"))] == [1, 1]
    assert {cell["align"] for cell in page.all("td") if "align" in cell} <= {
        "center",
        "right" if direction == "rtl" else "left",
        "left",
    }


def test_tables_are_no_tables_to_a_screen_reader() -> None:
    tables = Page(sent(BODY, an_invited_user())).all("table")
    assert tables
    assert {table["role"] for table in tables} == {"presentation"}


def test_a_list_of_mails_shows_what_to_do_and_until_when() -> None:
    mail = sent(BODY, an_invite(expires_at=in_time(days=7)))
    hidden = mail[mail.index('<div style="display:none') :].partition("</div>")[0]
    assert "Choose a password to begin. The link works once and expires in 7 days" in re.sub("<[^>]+>", "", hidden)


@pytest.mark.parametrize(
    ("contact", "hrefs"),
    [
        ({"support_email": None}, []),
        ({"support_email": "help@example.com"}, ["mailto:help@example.com"]),
        (
            {"support_email": None, "support_url": "https://example.com/help?a=1&b=2"},
            ["https://example.com/help?a=1&b=2"],
        ),
    ],
    ids=["none", "address", "page"],
)
def test_people_are_sent_to_the_support_that_there_is(contact: dict[str, Any], hrefs: list[str]) -> None:
    page = Page(sent(BODY, an_invited_user(), **contact))
    assert [link["href"] for link in page.all("a")] == [URL, *hrefs]
    assert ("Questions" in page.text) == bool(hrefs)


@pytest.mark.parametrize("where", ["given_name", "user_metadata"])
def test_a_person_with_a_name_is_greeted_by_it(where: str) -> None:
    name = {"given_name": "Ana"} if where == "given_name" else {"user_metadata": {"given_name": "Ana"}}
    assert "Hello Ana," in Page(sent(BODY, a_known_user(**name))).text


def test_a_person_without_a_name_is_greeted() -> None:
    assert "Hello," in Page(sent(BODY, an_invited_user())).text


@pytest.mark.parametrize("case", NAMES["valid"], ids=lambda case: case["why"])
def test_every_valid_name_is_read_as_it_is(case: dict[str, object]) -> None:
    name = str(case["name"]).strip()
    shown = f"{name[:79]}…" if len(name) > 80 else name
    page = Page(sent(BODY, a_known_user(user_metadata={"given_name": name})))
    assert f"Hello {shown}," in page.text.replace("\u200b", "")


def test_a_subject_holds_nothing_that_a_person_wrote() -> None:
    user = an_invited_user(given_name=HOSTILE, email=HOSTILE, app_metadata={"invite": {"by": HOSTILE}})
    assert sent(subject(), user) == "You are invited to Example"


@pytest.mark.parametrize(
    ("user", "request_language", "language"),
    [
        (an_invite(language="de"), "fr", "de"),
        (an_invite(language="de-AT"), "", "de"),
        (an_invite(), "fr-CA", "fr"),
        (an_invite(), None, "en"),
        (an_invite(language="xx"), "fr", "en"),
        (a_known_user(user_metadata={"language": "es"}, app_metadata={"invite": {"language": "de"}}), "fr", "es"),
        (a_known_user(), "HE", "he"),
    ],
    ids=[
        "of the invite",
        "a region",
        "of the request",
        "nobody's",
        "one we lack",
        "the person's own",
        "forgotten, of the request",
    ],
)
def test_a_mail_is_in_one_language_the_persons(
    user: dict[str, Any], request_language: str | None, language: str
) -> None:
    mail = sent(BODY, user, request_language=request_language)
    assert mail.startswith("<!doctype html>")
    assert re.findall(r'<html lang="(..)"', mail) == [language]


def test_a_value_that_is_missing_at_deploy_time_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from jinja2 import UndefinedError

    from stacks import reset_email

    with pytest.raises(UndefinedError, match="link_ttl_sec"):
        reset_email._liquid("reset_email.txt")


@pytest.mark.parametrize("file", sorted(PASSWORD_RESET.glob("*.*")), ids=lambda file: file.name)
def test_no_template_holds_an_address_of_the_web(file: Path) -> None:
    without_comments = re.sub(r"\[#.*?#\]", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"https?:|//\w", without_comments)


def test_the_mail_is_smaller_than_what_gmail_cuts_and_what_auth0_takes() -> None:
    """
    Gmail shows the first 102 kB of a mail; Auth0 takes a request of 1,048,576 bytes.

    Source: https://support.auth0.com/center/s/article/email-template-size-limits-and-localization-workarounds (2026-02-06)
    """
    assert len(BODY.encode()) < 102_000  # every language together, though a mail is in one
    assert max(len(sent(BODY, an_invite(language=language)).encode()) for language in LANGUAGES) < 12_000
