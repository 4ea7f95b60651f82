"""
The way itself: the link of the mail, a password, a login, a second factor, the names, the application.

It answers each page that comes, in whatever order they come, and keeps that order: what an environment's settings change is seen in it.

Not here: who invites (`guestlist.invites`), what a browser does (`visitor.py`), which page is which (`screens.py`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from guestlist.errors import GuestlistError
from guestlist.journey.inbox import Inbox
from guestlist.journey.screens import APPLICATION, ELSEWHERE, NAMES, Site
from guestlist.journey.visitor import Visitor, place_of
from localtenant.authentication import totp

Say = Callable[[str], None]
CHOICES = ("mfa-begin-enroll-options", "mfa-login-options")
MOST_PAGES = 12  # of one login
SECRET = re.compile(r"\b[A-Z2-7]{16,}\b")  # of an authenticator app, as the page shows it to those who cannot scan
FORGOTTEN = "/u/reset-password/"


class Stuck(GuestlistError):  # noqa: N818 - reads as a sentence where it is raised
    """The way ended before the application."""


@dataclass(kw_only=True)
class Person:
    """Who walks."""

    address: str
    password: str = field(repr=False)
    phone: str = "+351910000001"
    given_name: str = "Ana"
    family_name: str = "Lopes"
    app_secret: str = field(default="", repr=False)  # of the authenticator app, once it is enrolled


@dataclass(kw_only=True)
class Journey:
    """One person with one browser."""

    visitor: Visitor
    site: Site
    inbox: Inbox
    person: Person
    say: Say
    pictures: int = 0

    def open_mail(self) -> str:
        """The person's newest mail; answers the link in it, which nobody is to be shown. Raises: NothingCame, Stuck."""
        mail = self.inbox.mail(self.person.address)
        self.say(f"  mail: “{mail['subject']}”")
        links = [link for link in mail["links"] if link.startswith(f"{self.site.login}/")]
        if len(links) != 1:
            raise Stuck(f"The mail “{mail['subject']}” has {len(links)} links to {self.site.login}, expected one.")
        return str(links[0])

    def choose_password(self, link: str) -> None:
        """Open the link, choose the password, and read that it was changed. Raises: Stuck."""
        self.visitor.open(link)
        self._seen("password")
        fields = [name for name in self.visitor.fields() if "password" in name]
        if not fields:
            raise self._stuck("there is no password to choose")
        for name in fields:
            self.visitor.fill(name, self.person.password)
        self.visitor.press()
        self._seen("password-changed")
        if any("password" in name for name in self.visitor.fields()):
            raise self._stuck("the password was not taken")

    def log_in(self, *, start: str | None = None) -> tuple[str, ...]:
        """
        From the application's login to the application; answers the pages in between, in order.

        Args:
            start: where to begin instead, such as the address that a page leads to.

        Raises: Stuck.

        """
        self.visitor.open(start or f"{self.site.application}/login")
        return self.go_on()

    def go_on(self) -> tuple[str, ...]:
        """Answer pages until the application comes. Raises: Stuck."""
        screens: list[str] = []
        for _ in range(MOST_PAGES):
            screen = self.site.screen(self.visitor.url)
            self._seen(screen)
            if screen == APPLICATION:
                return tuple(screens)
            if not screens or screens[-1] != screen:
                screens.append(screen)
            elif screens.count(screen) > 1:
                break
            self.answer(screen)
        raise self._stuck("it comes again and again")

    def claim(self, name: str) -> str | None:
        """Of the ID token, as the application shows it."""
        found = re.search(rf"^{re.escape(name)}\s+(\S.*)$", self.visitor.text(), re.MULTILINE)
        return found[1].strip() if found else None

    def log_out(self) -> None:
        """Out of the application and the tenant. Raises: Lost."""
        self.visitor.open(f"{self.site.application}/")
        self.visitor.follow("/logout")

    def forget_password(self) -> None:
        """Ask for a link on the login page. Raises: Lost."""
        self.visitor.open(f"{self.site.application}/login")
        self.visitor.follow(FORGOTTEN)
        self._seen("forgotten-password")
        for name in self.visitor.fields():
            self.visitor.fill(name, self.person.address)
        self.visitor.press()
        self._seen("forgotten-password-sent")

    def answer(self, screen: str) -> None:
        """Do what a page asks for. Raises: Stuck, for one that asks for nothing."""
        fields, person = self.visitor.fields(), self.person
        if screen == ELSEWHERE or not (fields or screen in (NAMES, *CHOICES)):
            raise self._stuck("there is nothing to do")
        if screen == NAMES:
            for name, value in (("given_name", person.given_name), ("family_name", person.family_name)):
                if name in fields:
                    self.visitor.fill(name, value)
        elif screen in CHOICES:
            pass  # the first of them
        elif screen == "login":
            self.visitor.fill("username", person.address)
            self.visitor.fill("password", person.password)
        elif "phone" in fields:
            self.visitor.fill("phone", person.phone)
        elif "code" in fields:
            self.visitor.fill("code", self._code(screen))
        else:
            raise self._stuck(f"nobody knows what to write into {', '.join(fields)}")
        self.visitor.press()

    def _code(self, screen: str) -> str:
        if "otp" not in screen:
            return self.inbox.code(self.person.phone)
        if screen.startswith("mfa-otp-enroll"):
            found = SECRET.search(self.visitor.text().replace(" ", ""))
            if found is None:
                raise self._stuck("it does not say the secret to type in")
            self.person.app_secret = found[0]
        return totp.code_of(self.person.app_secret, int(time.time()) // totp.STEP_SEC)

    def _seen(self, screen: str) -> None:
        self.pictures += 1
        self.say(f"  {screen.replace('-', ' '):24} {self.visitor.heading()}")
        self.visitor.screenshot(f"{self.pictures:02}-{screen}")

    def _stuck(self, why: str) -> Stuck:
        place = place_of(self.visitor.url)
        return Stuck(f"{self.person.address} got stuck at {place} (“{self.visitor.heading()}”): {why}.")
