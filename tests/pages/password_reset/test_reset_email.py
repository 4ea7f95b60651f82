"""The mail as people get it: who reads which text, and that nothing they typed can break it."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from .mails import URL, a_known_user, an_invited_user, body, jinja, sent, subject

NAMES = json.loads((Path(__file__).parents[2] / "actions" / "names.json").read_text(encoding="utf-8"))
OUR_TAGS = {"html", "head", "meta", "title", "body", "div", "h1", "p", "span", "a"}
HOSTILE = '<img src=x onerror="alert(1)">\'&'


class Page(HTMLParser):
    """Tags, their attributes and the visible text of a mail."""

    def __init__(self, mail: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(mail)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_an_invited_person_reads_an_invitation() -> None:
    page = Page(sent(body(), an_invited_user()))
    assert "You are invited to Example" in page.text
    assert "Grace has created an account for ana@example.com." in page.text
    assert "Choose your password" in page.text
    assert "new password" not in page.text
    assert sent(subject(), an_invited_user()) == "You are invited to Example"


def test_an_invitation_without_an_inviters_name_still_reads_well() -> None:
    page = Page(sent(body(), an_invited_user(app_metadata={"invite": {"id": "inv_1"}})))
    assert "We have created an account for ana@example.com." in page.text


@pytest.mark.parametrize(
    "user",
    [
        pytest.param(a_known_user(), id="whose invite is closed"),
        pytest.param(a_known_user(app_metadata={}), id="who never was invited"),
        pytest.param(a_known_user(app_metadata=None), id="without app_metadata"),
        pytest.param(a_known_user(app_metadata={"invite": None}), id="whose invite was removed"),
    ],
)
def test_somebody_who_forgot_the_password_reads_no_invitation(user: dict[str, object]) -> None:
    page = Page(sent(body(), user))
    assert "asked for a new password for ana@example.com at Example." in page.text
    assert "invit" not in page.text.lower()
    assert sent(subject(), user) == "Choose a new password for Example"


@pytest.mark.parametrize("user", [an_invited_user(), a_known_user()], ids=["invited", "known"])
def test_the_link_is_a_button_and_can_be_read_and_copied(user: dict[str, object]) -> None:
    page = Page(sent(body(), user))
    assert page.all("a")[0]["href"] == URL
    assert URL in page.text


@pytest.mark.parametrize("user", [an_invited_user(), a_known_user()], ids=["invited", "known"])
def test_every_address_in_the_mail_is_the_link_or_the_support(user: dict[str, object]) -> None:
    mail = sent(body(), user)
    assert {link["href"] for link in Page(mail).all("a")} == {URL, "mailto:help@example.com"}
    assert set(re.findall(r"https?://[^\s\"<]+", mail)) == {URL}


def test_nothing_is_fetched_and_nothing_is_tracked() -> None:
    page = Page(sent(body(), an_invited_user()))
    assert {tag for tag, _ in page.tags} <= OUR_TAGS
    assert not any({"src", "background", "srcset"} & attributes.keys() for _, attributes in page.tags)
    assert not re.search(r"url\(|@import|<script|<style", body())


def test_the_mail_says_its_language_and_has_one_heading_and_a_title() -> None:
    page = Page(sent(body(), an_invited_user()))
    assert page.all("html") == [{"lang": "en", "dir": "ltr"}]
    assert [len(page.all("h1")), len(page.all("title"))] == [1, 1]


def test_the_mail_fits_a_phone() -> None:
    page = Page(sent(body(), an_invited_user()))
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")
    assert "max-width" in str(page.all("div")[0]["style"])
    assert "padding: 14px" in str(page.all("a")[0]["style"])  # a target of more than 44 px


def test_without_a_support_address_nobody_is_sent_to_one() -> None:
    page = Page(sent(body(), an_invited_user(), support_email=None))
    assert [link["href"] for link in page.all("a")] == [URL]
    assert "Questions" not in page.text


@pytest.mark.parametrize("where", ["given_name", "user_metadata"])
def test_a_person_with_a_name_is_greeted_by_it(where: str) -> None:
    name = {"given_name": "Ana"} if where == "given_name" else {"user_metadata": {"given_name": "Ana"}}
    assert "Hello Ana," in Page(sent(body(), a_known_user(**name))).text


def test_a_person_without_a_name_is_greeted() -> None:
    assert "Hello," in Page(sent(body(), an_invited_user())).text


@pytest.mark.parametrize(
    "user",
    [
        pytest.param(an_invited_user(given_name=HOSTILE), id="root name"),
        pytest.param(an_invited_user(user_metadata={"given_name": HOSTILE}), id="name in metadata"),
        pytest.param(an_invited_user(app_metadata={"invite": {"by": HOSTILE}}), id="name of the inviter"),
        pytest.param(an_invited_user(email=HOSTILE), id="address of the invited"),
        pytest.param(a_known_user(email=HOSTILE), id="address of a known user"),
    ],
)
def test_what_a_person_wrote_is_text_and_nothing_else(user: dict[str, object]) -> None:
    page = Page(sent(body(), user))
    assert HOSTILE in page.text
    assert {tag for tag, _ in page.tags} <= OUR_TAGS
    assert len(page.all("a")) == 2


@pytest.mark.parametrize("case", NAMES["valid"], ids=lambda case: case["why"])
def test_every_valid_name_is_read_as_it_is(case: dict[str, object]) -> None:
    name = str(case["name"])
    assert f"Hello {name}," in Page(sent(body(), a_known_user(user_metadata={"given_name": name}))).text


def test_a_subject_holds_nothing_that_a_person_wrote() -> None:
    user = an_invited_user(given_name=HOSTILE, email=HOSTILE, app_metadata={"invite": {"by": HOSTILE}})
    assert sent(subject(), user) == "You are invited to Example"


@pytest.mark.parametrize(
    ("link_ttl_sec", "words"),
    [
        (1, "1 second"),
        (90, "90 seconds"),
        (3_600, "60 minutes"),
        (7_199, "119 minutes"),
        (86_400, "24 hours"),
        (172_799, "47 hours"),
        (432_000, "5 days"),
        (604_800, "7 days"),
        (2_592_000, "30 days"),
        (2_591_999, "29 days"),
    ],
)
def test_the_mail_never_promises_a_longer_life_than_the_link_has(link_ttl_sec: int, words: str) -> None:
    assert f"works once, for {words} after" in body(link_ttl_sec=link_ttl_sec)


def test_a_value_that_is_missing_at_deploy_time_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="link_ttl_sec"):
        jinja().get_template("reset_email.html").render()


@pytest.mark.parametrize("file", ["reset_email.html", "subject.txt"])
def test_autoescaping_at_deploy_time_changes_nothing(file: str) -> None:
    plain, escaping = (jinja(autoescape=on).get_template(file).render(link_ttl_sec=60) for on in (False, True))
    assert plain == escaping
