"""
Guardian, in parts: the policy, and each factor that an environment may ask for. Other factors are never touched.

Source: https://auth0.com/docs/api/management/v2/guardian
"""

from collections.abc import Callable, Sequence

from ..management import ManagementError
from ..ownership import Difference, Values
from .thing import Reader, Saved, TenantWideThing, Writer

FACTORS = "/guardian/factors"
MESSAGE_TYPES = f"{FACTORS}/phone/message-types"
POLICIES = "/guardian/policies"

# By the word of `mfa.factors`: the factor's name in the API; the phone's is `sms`.
FACTOR_OF = {"sms": "sms", "otp": "otp", "webauthn": "webauthn-roaming"}


def save_policy(tenant: Reader) -> Saved:
    """`{"policies": […]}`."""
    return {"policies": tenant.get(POLICIES)}


def restore_policy(tenant: Writer, saved: Saved) -> None:
    """One PUT, if it differs."""
    if tenant.get(POLICIES) != saved["policies"]:
        tenant.put(POLICIES, saved["policies"])


def write_policy(tenant: Writer, wanted: Values) -> None:
    """One PUT."""
    tenant.put(POLICIES, wanted["policy"])


def write_phone(tenant: Writer, wanted: Values) -> None:
    """On, and then what it sends."""
    tenant.put(f"{FACTORS}/sms", {"enabled": wanted["enabled"]})
    tenant.put(MESSAGE_TYPES, {"message_types": wanted["messageTypes"]})


def is_on(tenant: Reader, factor: str) -> bool:
    """Whether a factor is switched on."""
    return any(one["enabled"] for one in tenant.get(FACTORS) if one["name"] == factor)


def save_phone(tenant: Reader) -> Saved:
    """`{"enabled", "message_types" or None}`; what a factor that is off would send is nobody's choice, and cannot be written."""
    if not is_on(tenant, "sms"):
        return {"enabled": False, "message_types": None}
    try:
        message_types = tenant.get(MESSAGE_TYPES).get("message_types")
    except ManagementError as error:
        if error.status not in {400, 404}:
            raise
        message_types = None
    return {"enabled": True, "message_types": message_types}


def restore_phone(tenant: Writer, saved: Saved) -> None:
    """Message types can be written only while the factor is on."""
    if saved["message_types"]:
        tenant.put(f"{FACTORS}/sms", {"enabled": True})
        tenant.put(MESSAGE_TYPES, {"message_types": saved["message_types"]})
    tenant.put(f"{FACTORS}/sms", {"enabled": saved["enabled"]})


def message_types_of_others(found: Sequence[Difference], live: Values) -> list[Difference]:
    """A factor that is off is a fresh tenant's."""
    return [one for one in found if one.field == "messageTypes" and one.live and live["enabled"]]


def none_of_them(_found: Sequence[Difference], _live: Values) -> list[Difference]:
    """A factor that is off and one that is on: there is no third."""
    return []


def _factor(factor: str) -> TenantWideThing:
    def save(tenant: Reader) -> Saved:
        return {"enabled": is_on(tenant, factor)}

    def restore(tenant: Writer, saved: Saved) -> None:
        if is_on(tenant, factor) != saved["enabled"]:
            write(tenant, saved)

    def write(tenant: Writer, wanted: Values) -> None:
        tenant.put(f"{FACTORS}/{factor}", {"enabled": wanted["enabled"]})

    return _thing(
        f"factor-{factor}",
        save=save,
        restore=restore,
        write=write,
        values=lambda saved: {"enabled": saved["enabled"]},
        others=none_of_them,
    )


def _thing(
    name: str,
    *,
    save: Callable[[Reader], Saved],
    restore: Callable[[Writer, Saved], None],
    write: Callable[[Writer, Values], None],
    values: Callable[[Saved], Values],
    others: Callable[[Sequence[Difference], Values], list[Difference]],
) -> TenantWideThing:
    return TenantWideThing(
        name=name,
        setting="mfa",
        save=save,
        restore=restore,
        write=write,
        values=values,
        others=others,
        reads=("read:guardian_factors", "read:mfa_policies"),
        writes=("update:guardian_factors", "update:mfa_policies"),
    )


THINGS = (
    _thing(
        "mfa-policy",
        save=save_policy,
        restore=restore_policy,
        write=write_policy,
        values=lambda saved: {"policy": saved["policies"]},
        others=lambda found, _live: [one for one in found if one.live],
    ),
    _thing(
        "factor-sms",
        save=save_phone,
        restore=restore_phone,
        write=write_phone,
        values=lambda saved: {"enabled": saved["enabled"], "messageTypes": saved["message_types"]},
        others=message_types_of_others,
    ),
    _factor("otp"),
    _factor("webauthn-roaming"),
)
