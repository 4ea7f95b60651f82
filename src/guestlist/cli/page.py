"""`guestlist page`: run the profile page, print what it is started with. Not here: the page (`pages.profile`), its variables (`guestlist.page_environment`)."""

from __future__ import annotations

from pathlib import Path

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples, json_option, note, print_json, say
from guestlist.cli.running import environment_option


@click.group(epilog=examples("guestlist page serve --env local", "guestlist page env --env dev > profile-page.env"))
def command() -> None:
    """Run the profile page, and print what it is started with."""


@command.command(
    "serve", epilog=examples("guestlist page serve --env local", "guestlist page serve --env-file profile-page.env")
)
@click.option("--env", "environment", metavar="ENV", help="The environment whose settings and keys it gets.")
@click.option(
    "--env-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A file of variables, as `guestlist page env` prints them.",
)
@click.option("--bind", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Port to listen on.")
@click.pass_obj
def serve(invocation: Invocation, *, environment: str | None, env_file: Path | None, bind: str, port: int) -> int:
    """
    Serve the profile page over HTTP, until Ctrl-C.

    TLS ends before it: at a load balancer, or at the local tenant, which hands `profile.localhost` on. Without --env and --env-file the
    variables of this shell count. Bad settings, weak keys and, outside `local`, the local tenant's keys are refused (exit code 1).
    """
    import os

    from guestlist.page_environment import open_page_environment, page_variables, parse

    if environment and env_file:
        raise click.UsageError("--env and --env-file exclude each other: which settings count?")
    if environment:
        values = page_variables(open_page_environment(invocation.project(), environment))
    elif env_file:
        values = parse(_text_of(env_file))
    else:
        values = dict(os.environ)
    try:
        from pages.profile import serve as server
        from pages.profile.settings import SettingsError, read_settings
    except ImportError:
        raise errors.GuestlistError(
            "The profile page is not installed with this package: run it from a clone."
        ) from None
    try:
        settings = read_settings({**values, "PROFILE_BIND": bind, "PORT": str(port)})
    except SettingsError as error:
        raise errors.BadConfiguration(error.faults) from None
    note(f"The profile page of {settings.page_url} listens at http://{bind}:{port}. To stop it: Ctrl-C")
    server.serve(settings)
    return errors.OK


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise errors.GuestlistError(f"Cannot read {file}: {reason}") from None


@command.command(
    "env",
    epilog=examples(
        "guestlist page env --env dev > profile-page.env   # with keys: for your eyes and the secret store only",
        "guestlist page env --env dev --only settings",
        'eval "$(guestlist page env --env local --shell)"',
    ),
)
@environment_option
@click.option("--only", type=click.Choice(["settings", "secrets"]), help="Print one half: plain settings, or the keys.")
@click.option("--before-up", is_flag=True, help="During a rotation, before `up`: sign with the former key.")
@click.option("--shell", is_flag=True, help="Print for `eval` in a shell.")
@json_option
@click.pass_obj
def env(
    invocation: Invocation, *, environment: str, only: str | None, before_up: bool, shell: bool, as_json: bool
) -> None:
    """
    Print the variables that start the profile page of an environment.

    They are made of config/Pulumi.ENV.yaml; its secrets are decrypted, so their key has to be at hand. One line each, as
    `docker run --env-file` and Kubernetes' `--from-env-file` read them. docs/page.md explains each.
    """
    from guestlist.page_environment import SECRETS, open_page_environment, page_variables, render

    values = page_variables(open_page_environment(invocation.project(), environment), before_up=before_up)
    if only is not None:
        values = {name: value for name, value in values.items() if (name in SECRETS) == (only == "secrets")}
    if as_json:
        print_json(values)
        return
    say(render(values, shell=shell))
