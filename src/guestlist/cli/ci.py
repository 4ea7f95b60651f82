"""`guestlist ci`: what workflows call. Not here: after a drift check (`ci_drift.py`), what it does (`guestlist.ci`), the workflows (`.github/workflows`, `ci/gitlab`)."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guestlist import errors
from guestlist.cli.ci_drift import issue, notify
from guestlist.cli.output import Invocation, examples, note, say

if TYPE_CHECKING:
    from guestlist.ci.github import GitHub
    from guestlist.ci.gitlab import GitLab

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(
    epilog=examples(
        "guestlist ci comment --file comment.md --document preview.json",
        "guestlist ci stand-in --env prod",
        "guestlist ci walk",
    )
)
def command() -> None:
    """What workflows call. docs/ci.md says how they fit together."""


@command.command(
    "comment",
    epilog=examples(
        "guestlist ci comment --file comment.md --document preview.json",
        "guestlist ci comment --artifact 'preview-*'",
        "guestlist ci comment --artifact stand-in --untrusted --stack local",
    ),
)
@click.option("--file", "files", type=_FILE, multiple=True, help="A preview as Markdown. May be repeated.")
@click.option("--document", "documents", type=_FILE, multiple=True, help="The same as JSON, for the labels.")
@click.option(
    "--artifact",
    "pattern",
    metavar="NAME",
    help="Take both from artifacts of this run, or of the run that this job follows; may hold *. GitHub only.",
)
@click.option("--number", type=click.IntRange(1), help="Of the pull or merge request; otherwise the job's own.")
@click.option(
    "--untrusted", is_flag=True, help="Say above it that anybody may have written it, and make it plain text."
)
@click.option("--stack", help="Refuse comments about any other stack.")
@click.option(
    "--complete",
    is_flag=True,
    help="No other previews are made of this push: what is there of an earlier one is replaced.",
)
def comment(
    *,
    files: tuple[Path, ...],
    documents: tuple[Path, ...],
    pattern: str | None,
    number: int | None,
    untrusted: bool,
    stack: str | None,
    complete: bool,
) -> int:
    """
    Write a preview into a comment, one for each stack, and set the labels.

    A comment that is there, ours by its hidden first line and by its author, is edited; one that says the same already is left alone. With
    --artifact or --complete, what our other comments say of an earlier push is replaced: nobody is to take it for the latest. The labels
    guestlist:destroy and guestlist:security are set and taken off again. What a job left is read with bounds and never run. Exit code 3: something
    is not what a preview writes, and was not posted; it gets both labels. Exit code 1: the jobs left nothing at all.
    """
    from guestlist.ci.github import GitHub
    from guestlist.ci.posting import post
    from guestlist.ci.received import from_artifacts, from_files

    if bool(files) == bool(pattern):
        raise click.UsageError("Name either --file or --artifact.")
    forge = _forge(number, artifacts=pattern is not None)
    if forge is None:
        say("The pull request has had another push since, or is closed: nothing is written for this one.")
        return errors.OK
    if isinstance(forge, GitHub) and pattern is not None:
        received = from_artifacts(forge, pattern)
    else:
        received = from_files(files, documents)
    if stack is not None:
        received = received.only(stack)
    for line in post(forge, received, untrusted=untrusted, replacing=complete or bool(pattern), stack=stack):
        say(line)
    for fault in received.faults[1:]:
        note(f"Error: {fault.message}")
    if received.faults:
        raise received.faults[0]
    if not received.bodies and not untrusted:  # a stranger's preview is made only where there is no other
        raise errors.GuestlistError(f"The run left no artifact {pattern}: no preview was made. Its jobs say why.")
    return errors.OK


def _forge(number: int | None, *, artifacts: bool) -> GitHub | GitLab | None:
    """The pull request; `None` if the job is about one that has moved on."""
    from guestlist.ci.github import GitHub
    from guestlist.ci.gitlab import GitLab

    if os.environ.get("GITLAB_CI"):
        if artifacts:
            raise click.UsageError("--artifact is for GitHub: on GitLab a job finds the files of those that it needs.")
        gitlab = GitLab.of_job(os.environ)
        return gitlab.on(number or gitlab.merge_request())
    github = GitHub.of_job(os.environ)
    found = number or github.pull_request()
    return None if found is None else github.on(found)


@command.command("summary", epilog=examples("guestlist ci summary --file preview.md"))
@click.option(
    "--file",
    "files",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    multiple=True,
    help="A preview or a drift check as Markdown, whole; one that is not there is passed over.",
)
def summary(files: tuple[Path, ...]) -> int:
    """Put a preview or a drift check into the job's summary, as much of it as GitHub takes (1 MiB). Elsewhere it is printed."""
    from guestlist.ci.body import LARGEST, LONGEST_SUMMARY, cut, read_body

    target = os.environ.get("GITHUB_STEP_SUMMARY")
    for file in files:
        if not file.exists():
            note(f"There is no {file}: nothing was written. What stands above says why.")
    texts = [
        read_body(_read(file, LARGEST), called=str(file), kinds=("preview", "drift")).without_marker()
        for file in files
        if file.exists()
    ]
    if not target:
        for text in texts:
            say(text)
        return errors.OK
    path = Path(target)
    there = path.stat().st_size if path.exists() else 0
    with path.open("a", encoding="utf-8") as stream:
        stream.write(cut("\n\n".join(texts) + "\n", LONGEST_SUMMARY - there))
    return errors.OK


