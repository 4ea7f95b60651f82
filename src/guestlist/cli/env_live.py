"""`guestlist env check --live`: the tenant beside what the program would make of it. Not here: the judgement (`guestlist.live_check`)."""

from __future__ import annotations

import os
from pathlib import Path

from guestlist import errors
from guestlist.cli.output import Invocation, note, print_json, say


def check_live(invocation: Invocation, environment: str, *, as_json: bool, save_to: Path | None) -> int:
    """Look, say, and save. Nothing of the tenant is written."""
    from guestlist.deployment import credentials_for_reading, transport_for
    from guestlist.environments import load_settings
    from guestlist.live_check import backup, document, lines_of, look_at_tenant
    from stacks.management import ManagementClient, ManagementError

    project = invocation.project()
    settings = load_settings(project, environment)
    environ = credentials_for_reading(project, settings, os.environ)
    domain = settings.tenant.domain
    try:
        with ManagementClient.from_environment(domain, environ, transport=transport_for(environ)) as tenant:
            report = look_at_tenant(tenant, settings)
    except ManagementError as error:
        raise errors.TenantFailed(f"Cannot look at {domain}: {error.message}") from error
    if save_to is not None:
        _write(save_to, backup(report))
        note(f"Saved what {domain} holds in {save_to}.")
    if as_json:
        print_json(document(report))
    else:
        for line in lines_of(report):
            say(line)
    return report.exit_code


def _write(path: Path, text: str) -> None:
    """A new file, readable by its owner: one that is there may be the only copy of what was there before."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise errors.GuestlistError(
            f"Cannot save in {path}: there is a file, perhaps an earlier backup. Choose another name."
        ) from None
    except OSError as error:
        raise errors.GuestlistError(f"Cannot save in {path}: {error.strerror}") from error
