"""
A phone provider of one's own: an Action of the trigger `custom-phone-provider`, or Guardian's `send-phone-message` in tenants without the
Unified Phone Experience.

Not here: running Actions (`localtenant/actions`).
Source: https://auth0.com/docs/customize/phone-messages/configure-phone-messaging-providers/configure-a-custom-phone-provider and
https://auth0.com/docs/customize/actions/explore-triggers/mfa-notifications-trigger/send-phone-message-event-object
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from localtenant.action_builds import ACTIONS, VERSIONS
from localtenant.management.tenants import tenant_name
from localtenant.management.triggers import bindings_of
from localtenant.messages.texts import Order, Words
from localtenant.messages.variables import application, tenant_fields
from localtenant.store import Document
from localtenant.tenant import Tenant

UNIFIED, GUARDIAN = "custom-phone-provider", "send-phone-message"
HANDLERS = {UNIFIED: "onExecuteCustomPhoneProvider", GUARDIAN: "onExecuteSendPhoneMessage"}
VERDICTS = {"notification.drop", "notification.retry"}


class ActionRunner(Protocol):
    """What runs an Action: an `ActionRuntime`. The result has `commands` (each with `name` and `arguments`), `logs` and `error`."""

    async def run(self, call: Any, /) -> Any:
        """Run it to its end; never raises for what the Action does."""


@dataclass(frozen=True, kw_only=True)
class PhoneCall:
    """One run, in the form that `ActionRunner` takes."""

    code: str
    handler: str
    event: Mapping[str, Any]
    secrets: Mapping[str, str]
    timeout_sec: float = 20.0
    version: str = ""
    can_redirect: bool = False
    cache: Mapping[str, Any] = field(default_factory=dict)
    now: float | None = None


class NotSent(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """The text was not handed over; the message says why, without the code."""


async def send_by_action(tenant: Tenant, trigger: str, order: Order, words: Words, runtime: ActionRunner | None) -> str:
    """Run the provider's Action; answers its name. Raises: NotSent."""
    action = _action(tenant, trigger)
    version = tenant.store.get(VERSIONS, action["deployed_version_id"])
    if runtime is None or version is None:
        raise NotSent("Actions do not run here.")
    event = _unified_event(tenant, order, words) if trigger == UNIFIED else _guardian_event(tenant, order, words)
    call = PhoneCall(
        code=version["code"],
        handler=HANDLERS[trigger],
        event=event,
        secrets={secret["name"]: secret["value"] for secret in version["secrets"]},
        version=version["id"],
        now=tenant.clock.seconds(),
    )
    result = await runtime.run(call)
    name = str(action["name"])
    if result.error is not None:
        raise NotSent(f"The Action {name} failed: {result.error}")
    verdicts = [command for command in result.commands if command.name in VERDICTS]
    if verdicts:  # the last one counts; Auth0 repeats after `retry`, this tenant does not
        reason = next((str(argument) for argument in verdicts[-1].arguments if argument), "no reason given")
        raise NotSent(f"The Action {name} did not deliver it: {reason}")
    return name


def _action(tenant: Tenant, trigger: str) -> Document:
    """For Guardian the Action that is bound, else the one that was deployed last. Raises: NotSent."""
    if trigger == GUARDIAN:
        candidates = [tenant.store.get(ACTIONS, binding["action_id"]) for binding in bindings_of(tenant, trigger)]
        found = [action for action in candidates if action is not None]
    else:
        found = [one for one in tenant.store.all(ACTIONS) if one["supported_triggers"][0]["id"] == trigger][::-1]
    for action in found:
        if action.get("deployed_version_id"):
            return action
    raise NotSent(f"The phone provider has no deployed Action of the trigger {trigger}.")


def _unified_event(tenant: Tenant, order: Order, words: Words) -> dict[str, Any]:
    notification = {
        "as_text": words.text,
        "as_voice": words.voice,
        "code": order.code,
        "delivery_method": "text",
        "locale": order.locale,
        "message_type": order.kind,
        "recipient": order.recipient,
        **({"from": words.sender} if words.sender else {}),
    }
    of_tenant = {"id": tenant_name(tenant), **tenant_fields(tenant, ("friendly_name", "support_email", "support_url"))}
    return {
        "notification": notification,
        "tenant": {name: value for name, value in of_tenant.items() if value is not None},
        **_common(order),
    }


def _guardian_event(tenant: Tenant, order: Order, words: Words) -> dict[str, Any]:
    options = {
        "recipient": order.recipient,
        "text": words.text,
        "code": order.code,
        "action": "enrollment" if order.kind == "otp_enroll" else "second-factor-authentication",
        "message_type": "sms",
    }
    return {"message_options": options, "tenant": {"id": tenant_name(tenant)}, **_common(order)}


def _common(order: Order) -> dict[str, Any]:
    client = application(order.client)
    user = {name: value for name, value in order.user.items() if not name.startswith("_")}
    return {
        "client": {
            "client_id": client.get("client_id") or "",
            "name": client.get("name") or "",
            "metadata": client.get("metadata") or {},
        },
        "request": {"geoip": {}, "ip": "127.0.0.1", "method": "POST", "language": order.locale, **order.request},
        "user": {"app_metadata": {}, "user_metadata": {}, **user},
    }