@command.command("stand-in", epilog=examples("guestlist ci stand-in --env prod"))
@click.option("--env", "environment", required=True, metavar="ENV", help="The environment that is stood in for.")
@click.pass_obj
def stand_in(invocation: Invocation, environment: str) -> int:
    """
    Make an environment's settings fit for the local tenant: they become those of `local`.

    For jobs without credentials. No secret is decrypted and no key is needed: the local tenant's public keys take the secrets' places. What ties
    the settings to a place is replaced, and named. Overwrites config/Pulumi.local.yaml; to have it back: git checkout config
    """
    from guestlist.ci.stand_in import write_stand_in

    made = write_stand_in(invocation.project(), environment)
    say(f"The environment local stands in for {environment} now (config/Pulumi.local.yaml).")
    say(f"Not as in {environment}: {', '.join(made.replaced)}; every secret is a public one of the local tenant.")
    return errors.OK


@command.command("walk", epilog=examples("guestlist up --env local --yes", "guestlist ci walk"))
@click.pass_obj
def walk(invocation: Invocation) -> int:
    """
    Have somebody invited walk through what is deployed to the local tenant, by HTTP.

    Mail, password, login, text message, profile page, application, and once more the next day; as `guestlist demo` does, of the deployment that is
    there. Exit code 1 if they do not get through.
    """
    from guestlist.deployment import open_environment
    from guestlist.journey.demo import DemoWalk
    from guestlist.local import LocalTenant
    from guestlist.page_environment import open_page_environment
    from guestlist.stage import on_stage
    from stacks.settings import LOCAL_ENVIRONMENT

    project = invocation.project()
    deployment = open_environment(project, LOCAL_ENVIRONMENT, say=note)
    tenant = LocalTenant.of_project(project.root)
    opened = open_page_environment(project, LOCAL_ENVIRONMENT, environ=deployment.environ)
    outputs = deployment.engine.outputs_with_secrets()
    with on_stage(tenant, opened, outputs) as stage:
        DemoWalk(
            tenant=tenant,
            settings=opened.settings,
            outputs=outputs,
            stage=stage,
            pictures=project.root / ".guestlist" / "screenshots",
            headed=False,
            by_http=True,
            say=say,
        ).go()
    return errors.OK


@command.command(
    "identity",
    epilog=examples("guestlist ci identity", 'identity="$(guestlist ci identity)" && eval "$identity"   # on GitLab'),
)
def identity() -> int:
    """
    Fetch the job's identity token for the state's backend, where it takes one.

    Amazon with AWS_ROLE_ARN, Google with GUESTLIST_GCP_PROVIDER (and GUESTLIST_GCP_SERVICE_ACCOUNT), Azure with AZURE_CLIENT_ID and
    AZURE_TENANT_ID; with none of them there is nothing to do. Later steps find it by variables. To be repeated before each step that runs
    long after: a token lives for minutes.
    """
    import tempfile

    from guestlist.ci.identity import lines, prepare

    folder = Path(os.environ.get("RUNNER_TEMP") or tempfile.gettempdir()) / "guestlist-identity"
    found = prepare(os.environ, folder=folder)
    if not found.clouds:
        note("No identity is asked for: neither AWS_ROLE_ARN nor GUESTLIST_GCP_PROVIDER nor AZURE_CLIENT_ID is set.")
        return errors.OK
    target = os.environ.get("GITHUB_ENV")
    if target:
        with Path(target).open("a", encoding="utf-8") as stream:
            stream.writelines(f"{line}\n" for line in lines(found.variables))
    else:
        for name, value in found.variables.items():
            say(f"export {name}={shlex.quote(value)}")
    note(f"The identity token for {', '.join(found.clouds)} is in {folder}.")
    return errors.OK


def _read(file: Path, most: int) -> bytes:
    """A byte more than allowed is enough to be refused."""
    with file.open("rb") as stream:
        return stream.read(most + 1)


command.add_command(issue)
command.add_command(notify)
