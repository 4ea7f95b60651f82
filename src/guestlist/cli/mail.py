"""`guestlist mail`: look at the mail that invites. Not here: making it (`guestlist.mail_preview`), sending it (`guestlist.invites`)."""

from __future__ import annotations

from pathlib import Path

import click

from guestlist import errors
from guestlist.cli.output import Invocation, examples, json_option, print_json, say


@click.group(epilog=examples("guestlist mail preview"))
def command() -> None:
    """Look at the mail that invites, in every language."""


@command.command(
    "preview",
    epilog=examples(
        "guestlist mail preview", "guestlist mail preview --env dev", "guestlist mail preview --out /tmp/mails --json"
    ),
)
@click.option("--env", "environment", metavar="ENV", help="The environment whose name, colours and logo it shows.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where the files go; otherwise .guestlist/mail in the project.",
)
@json_option
@click.pass_obj
def preview(invocation: Invocation, *, environment: str | None, out: Path | None, as_json: bool) -> None:
    """
    Write every state of the mail in every language to files.

    Invitations and forgotten passwords as people get them, as HTML and as text, with an index.html over all. No tenant is asked and
    nothing is sent; the links lead nowhere. Without --env it is an example's name and colours.
    """
    from datetime import UTC, datetime

    from guestlist.environments import load_settings
    from guestlist.mail_preview import EXAMPLE, STATES, make_previews, write_previews
    from guestlist.reset_mail import Letterhead

    letterhead = Letterhead.of(load_settings(invocation.project(), environment)) if environment else EXAMPLE
    folder = out if out is not None else invocation.project().root / ".guestlist" / "mail"
    try:
        written = write_previews(make_previews(letterhead, now=datetime.now(UTC)), folder)
    except OSError as error:
        raise errors.GuestlistError(
            f"Cannot write the mails to {folder}: {error.strerror}. Name another folder: guestlist mail preview --out DIR"
        ) from None
    index = folder / "index.html"
    if as_json:
        print_json(
            {
                "folder": str(folder),
                "index": str(index),
                "mails": [
                    {
                        "state": one.preview.state,
                        "language": one.preview.language,
                        "subject": one.preview.letter.subject,
                        "html": one.html_file.name,
                        "text": one.text_file.name,
                        "bytes": one.size,
                    }
                    for one in written
                ],
            }
        )
        return
    languages = sorted({one.preview.language for one in written})
    say(
        f"{len(written)} mails in {folder}: {', '.join(languages)}; the largest has {max(one.size for one in written)} bytes."
    )
    for state, shows in STATES.items():
        say(f"  {state:<25} {shows}")
    say(f"To look at them open: {index}")
    say(f"To send one run: guestlist invites create ana@example.com --env {environment or 'local'}")
