"""Settings that are wrong by themselves, and whose the tenant's things are."""

from tests.unit.bad import SET, Bad, setting
from tests.unit.environment_files import SEALED_TEXT, an_environment, changed, without

URL = "application/initiateLoginUri"

PASS = {"rule": "sign-up-opened", "reason": "an open beta until spring", "until": "2026-12-31"}

SETTINGS = [
    setting("a rule that is none", "allow", [{**PASS, "rule": "signup-opened"}], 'allow[0].rule is not a security rule, got "signup-opened" (did you mean sign-up-opened?)'),
    setting("a rule that is like none", "allow", [PASS, {**PASS, "rule": "7"}], 'allow[1].rule is not a security rule, got "7" (docs/security-rules.md lists them all)'),
    setting("a reason that is none", "allow", [{**PASS, "reason": "because"}], 'allow[0].reason must have 10 characters or more, got "because" (whoever reviews the file reads it)'),
    setting("an allowance for ever", "allow", [{**PASS, "until": "never"}], 'allow[0].until must be a day, got "never" (in quotes, such as 2026-12-31)'),
    setting("a day that is none", "allow", [{**PASS, "until": "2026-02-30"}], 'allow[0].until must be a day, got "2026-02-30" (in quotes, such as 2026-12-31)'),
    setting("an allowance without its end", "allow", [{"rule": "sign-up-opened", "reason": "an open beta until spring"}], "allow[0].until is missing (such as 2026-12-31)"),
    setting("an allowance for somebody", "allow", [{**PASS, "who": "me"}], "allow[0].who is not a setting (config/README.md lists them all)"),
    setting("a rule for a list of them", "allow", "sign-up-opened", 'allow must be a list, got "sign-up-opened" (with rule, reason, until)'),
    Bad(
        "a missing setting",
        an_environment(without("tenant/domain")),
        ": guestlist:tenant.domain is missing (such as guestlist-dev.eu.auth0.com)",
    ),
    Bad("a missing group", an_environment(without("profile")), ": guestlist:profile is missing (with pageUrl)"),
    Bad(
        "a missing secret",
        an_environment(without("fromPageSecret")),
        f": guestlist:fromPageSecret is missing (from the terminal: {SET.format('fromPageSecret')})",
    ),
    setting(
        "a text for a number",
        "invite/linkTtlSec",
        "a week",
        'invite.linkTtlSec must be a whole number, got "a week" (such as 604800)',
    ),
    setting(
        "a number in quotes",
        "email/smtpPort",
        "587",
        'email.smtpPort must be a whole number, got "587" (such as 587)',
    ),
    setting("a fraction", "invite/linkTtlSec", 1.5, "invite.linkTtlSec must be a whole number, got 1.5 (such as 604800)"),
    setting("a switch for a number", "invite/linkTtlSec", True, "invite.linkTtlSec must be a whole number, got true (such as 604800)"),
    setting("a number for a text", "tenant/friendlyName", 7, "tenant.friendlyName must be a text, got 7 (in quotes, such as Guestlist)"),
    setting("a text for a switch", "mfa/enabled", "on", 'mfa.enabled must be true or false, got "on" (such as true)'),
    setting("a text for a top switch", "protect", "no", 'protect must be true or false, got "no" (such as true)'),
    setting(
        "a text for a list",
        "application/callbackUrls",
        "https://app.guestlist.example",
        'application.callbackUrls must be a list, got "https://app.guestlist.example" (such as https://app.example.com/callback)',
    ),
    setting("a text for a group", "email", "smtp", "email must be a mapping of settings, got a text (with fromAddress)"),
    setting("no value", "tenant/supportEmail", None, "tenant.supportEmail has no value (write one, or take the line out)"),
    setting("an empty list", "application/logoutUrls", [], "application.logoutUrls must have one URL or more, got a list (nobody could log in or out)"),
    setting(
        "a URL twice",
        "application/logoutUrls",
        ["https://a.example", "https://a.example"],
        "application.logoutUrls must not hold a URL twice, got a list (take one of them out)",
    ),
    setting("an unknown setting", "invite/linkTtl", 3600, "invite.linkTtl is not a setting (did you mean linkTtlSec?)"),
    setting("an unknown group", "aplication", {}, "aplication is not a setting (did you mean guestlist:application?)"),
    setting("an unknown key like no other", "zzz", 1, "zzz is not a setting (config/README.md lists them all)"),
    setting("a lifetime of nothing", "invite/linkTtlSec", 0, "invite.linkTtlSec must be 1 or more, got 0 (Auth0 would use 5 days)"),
    setting(
        "a lifetime over a month",
        "invite/linkTtlSec",
        2592001,
        "invite.linkTtlSec must be 2592000 or less, got 2592001 (30 days; a link is a way into the account until it is used)",
    ),
    setting(
        "short passwords",
        "connection/passwordMinLength",
        7,
        "connection.passwordMinLength must be 8 or more, got 7 (shorter ones are guessed; 12 is the default)",
    ),
    setting(
        "passwords past bcrypt's end",
        "connection/passwordMinLength",
        73,
        "connection.passwordMinLength must be 72 or less, got 73 (Auth0 hashes 72 bytes and no more)",
    ),
    setting(
        "a long history",
        "connection/passwordHistorySize",
        25,
        "connection.passwordHistorySize must be 24 or less, got 25 (Auth0 keeps 24)",
    ),
    setting("port 0", "email/smtpPort", 0, "email.smtpPort must be 1 or more, got 0 (587 is usual)"),
    setting(
        "a connection's name with a space",
        "connection/name",
        "invited users",
        'connection.name must be letters, digits and single hyphens between them, 128 characters or fewer, got "invited users" (Auth0 takes no other names)',
    ),
    setting(
        "a connection's name without end",
        "connection/name",
        "a" * 129,
        f'connection.name must have 128 characters or fewer, got "{"a" * 60}…" (Auth0 takes no more)',
    ),
    setting("an http URL", URL, "http://a.example/login", 'application.initiateLoginUri must be an https:// URL, got "http://a.example/login" (Auth0 sends login results there)'),
    setting(
        "a wildcard",
        "application/callbackUrls/0",
        "https://*.guestlist.example/callback",
        'application.callbackUrls[0] must not hold a wildcard, got "https://*.guestlist.example/callback" '
        "(a stranger's subdomain could take the login: list each URL)",
    ),
    setting(
        "a URL with a password",
        URL,
        "https://ana:canary@a.example/login",
        'application.initiateLoginUri must not hold a user name or password, got "https://…@a.example/login" '
        "(everyone who logs in would see them)",
    ),
    setting("a URL with a fragment", URL, "https://a.example/#/login", 'application.initiateLoginUri must not hold a fragment, got "https://a.example/#/login" (take out # and what follows)'),
    setting("a URL of an address", URL, "https://192.0.2.1/login", 'application.initiateLoginUri must name a host, not an address, got "https://192.0.2.1/login" (certificates are for names)'),
    setting("a URL without a host", URL, "https:///login", 'application.initiateLoginUri must be a host name, got "https:///login" (such as app.example.com)'),
    setting("a URL with a wrong port", URL, "https://a.example:99999", 'application.initiateLoginUri must be a URL, got "https://a.example:99999" (its host or port cannot be read)'),
    setting("a URL with a space", URL, "https://a.example/log in", 'application.initiateLoginUri must be a URL, got "https://a.example/log in" (it holds a character that a URL cannot have, or is too long)'),
    setting(
        "a local URL",
        URL,
        "https://app.localhost:8443/login",
        'application.initiateLoginUri must not be on localhost outside the environment local, got "https://app.localhost:8443/login" '
        "(Auth0 refuses localhost, and others cannot reach it)",
    ),
    setting(
        "a loopback URL",
        URL,
        "https://127.0.0.1/login",
        'application.initiateLoginUri must not be on localhost outside the environment local, got "https://127.0.0.1/login" '
        "(Auth0 refuses localhost, and others cannot reach it)",
    ),
    setting("a page with a slash at its end", "profile/pageUrl", "https://p.example/", 'profile.pageUrl must not end in a slash, nor hold a query, got "https://p.example/" (the login flow adds its own)'),
    setting("a domain with a scheme", "tenant/domain", "https://a.eu.auth0.com", 'tenant.domain must be a host name without https://, got "https://a.eu.auth0.com" (such as my-tenant.eu.auth0.com)'),
    setting("a domain with a slash", "tenant/domain", "a.eu.auth0.com/", 'tenant.domain must be a host name without a slash, got "a.eu.auth0.com/" (such as my-tenant.eu.auth0.com)'),
    setting("a domain in upper case", "tenant/domain", "A.eu.auth0.com", 'tenant.domain must be in lower case, got "A.eu.auth0.com" (such as my-tenant.eu.auth0.com)'),
    setting("a domain with a port", "tenant/domain", "a.eu.auth0.com:443", 'tenant.domain must not hold a port, got "a.eu.auth0.com:443" (such as my-tenant.eu.auth0.com)'),
    setting(
        "a tenant's name for its domain",
        "tenant/domain",
        "guestlist",
        'tenant.domain must be the full domain of the tenant, got "guestlist" '
        "(such as my-tenant.eu.auth0.com; Auth0 shows it under Settings of any application)",
    ),
    setting(
        "the local tenant",
        "tenant/domain",
        "localhost:8443",
        'tenant.domain must not be localhost outside the environment local, got "localhost:8443" '
        "(write the domain of the environment's Auth0 tenant)",
    ),
    setting("a mail address without a host", "email/fromAddress", "ana", 'email.fromAddress must be a mail address, got "ana" (such as invitations@example.com)'),
    setting("a mail server with a port", "email/smtpHost", "smtp.example:25", 'email.smtpHost must not hold a port, got "smtp.example:25" (write the port in guestlist:email.smtpPort)'),
    setting(
        "a mail server on this machine",
        "email/smtpHost",
        "localhost",
        'email.smtpHost must not be localhost outside the environment local, got "localhost" (Auth0 sends the mail, from its own machines)',
    ),
    setting(
        "a control character",
        "tenant/friendlyName",
        "Guest\x1b[31mlist",
        'tenant.friendlyName must be one line without control characters, got "Guest<U+001B>[31mlist" '
        "(take out line breaks, tabs and invisible characters)",
    ),
    setting(
        "a text that turns its direction",
        "tenant/friendlyName",
        "Guest\u202elist",
        'tenant.friendlyName must be one line without control characters, got "Guest<U+202E>list" '
        "(take out line breaks, tabs and invisible characters)",
    ),
    setting("an empty name", "application/name", " ", 'application.name must not be empty, got " " (people read it in the mail and on the login page)'),
    setting("a name with a tag", "application/name", "<b>", 'application.name must not hold < or >, got "<b>" (Auth0 refuses them in names)'),
    setting(
        "a name without end",
        "application/name",
        "a" * 101,
        f'application.name must have 100 characters or fewer, got "{"a" * 60}…" (it has 101)',
    ),
    setting("an encrypted setting", "tenant/supportEmail", {"secure": SEALED_TEXT}, "tenant.supportEmail must not be encrypted (only secrets are encrypted: a review must see the rest)"),
]  # fmt: skip

