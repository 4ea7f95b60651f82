"""Applications that are wrong, and lifetimes of their tokens."""

from typing import Any

from tests.unit.bad import Bad, setting, several
from tests.unit.environment_files import changed, without

PLACE = "otherApplications/admin"


def another(**changes: Any) -> tuple[str, object]:
    """A further application that is valid, with changes; `None` takes a setting out."""
    valid = {
        "name": "Back office",
        "callbackUrls": ["https://admin.guestlist.example/callback"],
        "logoutUrls": ["https://admin.guestlist.example"],
    }
    return changed(PLACE, {key: value for key, value in {**valid, **changes}.items() if value is not None})


def other(kind: str, line: str, /, **changes: Any) -> Bad:
    """A further application with one thing wrong."""
    return several(kind, f"otherApplications.admin{line}", another(**changes))


def keyed(kind: str, key: str, shown: str) -> Bad:
    """A further application under a key that is none."""
    line = f"otherApplications.{shown} must be a word in lower case (such as admin; 40 characters or fewer)"
    return several(kind, line, changed(f"otherApplications/{key}", dict(another()[1])))  # type: ignore[call-overload]


LEFT_AS_IT_IS = "must not be there while it is existing (the application is left as it is)"
NEEDED = "is missing (such as https://app.example.com; or write existing: true)"

APPLICATIONS = [
    several("an application without callbacks", f"application.callbackUrls {NEEDED}", without("application/callbackUrls")),
    several("an application without logouts", f"application.logoutUrls {NEEDED}", without("application/logoutUrls")),
    several(
        "an application that exists and has callbacks",
        f"application.callbackUrls {LEFT_AS_IT_IS}",
        changed("application/existing", True),
        without("application/logoutUrls"),
    ),
    setting("a kind that is none", "application/kind", "mobile", 'application.kind must be regular_web, spa or native, got "mobile" (such as regular_web)'),
    setting(
        "web origins of a server",
        "application/webOrigins",
        ["https://app.guestlist.example"],
        "application.webOrigins must not be there unless kind is spa (only a page renews tokens by itself)",
    ),
    setting("an application that may exist", "application/existing", "maybe", 'application.existing must be true or false, got "maybe" (such as false)'),
    setting("a list for the applications", "otherApplications", ["admin"], "otherApplications must be a mapping of settings, got a list (with name)"),
    setting("a text for an application", PLACE, "Back office", "otherApplications.admin must be a mapping of settings, got a text (with name)"),
    keyed("a key with a space", "back office", "back office"),
    keyed("a key in upper case", "Admin", "Admin"),
    keyed("a key with a control character", "ad\x1b[31mmin", "ad<U+001B>[31mmin"),
    keyed("a key without end", "a" * 41, "a" * 41),
    other("another without a name", ".name is missing (such as Guestlist app)", name=None),
    other("another with an unknown setting", ".callbackUrl is not a setting (did you mean callbackUrls?)", callbackUrl="https://a.example"),
    other("another without callbacks", f".callbackUrls {NEEDED}", callbackUrls=None),
    other(
        "another with a wildcard",
        '.callbackUrls[0] must not hold a wildcard, got "https://*.guestlist.example" (a stranger\'s subdomain could take the login: list each URL)',
        callbackUrls=["https://*.guestlist.example"],
    ),
    other(
        "another on localhost",
        '.initiateLoginUri must not be on localhost outside the environment local, got "https://admin.localhost" '
        "(Auth0 refuses localhost, and others cannot reach it)",
        initiateLoginUri="https://admin.localhost",
    ),
    other(
        "another on the tenant",
        '.logoutUrls[0] must not be on the tenant\'s domain, got "https://guestlist-qa.eu.auth0.example/bye" '
        "(it is Auth0's own host; cookies and pages of the flow need a host of yours)",
        logoutUrls=["https://guestlist-qa.eu.auth0.example/bye"],
    ),
    other(
        "an origin with a path",
        ".webOrigins must hold origins, without path or query, got a list (such as https://app.example.com)",
        kind="spa",
        webOrigins=["https://admin.guestlist.example/app"],
    ),
    other("another of the same name", '.name must differ from guestlist:application.name, got "Guestlist app" (they are told apart by it)', name="Guestlist app"),
    other("a list for another's name", ".name must be a text, got a list (such as Guestlist app)", name=["Guestlist app"]),
    *(
        other(f"one that exists and has {name}", f".{name} {LEFT_AS_IT_IS}", **{"existing": True, "callbackUrls": None, "logoutUrls": None, name: value})
        for name, value in {
            "callbackUrls": ["https://a.example"],
            "logoutUrls": ["https://a.example"],
            "webOrigins": ["https://a.example"],
            "kind": "spa",
        }.items()
    ),
    several(
        "more applications than an Action can be told",
        "otherApplications must hold 99 applications or fewer (make another environment)",
        changed("otherApplications", {f"a{number}": {"name": f"a{number}", "existing": True} for number in range(100)}),
    ),
    setting("a short ID token", "tokens/idTokenSec", 59, "tokens.idTokenSec must be 60 or more, got 59 (such as 36000)"),
    setting("a long leeway", "tokens/refreshLeewaySec", 61, "tokens.refreshLeewaySec must be 60 or less, got 61 (such as 30)"),
    several(
        "an idle lifetime over the whole",
        "tokens.refreshTokenIdleSec must not be more than tokens.refreshTokenSec, got 7201 (it would never be reached)",
        changed("tokens", {"refreshTokenSec": 7200, "refreshTokenIdleSec": 7201}),
    ),
    setting(
        "a lifetime below the idle default",
        "tokens/refreshTokenSec",
        7200,
        "tokens.refreshTokenIdleSec must not be more than tokens.refreshTokenSec, got 604800 (it would never be reached)",
    ),
]  # fmt: skip
