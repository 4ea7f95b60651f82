"""
Settings about whose the tenant is that are each well formed and cannot be true together.

`resetEmail: own` with `emailProvider: leave` is no contradiction: the template is ours, somebody else's provider sends it. A list of
Actions may name one of ours that is switched off: it is passed over, so that `profile.enabled: false` is one line in an emergency.

Not here: each setting by itself (`settings_types.py`), comparing with a tenant (`ownership.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

from .ownership import OURS
from .settings_faults import Fault
from .settings_types import COMPLETE_PROFILE, REQUIRE_MFA

_KEY = "guestlist:"


def ownership_faults(public: Mapping[str, object], *, file: str) -> list[Fault]:
    """Find them; looks at what is there, valid or not."""
    owner, order = _group(public, "ownership"), _group(public, "actions").get("postLogin")
    asks_for_mfa = _group(public, "mfa").get("enabled", True) is not False
    switched_on = {
        REQUIRE_MFA: asks_for_mfa and _group(public, "mfa").get("order") != "afterProfile",
        COMPLETE_PROFILE: _group(public, "profile").get("enabled", True) is not False,
    }
    faults: list[Fault] = []
    if owner.get("mfa") == "require" and not asks_for_mfa:
        faults.append(
            Fault(
                file=file,
                key=f"{_KEY}ownership.mfa",
                problem="must not be require while mfa.enabled is false",
                remedy="nothing is needed of MFA then: take the line out, or write leave",
            )
        )
    if owner.get("postLogin") == "require" and not any(switched_on.values()):
        faults.append(
            Fault(
                file=file,
                key=f"{_KEY}ownership.postLogin",
                problem="must not be require while no Action of ours runs",
                remedy="no Action of ours is there to be bound: take the line out, or write leave",
            )
        )
    if order is not None and owner.get("postLogin", "own") != "own":
        faults.append(
            Fault(
                file=file,
                key=f"{_KEY}actions.postLogin",
                problem="must not be there unless ownership.postLogin is own",
                remedy="the list is somebody else's to write",
            )
        )
    elif isinstance(order, list | tuple):
        faults += [
            Fault(
                file=file,
                key=f"{_KEY}actions.postLogin",
                problem=f"must name {OURS}{name}",
                remedy=f"it would not run; to do without it write {_SWITCH[name]}.enabled: false",
            )
            for name, is_on in switched_on.items()
            if is_on and OURS + name not in order and name not in order
        ]
    return faults


_SWITCH = {REQUIRE_MFA: "mfa", COMPLETE_PROFILE: "profile"}


def _group(public: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = public.get(name)
    return value if isinstance(value, dict) else {}
