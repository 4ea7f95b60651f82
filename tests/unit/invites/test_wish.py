"""What may be asked for: hostile addresses and names stop here, people's names do not."""

from __future__ import annotations

import json
from email import message_from_string
from email.policy import SMTP, SMTPUTF8
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from guestlist.errors import BadWish
from guestlist.invites import Wish, clean_address
from guestlist.invites.invite import new_invite, new_user, with_invite
from guestlist.invites.message import invite_message
from tests.unit.invites.place import ANA, NOON, settings

HOSTILE = [
    "\r\nBcc: eve@evil.example",
    "\n",
    "\x00",
    "\x1b[2J",
    "\u202eevil",
    "\u2066x\u2069",
    "\u2028",
    "\ud800",
    "<script>alert(1)</script>",
    "{{ user.password }}",
    "{% debug %}",
    "https://evil.example",
    "www.evil.example",
    "A" * 65536,
    "\U000e0041",
]


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" Ana@Example.COM ", ANA),
        ("a.n+a@example.com", "a.n+a@example.com"),
        ("jo\u0308rg@example.com", "jörg@example.com"),
        ("josé@bücher.example", "josé@bücher.example"),
        ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("почта@почта.рф", "почта@почта.рф"),
        ("info@東京タワー.example", "info@東京タワー.example"),
        ("o'neil@example.com", "o'neil@example.com"),
        ("ana", None),
        ("ana@example", None),
        ("a@b@example.com", None),
        ("ana@example..com", None),
        ("ana@-example.com", None),
        ("ana@exa_mple.com", None),
        ("ana@example.com\nbcc: eve@example.com", None),
        ("Ana <ana@example.com>", None),
        ("a" * 250 + "@example.com", None),
        ("a" * 65 + "@example.com", None),
        ("é" * 40 + "@example.com", None),
        ("{{x}}@example.com", None),
        ("\u202eana@example.com", None),
        ("an\u200da@example.com", None),
    ],
)
def test_an_address_is_taken_as_auth0_keeps_it(typed: str, address: str | None) -> None:
    assert clean_address(typed) == address


@pytest.mark.parametrize(
    "domain",
    [
        "pаypal.example",  # Cyrillic а among Latin
        "xn--pypal-4ve.example",  # the same, in disguise
        "аррӏе.com",  # nothing but look-alikes
        "example.соm",
        "αpple.example",
    ],
)
def test_a_domain_that_only_looks_like_another_is_refused_in_one_sentence(domain: str) -> None:
    with pytest.raises(BadWish, match="must not mix scripts in its domain") as bad:
        Wish(address=f"ana@{domain}")
    assert domain not in bad.value.message
    assert (bad.value.field, bad.value.exit_code) == ("address", 64)


@pytest.mark.parametrize(
    "name",
    json.loads("""[
    "João", "Nguyễn Thị", "O'Neil-Ñandú", "Zoë", "محمد عبدالله", "יוסף", "李小龍", "さくら", "김민준", "Αλέξανδρος",
    "Наталія", "രാമൻ", "می\\u200cخواهم", "Jean-Luc", "Mary Ann", "X Æ A-12", "St. John", "ﺖ", "\\u200fיוסף"
]"""),
)
def test_a_name_keeps_the_letters_of_every_script(name: str) -> None:
    assert Wish(address=ANA, first_name=name).first_name == name


@pytest.mark.parametrize("field", ["first_name", "by"])
@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_name_is_refused_without_being_repeated(field: str, text: str) -> None:
    with pytest.raises(BadWish) as bad:
        Wish(address=ANA, **{field: f"Ana{text}Ana"})
    assert bad.value.field == field
    assert len(bad.value.message) < 120
    assert bad.value.message.isprintable()
    assert text not in bad.value.message


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("form", ["ana{}@example.com", "ana@example{}.com", "{}ana@example.com"])
def test_what_is_no_address_is_refused_without_being_repeated(text: str, form: str) -> None:
    if not text.strip() and form.startswith("{"):
        assert Wish(address=form.format(text)).address == ANA, "space around it is taken away"
        return
    if text == "www.evil.example":
        return  # an address like any other
    with pytest.raises(BadWish) as bad:
        Wish(address=form.format(text))
    assert bad.value.message.isprintable()
    assert text not in bad.value.message


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": "german!"},
        {"language": "de\r\nX: y"},
        {"phone": "0171 123"},
        {"phone": "+49\n15123456789"},
        {"roles": ("admin",)},
        {"roles": tuple(f"rol_{number}" for number in range(51))},
        {"first_name": " "},
        {"first_name": "\u200d"},
        {"by": "x" * 151},
    ],
)
def test_the_rest_of_a_wish_is_checked_too(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadWish) as bad:
        Wish(address=ANA, **wrong)
    assert bad.value.field == next(iter(wrong))


TEXTS = st.text(max_size=40) | st.lists(st.sampled_from([*HOSTILE[:-2], "Ana", " ", "é", "م"]), max_size=4).map("".join)


@rounds(deadline=None)  # it is not about speed
@given(name=TEXTS, by=TEXTS, mailbox=TEXTS, domain=TEXTS)
def test_nothing_that_passes_reaches_a_header_of_the_mail(name: str, by: str, mailbox: str, domain: str) -> None:
    plain = _headers(Wish(address=ANA, first_name="Ana", by="Bo"))
    for said in ({"first_name": name}, {"by": by}, {"address": f"{mailbox}@{domain}.example"}):
        try:
            wish = Wish(**{"address": ANA, **said})  # type: ignore[arg-type]
        except BadWish:
            continue
        assert _headers(wish) == plain, "the same headers, whoever it is for"
        for text in (wish.address, wish.first_name or "", wish.by or ""):
            assert not any(character in text for character in "\r\n<>\u202a\u202e\u2066\u2069")


def _headers(wish: Wish) -> list[str]:
    """Names of the headers of the mail as it goes out."""
    invite = new_invite(wish, now=NOON, link_ttl_sec=60)
    user = with_invite(new_user(wish, connection="invited-users", invite=invite, password="x"), invite)
    message = invite_message(
        url="https://login.example.com/u/reset-verify?ticket=x#",
        user=user,
        wish_language=wish.language,
        sender="invitations@example.com",
        settings=settings(),
        message_id="<att_1@example.com>",
        now=NOON,
    )
    policy = SMTP if wish.address.isascii() else SMTPUTF8
    sent = message_from_string(message.as_bytes(policy=policy).decode(), policy=policy)
    assert sent["To"].addresses[0].addr_spec == wish.address
    return [name for name in sent.keys() if not name.startswith(("Content-", "MIME-"))]  # noqa: SIM118 - a header may be there twice
