"""
What taking an environment down means, said before it is done: what is deleted, what is put back, what stays.

Not here: doing it (the engine), putting things back (`stacks/tenant_backup.py`, the last resource that is deleted).
"""

from __future__ import annotations

from dataclasses import dataclass

from guestlist.errors import Refused
from guestlist.recover import DYNAMIC, kind_of
from guestlist.state import TENANT_BACKUP, Resource, State

# What deleting it takes from people, beyond the configuration.
_LOSSES = {
    "Connection": "with every user in it",
    "Client": "whoever uses it can no longer log in",
}
# The saved thing that puts a retained resource back.
_SAVED_AS = {
    "Tenant": "tenant-settings",
    "Guardian": "guardian",
    "EmailProvider": "email-provider",
    "EmailTemplate": "reset-email",
}


@dataclass(frozen=True, kw_only=True)
class Teardown:
    """A destroy, before it happens."""

    deleted: tuple[str, ...]  # objects of the tenant that go
    restored: tuple[str, ...]  # tenant-wide things that become what they were before the first `up`
    stays: tuple[str, ...]  # left in the tenant as it is now
    lost: tuple[str, ...]  # sentences: what cannot be put back
    protected: tuple[Resource, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.deleted or self.restored or self.stays)


def plan_teardown(state: State) -> Teardown:
    """Sort every resource of a state by what becomes of it."""
    backup = next((found for found in state.resources if found.logical_name == TENANT_BACKUP), None)
    saved = backup.outputs.get("saved") if backup else None
    lost = backup.outputs.get("cannot_restore") if backup else None
    saved_names = set(saved) if isinstance(saved, dict) else set()
    deleted, restored, stays = [], [], []
    for resource in state.managed():
        if resource.type.startswith(DYNAMIC):
            continue  # ours: they stand for a list or a backup, not for an object
        kind = kind_of(resource.type)
        if not resource.retained:
            loss = f" ({_LOSSES[kind]})" if kind in _LOSSES else ""
            deleted.append(f"{resource.name}{loss}")
        elif _SAVED_AS.get(kind) in saved_names:
            restored.append(resource.name)
        else:
            stays.append(resource.name)
    return Teardown(
        deleted=tuple(deleted),
        restored=tuple(restored),
        stays=tuple(stays),
        lost=tuple(str(sentence) for sentence in lost) if isinstance(lost, list) else (),
        protected=tuple(resource for resource in state.managed() if resource.protect),
    )


def describe(teardown: Teardown, *, environment: str, domain: str) -> str:
    """Tell it, a heading for each part that has something in it."""
    parts = [f"Taking {environment} down (tenant {domain}):"]
    for heading, lines in (
        ("deleted", teardown.deleted),
        ("put back as it was before the first up", teardown.restored),
        ("left as it is", teardown.stays),
        ("cannot be put back", teardown.lost),
    ):
        if lines:
            parts += [f"  {heading}:", *(f"    {line}" for line in lines)]
    return "\n".join(parts)


def protection_refusal(teardown: Teardown, *, environment: str) -> Refused | None:
    """Refuse while something is protected; `None` if nothing is."""
    if not teardown.protected:
        return None
    listed = "\n".join(
        f"  {resource.name}" + (f": {_LOSSES[kind]}" if (kind := kind_of(resource.type)) in _LOSSES else "")
        for resource in teardown.protected
    )
    return Refused(
        f"Refused to take {environment} down, nothing was touched: these are protected.\n{listed}\n"
        f"If they are to go, users included, run: guestlist destroy --env {environment} --delete-protected"
    )
