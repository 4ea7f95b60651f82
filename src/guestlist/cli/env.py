"""
`guestlist env`: create, list, check and compare environments.

Not here: what a good environment is (`stacks.settings`), how one is made (`guestlist.environment_new`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples, json_option, note, on_a_terminal, print_json, say, table

if TYPE_CHECKING:
    from guestlist.environment_new import NewEnvironment

SMTP_PASSWORD = "GUESTLIST_SMTP_PASSWORD"  # noqa: S105 - the name of a variable

# What a new environment cannot do without: option -> the question on a terminal.
_QUESTIONS = {
    "domain": "Domain of the Auth0 tenant, such as my-tenant.eu.auth0.com",
    "friendly_name": "Name that people read in mails and on the login page",
    "app_name": "Name of the application",
    "app_url": "URL of the application, such as https://app.example.com",
    "profile_url": "URL of the hosted profile page, such as https://profile.example.com",
    "from_address": "Sender of the invitations, such as invitations@example.com",
    "smtp_host": "Mail server, such as smtp.example.com",
}


@click.group(
    epilog=examples(
        "guestlist env list",
        "guestlist env check dev staging",
        "guestlist env diff staging prod",
        "guestlist env new qa --domain my-qa.eu.auth0.com",
    )
)
def command() -> None:
    """Create, list, check and compare environments."""


@command.command(
    "check",
    epilog=examples(
        "guestlist env check",
        "guestlist env check prod --json",
        "guestlist env check prod --live --save before-guestlist.json",
    ),
)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--no-secrets", is_flag=True, help="Leave secrets sealed even if their key is at hand.")
@click.option("--live", is_flag=True, help="Look at the tenant of NAME: what is there, and what up would make of it.")
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --live: write what the tenant holds into a new file.",
)
@json_option
@click.pass_obj
def check(
    invocation: Invocation, *, names: tuple[str, ...], no_secrets: bool, live: bool, save: Path | None, as_json: bool
) -> int:
    """
    Check settings, offline; every fault is one line.

    Without NAME all environments are checked. Secrets are decrypted for the check when their key is at hand
    (PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE, or the key service's credentials); otherwise they are reported
    as not checked. Nothing is written, no tenant is asked. Exit code 0, or 1 with faults.

    With --live and one NAME the tenant is read, with the credentials in the environment (the drift reader's are enough) and
    nothing but GETs: each tenant-wide thing live and as up would write it, whose it is, and what has to be decided before a first
    up. Exit code 0 if all is as wanted, 2 if up would change something, 3 if it would be refused, 1 if that could not be told.
    """
    if live:
        from guestlist.cli.env_live import check_live

        if len(names) != 1:
            raise click.UsageError("--live looks at one tenant: guestlist env check --live NAME")
        return check_live(invocation, names[0], as_json=as_json, save_to=save)
    if save is not None:
        raise click.UsageError("--save goes with --live: offline there is nothing to save")
    from guestlist.environments import check_environments, environment_names, misnamed_files, report_document

    project = invocation.project()
    others = [] if names else misnamed_files(project.root)
    chosen = list(dict.fromkeys(names)) or environment_names(project.root)
    if not chosen and not others:
        raise errors.GuestlistError(
            f"there is no environment in {project.root / 'config'}. To make one run: guestlist env new NAME"
        )
    reports = check_environments(project, chosen, open_with_engine=not no_secrets)
    lines = [str(fault) for fault in (*others, *(fault for report in reports for fault in report.faults))]
    if as_json:
        print_json(report_document(reports, others))
        return errors.FAILED if lines else errors.OK
    for report in reports:
        if not report.faults:
            say(f"{report.stack.environment}: ok{_secrets_remark(report.checked, report.note)}")
        elif report.note:
            note(f"{report.stack.file}: secrets not checked ({report.note})")
    if lines:
        raise errors.BadConfiguration(lines)
    return errors.OK


def _secrets_remark(checked: tuple[str, ...], reason: str) -> str:
    if reason:
        return f"; secrets not checked ({reason})"
    return f", {len(checked)} secrets checked" if checked else ""


@command.command("diff", epilog=examples("guestlist env diff staging prod", "guestlist env diff staging prod --json"))
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@json_option
@click.pass_obj
def diff(invocation: Invocation, *, before: str, after: str, as_json: bool) -> int:
    """
    Say what B's tenant would have otherwise than A's, and which setting makes it so.

    Offline: the program runs for both, with no tenant, no passphrase and no engine. What every environment has of its own (the tenant, URLs,
    sender, accounts, protection) comes last and does not count. Exit code 0: nothing else differs; 2: something else does; 1: a file has
    faults, all of both are listed.
    """
    from guestlist.cli.env_diff import show_differences

    return show_differences(invocation, before, after, as_json=as_json)


@command.command("list", epilog=examples("guestlist env list", "guestlist env list --json"))
@json_option
@click.pass_obj
def list_environments(invocation: Invocation, as_json: bool) -> None:
    """List environments: tenant, what encrypts the secrets, state of the settings."""
    from guestlist.environments import check_environments, environment_names, report_document

    project = invocation.project()
    reports = check_environments(project, environment_names(project.root))
    if as_json:
        print_json(report_document(reports))
        return
    rows = []
    for report in reports:
        state = "secrets not checked" if report.note else "checked"
        if report.faults:
            state = "1 fault" if len(report.faults) == 1 else f"{len(report.faults)} faults"
        rows.append((report.stack.environment, report.stack.domain or "?", report.secrets_provider, state))
    say(table(rows, header=("NAME", "TENANT", "SECRETS", "STATE")))
    if any(report.faults for report in reports):
        note("To see the faults run: guestlist env check")


@command.command(
    "new",
    epilog=examples(
        "# the passphrase is in PULUMI_CONFIG_PASSPHRASE, or asked for",
        "guestlist env new qa --domain my-qa.eu.auth0.com --friendly-name Guestlist \\",
        "  --app-name 'Guestlist app' --app-url https://app.example.com \\",
        "  --profile-url https://profile.example.com \\",
        "  --from-address invitations@example.com --smtp-host smtp.example.com",
        "# the same, with a key service instead of a passphrase",
        "guestlist env new qa … --secrets-provider 'awskms://alias/guestlist?region=eu-central-1'",
    ),
)
@click.argument("name")
@click.option("--domain", help="Domain of the Auth0 tenant.")
@click.option("--friendly-name", help="Name in mails and on the login page.")
@click.option("--support-email", help="Where people ask for help.")
@click.option("--support-url", help="The page on which people ask for help.")
@click.option("--app-name", help="Name of the application.")
@click.option("--app-url", help="URL of the application; the three options below follow from it.")
@click.option("--callback-url", multiple=True, help="Where logins end; otherwise APP-URL/callback. May be given again.")
@click.option("--logout-url", multiple=True, help="Where logouts end; otherwise APP-URL. May be given again.")
@click.option("--initiate-login-uri", help="The page that starts a login; otherwise APP-URL/login.")
@click.option("--profile-url", help="URL of the hosted profile page.")
@click.option("--from-address", help="Sender of the invitations.")
@click.option("--smtp-host", help="Mail server.")
@click.option("--smtp-port", type=int, help="Its port; otherwise 587.")
@click.option("--smtp-user", help=f"User there; its password is in {SMTP_PASSWORD}, or asked for.")
@click.option(
    "--protect/--no-protect", default=True, help="Whether Pulumi refuses to delete what holds users.", show_default=True
)
@click.option(
    "--secrets-provider", default="", help="Key service: awskms://…, azurekeyvault://…, gcpkms://… or hashivault://…"
)
@click.option(
    "--new-passphrase-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Make a passphrase and write it here, readable by you only.",
)
@click.pass_obj
def new(invocation: Invocation, /, name: str, protect: bool, **options: object) -> None:
    """
    Make an environment: config/Pulumi.NAME.yaml with fresh secrets.

    The secrets are 64 random bytes each, encrypted by the Pulumi engine with a passphrase (from PULUMI_CONFIG_PASSPHRASE or
    PULUMI_CONFIG_PASSPHRASE_FILE, or asked for on a terminal, or made with --new-passphrase-file) or by a key service. An
    existing file is never overwritten. On a terminal, what is missing is asked for.
    """
    from guestlist.config_files import KEY_SERVICES
    from guestlist.environment_new import check_name, create_environment, read_passphrase, write_passphrase_file
    from guestlist.environments import LOCAL_ENVIRONMENT, LOCAL_PASSPHRASE

    project = invocation.project()
    check_name(project, name)
    provider = str(options["secrets_provider"] or "")
    if provider and provider.partition("://")[0] not in KEY_SERVICES:
        raise click.UsageError(
            f"--secrets-provider must begin with one of: {', '.join(f'{service}://' for service in KEY_SERVICES)}"
        )
    passphrase_file = options["new_passphrase_file"]
    if provider and passphrase_file:
        raise click.UsageError(
            "--secrets-provider and --new-passphrase-file exclude each other: a key service needs no passphrase"
        )
    complete = _complete(options)
    wanted = _new_environment(name, complete, protect=protect, provider=provider)
    passphrase, made = "", None
    if isinstance(passphrase_file, Path):
        passphrase, made = write_passphrase_file(project, passphrase_file), passphrase_file
    elif name == LOCAL_ENVIRONMENT:
        passphrase = LOCAL_PASSPHRASE
    elif not provider:
        passphrase = _ask_passphrase(name) if (given := read_passphrase(os.environ)) is None else given
    try:
        path = create_environment(project, wanted, passphrase=passphrase)
    except BaseException:
        if made:
            with suppress(OSError):
                made.unlink()
        raise
    encrypted = (
        "the public secrets of the local tenant"
        if name == LOCAL_ENVIRONMENT
        else f"fresh secrets encrypted by {provider or 'your passphrase'}"
    )
    say(f"Wrote {path.relative_to(project.root)}, with {encrypted}.")
    if made:
        say(f"Wrote {made}, which opens them: keep it safe, and never beside them. For the commands below:")
        say(f"  export PULUMI_CONFIG_PASSPHRASE_FILE={made.absolute()}")
    say("Next:")
    say(f"  guestlist env check {name}")
    say(f"  guestlist up --env {name}")


def _new_environment(name: str, options: Mapping[str, object], *, protect: bool, provider: str) -> NewEnvironment:
    from guestlist.environment_new import NewEnvironment

    url = str(options["app_url"]).rstrip("/")
    return NewEnvironment(
        name=name,
        settings={
            "tenant": {
                "domain": options["domain"],
                "friendlyName": options["friendly_name"],
                "supportEmail": options["support_email"],
                "supportUrl": options["support_url"],
            },
            "application": {
                "name": options["app_name"],
                "callbackUrls": options["callback_url"] or (f"{url}/callback",),
                "logoutUrls": options["logout_url"] or (url,),
                "initiateLoginUri": options["initiate_login_uri"] or f"{url}/login",
            },
            "profile": {"pageUrl": str(options["profile_url"]).rstrip("/")},
            "email": {
                "fromAddress": options["from_address"],
                "smtpHost": options["smtp_host"],
                "smtpPort": options["smtp_port"],
                "smtpUser": options["smtp_user"],
            },
        },
        protect=protect,
        secrets_provider=provider,
        smtp_password=_smtp_password() if options["smtp_user"] else "",
    )


def _complete(options: Mapping[str, object]) -> dict[str, object]:
    """Ask for what is missing, on a terminal; elsewhere name all of it at once."""
    missing = [name for name in _QUESTIONS if not options[name]]
    if missing and not on_a_terminal():
        raise click.UsageError("Missing options: " + ", ".join("--" + name.replace("_", "-") for name in missing))
    return {**options, **{name: click.prompt(_QUESTIONS[name], err=True).strip() for name in missing}}


def _smtp_password() -> str:
    if password := os.environ.get(SMTP_PASSWORD):
        return password
    if not on_a_terminal():
        raise click.UsageError(f"--smtp-user needs its password in {SMTP_PASSWORD}")
    return str(click.prompt("Password at the mail server", hide_input=True, err=True))


def _ask_passphrase(name: str) -> str:
    if not on_a_terminal():
        raise click.UsageError(
            "No passphrase to encrypt the secrets with: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, "
            "or add --new-passphrase-file FILE, or --secrets-provider URL"
        )
    return str(
        click.prompt(f"New passphrase for the secrets of {name}", hide_input=True, confirmation_prompt=True, err=True)
    )
