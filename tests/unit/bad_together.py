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
    Bad(
        "links that we mail, through a service that we do not speak to",
        an_environment(
            changed("email", {"fromAddress": "invitations@guestlist.example", "service": "sendgrid"}),
            changed("emailSecret", {"secure": SEALED_TEXT}),
            changed("invite/delivery", "ticket"),
        ),
        ": guestlist:invite.delivery must not be ticket while email.service is sendgrid "
        "(we mail the link through email.smtpHost: write auth0, or service smtp)",
    ),
    Bad(
        "links that we mail, without a mail server",
        an_environment(
            changed("email", {"fromAddress": "invitations@guestlist.example"}),
            changed("ownership/emailProvider", "leave"),
            changed("invite/delivery", "ticket"),
        ),
        ": guestlist:email.smtpHost is missing (invite.delivery ticket mails the link through it)",
    ),
    Bad(
        "phones that nobody would be asked for",
        an_environment(changed("invite/preEnrolPhone", True), changed("mfa/factors", ["otp"])),
        ": guestlist:invite.preEnrolPhone must not be true without sms among mfa.factors (the phone would not be asked for)",
    ),
]
