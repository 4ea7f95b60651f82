"""Objects that somebody makes or deletes by hand, and what no check can see."""

from collections.abc import Callable
from typing import Any

from tests.e2e.by_hand import ANA, BEN, CANARY, CHIARA, DMITRI, Hand, Injection, nothing
from tests.e2e.injections_applications import INVITER, PORTAL, READER

Make = Callable[[Hand], object]
FOREIGN, API = "Corp reports", "https://api.corp.example/"


def _make_grant(hand: Hand) -> None:
    domain = hand.tenant.domain
    body = {"client_id": hand.client_id(FOREIGN), "audience": f"https://{domain}/api/v2/", "scope": ["read:users"]}
    hand.write("POST", "/client-grants", body)


def _grant_an_api(hand: Hand) -> None:
    body = {"client_id": hand.client_id(INVITER), "audience": API, "scope": ["read:reports"]}
    hand.write("POST", "/client-grants", body)


# Made before anything else: other rows bind them, or grant them something.
UNMANAGED = (
    Injection(
        name="an application of somebody else's",
        resource=f"Client {FOREIGN}",
        kind="unmanaged",
        happened="made",
        remark="client_credentials",
        person=DMITRI,
        make=lambda hand: hand.write("POST", "/clients", {"name": FOREIGN, "app_type": "non_interactive"}),
    ),
    Injection(
        name="a grant of somebody else's",
        resource=f"ClientGrant of {FOREIGN} on https://{{domain}}/api/v2/",
        kind="unmanaged",
        happened="made",
        remark="read:users",
        person=DMITRI,
        make=_make_grant,
    ),
    Injection(
        name="a social connection",
        resource="Connection corp-github",
        kind="unmanaged",
        happened="made",
        remark="github",
        person=ANA,
        make=lambda hand: hand.write("POST", "/connections", {"name": "corp-github", "strategy": "github"}),
    ),
    Injection(
        name="an Action that runs",
        resource="Action corp-audit",
        kind="unmanaged",
        happened="made",
        remark="It runs in post-login",
        person=BEN,
        make=lambda hand: hand.make_action("corp-audit"),
    ),
    Injection(
        name="an Action that does not run",
        resource="Action corp-idle",
        kind="unmanaged",
        happened="made",
        remark="does not run",
        person=BEN,
        make=lambda hand: hand.make_action("corp-idle"),
    ),
    Injection(
        name="an API",
        resource=f"ResourceServer {API}",
        kind="unmanaged",
        happened="made",
        person=CHIARA,
        make=lambda hand: hand.write(
            "POST",
            "/resource-servers",
            {"name": "Reports", "identifier": API, "scopes": [{"value": "read:reports", "description": "Read"}]},
        ),
    ),
    Injection(
        name="a grant of one of our clients on that API",
        resource=f"ClientGrant of {INVITER} on {API}",
        kind="unmanaged",
        happened="made",
        remark="read:reports",
        person=CHIARA,
        make=_grant_an_api,
    ),
    Injection(
        name="a role",
        resource="Role Corp auditor",
        kind="unmanaged",
        happened="made",
        person=ANA,
        make=lambda hand: hand.write("POST", "/roles", {"name": "Corp auditor"}),
    ),
    Injection(
        name="a login domain of somebody else's",
        resource="CustomDomain corp.localhost",
        kind="unmanaged",
        happened="made",
        person=ANA,
        make=lambda hand: hand.write(
            "POST", "/custom-domains", {"domain": "corp.localhost", "type": "auth0_managed_certs"}
        ),
    ),
)


def _other_secret_value(hand: Hand) -> None:
    path = hand.action("complete-profile")
    names = [one["name"] for one in hand.get(path)["secrets"]]
    secrets = [{"name": one, "value": CANARY} if one == "TO_PAGE_SECRET" else {"name": one} for one in names]
    hand.write("PATCH", path, {"secrets": secrets})


def _other_password(hand: Hand) -> None:
    there = hand.get("/emails/provider")["credentials"]
    hand.write("PATCH", "/emails/provider", {"credentials": {**there, "smtp_pass": CANARY}})