OWNERSHIP = [
    setting(
        "an owner that is none",
        "ownership/mfa",
        "mine",
        'ownership.mfa must be own, leave or require, got "mine" (such as own)',
    ),
    setting(
        "an Action of ours without @",
        "actions/postLogin",
        ["require-mfa", "@complete-profile"],
        "actions.postLogin must name ours with @: @require-mfa, got a list (without it a name is somebody else's Action)",
    ),
    setting(
        "an Action of ours that is not there",
        "actions/postLogin",
        ["@require-mfa", "@complete-profile", "@corp"],
        "actions.postLogin must name ours only with @, got a list (they are @require-mfa and @complete-profile; others are named as they are)",
    ),
    setting(
        "the redirect before MFA",
        "actions/postLogin",
        ["@complete-profile", "@require-mfa"],
        "actions.postLogin must have @require-mfa before @complete-profile, got a list (MFA comes first, or the redirect could be used to skip it)",
    ),
    setting(
        "an Action twice",
        "actions/postLogin",
        ["corp", "@require-mfa", "@complete-profile", "corp"],
        "actions.postLogin must not name an Action twice, got a list (it would run twice)",
    ),
    setting(
        "an Action without a name",
        "actions/postLogin",
        ["", "@require-mfa", "@complete-profile"],
        "actions.postLogin must not name an empty or too long Action, got a list (128 characters are the most)",
    ),
    setting(
        "more Actions than a trigger takes",
        "actions/postLogin",
        ["@require-mfa", "@complete-profile", *(f"corp-{number}" for number in range(19))],
        "actions.postLogin must name 20 Actions or fewer, got a list (Auth0 binds no more to a trigger)",
    ),
    setting(
        "a list without one of ours",
        "actions/postLogin",
        ["corp-risk", "@complete-profile"],
        "actions.postLogin must name @require-mfa (it would not run; to do without it write mfa.enabled: false)",
    ),
    Bad(
        "MFA required and switched off",
        an_environment(("config/guestlist:ownership/mfa", "require"), ("config/guestlist:mfa/enabled", False)),
        ": guestlist:ownership.mfa must not be require while mfa.enabled is false (nothing is needed of MFA then: take the line out, or write leave)",
    ),
    Bad(
        "Actions required and switched off",
        an_environment(
            ("config/guestlist:ownership/postLogin", "require"),
            ("config/guestlist:mfa/enabled", False),
            ("config/guestlist:profile/enabled", False),
        ),
        ": guestlist:ownership.postLogin must not be require while no Action of ours runs (no Action of ours is there to be bound: take the line out, or write leave)",
    ),
    Bad(
        "a list that nobody writes",
        an_environment(
            ("config/guestlist:ownership/postLogin", "leave"),
            ("config/guestlist:actions/postLogin", ["@require-mfa", "@complete-profile"]),
        ),
        ": guestlist:actions.postLogin must not be there unless ownership.postLogin is own (the list is somebody else's to write)",
    ),
]  # fmt: skip

LOCAL = [
    Bad(
        "a real tenant in local",
        an_environment(changed("profile/pageUrl", "https://profile.localhost:8443")),
        ': guestlist:tenant.domain must be localhost in the environment local, got "guestlist-qa.eu.auth0.example" '
        "(its keys are public; a real tenant needs its own: guestlist env new)",
        environment="local",
    ),
    Bad(
        "a public page in local",
        an_environment(changed("tenant/domain", "localhost:8443")),
        ': guestlist:profile.pageUrl must be on localhost in the environment local, got "https://profile.guestlist.example" '
        "(its keys are public)",
        environment="local",
    ),
]
