"""
Changes that a pull request may bring, each made to a copy of the project that stands deployed.

Not here: recording what the engine says of them (`record.py`), what they look like (`golden/`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.e2e.harness import Project, succeeded

Change = Callable[[Project], None]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """One change. `base`: what is deployed before it; `refresh`: whether the tenant is read first."""

    name: str
    change: Change
    base: str = "standard"
    refresh: bool = False


def replaced(path: str, old: str, new: str) -> Change:
    """Another text in a file of the program."""

    def change(project: Project) -> None:
        file = project.directory / path
        content = file.read_text(encoding="utf-8")
        if old not in content:
            raise ValueError(f"{path} does not say {old!r} any more")
        file.write_text(content.replace(old, new, 1), encoding="utf-8")

    return change


def setting(group: str, **values: object) -> Change:
    """Other values in the environment's file."""
    return lambda project: project.set_config(group, **values)


def together(*changes: Change) -> Change:
    """One after the other."""

    def change(project: Project) -> None:
        for one in changes:
            one(project)

    return change


def secret(name: str, value: str) -> Change:
    """Another secret in the environment's file."""

    def change(project: Project) -> None:
        succeeded(project.pulumi("config", "set", "--secret", f"guestlist:{name}", value, "-s", "local"))

    return change


def an_action(name: str, *, bound: tuple[str, ...] = ()) -> Change:
    """Somebody else's Action in the tenant; `bound` is the whole list after a login, by names."""

    def change(project: Project) -> None:
        tenant = project.tenant
        if not tenant.get("/actions/actions", actionName=name)["actions"]:
            code = f"exports.onExecutePostLogin = async (event, api) => {{ /* {name} */ }};"
            triggers = [{"id": "post-login", "version": "v3"}]
            made = tenant.write(
                "POST",
                "/actions/actions",
                {"name": name, "code": code, "runtime": "node22", "supported_triggers": triggers},
            )
            deadline = time.monotonic() + 30
            while tenant.get(f"/actions/actions/{made['id']}")["status"] != "built":
                if time.monotonic() > deadline:
                    raise TimeoutError(name)
                time.sleep(0.05)
            tenant.write("POST", f"/actions/actions/{made['id']}/deploy", {})
        if bound:
            bindings = [{"ref": {"type": "action_name", "value": one}, "display_name": one} for one in bound]
            tenant.write("PATCH", "/actions/triggers/post-login/bindings", {"bindings": bindings})

    return change


def nothing(_project: Project) -> None:
    """As it is."""


MFA_OFF = setting("mfa", enabled=False)
SHOP = {
    "name": "Shop",
    "callbackUrls": ["https://shop.example.com/callback"],
    "logoutUrls": ["https://shop.example.com"],
}
WITH_SHOP = setting("otherApplications", shop=SHOP)


def _standard(project: Project) -> None:
    project.set_list("languages", ["en", "de"])
    project.set_config("branding", primaryColor="#0a5fb4", logoUrl="https://example.com/logo.png")


BASES: dict[str, Change] = {
    "nothing": _standard,
    "standard": _standard,
    "with-shop": together(_standard, WITH_SHOP),
    "without-mfa": together(_standard, MFA_OFF),
    "with-corp-claims": together(
        _standard,
        an_action("corp-claims"),
        lambda project: project.set_config("actions", postLogin=["corp-claims", "@require-mfa", "@complete-profile"]),
    ),
}

CODE_LINE = replaced(
    "actions/post-login/complete-profile.js",
    "'Signing in failed because of a problem on our side. Please try again.'",
    "'Signing in failed because of a problem on our side. Please try again in a minute.'",
)
TEMPLATE = replaced(
    "pages/password_reset/reset_email.html", "</body>", "<p>Questions? Ask whoever invited you.</p>\n</body>"
)
CALLBACK = setting(
    "application", callbackUrls=["https://app.localhost:8443/callback", "https://staging.example.com/callback"]
)
SIGN_UP = replaced("stacks/database.py", "disable_signup=True", "disable_signup=False")
PASSWORDS = together(
    setting("connection", passwordMinLength=8, passwordHistorySize=1),
    replaced("stacks/database.py", 'password_policy="excellent"', 'password_policy="low"'),
)

PREPARED = (
    Prepared(name="first-deployment", change=nothing, base="nothing"),
    Prepared(name="nothing-changed", change=nothing),
    Prepared(name="action-code-line", change=CODE_LINE),
    Prepared(name="template", change=TEMPLATE),
    Prepared(name="callback-added", change=CALLBACK),
    Prepared(name="mfa-off", change=MFA_OFF),
    Prepared(name="guardian-removed", change=setting("ownership", mfa="leave")),
    Prepared(name="connection-renamed", change=setting("connection", name="guests")),
    Prepared(name="secret-rotated", change=secret("toPageSecret", "a-new-key-of-more-than-32-bytes-for-the-test")),
    Prepared(name="action-removed", change=setting("profile", enabled=False)),
    Prepared(
        name="prompt-text",
        change=replaced("pages/password_reset/texts/en.yaml", "Choose your password", "Choose a password"),
    ),
    Prepared(name="branding", change=setting("branding", primaryColor="#b40a5f")),
    Prepared(
        name="scope-widened",
        change=replaced(
            "stacks/machine_clients.py", '"create:users", "read:users"', '"create:users", "delete:users", "read:users"'
        ),
    ),
    Prepared(name="sign-up-opened", change=SIGN_UP),
    Prepared(name="password-policy-lowered", change=PASSWORDS),
    Prepared(name="token-lifetime-up", change=setting("tokens", refreshTokenSec=365 * 86400, idTokenSec=30 * 86400)),
    Prepared(
        name="field-became-secret",
        change=replaced(
            "stacks/applications.py",
            'description="The application of invited people."',
            'description=pulumi.Output.secret("The application of our guests.")',
        ),
    ),
    Prepared(name="several-at-once", change=together(CODE_LINE, TEMPLATE, CALLBACK, SIGN_UP, MFA_OFF)),
    Prepared(name="application-added", change=WITH_SHOP),
    Prepared(
        name="application-removed",
        change=lambda project: project.drop_config("otherApplications"),
        base="with-shop",
    ),
    Prepared(name="action-added", change=setting("mfa", enabled=True), base="without-mfa"),
    Prepared(
        name="actions-reordered",
        change=lambda project: project.set_config(
            "actions", postLogin=["@require-mfa", "corp-claims", "@complete-profile"]
        ),
        base="with-corp-claims",
    ),
    Prepared(
        name="foreign-action-appeared",
        change=an_action("who-is-this", bound=("corp-claims", "require-mfa", "complete-profile", "who-is-this")),
        base="with-corp-claims",
        refresh=True,
    ),
)
