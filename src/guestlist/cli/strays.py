"""Applications that a lost answer made twice: named after `up` and `recover`, deleted when a person says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guestlist import errors
from guestlist.cli.output import note, say

if TYPE_CHECKING:
    from guestlist.deployment import Deployment
    from guestlist.recover import Candidate


def name_strays(deployment: Deployment) -> None:
    """Say which there are. A tenant that does not answer here keeps nothing from being done: the doctor looks again."""
    from guestlist.recover_lookup import strays
    from stacks.management import ManagementError

    _, state = deployment.state()
    try:
        with deployment.tenant() as tenant:
            found = strays(tenant, state)
    except ManagementError:
        return
    _name(deployment, found)


def delete_strays(deployment: Deployment, unwanted: tuple[str, ...]) -> None:
    """
    Delete the applications that the person named, by client id.

    Raises: Refused, before any deletion, for an application that is no stray; TenantFailed.
    """
    from guestlist.recover_lookup import delete_stray, strays
    from stacks.management import ManagementError

    _, state = deployment.state()
    try:
        with deployment.tenant() as tenant:
            found = {stray.id: stray for stray in strays(tenant, state)}
            foreign = [identity for identity in unwanted if identity not in found]
            if foreign:
                raise errors.Refused(
                    f"Refused to delete {foreign[0]}: it does not carry guestlist's mark, or is in the state, or is gone. "
                    "Nothing was deleted."
                )
            for identity in dict.fromkeys(unwanted):
                delete_stray(tenant, identity)
                say(f"Deleted {found[identity].label} ({identity}).")
    except ManagementError as error:
        raise errors.TenantFailed(f"Cannot delete what was made twice: {error.message}") from error


def _name(deployment: Deployment, found: tuple[Candidate, ...]) -> None:
    for stray in found:
        note(f"{stray.label} ({stray.id}): {stray.because}. A lost answer may have made it twice.")
        note(f"  If nothing uses it: guestlist recover --env {deployment.environment} --delete {stray.id}")
