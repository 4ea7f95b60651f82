"""
The profile page's environment variables, made of an environment's settings and secrets.

Not here: what the page makes of them (`pages.profile.settings`), printing and serving (`cli/page.py`).
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from guestlist.environments import Project, check_environment
from guestlist.errors import BadConfiguration, GuestlistError
from stacks.settings import Settings, config_file

SECRETS = ("PROFILE_TO_PAGE_SECRET", "PROFILE_PREVIOUS_TO_PAGE_SECRET", "PROFILE_FROM_PAGE_SECRET")
_LINE = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)")


@dataclass(frozen=True, kw_only=True)
class OpenedEnvironment:
    """An environment's settings with its secrets in plain text, which nothing prints by accident."""

    settings: Settings
    secrets: Mapping[str, str] = field(repr=False)  # by name


def open_page_environment(
    project: Project, environment: str, *, environ: Mapping[str, str] | None = None
) -> OpenedEnvironment:
    """
    Read an environment and decrypt its secrets.

    Raises: BadConfiguration, with every fault; GuestlistError, when the secrets cannot be opened.
    """
    shell = os.environ if environ is None else environ
    report = check_environment(project, environment, environ=shell)
    if report.settings is None:
        raise BadConfiguration([str(fault) for fault in report.faults])
    opened = report.opened
    if opened.not_checked:
        raise GuestlistError(
            f"Cannot open the secrets of {environment} ({config_file(environment)}): {opened.not_checked}"
        )
    return OpenedEnvironment(settings=report.settings, secrets=opened.values)


def page_variables(opened: OpenedEnvironment, *, before_up: bool = False) -> dict[str, str]:
    """
    Give the variables that start the page.

    Args:
        opened: the environment.
        before_up: during a rotation, before the tenant has the new keys: the page signs with the former one, and takes both.

    """
    settings, secrets = opened.settings, opened.secrets
    signing = secrets["fromPageSecret"]
    if before_up:
        signing = secrets.get("previousFromPageSecret", signing)
    values = {
        "PROFILE_ENVIRONMENT": settings.environment,
        "PROFILE_PAGE_URL": settings.profile.page_url,
        "PROFILE_LOGIN_HOSTS": ",".join(login_hosts(settings)),
        "PROFILE_NAME": settings.tenant.friendly_name,
        "PROFILE_LOGIN_URL": settings.application.initiate_login_uri,
        "PROFILE_SUPPORT_EMAIL": settings.tenant.support_email,
        "PROFILE_SUPPORT_URL": settings.tenant.support_url,
        "PROFILE_PRIMARY_COLOR": settings.branding.primary_color,
        "PROFILE_BACKGROUND_COLOR": settings.branding.background_color,
        "PROFILE_LOGO_URL": settings.branding.logo_url,
        "PROFILE_LANGUAGES": ",".join(settings.languages),
        "PROFILE_TO_PAGE_SECRET": secrets["toPageSecret"],
        "PROFILE_PREVIOUS_TO_PAGE_SECRET": secrets.get("previousToPageSecret"),
        "PROFILE_FROM_PAGE_SECRET": signing,
    }
    return {name: value for name, value in values.items() if value}


def login_hosts(settings: Settings) -> tuple[str, ...]:
    """Hosts that Auth0 may name as `iss`: the one that people log in on first, and the tenant's own, which goes on working."""
    domain, custom = settings.tenant.domain, settings.login_domain
    if custom.name is None or not custom.in_use:
        return (domain,)
    _, colon, port = domain.partition(":")  # the local tenant's
    return (custom.name + colon + port, domain)


def render(values: Mapping[str, str], *, shell: bool = False) -> str:
    """Write one variable a line: as `docker run --env-file` reads them, or for `eval`."""
    if shell:
        return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in values.items())
    return "\n".join(f"{name}={value}" for name, value in values.items())


def parse(text: str) -> dict[str, str]:
    """Read what `render` wrote; blank lines and those that begin with # are passed by. Raises: GuestlistError."""
    values: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise GuestlistError(f"Cannot read line {number} of the file of variables: it is not NAME=value")
        values[found[1]] = found[2]
    return values
