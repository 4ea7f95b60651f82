"""
Take back what was changed by hand: the program is applied to what drifted, and to nothing else.

    chosen = choose(report, only=())
    preview(deployment, chosen, plan, today=today)      # shows, and writes the engine's plan

What a person sees first is what is done: the engine's plan binds it. What no deployment takes back is said before anything is written.

Not here: asking and printing (`cli/drift_fix.py`), keeping it instead (`accept.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from guestlist.drift.assemble import MADE_ANEW
from guestlist.drift.report import Item, Report
from guestlist.errors import GuestlistError

if TYPE_CHECKING:
    from guestlist.deployment import Deployment
    from guestlist.preview.report import Report as PreviewReport
    from guestlist.state import State


@dataclass(frozen=True, kw_only=True)
class Left:
    """An object that is left as it is, and why."""

    shown: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What is taken back, and what is not."""

    items: tuple[Item, ...] = ()
    left: tuple[Left, ...] = ()

    @property
    def urns(self) -> tuple[str, ...]:
        """What the engine is to look at."""
        return tuple(item.id for item in self.items)


def choose(report: Report, *, only: Sequence[str] = ()) -> Chosen:
    """
    What of a report is to be taken back: all that drifted, or what is named.

    Args:
        report: of a whole check.
        only: URNs, or names as the report shows them (`Client application`, `application`).

    Raises: GuestlistError, for a name that nothing that drifted has.

    """
    drifted = [one for one in report.items if one.kind in {"drift", "both"}]
    named = [one for one in drifted if not only or is_named(one, only)]
    unknown = [name for name in only if not any(is_named(one, [name]) for one in drifted)]
    if unknown:
        known = ", ".join(one.shown for one in drifted) or "nothing"
        raise GuestlistError(
            f"Nothing that drifted in {report.environment} is called {unknown[0]!r}, and nothing was touched. What drifted: {known}"
        )
    whole = {one.id: why for one in named if (why := _left_whole(one, only=bool(only)))}
    left = [
        Left(shown=one.shown, why=why)
        for one in named
        if (why := whole.get(one.id) or (_left_in_part(one) if one.undeclared else ""))
    ]
    return Chosen(items=tuple(one for one in named if one.id not in whole), left=tuple(left))


def targets(chosen: Chosen, state: State) -> tuple[str, ...]:
    """
    What the engine is told to look at: the chosen, and of what is made anew also what takes its id.

    The engine's own `--target-dependents` fails on our dynamic resources: `unknown provider` (3.253.0, tried 2026-11-27).
    """
    anew = {item.id for item in chosen.items if item.happened == "deleted"}
    grows = True
    while grows:
        followers = {one.urn for one in state.managed() if one.takes_from & anew} - anew
        grows = bool(followers)
        anew |= followers
    return tuple(dict.fromkeys([*chosen.urns, *sorted(anew)]))


def preview(deployment: Deployment, chosen: Chosen, plan: Path, *, today: date) -> PreviewReport:
    """
    What taking it back would write, as a preview of a deployment says it; the engine's plan is written to `plan`.

    Raises: GuestlistError, in the engine's words.
    """
    from guestlist.preview.assemble import Circumstances, assemble
    from guestlist.preview.environment import secrets_of_shell
    from guestlist.preview.run import collect
    from guestlist.preview.security.allowances import allowances_of
    from guestlist.state import read, secret_values

    exported = deployment.engine.export_with_secrets()
    collected = collect(
        deployment.root,
        deployment.environment,
        pulumi=deployment.tools.pulumi,
        environ=deployment.environ,
        refresh=True,
        plan=plan,
        targets=targets(chosen, read(exported)),
    )
    return assemble(
        collected,
        Circumstances(
            environment=deployment.environment,
            domain=deployment.domain,
            local=deployment.local,
            today=today,
            allowances=allowances_of(deployment.settings),
            retained=frozenset(one.urn for one in read(exported).managed() if one.retained),
            secrets=secret_values(exported) | collected.secrets | secrets_of_shell(deployment.environ),
        ),
    )


def is_named(item: Item, names: Sequence[str]) -> bool:
    """Whether one of the names means it."""
    return bool({item.id, item.shown, item.shown.partition(" ")[2]} & set(names))


def _left_whole(item: Item, *, only: bool) -> str:
    """Why an object is left as it is; empty if it is not."""
    if MADE_ANEW in item.remark:
        return "an object of the same name was made by hand: delete it in the tenant, then run this again"
    if item.covered is not None and not only:
        return f"the ignore file covers it: {item.covered.reason}. Name it with --only"
    paths = {one.path for one in item.differences}
    return _left_in_part(item) if paths and paths <= set(item.undeclared) else ""


def _left_in_part(item: Item) -> str:
    """Why some of its properties are."""
    return f"the program does not declare {', '.join(sorted(item.undeclared))}: change it back in the tenant"


def remains(chosen: Chosen, after: Report) -> tuple[Item, ...]:
    """What was to be taken back and still differs; what nobody declares stays as it was."""
    wanted = set(chosen.urns)
    return tuple(
        item
        for item in after.items
        if item.id in wanted
        and item.kind in {"drift", "both"}
        and not {one.path for one in item.differences} <= set(item.undeclared) | set(item.covered_properties)
    )
