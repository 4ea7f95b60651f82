"""How long the link lives, in the mail's words: never longer than it does, and counted as the language counts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from stacks.reset_email import mail_words
from stacks.settings_types import LANGUAGES

from .mails import Page, a_known_user, an_invite, body, in_time, sent, text

BODY = body()


def said(user: dict[str, Any], template: str = BODY) -> str:
    """The mail's text on one line, without marks of direction."""
    read = Page(sent(template, user)).text
    return " ".join(re.sub("[\u2068\u2069]", "", read).replace("\u00a0", " ").split())


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
def test_without_a_date_the_mail_never_promises_a_longer_life_than_the_link_has(link_ttl_sec: int, words: str) -> None:
    assert f"works once, for {words} after" in body(link_ttl_sec=link_ttl_sec)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        ({"days": 7}, "expires in 7 days, on 30 November 2026 at 12:00 UTC"),
        ({"days": 7, "seconds": -20}, "expires in 7 days, on 30 November 2026 at 11:59 UTC"),
        ({"days": 2, "hours": -1}, "expires in 47 hours, on 25 November 2026 at 11:00 UTC"),
        ({"minutes": 40}, "expires in less than two hours, on 23 November 2026 at 12:40 UTC"),
        ({"days": 30}, "expires in 30 days, on 23 December 2026 at 12:00 UTC"),
    ],
)
def test_an_invitation_says_until_when(left: dict[str, float], words: str) -> None:
    assert words in said(an_invite(expires_at=in_time(**left)))
    assert words in said(an_invite(expires_at=in_time(**left)), text())


@pytest.mark.parametrize(
    "expires_at",
    [
        None,
        "",
        "soon",
        "Z",
        12,
        {},
        in_time(days=-1),
        in_time(days=365),
        "2026-11-30T12:00:00+02:00",
        "9" * 400,
        "9" * 400 + "Z",
    ],
    ids=str,
)
def test_a_date_that_is_missing_past_or_none_is_not_shown(expires_at: object) -> None:
    assert "works once, for 7 days after this message was sent." in said(an_invite(expires_at=expires_at))


def test_a_forgotten_password_has_no_date_of_the_old_invite() -> None:
    closed = {"accepted_at": in_time(days=-1), "expires_at": in_time(days=3)}
    assert "works once, for 7 days" in said(a_known_user(app_metadata={"invite": closed}))


@pytest.mark.parametrize(
    ("invite", "words"),
    [
        ({"sent_count": 0, "attempt": {"id": "b"}}, "expires in 2 days"),
        ({"sent_count": 1, "attempt": {"id": "b"}, "last_attempt": "a"}, "works once, for 7 days"),
        (
            {"sent_count": 1, "attempt": {"id": "b", "expires_at": in_time(days=7)}, "last_attempt": "a"},
            "expires in 7 days",
        ),
        ({"sent_count": 1, "attempt": {"id": "a"}, "last_attempt": "a"}, "expires in 2 days"),
    ],
    ids=["the first mail", "sent again", "sent again, with its own date", "asked for by the person"],
)
def test_a_mail_that_is_sent_again_never_shows_the_date_of_the_mail_before(invite: dict[str, Any], words: str) -> None:
    assert words in said(an_invite(expires_at=in_time(days=2), **invite))


@pytest.mark.parametrize(
    ("language", "link_ttl_sec", "words"),
    [
        ("de", 604_800, "7 Tage lang"),
        ("ar", 172_800, "خلال يومين من"),
        ("ar", 604_800, "خلال 7 أيام من"),
        ("ar", 2_592_000, "خلال 30 يومًا من"),
        ("ar", 36 * 3600, "خلال 36 ساعة من"),
        ("he", 7_200, "במשך שעתיים ממועד"),
        ("he", 604_800, "במשך 7 ימים ממועד"),
    ],
)
def test_a_language_counts_in_its_own_way(language: str, link_ttl_sec: int, words: str) -> None:
    assert words in said(a_known_user(user_metadata={"language": language}), body(link_ttl_sec=link_ttl_sec))


@pytest.mark.parametrize(
    ("language", "left", "words"),
    [
        ("de", {"days": 7}, "läuft in 7 Tagen ab, am 30. November 2026 um 12:00 UTC."),
        ("fr", {"days": 8}, "expire dans 8 jours, le 1er décembre 2026 à 12:00 UTC."),
        ("es", {"days": 7}, "caduca dentro de 7 días, el 30 de noviembre de 2026, 12:00 UTC."),
        ("ar", {"days": 2}, "بعد يومين، في 25 نوفمبر 2026، الساعة 12:00 UTC."),
        ("ar", {"days": 7}, "بعد 7 أيام،"),
        ("ar", {"days": 12}, "بعد 12 يومًا،"),
        ("ar", {"hours": 2}, "بعد ساعتين،"),
        ("ar", {"hours": 20}, "بعد 20 ساعة،"),
        ("he", {"days": 2}, "בעוד יומיים, ב־25 בנובמבר 2026 בשעה 12:00 UTC."),
        ("he", {"hours": 5}, "בעוד 5 שעות,"),
    ],
)
def test_a_language_has_its_own_dates(language: str, left: dict[str, float], words: str) -> None:
    assert words in said(an_invite(language=language, expires_at=in_time(**left)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_month_has_its_name(language: str) -> None:
    for at, month in enumerate(mail_words()[language]["months"], 1):
        begin = datetime(2027, at, 1, 12, 0, tzinfo=UTC)
        user = an_invite(language=language, expires_at=f"2027-{at:02d}-10T12:00:00Z")
        assert f"{month} 2027" in sent(BODY, user, now=begin).replace(" de 2027", " 2027")
