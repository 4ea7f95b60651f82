"""`guestlist recover`: repair an environment after a killed run. Not here: what is decided (`guestlist.recover`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples, note, on_a_terminal, say
from guestlist.cli.running import environment_option, yes_option
from guestlist.cli.strays import delete_strays, name_strays

if TYPE_CHECKING:
    from guestlist.deployment import Deployment
    from guestlist.recover import Candidate, Decision
    from guestlist.state import Exported, State

Choices = dict[str, str]


@click.command(
    epilog=examples(
        "guestlist recover --env dev",
        "guestlist recover --env dev --yes --up",
        "guestlist recover --env dev --adopt 'urn:pulumi:dev::…::application=AbC123' --forget 'urn:pulumi:dev::…::inviter'",
    )
)
@environment_option
@yes_option("Repair without being asked. What is not clear is still refused.")
@click.option(
    "--adopt", multiple=True, metavar="URN=ID", help="This object of the tenant is what the killed run had made."
)
@click.option(
    "--forget", multiple=True, metavar="URN", help="The killed run made nothing here; leave the tenant as it is."
)
@click.option(
    "--delete",
    "unwanted",
    multiple=True,
    metavar="CLIENT_ID",
    help="Delete this application, which was made twice: it carries our mark and is not in the state.",
)
@click.option(
    "--break-lock", is_flag=True, help="Remove the lock of a run on another machine, which you know to be gone."
)
@click.option("--up", "then_up", is_flag=True, help="Deploy afterwards.")
@click.option("--from-source", is_flag=True, help="Use a source-built engine and plugin on a real tenant too.")
@click.pass_obj
def command(  # noqa: PLR0917 - one for each option
    invocation: Invocation,
    environment: str,
    yes: bool,
    adopt: tuple[str, ...],
    forget: tuple[str, ...],
    unwanted: tuple[str, ...],
    break_lock: bool,
    then_up: bool,
    from_source: bool,
) -> int:
    """
    Repair an environment after a killed run, so that nothing is made twice.

    For every create that was cut off, the tenant is asked for the object by its natural key: what the run had made is kept and
    written into the state, what it had not made is forgotten. One write changes the state; killing this command is harmless, and
    running it again too. Unclear cases are shown, and decided by you.
    """
    from guestlist.deployment import open_environment

    choices = _parse_choices(adopt)
    deployment = open_environment(
        invocation.project(), environment, say=note, from_source=from_source, check_secrets=False
    )
    _refuse_alive(deployment, break_lock=break_lock)
    mended = deployment.mend_folder()
    if mended:
        note("The killed run had cut off a file beside the state; the state itself is whole.")
    unlocked = _unlock(deployment, yes=yes, break_lock=break_lock)
    exported, state = deployment.state()
    if not state.pending:
        left = (
            "only its lock was left" if unlocked else "only a cut-off file beside the state was left" if mended else ""
        )
        say(f"Nothing to recover in {environment}{': ' if left else ''}{left}.")
    else:
        decisions = _decide(deployment, state, choices, frozenset(forget))
        if not _confirmed(decisions, yes=yes):
            return errors.OK
        _carry_out(deployment, exported, decisions)
        say(f"{environment} is repaired: {_counted(decisions)}.")
    if unwanted:
        delete_strays(deployment, unwanted)
    if then_up:
        from guestlist.cli import up

        deployment.create_stack_if_local()
        run = up.deploy(deployment)
        up.report(deployment, run, outputs=deployment.engine.outputs())
    elif state.pending or unlocked:
        say(f"To finish what was cut off run: guestlist up --env {environment}")
    name_strays(deployment)
    return errors.OK


def _parse_choices(adopt: tuple[str, ...]) -> Choices:
    """Split URN=ID at the last `=`: a URN may hold one, an id of Auth0 does not."""
    choices = {}
    for option in adopt:
        urn, separator, identity = option.rpartition("=")
        if not separator or not urn or not identity:
            raise click.UsageError(f"--adopt takes URN=ID, got: {option}")
        choices[urn] = identity
    return choices


def _refuse_alive(deployment: Deployment, *, break_lock: bool) -> None:
    """Raises: Refused, when whoever holds the lock is alive, or cannot be known."""
    from guestlist.locks import verdict

    owners = deployment.lock_owners()
    who = " and ".join(str(owner) for owner in owners)
    match verdict(owners):
        case "alive":
            raise errors.Refused(
                f"A run of {deployment.environment} is still going on: {who}. Wait for it, or end it, then run again."
            )
        case "elsewhere" if not break_lock:
            raise errors.Refused(
                f"The state of {deployment.environment} is locked by {who}, and whether that run is alive cannot be seen from here. "
                f"If it is gone run: guestlist recover --env {deployment.environment} --break-lock"
            )


def _unlock(deployment: Deployment, *, yes: bool, break_lock: bool) -> bool:
    """Remove a lock whose holder is gone; answers whether there was one."""
    owners = deployment.lock_owners()
    if not owners:
        if break_lock:
            deployment.engine.cancel()
        return break_lock
    note(f"The lock of a run that is gone: {' and '.join(str(owner) for owner in owners)}")
    if not yes and on_a_terminal():
        click.confirm("Remove it?", err=True, abort=True)
    deployment.engine.cancel()
    return True


def _decide(deployment: Deployment, state: State, choices: Choices, forget: frozenset[str]) -> tuple[Decision, ...]:
    """Decide about everything that is pending; what is unclear is asked on a terminal. Raises: Refused."""
    from guestlist.recover import plan_recovery, refusal, unclear
    from guestlist.recover_lookup import candidates
    from stacks.management import ManagementError

    note(f"A killed run left this unfinished in {deployment.environment}:")
    for operation in state.pending:
        note(f"  {operation}")
    try:
        with deployment.tenant() as tenant:
            live = candidates(tenant, state)
    except ManagementError as error:
        raise errors.TenantFailed(f"Cannot look for what was made: {error.message}") from error
    decisions = plan_recovery(state, live, adopt=choices, forget=forget)
    open_questions = unclear(decisions)
    if not open_questions:
        return decisions
    if not on_a_terminal():
        raise refusal(decisions, deployment.environment)
    adopted, forgotten = dict(choices), set(forget)
    for decision in open_questions:
        chosen = _ask(decision)
        if chosen is None:
            forgotten.add(decision.urn)
        else:
            adopted[decision.urn] = chosen
    return plan_recovery(state, live, adopt=adopted, forget=forgotten)


def _ask(decision: Decision) -> str | None:
    """Ask which object it is; `None` for none of them."""
    note(f"{decision.name}: {decision.because}")
    if not decision.candidates:
        identity: str = click.prompt(
            "Its id on the tenant, or nothing if it was not made", default="", show_default=False, err=True
        )
        return identity.strip() or None
    for number, found in enumerate(decision.candidates, 1):
        note(f"  {number}  {_described(found)}")
    note("  0  none of these: leave them as they are")
    number = click.prompt("Which one did the run make?", type=click.IntRange(0, len(decision.candidates)), err=True)
    return decision.candidates[number - 1].id if number else None


def _described(found: Candidate) -> str:
    return f"{found.id}  {found.label}: {found.because}"


def _confirmed(decisions: tuple[Decision, ...], *, yes: bool) -> bool:
    """Show what will be done and ask. Raises: UsageError, when nobody can be asked."""
    note("What will be done:")
    for decision in decisions:
        note(f"  {decision}")
    if yes:
        return True
    if not on_a_terminal():
        raise click.UsageError("Nobody can be asked here: add --yes to repair without being asked.")
    return click.confirm("Repair it so?", err=True)


def _carry_out(deployment: Deployment, exported: Exported, decisions: tuple[Decision, ...]) -> None:
    """Deploy what is only a draft, then write the state once. Raises: Refused, when the state has moved since it was read."""
    from guestlist.recover_lookup import deploy_action
    from guestlist.state import settled
    from stacks.management import ManagementError

    try:
        with deployment.tenant() as tenant:
            for decision in decisions:
                if decision.deploy:
                    deploy_action(tenant, decision.deploy)
    except ManagementError as error:
        raise errors.TenantFailed(f"Cannot deploy the Action that was cut off: {error.message}") from error
    if deployment.engine.export() != exported:
        raise errors.Refused(
            f"The state of {deployment.environment} has changed meanwhile, nothing was written. Run again: "
            f"guestlist recover --env {deployment.environment}"
        )
    adopted = {decision.urn: decision.id for decision in decisions if decision.verb == "adopt"}
    deployment.engine.import_state(settled(exported, adopted=adopted))


def _counted(decisions: tuple[Decision, ...]) -> str:
    words = {"adopt": "kept", "forget": "forgotten", "repeat": "to be done again"}
    counts = {word: sum(decision.verb == verb for decision in decisions) for verb, word in words.items()}
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count)
