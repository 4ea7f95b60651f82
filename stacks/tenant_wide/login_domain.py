"""
The custom domain that people log in on. The program makes its own one, so there is nothing to put back; one that is required is read.

Source: https://auth0.com/docs/api/management/v2/custom-domains
"""

from .thing import Reader, Saved, TenantWideThing, Writer

DOMAINS = "/custom-domains"


def save_login_domain(tenant: Reader) -> Saved:
    """`{"domains": {name: status}}`."""
    return {"domains": {one["domain"]: one["status"] for one in tenant.get(DOMAINS)}}


def nothing_to_restore(_tenant: Writer, _saved: Saved) -> None:
    """Ours is deleted by the engine."""


THINGS = (
    TenantWideThing(
        name="login-domain",
        setting="loginDomain",
        save=save_login_domain,
        restore=nothing_to_restore,
        values=lambda saved: dict(saved["domains"]),
        reads=("read:custom_domains",),
        writes=("create:custom_domains", "delete:custom_domains", "update:custom_domains"),
    ),
)
