"""A host name of one's own for the login pages."""

from dataclasses import dataclass
from typing import Self

import pulumi
import pulumi_auth0 as auth0

from .demands import owner
from .settings import Settings


@dataclass(frozen=True, kw_only=True)
class LoginDomainArgs:
    """Inputs of `LoginDomain`."""

    name: str
    in_use: bool  # its DNS record is there
    protect: bool

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """From the settings of an environment; `None` if it declares none."""
        name = settings.login_domain.name
        if name is None or owner(settings, "login-domain") != "own":
            return None
        return cls(name=name, in_use=settings.login_domain.in_use, protect=settings.protect)


class LoginDomain(pulumi.ComponentResource):
    """
    The custom domain, with a certificate of Auth0's; verified once its DNS record is there.

    Not here: what uses it (`outputs.py`): issuer, `/continue`, links.
    Source: https://auth0.com/docs/customize/custom-domains/auth0-managed-certificates
    """

    domain: auth0.CustomDomain

    def __init__(self, name: str, args: LoginDomainArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("guestlist:auth0:LoginDomain", name, None, opts)
        self.domain = auth0.CustomDomain(
            "login-domain",
            domain=args.name,
            type="auth0_managed_certs",
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        if args.in_use:
            auth0.CustomDomainVerification(
                "login-domain-verification",
                custom_domain_id=self.domain.id,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"name": self.domain.domain})


def login_host(settings: Settings) -> str:
    """The host, with its port, that people log in on; without https://."""
    if settings.login_domain.name is None or not settings.login_domain.in_use:
        return settings.tenant.domain
    _, colon, port = settings.tenant.domain.partition(":")  # the local tenant's
    return settings.login_domain.name + colon + port
