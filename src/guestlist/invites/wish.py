"""
Whom to invite, and how: the one gate that everything typed or read from a file goes through.

What passes is safe to print, to log, to write into a mail's header and to show in a page that escapes HTML. A name keeps the letters of
every script; what steers a terminal, a mail header or the direction of writing is refused, and so is template syntax.

Not here: what becomes of it (`inviter.py`), a user's own name on the profile page (`pages/profile/names.py`).
Source: https://www.unicode.org/reports/tr39/ (mixed-script labels), RFC 5321 section 4.5.3.1.3 (lengths).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from guestlist.errors import BadWish
from guestlist.invites.domains import domain_problem

LONGEST_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
LONGEST_MAILBOX = 64
LONGEST_NAME = 150  # Auth0's root attributes
MOST_ROLES = 50
ADDRESS = re.compile(r"[^@\s<>()\[\]\\,;:\"]+@[^@\s<>()\[\]\\,;:\"]+\.[^@\s<>()\[\]\\,;:\".]+")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
ROLE = re.compile(r"rol_[A-Za-z0-9]{1,60}")
TEMPLATE = re.compile(r"\{\{|\{%|%\}|\}\}")
JOINERS = "\u200c\u200d"  # names in Persian, Malayalam and others are misspelt without
MARKS = "\u061c\u200e\u200f"  # keyboards for Arabic and Hebrew leave them beside a name; they turn nothing around
LINK = re.compile(r"[<>]|://|[wW]{3}\.")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """
    Whom to invite, and how. Raises: BadWish, naming the field, when it is made of something that cannot be.

    `phone` needs the setting `invite.preEnrolPhone`.
    """

    address: str  # kept as `clean_address` gives it
    language: str | None = None  # of the mail; English without
    first_name: str | None = None  # for the greeting; who has one is not asked for it on the profile page
    by: str | None = None  # who invites, as the mail is to say it
    phone: str | None = (
        None  # E.164; enrolled as second factor, so that nobody who merely has the mail can enrol another
    )
    roles: tuple[str, ...] = ()  # ids

    def __post_init__(self) -> None:
        """Check and clean."""
        address = clean_address(self.address)
        if address is None:
            raise BadWish("address", address_problem(self.address))
        object.__setattr__(self, "address", address)
        for field in ("first_name", "by"):
            object.__setattr__(self, field, _name(field, getattr(self, field)))
        if self.language is not None and not LANGUAGE.fullmatch(self.language):
            raise BadWish("language", "must be a language code such as de or pt-BR")
        if self.phone is not None and not PHONE.fullmatch(self.phone):
            raise BadWish("phone", "must be a number such as +4915123456789: + and 7 to 15 digits")
        if len(self.roles) > MOST_ROLES or not all(ROLE.fullmatch(role) for role in self.roles):
            raise BadWish("roles", f"must be ids of roles such as rol_AbC123, {MOST_ROLES} at most")


def clean_address(text: str) -> str | None:
    """The address as Auth0 keeps it (lower case), or `None` for what is none. Dots and `+` mean what they say."""
    address = _composed(text)
    return None if _fault(address) else address


def address_problem(text: str) -> str:
    """What keeps a text from being an address, in words that hold nothing of it."""
    return _fault(_composed(text)) or "is fine"


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip()).lower() if len(text) <= 4 * LONGEST_ADDRESS else text


def _fault(address: str) -> str | None:
    if len(address.encode(errors="replace")) > LONGEST_ADDRESS:
        return f"must have {LONGEST_ADDRESS} bytes or fewer"
    if not ADDRESS.fullmatch(address) or TEMPLATE.search(address):
        return "must be an address such as ana@example.com"
    mailbox, _, domain = address.rpartition("@")
    if len(mailbox.encode(errors="replace")) > LONGEST_MAILBOX:
        return f"must have {LONGEST_MAILBOX} bytes or fewer before the @"
    if any(_steers(character) for character in address):
        return "must not hold invisible characters"
    return domain_problem(domain)


def _name(field: str, text: str | None) -> str | None:
    if text is None:
        return None
    name = unicodedata.normalize("NFC", text.strip()) if len(text) <= 4 * LONGEST_NAME else text
    seen = [character for character in name if character not in JOINERS + MARKS]
    if not seen or len(name) > LONGEST_NAME:
        raise BadWish(field, f"must be a name of 1 to {LONGEST_NAME} characters")
    if any(_steers(character) for character in seen):
        raise BadWish(field, "must be one line without invisible characters")
    if LINK.search(name) or TEMPLATE.search(name):
        raise BadWish(field, "must be a name, without <, >, links or template marks such as {{")
    return name


def _steers(character: str) -> bool:
    """Controls, line ends, overrides of the writing direction, surrogates, private use: nothing that is a letter, in a later Unicode either."""
    is_none_for_ever = ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
    return is_none_for_ever or unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
