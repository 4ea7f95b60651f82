"""
The tenant-wide things that the program may write: what is there now, whose it is, and how to put it back.

One module a family; `thing.py` says what they have in common. Imports neither pulumi nor settings: the dynamic resources' process loads it
on every preview.

Not here: post-login bindings (`stacks/post_login_backup.py`: they have to be put back before our Actions can be deleted).
"""

from collections.abc import Mapping

from . import attack_protection, branding, emails, login_domain, mfa, phone, tenant_settings
from .thing import Reader, Saved, TenantWideThing, Writer

__all__ = ["POST_LOGIN", "TENANT_WIDE_THINGS", "Reader", "Saved", "TenantWideThing", "Writer", "setting_of"]

POST_LOGIN = "post-login"

# In the order in which they are restored: a template before the provider that it needs, the tenant's own settings last.
TENANT_WIDE_THINGS: Mapping[str, TenantWideThing] = {
    thing.name: thing
    for thing in (
        *mfa.THINGS,
        *emails.THINGS,
        *phone.THINGS,
        *attack_protection.THINGS,
        *branding.THINGS,
        *login_domain.THINGS,
        *tenant_settings.THINGS,
    )
}


def setting_of(thing: str) -> str:
    """The name under guestlist:ownership."""
    return "postLogin" if thing == POST_LOGIN else TENANT_WIDE_THINGS[thing].setting
