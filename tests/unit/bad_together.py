"""Settings that are each well formed and cannot be true together, or need one another."""

from tests.unit.bad import SMTP_USER, Bad, setting
from tests.unit.environment_files import SEALED_TEXT, an_environment, changed

CONTRADICTIONS = [
    Bad(
        "a mail user without a password",
        an_environment(SMTP_USER),
        ": guestlist:email.smtpUser is set, but guestlist:smtpPassword is not (the mail server needs both, or neither)",
    ),
    Bad(
        "a mail password without a user",
        an_environment(changed("smtpPassword", {"secure": SEALED_TEXT})),
        ": guestlist:smtpPassword is set, but guestlist:email.smtpUser is not (the mail server needs both, or neither)",
    ),
    setting(
        "the page on the tenant",
        "profile/pageUrl",
        "https://guestlist-qa.eu.auth0.example",
        'profile.pageUrl must not be on the tenant\'s domain, got "https://guestlist-qa.eu.auth0.example" '
        "(it is Auth0's own host; cookies and pages of the flow need a host of yours)",
    ),
]
