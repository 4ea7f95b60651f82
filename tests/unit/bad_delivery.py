"""Email services and senders of text messages that are wrong."""

from typing import Any

from tests.unit.bad import Bad, setting, several
from tests.unit.environment_files import A_THIRD_KEY, changed

SID, TOKEN, KEY = "AC" + "0" * 32, "canary5d4c3b2a1f0e9d8c7b6a5f4e3d", "canary-of-the-service"
TWILIO = {"provider": "twilio", "twilioSid": SID, "fromNumber": "+4915123456789"}
HOOK = {"provider": "custom", "webhookUrl": "https://sms.guestlist.example/hook"}
HOOK_KEY = A_THIRD_KEY


def email(kind: str, line: str, /, *, secrets: dict[str, str] | None = None, **group: Any) -> Bad:
    """The whole group of an email service, with one thing wrong."""
    whole = changed("email", {"fromAddress": "invitations@guestlist.example", **group})
    return several(kind, line, whole, **(secrets or {}))


def phone(kind: str, line: str, /, *, secrets: dict[str, str] | None = None, **group: Any) -> Bad:
    """The whole group of a sender, with one thing wrong."""
    return several(kind, line, changed("phone", group), **(secrets or {}))


SERVICE = {"emailSecret": KEY}
TWILIO_TOKEN = {"twilioAuthToken": TOKEN}
WEBHOOK_KEY = {"phoneWebhookSecret": HOOK_KEY}
WORDS = "smtp, azure, mailgun, mandrill, ms365, sendgrid, ses or sparkpost"

