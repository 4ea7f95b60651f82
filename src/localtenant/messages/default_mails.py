"""
The mails of a tenant that nobody has customized. Their words are ours: Auth0 publishes its own nowhere but in the dashboard.

Not here: templates that somebody deployed (kind `email_templates` in the store).
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class DefaultMail:
    """Liquid, as in a deployed template."""

    subject: str
    body: str


def _mail(subject: str, sentence: str, button: str) -> DefaultMail:
    body = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{subject}</title></head>
<body style="font-family: Helvetica, Arial, sans-serif; color: #1f2328;">
<h1 style="font-size: 22px;">{{{{ friendly_name | escape }}}}</h1>
<p>{sentence}</p>
<p><a href="{{{{ url }}}}">{button}</a></p>
<p>{{{{ url }}}}</p>
</body></html>
"""
    return DefaultMail(subject=subject, body=body)


DEFAULTS = {
    "reset_email": _mail(
        "Reset your password",
        "Somebody asked for a new password for {{ user.email | escape }}. If it was not you, ignore this message.",
        "Choose a new password",
    ),
    "verify_email": _mail(
        "Verify your email", "Please confirm that {{ user.email | escape }} is yours.", "Confirm the address"
    ),
    "welcome_email": _mail("Welcome", "Welcome, {{ user.email | escape }}.", "Log in"),
    "blocked_account": _mail(
        "Suspicious sign-in to your account", "There were too many failed logins to your account.", "Unblock it"
    ),
    "enrollment_email": _mail("Enroll in two-factor authentication", "Please set up a second factor.", "Set it up"),
}


def default_mail(template: str) -> DefaultMail:
    """For templates without words of their own, a mail with nothing but the link."""
    return DEFAULTS.get(template) or _mail("A message about your account", "Please follow the link.", "Go on")
