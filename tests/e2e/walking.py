"""
A deployed environment with its application and its profile page running, and people who walk through it.

    with a_stage(tmp_path, tenant, project) as stage:
        ana = stage.invited("ana@example.com")
        ana.choose_password(ana.open_mail())
        assert ana.log_in() == ("login", "mfa-sms-enrollment", "mfa-sms-challenge", "profile")
"""

import json
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import httpx

from guestlist.environments import find_project
from guestlist.invites import Inviter, MailServer, OwnMail, Wish, create_invite, open_desk, resend_invite
from guestlist.journey.chromium import Browser, find_browser
from guestlist.journey.forms import FormsVisitor
from guestlist.journey.inbox import Inbox
from guestlist.journey.journey import Journey, Person
from guestlist.journey.screens import Site
from guestlist.journey.visitor import Visitor
from guestlist.local import LocalTenant as TenantOfProject
from guestlist.page_environment import open_page_environment
from guestlist.stage import on_stage
from guestlist.this_machine import OnThisMachine
from stacks.settings import Settings
from tests.e2e.harness import LocalTenant, Project, succeeded

LINK_TTL_SEC = 86400


@dataclass(kw_only=True)
class Stage:
    """Everything that runs."""

    tenant: LocalTenant
    project: Project
    settings: Settings
    outputs: dict[str, Any]
    site: Site
    ending: ExitStack
    said: list[str] = field(default_factory=list)
    browser: Browser | None = None

    @property
    def ca_file(self) -> Path:
        return self.tenant.directory / "ca.pem"

    def invite(
        self, address: str, *, resend: bool = False, delivery: Literal["auth0", "ticket"] = "auth0", **wish: Any
    ) -> None:
        """As `guestlist invites create` and `resend` do it."""
        email = self.settings.email
        assert email.smtp_host is not None
        server = MailServer(host=email.smtp_host, port=email.smtp_port)
        inviter = Inviter.of_outputs(
            self.outputs,
            environment="local",
            link_ttl_sec=LINK_TTL_SEC,
            delivery=delivery,
            own_mail=OwnMail(server=server, sender=email.from_address, settings=self.settings),
        )
        wanted = Wish(address=address, **wish)
        later = timedelta(minutes=1 if resend else 0)  # mails to one address are a minute apart
        with open_desk(inviter, now=lambda: datetime.now(UTC) + later, transport=OnThisMachine(self.ca_file)) as desk:
            (resend_invite if resend else create_invite)(desk, wanted)

    def forms(self, **options: Any) -> FormsVisitor:
        visitor = FormsVisitor(ca_file=self.ca_file, **options)
        self.ending.callback(visitor.close)
        return visitor

    def chromium(self, **options: Any) -> Visitor:
        if self.browser is None:
            program = find_browser()
            assert program is not None, "there is no Chromium: apt-get install chromium"
            self.browser = Browser(program, tenant=self.tenant.domain, ca_file=self.ca_file)
            self.ending.callback(self.browser.close)
        return self.browser.visitor(**options)

    def person(self, address: str, *, visitor: Visitor | None = None, **facts: Any) -> Journey:
        """Somebody with a browser of their own."""
        person = Person(address=address, password="Correct-horse-7-battery", **facts)
        control = httpx.Client(
            base_url=f"https://{self.tenant.domain}", verify=ssl.create_default_context(cafile=self.ca_file)
        )
        self.ending.callback(control.close)
        return Journey(
            visitor=visitor or self.forms(), site=self.site, inbox=Inbox(control), person=person, say=self.said.append
        )

    def invited(self, address: str, **options: Any) -> Journey:
        """The same, invited."""
        self.invite(address)
        return self.person(address, **options)

    def user(self, address: str) -> dict[str, Any]:
        """As the Management API shows them."""
        found = self.tenant.get("/users-by-email", email=address)
        assert len(found) == 1
        return dict(found[0])


def on_its_own_port(project: Project) -> None:
    """The environment's addresses, at the port of its tenant; mail goes to its mailbox."""
    tenant = project.tenant
    port = tenant.domain.partition(":")[2]
    application = f"https://app.localhost:{port}"
    project.set_config(
        "application",
        callbackUrls=[f"{application}/callback"],
        logoutUrls=[application],
        initiateLoginUri=f"{application}/login",
    )
    project.set_config("profile", pageUrl=f"https://profile.localhost:{port}")
    project.set_config("email", smtpPort=tenant.control.get("/_local/health").json()["mail_port"])


@contextmanager
def a_stage(project: Project) -> Iterator[Stage]:
    """Bring the project up as it is set, and run its sites."""
    project.up()
    tenant = project.tenant
    port = tenant.domain.partition(":")[2]
    found = succeeded(project.pulumi("stack", "output", "--json", "--show-secrets", "-s", "local"))
    outputs = json.loads(found.stdout)
    opened = open_page_environment(find_project(project.directory), "local", environ=project.environ)
    site = Site(
        application=f"https://app.localhost:{port}",
        profile_page=f"https://profile.localhost:{port}",
        login=str(outputs["issuer"]).rstrip("/"),
    )
    with ExitStack() as ending:
        ending.enter_context(on_stage(TenantOfProject(directory=tenant.directory), opened, outputs))
        yield Stage(tenant=tenant, project=project, settings=opened.settings, outputs=outputs, site=site, ending=ending)
