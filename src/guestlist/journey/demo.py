"""
The second half of `make demo`: somebody is invited and walks to the application; the next day they come back.

Everything is as deployed: the Actions' own source runs, the mail is the tenant's template, the pages are those that go to production.

Not here: the deployment before it (`guestlist/demo.py`), what starts the sites (`guestlist/stage.py`).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from guestlist.demo import BrokenPromise
from guestlist.invites import Inviter, Wish, create_invite, open_desk
from guestlist.journey.chromium import Browser, find_browser
from guestlist.journey.forms import FormsVisitor
from guestlist.journey.inbox import Inbox
from guestlist.journey.journey import Journey, Person
from guestlist.journey.screens import NAMES, Site
from guestlist.journey.visitor import Visitor
from guestlist.local import LocalTenant
from guestlist.stage import Stage
from guestlist.this_machine import OnThisMachine
from stacks.settings import Settings

Say = Callable[[str], None]

ADDRESS = "ana@example.com"
NO_BROWSER = (
    "  (no Chromium, Chrome or Edge was found: the pages are read and answered by HTTP, without pictures. "
    "On Debian: apt-get install chromium)"
)


@dataclass(frozen=True, kw_only=True)
class DemoWalk:
    """What it needs of the environment."""

    tenant: LocalTenant
    settings: Settings
    outputs: Mapping[str, Any]
    stage: Stage
    pictures: Path  # folder for screenshots
    headed: bool
    say: Say
    by_http: bool = False  # even where there is a browser

    def go(self) -> None:
        """Walk. Raises: BrokenPromise, Stuck, Lost, NothingCame, TenantFailed."""
        with self._visitor() as visitor, self._control() as control:
            ana = Journey(visitor=visitor, site=self._site(), inbox=Inbox(control), person=self._person(), say=self.say)
            self.say("\nSomebody is invited")
            self._invite()
            self._accept(ana)
            self.say(
                "\nInvited once more: no second mail; she came through the mail, so the address counts as verified"
            )
            self._invite()
            self._come_back(ana)

    def _invite(self) -> None:
        self.say(f"  $ guestlist invites create {ADDRESS} --env {self.settings.environment}")
        inviter = Inviter.of_outputs(
            self.outputs, environment=self.settings.environment, link_ttl_sec=self.settings.invite.link_ttl_sec
        )
        with open_desk(inviter, transport=OnThisMachine(self.tenant.ca_file)) as desk:
            create_invite(desk, Wish(address=ADDRESS))

    def _accept(self, ana: Journey) -> None:
        self.say(f"\nAna opens her mail, {ana.visitor.name}")
        ana.choose_password(ana.open_mail())
        screens = ana.log_in()
        claims = {name: ana.claim(name) for name in ("given_name", "family_name", "email_verified")}
        self.say("  the ID token says   " + ", ".join(f"{name}: {value}" for name, value in claims.items()))
        if self.settings.profile.enabled:
            _hold(NAMES in screens, "The first login did not ask for the names.")
            _hold(claims["given_name"] == ana.person.given_name, "The ID token does not have the first name.")
            _hold(claims["family_name"] == ana.person.family_name, "The ID token does not have the last name.")

    def _come_back(self, ana: Journey) -> None:
        self.say("\nThe next day she logs in again, in another browser")
        ana.log_out()
        ana.visitor.forget()
        screens = ana.log_in()
        _hold(NAMES not in screens, "A returning person was asked for the names again.")
        _hold(
            not self.settings.mfa.enabled or any(screen.startswith("mfa-") for screen in screens),
            "A returning person was not asked for a second factor.",
        )
        _hold(ana.claim("email_verified") == "true", "The ID token does not say that the address is verified.")

    def _site(self) -> Site:
        page = self.stage.profile
        return Site(
            application=self.stage.application.url,
            profile_page=page.url if page else "",
            login="https://" + urlsplit(str(self.outputs["issuer"])).netloc,
        )

    @staticmethod
    def _person() -> Person:
        return Person(address=ADDRESS, password=_password())

    @contextmanager
    def _visitor(self) -> Iterator[Visitor]:
        program = None if self.by_http else find_browser()
        if program is None:
            if not self.by_http:
                self.say(NO_BROWSER)
            visitor = FormsVisitor(ca_file=self.tenant.ca_file)
            try:
                yield visitor
            finally:
                visitor.close()
            return
        browser = Browser(program, tenant=self.settings.tenant.domain, ca_file=self.tenant.ca_file, headed=self.headed)
        try:
            yield browser.visitor(pictures=self.pictures)
            self.say(f"\n  screenshots, as a desktop and as a phone shows it: {self.pictures}")
        finally:
            browser.close()

    @contextmanager
    def _control(self) -> Iterator[httpx.Client]:
        with httpx.Client(base_url=self.stage.tenant_url, verify=self.tenant.trust(), trust_env=False) as client:
            yield client


def _hold(promise: bool, broken: str) -> None:
    if not promise:
        raise BrokenPromise(broken)


def _password() -> str:
    """Never the same, and never one that a policy refuses by chance: no character three times in a row, no sequence, nobody's name."""
    return "-".join(["Aa1", *(secrets.token_hex(1) for _ in range(12))])
