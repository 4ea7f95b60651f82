"""
Text messages that the tenant sends: the deployed text, by the deployed provider, and the local phone that keeps them.

Auth0's own sender and Twilio end at the local phone: nothing leaves this machine. A provider of one's own runs its Action, and what that
Action sends is its own affair; the local phone keeps a copy of what was handed over.
Whether a text was sent is in the tenant's log, `gd_send_sms` or `gd_send_sms_failure`, and nobody hears of it otherwise.

Not here: the words (`texts.py`), the provider's Action (`phone_action.py`), the pages that show the phone (`inbox/`).
Source: https://auth0.com/docs/customize/phone-messages/unified-phone
"""

from collections.abc import Mapping
from typing import Any

from localtenant.management.tenants import has_unified_phone_experience
from localtenant.messages.liquid import LiquidFailed
from localtenant.messages.phone_action import GUARDIAN, HANDLERS, UNIFIED, ActionRunner, NotSent, send_by_action
from localtenant.messages.texts import Order, TextKind, Words, guardian_setting, provider_of, words_of
from localtenant.store import Document
from localtenant.tenant import Tenant

KIND = "texts"
MOST_KEPT = 500
LONGEST_REASON = 1024


async def send_text(
    tenant: Tenant,
    user_or_number: Document | str,
    code: str,
    *,
    kind: TextKind,
    locale: str,
    runtime: ActionRunner | None,
    client: Document | None = None,
    request: Mapping[str, Any] | None = None,
) -> None:
    """
    Send a one-time code. Never raises: failures are in the tenant's log.

    Args:
        tenant: who sends it.
        user_or_number: the user's document with the number in `phone_number`, or a number alone (E.164).
        code: the code.
        kind: whether the phone is being enrolled or challenged.
        locale: of the login.
        runtime: runs the Action of a provider of one's own; without it such a provider fails.
        client: the application that is logged in to.
        request: `event.request` of such an Action.

    """
    user = {"phone_number": user_or_number} if isinstance(user_or_number, str) else user_or_number
    order = Order(code=code, kind=kind, locale=locale, user=user, client=client, request=request or {})
    provider = _provider(tenant)
    note = f"A real tenant would have sent this through {provider}." if provider == "twilio" else ""
    try:
        words = words_of(tenant, order)
        if provider in HANDLERS:
            action = await send_by_action(tenant, provider, order, words, runtime)
            note = f"A copy: it was handed to the Action {action}."
    except (LiquidFailed, NotSent) as reason:
        said = str(reason).replace(code, "(the code)") if code else str(reason)  # an Action may say what it was given
        _log(tenant, order, "gd_send_sms_failure", said[:LONGEST_REASON])
        return
    with tenant.store.transaction():
        _keep(tenant, order, words, provider="custom" if provider in HANDLERS else provider, note=note)
        _log(tenant, order, "gd_send_sms", "SMS sent")


def texts(tenant: Tenant) -> list[Document]:
    """Every text message, newest first."""
    return tenant.store.all(KIND)[::-1]


def empty(tenant: Tenant) -> None:
    """Throw all text messages away."""
    for text_id, _ in tenant.store.items(KIND):
        tenant.store.delete(KIND, text_id)


def _provider(tenant: Tenant) -> str:
    """`auth0`, `twilio`, or the trigger of a provider of one's own."""
    if has_unified_phone_experience(tenant):
        name = str((provider_of(tenant) or {"name": "auth0"})["name"])
        return UNIFIED if name == "custom" else name
    selected = str(guardian_setting(tenant, "selected-provider")["provider"])
    return GUARDIAN if selected == "phone-message-hook" else selected


def _keep(tenant: Tenant, order: Order, words: Words, *, provider: str, note: str) -> None:
    kept: Document = {
        "id": tenant.new_id("text_", 16),
        "at": tenant.clock.timestamp(),
        "to": order.recipient,
        "from": words.sender,
        "text": words.text,
        "code": order.code,
        "kind": order.kind,
        "locale": order.locale,
        "provider": provider,
        "user_id": order.user.get("user_id"),
        "note": note,
    }
    tenant.store.put(KIND, kept["id"], kept)
    for old_id, _ in tenant.store.items(KIND)[:-MOST_KEPT]:
        tenant.store.delete(KIND, old_id)


def _log(tenant: Tenant, order: Order, log_type: str, description: str) -> None:
    tenant.log(
        log_type,
        description,
        client_id=(order.client or {}).get("client_id"),
        client_name=(order.client or {}).get("name", ""),
        user_id=order.user.get("user_id"),
        details={"message_type": order.kind, "recipient": order.recipient},
    )
