"""
Whose each tenant-wide thing is in an environment, as plain data for the backup.

Not here: what is wanted of them (`wanted.py`), comparing it with a tenant (`tenant_wide/`).
Imports neither pulumi nor pulumi_auth0: `guestlist env check --live` asks the same questions as the program.
"""

from pydantic.alias_generators import to_snake

from .ownership import Demands
from .post_login_order import post_login_order
from .settings_faults import config_file
from .settings_model import Settings
from .tenant_wide import POST_LOGIN, setting_of
from .wanted import PHONE_EXPERIENCE, needed, written


def owner(settings: Settings, thing: str) -> str:
    """`own`, `leave` or `require`."""
    return str(getattr(settings.ownership, to_snake(setting_of(thing))))


def owns(settings: Settings, thing: str) -> bool:
    """Whether the program writes this thing."""
    return owner(settings, thing) == "own" and (thing == POST_LOGIN or thing in written(settings))


def is_decided(settings: Settings, thing: str) -> bool:
    """Whether the environment itself says whose it is."""
    return settings.ownership.is_decided(to_snake(setting_of(thing)))


def _is_required(settings: Settings, thing: str) -> bool:
    """Which phone experience a tenant has decides what else may be declared: where it is not ours to set, it has to be as the file says."""
    return owner(settings, thing) == "require" or (thing == PHONE_EXPERIENCE and not owns(settings, thing))


def demands(settings: Settings) -> Demands:
    """Everything that the backup has to know."""
    own = {thing: values for thing, values in written(settings).items() if owner(settings, thing) == "own"}
    return Demands(
        own=own,
        require={thing: values for thing, values in needed(settings).items() if _is_required(settings, thing)},
        decided=tuple(thing for thing in own if is_decided(settings, thing)),
        post_login=owner(settings, POST_LOGIN),
        order=post_login_order(settings),
        file=config_file(settings.environment),
    )
