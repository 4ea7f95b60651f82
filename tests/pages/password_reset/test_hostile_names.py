"""
Names that want out: whatever somebody is called, the mail around the name stays as it is.

Not here: the same for the mails that we send ourselves (`tests/unit/test_invite_message.py`).
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localtenant.messages.mail_text import links_of, text_of

from .mails import HOSTILE, URL, Page, a_known_user, an_invited_user, body, sent, text

BODY, TEXT = body(), text()
REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
MARKS = (
    "\r\n",
    "\u202e",
    "\u2066",
    "\u2069",
    "\u2028",
    "\x00",
    "\x1b[2J",
    "%E2%80%AE",
    "i\u0307",
    "\ud7ff",
    "\U0001f600",
)
HTML = ("<", ">", '"', "'", "&", "&lt;", "</bdi></table>", "<!--", "-->", "<![endif]-->")
LIQUID = ("{{ url }}", "{% debug %}", "{{", "%}", "[[ 1 ]]")
WORDS = ("http://evil.example", "evil.example", "\u0430pple.com", "Bcc: x@y.z", "עבד", "毛", "é" * 90, "A" * 65_536)
SPITEFUL = st.sampled_from([*MARKS, *HTML, *LIQUID, *WORDS])
PLAIN = sent(BODY, an_invited_user(given_name="A", email="a@example.com", app_metadata={"invite": {"by": "B"}}))
NAMES = st.lists(st.one_of(SPITEFUL, st.text(max_size=12)), max_size=8).map("".join)


def shape(mail: str) -> list[tuple[str, dict[str, str | None]]]:
    return Page(mail).tags


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
def test_what_a_person_wrote_is_text_and_nothing_else(user: dict[str, Any]) -> None:
    page = Page(sent(BODY, user))
    assert HOSTILE in page.text
    assert page.all("img") == []
    assert len(page.all("a")) == 2


@settings(max_examples=60, deadline=None)
@given(first_name=NAMES, inviter=NAMES, address=NAMES)
def test_a_mail_has_the_same_elements_whatever_the_names_are(first_name: str, inviter: str, address: str) -> None:
    user = an_invited_user(
        given_name=f"A{first_name}", email=f"a{address}", app_metadata={"invite": {"by": f"B{inviter}"}}
    )
    mail = sent(BODY, user)
    assert shape(mail) == shape(PLAIN)
    assert links_of(mail, None) == [URL]
    assert not REORDERING.search(mail)
    assert len(mail.encode()) < 16_000
    assert mail.count(URL) == PLAIN.count(URL)  # no Liquid in a name was run


@settings(max_examples=60, deadline=None)
@given(first_name=NAMES, inviter=NAMES)
def test_the_lines_of_a_text_are_ours_whatever_the_names_are(first_name: str, inviter: str) -> None:
    plain = an_invited_user(given_name="A", app_metadata={"invite": {"by": "B"}})
    user = an_invited_user(given_name=f"A{first_name}", app_metadata={"invite": {"by": f"B{inviter}"}})
    read, expected = sent(TEXT, user).splitlines(), sent(TEXT, plain).splitlines()
    assert len(read) == len(expected)
    assert [at for at, line in enumerate(read) if line != expected[at]] in ([], [0], [2], [0, 2])
    for line in read:
        assert line.count("\u2068") == line.count("\u2069")
        assert not re.search("[\u202a-\u202e\u2066\u2067\x00-\x1f\x7f]", line)


@settings(max_examples=30, deadline=None)
@given(name=NAMES)
def test_a_name_is_no_link_that_a_mail_client_makes_by_itself(name: str) -> None:
    mail = text_of(sent(BODY, a_known_user(given_name=f"A{name}.com www.evil.example", email="a@example.com")))
    assert not re.search(r"(?:evil|apple)\.(?:example|com)", mail)


def test_a_name_in_another_direction_keeps_it_to_itself() -> None:
    page = Page(sent(BODY, an_invited_user(given_name="עבד", app_metadata={"invite": {"by": "محمد"}})))
    assert {one.get("dir") for one in page.all("bdi")} == {"auto", "ltr"}


def test_a_name_of_64_kilobytes_is_cut() -> None:
    mail = sent(BODY, a_known_user(given_name="n" * 65_536))
    assert "Hello " + "n" * 79 + "…," in Page(mail).text
    assert len(mail) < 10_000
