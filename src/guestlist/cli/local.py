"""`guestlist local`: an Auth0 tenant on this machine. Not here: the tenant (`localtenant`), its process (`guestlist.local`)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples, json_option, note, print_json, say

if TYPE_CHECKING:
    from guestlist.environments import Project
    from guestlist.local import LocalTenant
    from toolchain import Toolchain


@click.group(epilog=examples("guestlist local start", 'eval "$(guestlist local env)"', "pulumi up -s local --yes"))
def command() -> None:
    """Run an Auth0 tenant on this machine: the Management API that a real `pulumi up` needs."""


@command.command("start", epilog=examples("guestlist local start", "guestlist local start --tier free --latency 80"))
@click.option("--port", type=click.IntRange(1, 65535), help="Default: the port in config/Pulumi.local.yaml.")
@click.option("--tier", type=click.Choice(["free", "paid", "unlimited"]), help="Rate limits, as of Auth0's plans.")
@click.option(
    "--plan",
    type=click.Choice(["free", "essentials", "professional", "enterprise"]),
    help="Auth0 plan whose entitlements apply.",
)
@click.option("--latency", "latency_ms", type=click.FloatRange(0, 60_000), metavar="MS", help="Delay of every answer.")
@click.option(
    "--mail-port",
    type=click.IntRange(0, 65535),
    help="Of the local mailbox; 0: any free one. Default: where `local` sends its mail, or 2525.",
)
@click.option("--foreground", is_flag=True, help="Stay, with the log on the screen, until Ctrl-C.")
@click.pass_obj
def start(
    invocation: Invocation,
    *,
    port: int | None,
    tier: str | None,
    plan: str | None,
    latency_ms: float | None,
    mail_port: int | None,
    foreground: bool,
) -> int:
    """
    Start the tenant, and return when it answers; it goes on in the background.

    One that runs already is left running (exit code 0); `--tier`, `--plan` and `--latency` are applied to it. Its data is in
    `.guestlist/local/` of the project and survives a stop.
    """
    from guestlist.local import serve_command

    project = invocation.project()
    tenant = _tenant(project)
    chosen = port or configured_port(project)
    mail_port = configured_mail_port(project) if mail_port is None else mail_port
    if foreground:
        if tenant.health() is not None:
            raise errors.GuestlistError("The local tenant runs already. To stop it run: guestlist local stop")
        tenant.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        arguments = serve_command(
            tenant.directory, port=chosen, tier=tier, plan=plan, latency_ms=latency_ms, mail_port=mail_port
        )
        os.execv(arguments[0], arguments)  # noqa: S606 - the server takes this command's place: its log, its Ctrl-C, its exit code
    started = tenant.start(port=chosen, tier=tier, plan=plan, latency_ms=latency_ms, mail_port=mail_port)
    say(f"The local tenant {'runs already' if started.already else 'runs'} at {started.url} ({started.process}).")
    if chosen != configured_port(project):
        note(
            f"config/Pulumi.local.yaml names another port: `pulumi up -s local` refuses this tenant until it says {chosen}."
        )
    say(f"Its mail, text messages, users and log: {started.url}/_local/")
    if not started.already:
        say('To use it in this shell run: eval "$(guestlist local env)"')
    return errors.OK


@command.command("stop", epilog=examples("guestlist local stop"))
@click.pass_obj
def stop(invocation: Invocation) -> None:
    """Stop the tenant that `start` began; its data stays."""
    tenant = _tenant(invocation.project())
    if tenant.stop():
        say("The local tenant is stopped.")
    elif tenant.health() is not None:
        raise errors.GuestlistError(
            "The local tenant runs in the foreground of another terminal, which this command did not start. End it there: Ctrl-C"
        )
    else:
        say("The local tenant does not run.")


@command.command("status", epilog=examples("guestlist local status", "guestlist local status --json"))
@json_option
@click.pass_obj
def status(invocation: Invocation, as_json: bool) -> int:
    """Say whether the tenant runs and answers. Exit code 0 if it does, 1 if not."""
    tenant = _tenant(invocation.project())
    pid = tenant.pid()
    health = tenant.health()
    if as_json:
        print_json(
            {
                "running": health is not None or pid is not None,
                "answers": health is not None,
                "pid": pid,
                "url": f"https://{health.domain}" if health else None,
                "tier": health.tier if health else None,
                "plan": health.plan if health else None,
                "latencyMs": health.latency_ms if health else None,
                "mailPort": health.mail_port if health else None,
                "data": str(tenant.directory),
                "log": str(tenant.log_file),
            }
        )
    elif health is not None:
        say(
            f"The local tenant runs at https://{health.domain} ({_process(pid)}, tier {health.tier}, plan {health.plan}, latency {health.latency_ms:g} ms)."
        )
        say(f"Its mail, text messages, users and log: https://{health.domain}/_local/")
        say(f"Its data and log are in {tenant.directory}.")
    elif pid is not None:
        say(f"The local tenant runs (pid {pid}) and does not answer. Its log: {tenant.log_file}")
    else:
        say("The local tenant does not run. To start it run: guestlist local start")
    return errors.OK if health is not None else errors.FAILED


@command.command("reset", epilog=examples("guestlist local reset"))
@click.pass_obj
def reset(invocation: Invocation) -> None:
    """
    Empty the tenant, and forget the local stack's state with it.

    A state that outlived its tenant would name objects that are gone. Only the project's own backend (`.guestlist/state`) is
    meant; the deployer's credentials stay, so that shells that run go on working.
    """
    from guestlist.local_env import has_stack

    project = invocation.project()
    had_state = has_stack(project.root)
    empty(project, _tenant(project))
    say("The local tenant is a fresh one.")
    if had_state:
        say("The state of the stack local is forgotten: it named objects that are gone.")


def empty(project: Project, tenant: LocalTenant) -> None:
    """Empty the tenant and the local stack's state."""
    from guestlist.local_env import has_stack

    tenant.reset()
    if has_stack(project.root):
        _forget_state(project, tenant)


