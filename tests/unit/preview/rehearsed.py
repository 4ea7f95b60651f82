"""
Pictures of our Actions with a prepared change, for tests that rehearse logins.

    after = a_side(code=changed("require-mfa", "if (!isOurs(event)) return;", ""))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from guestlist.preview.picture import SECRET, Resource
from guestlist.preview.rehearsal import Side
from guestlist.preview.stand_ins import KEYS, TENANT, StandIns
from stacks.post_login_secrets import Told, post_login_secrets
from stacks.settings_types import OUR_ACTIONS

FOLDER = Path(__file__).resolve().parents[3] / "actions" / "post-login"
CODE: Mapping[str, str] = {name: (FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in OUR_ACTIONS}
GUARD = "if (!isOurs(event)) return;"
CORP_RISK = {"id": "act_corp", "displayName": "corp-risk"}


def changed(action: str, this: str, to: str) -> Mapping[str, str]:
    """Our code with one thing replaced, wherever it stands."""
    assert this in CODE[action], f"{action} has no {this!r} any more: change this test with it"
    return {**CODE, action: CODE[action].replace(this, to)}


def an_action(name: str, code: str) -> Resource:
    inputs = {
        "name": name,
        "code": code,
        "secrets": SECRET,
        "supportedTriggers": {"id": "post-login", "version": "v3"},
    }
    return Resource(urn=f"urn::{name}", type="auth0:index/action:Action", id=f"act_{name}", inputs=inputs)


def bound(names: Sequence[str]) -> list[dict[str, str]]:
    return [{"id": f"act_{name}", "displayName": name} for name in names]


def a_list(entries: Any) -> Resource:
    inputs = {"trigger": "post-login", "actions": entries}
    return Resource(urn="urn::post-login", type="auth0:index/triggerActions:TriggerActions", inputs=inputs)


def a_guardian(policy: str) -> Resource:
    inputs = {"policy": policy, "phone": {"enabled": True}, "otp": True}
    return Resource(urn="urn::guardian", type="auth0:index/guardian:Guardian", inputs=inputs)


def a_side(
    *,
    code: Mapping[str, str] = CODE,
    order: Any = None,
    policy: str = "never",
    told: StandIns | None = None,
) -> Side:
    """As an environment declares it, but for what is said."""
    resources = [
        *(an_action(name, text) for name, text in code.items()),
        a_list(bound(OUR_ACTIONS) if order is None else order),
        a_guardian(policy),
    ]
    secrets = what_they_are_told() if told is None else told
    return Side(picture={one.urn: one for one in resources}, secrets=secrets)


def what_they_are_told(**settings: Any) -> StandIns:
    told = Told(
        **{
            "tenant_domain": TENANT,
            "connection_name": "invited-users",
            "profile_page_url": "https://profile.example.com/profile",
            **settings,
        }
    )
    return {name: post_login_secrets(name, told, KEYS) for name in OUR_ACTIONS}
