"""
Who invites, and with what: the credentials and settings of an environment, and the open connections to its tenant.

    with open_desk(inviter, audit=audit) as desk:
        create_invite(desk, Wish(address="ana@example.com"))

A desk may be used from several threads; it asks for one token and keeps its connections.

Not here: the actions (`creating.py`, `revoking.py`, `listing.py`), the mail (`deliveries.py`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urlsplit

import httpx

from guestlist.audit import Action, Audit, AuditEntry, address_hash, keep_nothing, operator
from guestlist.errors import GuestlistError
from guestlist.invites.invite import timestamp
from stacks.management import ManagementClient

if TYPE_CHECKING:
    from guestlist.invites.deliveries import OwnMail

NEEDED = (
    "tenantDomain",
    "issuer",
    "connectionName",
    "applicationClientId",
    "inviterClientId",
    "inviterClientSecret",
)
PATIENCE_SECONDS = 30.0
Delivery = Literal["auth0", "ticket"]


@dataclass(frozen=True, kw_only=True)
class Inviter:
    """An environment's inviter: what its stack's outputs and its settings say."""

    environment: str
    tenant_domain: str
    login_host: str
    connection: str
    application_client_id: str
    client_id: str
    client_secret: str = field(repr=False)
    link_ttl_sec: int
    delivery: Delivery = "auth0"
    own_mail: OwnMail | None = field(default=None, repr=False)  # needed with ticket delivery
    revoke: Literal["block", "delete"] = "block"  # what becomes of a user who is revoked
    pre_enrols_phone: bool = False  # whether the inviter may enrol phones

    @classmethod
    def of_outputs(
        cls,
        outputs: Mapping[str, Any],
        *,
        environment: str,
        link_ttl_sec: int,
        delivery: Delivery = "auth0",
        own_mail: OwnMail | None = None,
        revoke: Literal["block", "delete"] = "block",
        pre_enrols_phone: bool = False,
    ) -> Self:
        """
        Read a stack's outputs, as `pulumi stack output --json --show-secrets` gives them.

        Raises: GuestlistError, when the environment was not deployed.
        """
        if any(not outputs.get(name) for name in NEEDED):
            raise GuestlistError(
                f"Nobody can be invited to {environment} yet: it is not deployed. To deploy it run: guestlist up --env {environment}"
            )
        return cls(
            environment=environment,
            tenant_domain=str(outputs["tenantDomain"]),
            login_host=urlsplit(str(outputs["issuer"])).netloc,
            connection=str(outputs["connectionName"]),
            application_client_id=str(outputs["applicationClientId"]),
            client_id=str(outputs["inviterClientId"]),
            client_secret=str(outputs["inviterClientSecret"]),
            link_ttl_sec=link_ttl_sec,
            delivery=delivery,
            own_mail=own_mail,
            revoke=revoke,
            pre_enrols_phone=pre_enrols_phone,
        )

    @property
    def headers(self) -> dict[str, str]:
        """Which of the tenant's domains users and links belong to; needed where there are several custom ones."""
        host = self.login_host.partition(":")[0]
        return {} if self.login_host == self.tenant_domain else {"auth0-custom-domain": host}


def utc_now() -> datetime:
    """Give the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An inviter at work: made by `open_desk`."""

    inviter: Inviter
    tenant: ManagementClient = field(repr=False)
    login: httpx.Client = field(repr=False)  # of the login host, which mails Auth0's links
    now: Callable[[], datetime]
    audit: Audit
    by: str  # who works here, for the audit

    def own_mail(self) -> OwnMail:
        """Raises: GuestlistError, when there is none."""
        if self.inviter.own_mail is None:
            raise GuestlistError(
                f"Cannot mail links of {self.inviter.environment} by ourselves: no mail server is known. "
                "Set guestlist:email.smtpHost, or invite with --delivery auth0."
            )
        return self.inviter.own_mail

    def record(self, action: Action, address: str, outcome: str, attempt: str | None = None) -> None:
        """Tell the audit."""
        hashed = address_hash(address, tenant_domain=self.inviter.tenant_domain, connection=self.inviter.connection)
        self.audit(
            AuditEntry(
                at=timestamp(self.now()),
                by=self.by,
                action=action,
                environment=self.inviter.environment,
                address_hash=hashed,
                outcome=outcome,
                attempt=attempt,
            )
        )


@contextmanager
def open_desk(
    inviter: Inviter,
    *,
    now: Callable[[], datetime] = utc_now,
    transport: httpx.BaseTransport | None = None,
    audit: Audit = keep_nothing,
    by: str | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Desk]:
    """
    Open the connections to the tenant. Nothing is asked of it before the first action.

    Args:
        inviter: whose.
        now: the clock.
        transport: of calls to the tenant, for tests and private authorities.
        audit: told each action once it is over, `AuditFile` for instance.
        by: who works here; `operator()` unless given.
        sleep: how the rate limit of the Management API is waited for.

    """
    with (
        httpx.Client(base_url=f"https://{inviter.login_host}", timeout=PATIENCE_SECONDS, transport=transport) as login,
        ManagementClient(
            inviter.tenant_domain,
            client_id=inviter.client_id,
            client_secret=inviter.client_secret,
            transport=transport,
            sleep=sleep,
        ) as tenant,
    ):
        yield Desk(inviter=inviter, tenant=tenant, login=login, now=now, audit=audit, by=by or operator())
