"""
The walk of `make demo`: a real engine and a real provider on the local tenant, each promise shown and checked.

    deploy - again, nothing changes - an edit behind the program's back is found - and healed - taken down, everything is as
    it was - and up again, to look at

Not here: the options (`cli/demo.py`); the tests that hold the same promises in more depth (`tests/e2e`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from guestlist.deployment import Deployment
from guestlist.engine import OnEvent, Run
from guestlist.engine_events import changes_line, differs
from guestlist.errors import GuestlistError
from guestlist.recover import kind_of
from guestlist.state import State, read
from guestlist.tenant_picture import Picture, differences, only_the_template, take
from guestlist.up import seconds
from stacks.management import ManagementClient

Say = Callable[[str], None]

CONNECTION_KIND = "Connection"


class BrokenPromise(GuestlistError):  # noqa: N818 - reads as a sentence where it is raised
    """The walk did not show what it is there to show."""


@dataclass(frozen=True, kw_only=True)
class Walk:
    """One walk. `say` hears headings and results, `progress` the engine's events, `would` those of a preview."""

    deployment: Deployment
    say: Say
    progress: OnEvent
    would: OnEvent

    def go(self) -> State:
        """Show everything; answers what is deployed at the end. Raises: BrokenPromise."""
        with self.deployment.tenant() as tenant:
            before = take(tenant)
            self.deploy()
            self.again()
            self.edit_and_heal(tenant)
            self.down(tenant, before)
        return self.up_again()

    def deploy(self) -> None:
        """The first `up`."""
        self._heading("Deploy")
        self._command("pulumi up -s {0} --yes")
        self._result(self.deployment.engine.up(on_event=self.progress))

    def again(self) -> None:
        """A second one changes nothing."""
        self._heading("Again: nothing changes")
        self._command("pulumi up -s {0} --yes")
        run = self.deployment.engine.up(on_event=self.progress)
        if differs(run.changes):
            raise BrokenPromise(f"A second up changed something: {changes_line(run.changes, preview=False)}.")
        self._result(run)

    def edit_and_heal(self, tenant: ManagementClient) -> None:
        """Somebody opens sign-up by hand; a preview finds it, `up` closes it."""
        self._heading("Somebody opens sign-up, behind the program's back")
        connection_id = the_id(read(self.deployment.engine.export()), CONNECTION_KIND)
        path = f"/connections/{connection_id}"
        options = tenant.get(path)["options"]
        tenant.patch(path, {"options": {**options, "disable_signup": False}})
        self.say(f"  PATCH /api/v2{path}   options.disable_signup: true -> false")
        self._command("pulumi preview -s {0} --refresh --expect-no-changes")
        found = self.deployment.engine.preview(refresh=True, expect_no_changes=True, on_event=self.would)
        if found.expected_no_changes:
            raise BrokenPromise("The preview did not find that sign-up was opened.")
        self.say(f"  found: exit code 7 ({seconds(found.seconds)})")
        self._command("pulumi up -s {0} --refresh --yes")
        self._result(self.deployment.engine.up(refresh=True, on_event=self.progress))
        if tenant.get(path)["options"].get("disable_signup") is not True:
            raise BrokenPromise("The up did not close sign-up again.")
        self.say("  sign-up is closed again")

    def down(self, tenant: ManagementClient, before: Picture) -> None:
        """Taking it down puts back what was there."""
        self._heading("Take it down: the tenant is as it was")
        self._command("pulumi destroy -s {0} --yes")
        self._result(self.deployment.engine.destroy(on_event=self.progress))
        after = take(tenant)
        left = differences(before, after)
        if not only_the_template(left, after):
            listed = ", ".join(f"{difference.name} {difference.said}" for difference in left)
            raise BrokenPromise(f"Taking it down did not put everything back: {listed}.")
        self.say(f"  compared {len(before)} things with what they were before the first up: all as they were")
        if left:
            self.say("  (Auth0 has no delete for an email template: reset_email stays, disabled)")

    def up_again(self) -> State:
        """Leave something to look at."""
        self._heading("And up again, to look at")
        self._command("pulumi up -s {0} --yes")
        self._result(self.deployment.engine.up())
        return read(self.deployment.engine.export())

    def _heading(self, text: str) -> None:
        self.say(f"\n{text}")

    def _command(self, command: str) -> None:
        self.say(f"  $ {command.format(self.deployment.environment)}")

    def _result(self, run: Run) -> None:
        self.say(f"  {changes_line(run.changes, preview=False)} ({seconds(run.seconds)})")


def the_id(state: State, kind: str) -> str:
    """Find the one object of a kind. Raises: BrokenPromise."""
    found = [resource.id for resource in state.managed() if kind_of(resource.type) == kind]
    if len(found) != 1:
        raise BrokenPromise(f"The program made {len(found)} of {kind}, expected one.")
    return found[0]


def inventory(state: State) -> list[str]:
    """List what a deployment consists of, in the words of Auth0's dashboard."""
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for resource in state.managed():
        kinds.setdefault(kind_of(resource.type), []).append(resource.inputs)
    lines = [
        ("applications", _names(kinds, "Client", "name")),
        ("connection", _names(kinds, "Connection", "name", "sign-up closed")),
        ("Actions, in order", _bound_actions(kinds)),
        ("MFA", "SMS" if "Guardian" in kinds else ""),
        ("email", "SMTP provider, reset/invitation template" if "EmailTemplate" in kinds else ""),
    ]
    return [f"  {name:20} {said}" for name, said in lines if said]


def _bound_actions(kinds: Mapping[str, list[Mapping[str, Any]]]) -> str:
    bindings = [binding for inputs in kinds.get("TriggerActions", ()) for binding in inputs.get("actions", ())]
    return ", ".join(str(binding.get("displayName", "")) for binding in bindings)


def _names(kinds: Mapping[str, list[Mapping[str, Any]]], kind: str, key: str, more: str = "") -> str:
    names = ", ".join(str(inputs.get(key, "")) for inputs in kinds.get(kind, ()))
    return f"{names} ({more})" if names and more else names