# Looked for with the drift reader's credentials.
INVISIBLE = (
    Injection(
        name="the value of an Action's secret",
        resource="Action complete-profile",
        person=ANA,
        unseen="the values of Actions' secrets",
        make=_other_secret_value,
    ),
    Injection(
        name="the password at the mail server",
        resource="EmailProvider email-provider",
        person=BEN,
        unseen="the email provider's credentials",
        make=_other_password,
    ),
    Injection(
        name="the token of the phone provider",
        resource="PhoneProvider phone-provider",
        person=CHIARA,
        unseen="the phone provider's credentials",
        make=lambda hand: hand.write("PATCH", hand.phone_provider(), {"credentials": {"auth_token": CANARY}}),
    ),
    Injection(
        name="a client's secret rotated",
        resource="ClientSecrets client-secrets",
        person=CHIARA,
        unseen="a client's secret that was rotated by hand",
        make=lambda hand: hand.write("POST", f"{hand.client(INVITER)}/rotate-secret", {}),
    ),
)


def _rotate_reader(hand: Hand) -> None:
    hand.write("POST", f"{hand.client(READER)}/rotate-secret", {})


def _connection_made_anew(hand: Hand) -> None:
    hand.delete(hand.connection())
    hand.write("POST", "/connections", {"name": "invited-users", "strategy": "auth0"})


def _action_made_anew(hand: Hand) -> None:
    hand.bind(*(name for name in hand.bound() if name != "require-mfa"))
    hand.delete(hand.action("require-mfa"))
    hand.make_action("require-mfa")


def _client_made_anew(hand: Hand) -> None:
    hand.delete(hand.client(INVITER))
    hand.write("POST", "/clients", {"name": INVITER, "app_type": "non_interactive"})


def _domain_made_anew(hand: Hand) -> None:
    hand.delete(hand.login_domain())
    hand.write("POST", "/custom-domains", {"domain": "login.localhost", "type": "auth0_managed_certs"})


def _other_webhook(hand: Hand) -> None:
    hand.write("PATCH", hand.action("phone-webhook"), {"code": "exports.onExecuteSendPhoneMessage = async () => {};"})
    hand.deploy("phone-webhook")


def _row(name: str, resource: str, make: Make = nothing, **rest: Any) -> Injection:
    return Injection(name=name, resource=resource, make=make, person=DMITRI, **rest)


# In a second tenant: each takes with it what others change. Looked for with the deployer's credentials.
DELETIONS = (
    _row(
        "a client's secret rotated, which the deployer may read",
        "ClientSecrets client-secrets",
        _rotate_reader,
        unseen="a client's secret that was rotated by hand",
    ),
    _row(
        "an application of ours deleted",
        "Client inviter",
        _client_made_anew,
        happened="deleted",
        remark="made by hand (/clients/",
    ),
    _row("its grant with it", "ClientGrant inviter-grant", happened="deleted"),
    _row("and made anew", f"Client {INVITER}", kind="unmanaged", happened="made"),
    _row(
        "an Action deleted",
        "Action require-mfa",
        _action_made_anew,
        happened="deleted",
        remark="made by hand (/actions/actions/",
        rule="mfa-left-to-policy",
    ),
    _row("out of the trigger first", "TriggerActions post-login", path="actions", value="require-mfa"),
    _row("and made anew, asking nobody", "Action require-mfa", kind="unmanaged", happened="made"),
    _row(
        "the connection deleted, with its people",
        "Connection invited-users",
        _connection_made_anew,
        happened="deleted",
        remark="All users of the connection went with it",
    ),
    _row("the list of who may use it", "ConnectionClients invited-users-clients", happened="deleted"),
    _row("the way to our application", "ApplicationConnections application-connections", path="connections"),
    _row("and to the other one", "ApplicationConnections application-more-connections", path="connections"),
    _row("and made anew, open to everybody", "Connection invited-users", kind="unmanaged", happened="made"),
    _row(
        "the login domain deleted",
        "CustomDomain login-domain",
        _domain_made_anew,
        happened="deleted",
        remark="does not answer any more",
    ),
    _row("its verification with it", "CustomDomainVerification login-domain-verification", happened="deleted"),
    _row("and made anew, not verified", "CustomDomain login.localhost", kind="unmanaged", happened="made"),
    _row(
        "an application that was there before us deleted",
        "ExistingApplications existing-applications",
        lambda hand: hand.delete(hand.client(PORTAL)),
        path="client_ids.application-portal",
    ),
    _row("other code for text messages", "Action phone-webhook", _other_webhook, path="code"),
    _row(
        "text messages bound to nothing",
        "TriggerAction phone-webhook-binding",
        lambda hand: hand.bind(trigger="send-phone-message"),
        happened="deleted",
    ),
    _row(
        "the email provider deleted",
        "EmailProvider email-provider",
        lambda hand: hand.delete("/emails/provider"),
        happened="deleted",
        remark="mailer",
    ),
)
