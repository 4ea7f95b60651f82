"""The mail of the password link: what the tenant gets (Liquid), and what a person reads."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .liquid import render

FOLDER = Path(__file__).parents[3] / "pages" / "password_reset"
A_WEEK_SEC = 604_800
URL = "https://login.example.com/u/reset-verify?ticket=abc123#"


def jinja(*, autoescape: bool = False) -> Environment:
    """With the delimiters that leave Liquid alone."""
    return Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=autoescape,  # noqa: S701 - one number goes in; what people wrote is escaped by Liquid at run time
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
    )


def body(*, link_ttl_sec: int = A_WEEK_SEC) -> str:
    return jinja().get_template("reset_email.html").render(link_ttl_sec=link_ttl_sec)


def subject() -> str:
    return jinja().get_template("subject.txt").render()


def an_invited_user(**changes: object) -> dict[str, object]:
    """Somebody who has been invited by Grace and has not logged in yet."""
    return {
        "email": "ana@example.com",
        "app_metadata": {"invite": {"id": "inv_1", "by": "Grace"}},
        "user_metadata": {},
        **changes,
    }


def a_known_user(**changes: object) -> dict[str, object]:
    """Somebody who has forgotten a password; the invite was closed at the first complete login."""
    accepted = {"id": "inv_1", "by": "Grace", "accepted_at": "2026-11-23T10:00:00.000Z"}
    return an_invited_user(**{"app_metadata": {"invite": accepted}, **changes})


def sent(template: str, user: dict[str, object], **changes: object) -> str:
    """The template as Auth0 fills it in for a user."""
    variables = {"url": URL, "friendly_name": "Example", "support_email": "help@example.com", "user": user, **changes}
    return render(template, variables)
