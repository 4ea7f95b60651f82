"""
What an Action's commands do to its login.

Not here: the MFA commands' own rules (`mfa.py`), the order of things (`post_login.py`).
Source: https://auth0.com/docs/customize/actions/reference/post-login/post-login-api-object
"""

import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from localtenant.actions import mfa
from localtenant.actions.claims import allowed_claims
from localtenant.actions.commands import Command
from localtenant.actions.event import find_user
from localtenant.actions.flow import Flow
from localtenant.actions.steps import AskFactor, Denied, Failed, Finished, Redirect, Step, Suspended
from localtenant.management import users
from localtenant.store import Document
from localtenant.tenant import Tenant

MAX_METADATA_BYTES = 32 * 1024
MAX_CLAIMS_BYTES = 100 * 1024


class BrokeARule(Exception):  # noqa: N818 - the sentence that the login fails with
    """The Action asked for what Auth0 does not allow."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What ends or pauses the login after this Action, besides questions."""

    denied: str | None = None
    redirect: str | None = None


def take(flow: Flow, commands: tuple[Command, ...], now: str) -> Effect:
    """
    Put the commands of one Action into the flow.

    Raises:
        BrokeARule: the login fails.

    """
    for command in commands:
        _note(flow, command, now)
    if flow.metadata:
        flow.metadata = {key: value for key, value in flow.metadata.items() if value is not None}
    for part, limit in LIMITS:
        _demand_size(getattr(flow, part), limit, part)
    said = {
        command.name: command.arguments[0] for command in commands if command.name in ENDINGS
    }  # the last one counts
    denied, redirect = said.get("access.deny", UNSAID), said.get("redirect.sendUserTo")
    if denied is not UNSAID:
        return Effect(denied=denied if isinstance(denied, str) else json.dumps(denied or ""))
    questions = mfa.questions_of(commands)
    if questions and redirect is not None:
        raise BrokeARule("A redirect must be in an Action of its own, without MFA commands.")
    flow.questions += questions
    flow.commands += len(questions)
    return Effect(redirect=redirect)


def _note(flow: Flow, command: Command, now: str) -> None:
    match command.name, command.arguments:
        case "authentication.recordMethod", (url,):
            flow.recorded_methods.append({"name": url, "timestamp": now})
        case "multifactor.enable", (provider, _):
            flow.multifactor = provider
        case (("accessToken.addScope" | "accessToken.removeScope"), (scope,)):
            flow.scopes[scope] = command.name.endswith("addScope")
        case name, (key, value) if name in SETTERS:
            getattr(flow, SETTERS[name])[key] = value


def with_state(url: str, state: str) -> str:
    """The address with `state` in its query, and no other `state`."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "state"]
    return urlunsplit(parts._replace(query=urlencode([*kept, ("state", state)])))


def write_metadata(tenant: Tenant, flow: Flow) -> None:
    """Write what all Actions of the login set, member by member; null removes. Inside of a transaction."""
    if not (flow.user_metadata or flow.app_metadata):
        return
    user = find_user(tenant, flow.user_id)
    if user is None:
        return
    for part, changes in (("user_metadata", flow.user_metadata), ("app_metadata", flow.app_metadata)):
        if changes:
            merged = {**(user.get(part) or {}), **changes}
            user[part] = {key: value for key, value in merged.items() if value is not None}
    if not user.get("app_metadata"):
        user.pop("app_metadata", None)  # as PATCH /users/{id} leaves it
    user["updated_at"] = tenant.clock.timestamp()
    tenant.store.put(users.KIND, user["user_id"], user)


def finished(flow: Flow, asked: str | None, provider: str | None) -> Finished:
    """The end of a login that nothing stopped."""
    return Finished(
        id_token_claims=allowed_claims(flow.id_token),
        access_token_claims=allowed_claims(flow.access_token),
        added_scopes=tuple(scope for scope, added in flow.scopes.items() if added),
        removed_scopes=tuple(scope for scope, added in flow.scopes.items() if not added),
        ask_factor_at_the_end=asked,
        mfa_provider=provider,
        recorded_methods=tuple(flow.recorded_methods),
    )


def completed(step: Step, flow: Flow, details: Document) -> Step:
    """The step with what is known only now."""
    match step:
        case Denied():
            return replace(step, recorded_methods=tuple(flow.recorded_methods), log_details=details)
        case Failed() | Finished():
            return replace(step, log_details=details)
        case Redirect() | AskFactor():
            return replace(step, suspended=Suspended(flow.as_document()))


def _demand_size(part: dict[str, Any], limit: int, name: str) -> None:
    if len(json.dumps(part, ensure_ascii=False).encode()) > limit:
        raise BrokeARule(f"The Actions of this login set more than {limit // 1024} kB of {name}.")


UNSAID = object()
ENDINGS = ("access.deny", "redirect.sendUserTo")
SETTERS = {
    "accessToken.setCustomClaim": "access_token",
    "idToken.setCustomClaim": "id_token",
    "transaction.setMetadata": "metadata",
    "user.setAppMetadata": "app_metadata",
    "user.setUserMetadata": "user_metadata",
}
LIMITS = (
    ("user_metadata", MAX_METADATA_BYTES),
    ("app_metadata", MAX_METADATA_BYTES),
    ("id_token", MAX_CLAIMS_BYTES),
    ("access_token", MAX_CLAIMS_BYTES),
)
