"""
What a preview needs to know before it rehearses logins: the two programs, and what the Actions of each are told. Rehearses only if one of these changed.

Not here: the rehearsal (`rehearsal.py`, which starts Node and takes a second), the preview itself (`environment.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from guestlist.preview.bindings import bound_actions, secrets_touched, sides_differ
from guestlist.preview.change import Change
from guestlist.preview.picture import Pictures
from guestlist.preview.stand_ins import StandIns, stand_ins
from stacks.settings import Settings

A_KEY = "A secret of these Actions gets another value: it was not tried, a stand-in took its place."
ASSUMED = "What the Actions are told now is not known here: both were tried with the settings as they would be."


@dataclass(frozen=True, kw_only=True)
class KnownSecrets:
    """
    What is known of the Actions' secrets.

    `applied`: stand-ins of the state. `settings`: of this program; `base`: of the one that it is compared with, if it is.
    """

    settings: Settings
    base: Settings | None = None
    applied: StandIns = field(default_factory=dict)


def describe_logins(pictures: Pictures, changes: Sequence[Change], told: KnownSecrets) -> tuple[str, ...] | None:
    """
    What is different for whoever logs in, in sentences; `None` if nothing of their login changes.

    Args:
        pictures: before and after; before is the base's, if there is one.
        changes: between the two, which know of secrets that look the same in pictures.
        told: what fills those.

    """
    after = {**told.applied, **stand_ins(told.settings)}
    before = {**after, **told.applied, **(stand_ins(told.base) if told.base else {})}
    touched = secrets_touched(changes)
    if not touched and not sides_differ((pictures.before, before), (pictures.after, after)):
        return None
    from guestlist.preview.rehearsal import Side, describe_behaviour

    sentences = describe_behaviour(
        Side(picture=pictures.before, secrets=before), Side(picture=pictures.after, secrets=after), touched=touched
    )
    if sentences is None:
        return None
    notes = []
    if touched and before == after:
        notes.append(A_KEY)
    if told.base is None and any(
        action.name in after and action.name not in told.applied
        for action in bound_actions(pictures.before, pictures.after).actions
    ):
        notes.append(ASSUMED)
    return (*sentences, *notes)
