"""
Pictures of a tenant for the tests of rules and consequences: what a clean environment declares, and one thing changed.

Not here: what is asserted (`test_*.py`).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from guestlist.preview.change import Change, properties_of
from guestlist.preview.picture import OPERATIONS, PENDING, SECRET, Operation, Pictures, Resource, Step

SPECIAL = {
    "TenantBackup": "pulumi-python:dynamic/guestlist:TenantBackup",
    "ApplicationConnections": "pulumi-python:dynamic/guestlist:ApplicationConnections",
    "ClientSecrets": "pulumi-python:dynamic/guestlist:ClientSecrets",
    "ExistingApplications": "pulumi-python:dynamic/guestlist:ExistingApplications",
    "PostLoginBackup": "pulumi-python:dynamic/guestlist:PostLoginBackup",
}
Inputs = Mapping[str, Any]
Declared = Mapping[str, Inputs | None]  # by `Kind name`; None takes one out

ASKS = "exports.onExecutePostLogin = async (event, api) => { api.authentication.challengeWith({ type: 'phone' }); };"
REDIRECTS = "exports.onExecutePostLogin = async (event, api) => { api.redirect.sendUserTo('https://x'); };"
APPLICATION = {
    "name": "Guestlist app",
    "appType": "regular_web",
    "oidcConformant": True,
    "grantTypes": ["authorization_code", "refresh_token"],
    "callbacks": ["https://app.example.com/callback"],
    "allowedLogoutUrls": ["https://app.example.com"],
    "webOrigins": [],
    "initiateLoginUri": "https://app.example.com/login",
    "crossOriginAuth": False,
    "jwtConfiguration": {"alg": "RS256", "lifetimeInSeconds": 36000},
    "refreshToken": {
        "rotationType": "rotating",
        "expirationType": "expiring",
        "leeway": 30,
        "tokenLifetime": 2592000,
        "idleTokenLifetime": 604800,
        "infiniteTokenLifetime": False,
        "infiniteIdleTokenLifetime": False,
    },
}
CLEAN: Mapping[str, Inputs] = {
    "Tenant tenant": {
        "customizeMfaInPostloginAction": True,
        "defaultRedirectionUri": "https://app.example.com/login",
        "flags": {"enableClientConnections": False},
        "sessionLifetime": 72,
    },
    "Connection invited-users": {
        "name": "invited-users",
        "strategy": "auth0",
        "options": {
            "disableSignup": True,
            "bruteForceProtection": True,
            "importMode": False,
            "enabledDatabaseCustomization": False,
            "passwordPolicy": "excellent",
            "passwordComplexityOptions": {"minLength": 12},
            "passwordHistories": [{"enable": True, "size": 5}],
            "passwordDictionary": {"enable": True},
            "passwordNoPersonalInfo": {"enable": True},
        },
    },
    "Client application": APPLICATION,
    "Client inviter": {"name": "Guestlist inviter", "appType": "non_interactive", "grantTypes": ["client_credentials"]},
    "ClientGrant inviter-grant": {
        "audience": "https://example.eu.auth0.com/api/v2/",
        "clientId": "id-of-inviter",
        "scopes": ["create:user_tickets", "create:users", "read:users", "update:users"],
    },
    "Guardian guardian": {"policy": "all-applications", "phone": {"enabled": True, "messageTypes": ["sms"]}},
    "Action require-mfa": {
        "name": "require-mfa",
        "code": ASKS,
        "secrets": [{"name": name, "value": SECRET} for name in ("CLIENT_IDS", "CONNECTION_NAME", "FACTORS")],
    },
    "Action complete-profile": {"name": "complete-profile", "code": REDIRECTS, "secrets": SECRET},
    "TriggerActions post-login": {
        "trigger": "post-login",
        "actions": [
            {"id": "id-of-require-mfa", "displayName": "require-mfa"},
            {"id": "id-of-complete-profile", "displayName": "complete-profile"},
        ],
    },
    "ConnectionClients invited-users-clients": {
        "connectionId": "id-of-invited-users",
        "enabledClients": ["id-of-application", "id-of-inviter"],
    },
    "ApplicationConnections application-connections": {
        "client_id": "id-of-application",
        "connections": ["id-of-invited-users"],
        "tenant": "example.eu.auth0.com",
    },
    "EmailProvider email-provider": {"name": "smtp", "enabled": True, "credentials": {"smtpPass": SECRET}},
    "EmailTemplate reset-email": {
        "template": "reset_email",
        "body": "<p>{{ user.given_name | escape }} <a href='{{ url }}'>x</a></p>",
        "urlLifetimeInSeconds": 604800,
    },
    "AttackProtection attack-protection": {
        "bruteForceProtection": {"enabled": True, "maxAttempts": 10, "shields": ["block", "user_notification"]},
        "suspiciousIpThrottling": {"enabled": True, "shields": ["admin_notification", "block"]},
        "breachedPasswordDetection": {"enabled": True, "shields": ["block"]},
        "botDetection": {"challengePasswordPolicy": "when_risky", "botDetectionLevel": "high"},
    },
}


def a_resource(title: str, inputs: Inputs, *, is_there: bool = True, protect: bool = False) -> Resource:
    """`Client application` with its inputs; one that is not there yet has no id."""
    kind, _, name = title.partition(" ")
    of_auth0 = f"auth0:index/{kind[0].lower()}{kind[1:]}:{kind}"
    return Resource(
        urn=f"urn:pulumi:dev::guestlist::{SPECIAL.get(kind, of_auth0)}::{name}",
        type=SPECIAL.get(kind, of_auth0),
        inputs=copy.deepcopy(dict(inputs)),
        id=f"id-of-{name}" if is_there else "",
        protect=protect,
    )


def a_picture(**changes: Any) -> dict[str, Resource]:
    """A clean environment. `changes`: see `changed`."""
    return _by_urn(
        {title: a_resource(title, inputs) for title, inputs in changed(CLEAN, changes.get("changes") or {}).items()}
    )


def _by_urn(resources: Mapping[str, Resource]) -> dict[str, Resource]:
    return {one.urn: one for one in resources.values()}


def changed(base: Mapping[str, Inputs], changes: Declared) -> dict[str, Inputs]:
    """Properties are merged into those that are there, groups too; `None` takes a resource or a property out."""
    found: dict[str, Inputs] = {
        title: inputs for title, inputs in base.items() if changes.get(title, inputs) is not None
    }
    for title, inputs in changes.items():
        if inputs is not None:
            found[title] = _merged(base.get(title, {}), inputs)
    return found


def _merged(base: Any, change: Any) -> Any:
    if not isinstance(base, Mapping) or not isinstance(change, Mapping):
        return change
    merged = {**base, **{key: _merged(base.get(key), value) for key, value in change.items()}}
    return {key: value for key, value in merged.items() if value is not None}


def some_pictures(after: Declared, *, before: Declared | None = None, new: bool = False) -> Pictures:
    """
    A clean environment and a change of it.

    Args:
        after: the change, on top of `before`.
        before: what is different from a clean one already.
        new: nothing was there before.

    """
    was = changed(CLEAN, before or {})
    will_be = changed(was, after)
    if new:
        was, will_be = {}, {title: _unknown(inputs) for title, inputs in will_be.items()}
    return Pictures(
        before=_by_urn({title: a_resource(title, inputs) for title, inputs in was.items()}),
        after=_by_urn({title: a_resource(title, inputs, is_there=title in was) for title, inputs in will_be.items()}),
    )


def _unknown(value: Any) -> Any:
    """What it is while nothing is there yet that could have an id."""
    if isinstance(value, Mapping):
        return {key: _unknown(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_unknown(one) for one in value]
    return PENDING if isinstance(value, str) and value.startswith("id-of-") else value


def steps_of(pictures: Pictures, *, touched: Mapping[str, tuple[str, ...]] | None = None) -> tuple[Step, ...]:
    """The steps that lead from one to the other; `touched`: by name, the engine's paths of masked values that change."""
    found = []
    for urn in {**pictures.before, **pictures.after}:
        before, after = pictures.before.get(urn), pictures.after.get(urn)
        paths = (touched or {}).get(urn.rpartition("::")[2], ())
        is_same = before is not None and after is not None and before.inputs == after.inputs and not paths
        operation: Operation = (
            "create" if before is None else "delete" if after is None else "same" if is_same else "update"
        )
        found.append(Step(operation=operation, before=before, after=after, touched=paths))
    return tuple(found)


def a_change(
    operation: Operation,
    title: str,
    inputs: Inputs | None = None,
    *,
    retained: bool = False,
    before: Inputs | None = None,
) -> Change:
    """One change of one resource."""
    assert operation in OPERATIONS.values()
    after = None if operation == "delete" else a_resource(title, inputs or {})
    old = None if operation == "create" else a_resource(title, before if before is not None else inputs or {})
    step = Step(operation=operation, before=old, after=after)
    return Change(operation=operation, resource=step.resource, properties=properties_of(step), retained=retained)