def _forget_state(project: Project, tenant: LocalTenant) -> None:
    """Remove the stack from the project's own backend, whatever backend this shell has chosen, and make it anew."""
    from guestlist.engine import Engine
    from guestlist.local_env import variables
    from stacks.settings import LOCAL_ENVIRONMENT

    tools = _toolchain()
    environ = {**os.environ, **variables(project.root, tenant, tools, os.environ)}
    engine = Engine(pulumi=tools.pulumi, root=project.root, stack=LOCAL_ENVIRONMENT, environ=environ)
    engine.forget()
    engine.create()


@command.command("env", epilog=examples('eval "$(guestlist local env)"', "guestlist local env --shell fish | source"))
@click.option(
    "--shell", type=click.Choice(["sh", "fish"]), default="sh", show_default=True, help="Whose syntax to print."
)
@json_option
@click.pass_obj
def env(invocation: Invocation, shell: str, as_json: bool) -> None:
    """
    Print what a shell needs, so that plain `pulumi`, Terraform or an SDK work on the local tenant.

    Prepares what the lines point at: the toolchain (minutes, the first time), the trust file and the stack `local`.
    """
    from guestlist.deployment import create_local_stack
    from guestlist.local_env import render, variables

    project = invocation.project()
    tenant = _tenant(project)
    tenant.deployer()  # before the toolchain is built: without a tenant there is nothing to print
    tools = _toolchain()
    found = variables(project.root, tenant, tools, os.environ)
    if create_local_stack(project.root, tools, {**os.environ, **found}):
        note("Created the stack local in .guestlist/state.")
    if tenant.health() is None:
        note("The local tenant does not run. To start it run: guestlist local start")
    if as_json:
        print_json(found)
        return
    say(render(found, "fish" if shell == "fish" else "sh"))


def _process(pid: int | None) -> str:
    return f"pid {pid}" if pid else "in the foreground of another terminal"


def _tenant(project: Project) -> LocalTenant:
    from guestlist.local import LocalTenant

    return LocalTenant.of_project(project.root)


def _toolchain() -> Toolchain:
    from guestlist.deployment import the_toolchain

    return the_toolchain("local", local=True, from_source=True, say=note)


def configured_port(project: Project) -> int:
    """Read the port that the settings of `local` name; without them, the default."""
    from guestlist.config_files import read_file
    from guestlist.local import DEFAULT_PORT
    from stacks.settings import LOCAL_ENVIRONMENT

    port = read_file(project.root, LOCAL_ENVIRONMENT).domain.rpartition(":")[2]
    return int(port) if port.isdecimal() and 0 < int(port) <= 65535 else DEFAULT_PORT


def configured_mail_port(project: Project) -> int | None:
    """Read the port of this machine that the settings of `local` send mail to; `None` for the default one, which gives way to another program's."""
    from guestlist.config_files import read_file
    from localtenant.messages.mailbox import DEFAULT_PORT
    from stacks.settings import LOCAL_ENVIRONMENT

    email = read_file(project.root, LOCAL_ENVIRONMENT).config.get("guestlist:email")
    if not isinstance(email, dict) or email.get("smtpHost") != "localhost":
        return None
    port = email.get("smtpPort")
    return port if isinstance(port, int) and 0 < port <= 65535 and port != DEFAULT_PORT else None