DELIVERY = [
    email("a service that is none", f'email.service must be {WORDS}, got "postmark" (such as smtp)', service="postmark"),
    email("SMTP without its server", "email.smtpHost is missing (smtp needs it)"),
    email("SES without its region", "email.region is missing (ses needs it)", secrets=SERVICE, service="ses", accessKeyId="AKIA"),
    email("SES without its key's name", "email.accessKeyId is missing (ses needs it)", secrets=SERVICE, service="ses", region="eu-west-1"),
    email("Mailgun without its domain", "email.domain is missing (mailgun needs it)", secrets=SERVICE, service="mailgun"),
    email("Microsoft 365 without its directory", "email.tenantId is missing (ms365 needs it)", secrets=SERVICE, service="ms365", clientId="c"),
    email("Microsoft 365 without its application", "email.clientId is missing (ms365 needs it)", secrets=SERVICE, service="ms365", tenantId="t"),
    *(
        email(
            f"{service} without its secret",
            f"emailSecret is missing ({service} needs it: pulumi config set --secret guestlist:emailSecret)",
            service=service,
            **more,
        )
        for service, more in {
            "azure": {},
            "mailgun": {"domain": "mg.example.com"},
            "mandrill": {},
            "ms365": {"tenantId": "t", "clientId": "c"},
            "sendgrid": {},
            "ses": {"region": "eu-west-1", "accessKeyId": "AKIA"},
            "sparkpost": {},
        }.items()
    ),
    email("a server of SMTP for SendGrid", "email.smtpHost must not be there while email.service is sendgrid (sendgrid has no use for it)", secrets=SERVICE, service="sendgrid", smtpHost="smtp.example.com"),
    email("a region for Mandrill", "email.region must not be there while email.service is mandrill (mandrill has no use for it)", secrets=SERVICE, service="mandrill", region="eu"),
    email("a key of a service for SMTP", "emailSecret must not be there while email.service is smtp (take the key out)", secrets=SERVICE, smtpHost="smtp.example.com"),
    email("an empty word", 'email.region must not be empty, got "" (such as eu-central-1)', secrets=SERVICE, service="sparkpost", region=""),
    phone("a sender that is none", 'phone.provider must be auth0, twilio or custom, got "vonage" (such as twilio)', provider="vonage"),
    phone("an experience that is none", 'phone.experience must be unified or legacy, got "new" (such as unified)', experience="new"),
    phone("Twilio without its account", "phone.twilioSid is missing (twilio needs it)", secrets=TWILIO_TOKEN, provider="twilio", fromNumber="+4915123456789"),
    phone("Twilio without a sender", "phone.fromNumber is missing (Twilio needs it, or messagingServiceSid)", secrets=TWILIO_TOKEN, provider="twilio", twilioSid=SID),
    phone("Twilio without its token", "twilioAuthToken is missing (twilio needs it: pulumi config set --secret guestlist:twilioAuthToken)", **TWILIO),
    phone("Twilio with a web hook", "phone.webhookUrl must not be there while phone.provider is twilio (twilio has no use for it)", secrets=TWILIO_TOKEN, **TWILIO, webhookUrl="https://a.example"),
    phone("Twilio with a web hook's key", "phoneWebhookSecret must not be there while phone.provider is twilio (take the key out)", secrets={**TWILIO_TOKEN, **WEBHOOK_KEY}, **TWILIO),
    phone("a web hook without its URL", "phone.webhookUrl is missing (custom needs it)", secrets=WEBHOOK_KEY, provider="custom"),
    phone("a web hook without its key", "phoneWebhookSecret is missing (custom needs it: pulumi config set --secret guestlist:phoneWebhookSecret)", **HOOK),
    phone("a web hook with a weak key", "phoneWebhookSecret must have 32 random bytes or more, got 6 characters (make one: python3 -c 'import secrets; print(secrets.token_urlsafe(64))')", secrets={"phoneWebhookSecret": "canary"}, **HOOK),
    phone(
        "a web hook on the tenant",
        'phone.webhookUrl must not be on the tenant\'s domain, got "https://guestlist-qa.eu.auth0.example/hook" '
        "(it is Auth0's own host; cookies and pages of the flow need a host of yours)",
        secrets=WEBHOOK_KEY,
        provider="custom",
        webhookUrl="https://guestlist-qa.eu.auth0.example/hook",
    ),
    phone("an account for Auth0's own sender", "phone.twilioSid must not be there while phone.provider is auth0 (auth0 has no use for it)", provider="auth0", twilioSid=SID),
    phone("a number that nobody uses", "phone.fromNumber must not be there without phone.provider (nobody would use it)", fromNumber="+4915123456789"),
    phone("a token that nobody uses", "twilioAuthToken must not be there without phone.provider (nobody would use it)", secrets=TWILIO_TOKEN),
    phone("an account of another form", 'phone.twilioSid must be `AC` and 32 hexadecimal digits, got "AC1" (such as AC00000000000000000000000000000000)', secrets=TWILIO_TOKEN, **{**TWILIO, "twilioSid": "AC1"}),
    phone("a number that YAML takes for one", "phone.fromNumber must be a text, got 4915123456789 (in quotes, such as +4915123456789)", secrets=TWILIO_TOKEN, **{**TWILIO, "fromNumber": 4915123456789}),
    phone("a number without its country", 'phone.fromNumber must be phone number in quotes, `+` and digits, got "0151-23456789" (such as +4915123456789)', secrets=TWILIO_TOKEN, **{**TWILIO, "fromNumber": "0151-23456789"}),
    phone("a message without the code", 'phone.verificationText must hold {{code}}, got "Hello" (the code is what the message is for)', verificationText="Hello"),
    phone("a message without end", f'phone.enrollmentText must have 1 to 300 characters, got "{("{{code}}" + "a" * 300)[:60]}…" (two text messages at most)', enrollmentText="{{code}}" + "a" * 300),
    phone("Guardian without a sender", "phone.provider is missing (Guardian keeps who sends messages with its phone factor: write auth0, or who it is)", experience="legacy", verificationText="{{code}}"),
    several("Guardian's sender without Guardian", "ownership.phone must not be own while ownership.mfa is not and phone.experience is legacy (Guardian keeps who sends messages with its phone factor: write phone: leave, or mfa: own)", changed("phone", {"experience": "legacy", "provider": "auth0"}), changed("ownership/mfa", "leave")),
    phone("two senders", "phone.fromNumber must not be there beside phone.messagingServiceSid (Auth0 takes one sender; the messaging service chooses a number by itself)", secrets=TWILIO_TOKEN, **TWILIO, messagingServiceSid="MG" + "0" * 32),
    setting("a text for the sender", "phone", "twilio", "phone must be a mapping of settings, got a text (config/README.md says which)"),
]  # fmt: skip
