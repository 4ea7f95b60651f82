"""`guestlist ci issue` and `guestlist ci notify`: what workflows call after a drift check. Not here: what they do (`guestlist.ci`), the check (`drift.py`)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples, note, say

if TYPE_CHECKING:
    from guestlist.ci.tracking import Tracker

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(
    "issue",
    epilog=examples("guestlist ci issue --env prod --document drift.json --file drift.md --news news.json"),
)
@click.option("--env", "environment", required=True, metavar="ENV", help="The environment that was checked.")
@click.option("--document", type=_FILE, required=True, help="What `guestlist drift` saved as JSON.")
@click.option("--file", "report", type=_FILE, required=True, help="The same as Markdown.")
@click.option("--news", type=_FILE, help="Write what is new to people there, for `guestlist ci notify`.")
def issue(*, environment: str, document: Path, report: Path, news: Path | None) -> int:
    """
    Bring the issues of an environment up to what a drift check found.

    One issue is opened where something drifted, edited in place with each check, commented on where something is new, closed where nothing differs
    any more. What is covered, or only waits for a deployment, opens none. A check that could not tell is another issue, which the next one that
    could closes; then the exit code is 1.
    """
    from guestlist.ci.notify import News
    from guestlist.ci.told import told_of
    from guestlist.ci.tracking import track
    from stacks.settings import PROJECT

    told = told_of(_json_of(document), _text_of(report), project=PROJECT, environment=environment)
    tracked = track(_tracker(), told)
    for line in tracked.done or ("Nothing differs, and no issue is open.",):
        say(line)
    if news is not None:
        broken = bool(told.broken)
        total = len(told.broken if broken else told.found)
        _write(news, News(environment=environment, news=tracked.news, total=total, broken=broken).document())
    for one in told.broken:
        note(f"Error: {one.said}")
    return errors.FAILED if told.broken else errors.OK


@click.command("notify", epilog=examples("guestlist ci notify --news news.json --template slack"))
@click.option("--news", type=_FILE, required=True, help="What `guestlist ci issue` wrote with --news.")
@click.option("--template", required=True, metavar="slack|teams|FILE", help="How the message is made; Jinja2.")
@click.pass_obj
def notify(invocation: Invocation, *, news: Path, template: str) -> int:
    """
    Send what is new to a webhook; nothing new, nothing sent.

    The address is taken from GUESTLIST_WEBHOOK_URL alone, and is in no message. Without that variable nothing is sent either.
    """
    from guestlist.ci.notify import ADDRESS, address_of, link_of, news_of, render, send, template_of

    found = news_of(_json_of(news), called=str(news))
    if not found.news:
        say("Nothing is new: nothing is sent.")
        return errors.OK
    if not os.environ.get(ADDRESS):
        say(f"{ADDRESS} is not set: nothing is sent.")
        return errors.OK
    address = address_of(os.environ)
    send(address, render(template_of(invocation.project().root, template), found.context(link_of(os.environ))))
    say(f"Sent: {len(found.news):,} new.")
    return errors.OK


def _tracker() -> Tracker:
    from guestlist.ci.github import GitHub
    from guestlist.ci.gitlab import GitLab

    return GitLab.of_job(os.environ) if os.environ.get("GITLAB_CI") else GitHub.of_job(os.environ)


def _text_of(file: Path) -> str:
    """What a check left, as much of it as can be read at all; empty if it left nothing."""
    from guestlist.ci.artifact import LARGEST_DOCUMENT

    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST_DOCUMENT + 1).decode("utf-8", "replace")
    except OSError:
        return ""


def _json_of(file: Path) -> object:
    """`None` if it is none."""
    try:
        found: object = json.loads(_text_of(file))
    except (ValueError, RecursionError):
        return None
    return found


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise errors.GuestlistError(f"Cannot write {file}: {error.strerror}") from None
