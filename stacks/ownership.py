"""
Whose the tenant-wide things are: what the program would write compared with what is there, and what must be decided by a person first.

Plain data in, sentences out. What is there comes as `tenant_wide.py` saves it, so that one read serves both.

A thing that is `own` conflicts with what is there while its value is neither a fresh tenant's nor ours, unless the environment itself says
`own`. A thing that is `require` has to be as the flow needs it. A thing that is `leave` is not looked at.

Not here: reading the tenant (`tenant_wide.py`, `post_login_bindings.py`), what the program wants (`demands.py`). No pulumi, no settings:
the dynamic resources' process imports this.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

Values = Mapping[str, Any]  # field to value, flat

# The names under guestlist:ownership.
SETTING_OF: Mapping[str, str] = {
    "tenant-settings": "tenantSettings",
    "guardian": "mfa",
    "email-provider": "emailProvider",
    "reset-email": "resetEmail",
    "post-login": "postLogin",
}
FLAG = "flags."
OURS = "@"  # before the name of an Action of ours, where others may be named too
ALWAYS = "all-applications"
_LONGEST_SHOWN = 80


@dataclass(frozen=True, kw_only=True)
class Demands:
    """
    What an environment wants of the tenant-wide things.

    Args:
        own: what the program writes, by thing.
        require: what has to be there, by thing.
        decided: those of `own` that the environment itself names.
        post_login: `own`, `leave` or `require`.
        order: Actions that run after a login, ours with `@`.
        file: the environment's file, for the remedies.

    """

    own: Mapping[str, Values]
    require: Mapping[str, Values]
    decided: tuple[str, ...]
    post_login: str
    order: tuple[str, ...]
    file: str

    def to_json(self) -> str:
        """One text, because Pulumi's own property values drop nulls and know no integers."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The same again."""
        read = json.loads(text)
        return cls(**{**read, "decided": tuple(read["decided"]), "order": tuple(read["order"])})


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field of a thing that an `up` would change."""

    field: str
    live: Any
    desired: Any

    def __str__(self) -> str:
        return f"{self.field} {shown(self.live)} -> {shown(self.desired)}"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something that keeps an `up` from beginning."""

    thing: str
    sentence: str  # what is there, and what is wanted
    remedy: str  # what to write into the environment's file, or to do in the tenant

    def __str__(self) -> str:
        return f"{SETTING_OF[self.thing]}: {self.sentence}. {self.remedy}"


def shown(value: Any) -> str:
    """A value in one short line."""
    if value is None or value in ("", [], {}):
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def body_digest(body: str) -> str:
    """A template's body is compared, not shown."""
    return "sha256:" + hashlib.sha256(body.encode()).hexdigest()[:16]


def values(name: str, saved: Mapping[str, Any]) -> Values:
    """What is there as flat fields; empty for a thing that is not there."""
    if name == "tenant-settings":
        flags = {
            "enable_client_connections": True,
            **saved["flags"],
        }  # Auth0's default, where a tenant does not show it
        return {**saved["settings"], **{FLAG + flag: value for flag, value in flags.items()}}
    if name == "guardian":
        phone = saved["phone"]
        return {"policy": saved["policies"], "phone": phone["enabled"], "messageTypes": phone["message_types"]}
    if name == "email-provider":
        provider = saved["provider"] or {}
        return {
            **{key: value for key, value in provider.items() if key != "credentials"},
            **provider.get("credentials", {}),
        }
    template = dict(saved["template"] or {})
    return {**template, "body": body_digest(template["body"])} if "body" in template else template


def differences(name: str, saved: Mapping[str, Any], wanted: Values) -> list[Difference]:
    """What an `up` would change; a text that is empty is as good as none."""
    live = values(name, saved)
    return [
        Difference(field=field, live=live.get(field), desired=value)
        for field, value in wanted.items()
        if (live.get(field) or None) != (value or None)
    ]


def conflict(name: str, saved: Mapping[str, Any], wanted: Values) -> Problem | None:
    """What somebody else has set and the program would replace; `None` for a fresh tenant's values, or ours."""
    found = differences(name, saved, wanted)
    live = values(name, saved)
    if name == "tenant-settings":
        # Switches have a fresh tenant's value or ours, there is no third.
        found = [one for one in found if isinstance(one.desired, str) and one.live]
    elif name == "guardian":
        found = [
            one
            for one in found
            if (one.field == "policy" and one.live) or (one.field == "messageTypes" and one.live and live["phone"])
        ]
    elif name == "reset-email" and not live.get("enabled"):
        return None  # no mail is made of it; destroy leaves such a one behind
    elif not live:
        return None
    if not found:
        return None
    remedy = "To replace it until destroy puts it back"
    if name == "email-provider":
        remedy = "To replace it for good (Auth0 never shows its credentials, so destroy cannot put it back)"
    setting = SETTING_OF[name]
    return Problem(
        thing=name,
        sentence=f"the tenant has a value of its own, which the program would replace: {'; '.join(map(str, found))}",
        remedy=f"{remedy} write {setting}: own. To keep it write {setting}: leave",
    )


def unmet(name: str, saved: Mapping[str, Any], wanted: Values) -> Problem | None:
    """What the flow needs and the tenant does not have."""
    live = values(name, saved)
    lacking = [field for field, value in wanted.items() if not _has(live.get(field), value)]
    if not lacking:
        return None
    if not live and name in {"email-provider", "reset-email"}:
        sentence = f"it is required, and the tenant has none ({name})"
    else:
        pairs = "; ".join(
            f"{field} is {shown(live.get(field))}, the flow needs {shown(wanted[field])}" for field in lacking
        )
        sentence = f"it is required to be as the flow needs it: {pairs}"
    return Problem(
        thing=name,
        sentence=sentence,
        remedy=f"Set it in the tenant, or let the program do so: {SETTING_OF[name]}: own",
    )


def _has(live: Any, wanted: Any) -> bool:
    """A list has to hold what is wanted, others beside it do no harm."""
    if isinstance(wanted, list):
        return isinstance(live, list) and set(wanted) <= set(live)
    return bool(live == wanted)


def refusal(domain: str, problems: Sequence[Problem], *, file: str) -> str:
    """All of them in one message, a line each."""
    count = "1 thing is" if len(problems) == 1 else f"{len(problems)} things are"
    head = f"Refused to take over {domain}: {count} to be decided in {file} under guestlist:ownership. Nothing was written."
    return "\n".join([head, *(f"  - {problem}" for problem in problems)])
