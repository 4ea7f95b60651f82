"""
Factories: what the program registers as its backup, a tenant that somebody uses, and what an `up` makes of it.

Not here: the things that an environment has to ask for (`things.py`).
"""

import copy
from typing import Any

from stacks.ownership import Demands
from stacks.tenant_backup import TenantBackupProvider
from tests.stacks.fake_tenant import DOMAIN, FakeTenant

OURS = ("require-mfa", "complete-profile")
# What every environment has; the others are in `things.py`.
WANTED: dict[str, dict[str, Any]] = {
    "tenant-settings": {"friendly_name": "Guestlist", "customize_mfa_in_postlogin_action": True},
    "mfa-policy": {"policy": ["all-applications"]},
    "factor-sms": {"enabled": True, "messageTypes": ["sms"]},
    "email-provider": {"name": "smtp", "smtp_host": "ours"},
    "reset-email": {"subject": "Ours", "body": "sha256:0", "enabled": True},
}


ALL = sorted(WANTED)


def an_input(
    things: list[str] = ALL,
    *,
    actions: tuple[str, ...] = OURS,
    order: tuple[str, ...] | None = None,
    decided: tuple[str, ...] | None = None,
    **demands: Any,
) -> dict[str, Any]:
    """What the program registers, everything decided."""
    whole = {
        "own": {name: WANTED[name] for name in things},
        "require": {},
        "decided": tuple(things) if decided is None else decided,
        "post_login": "own",
        "order": order or tuple(f"@{name}" for name in actions),
        "file": "config/Pulumi.dev.yaml",
        **demands,
    }
    return {"tenant": DOMAIN, "things": things, "actions": list(actions), "demands": Demands(**whole).to_json()}


def a_lived_in_tenant() -> FakeTenant:
    """A tenant that somebody uses."""
    tenant = FakeTenant()
    tenant.settings |= {
        "friendly_name": "Before",
        "support_email": "before@example.com",
        "default_redirection_uri": "https://before.example.com/login",
        "error_page": {"url": "https://before.example.com/error"},
        "session_lifetime": 72,
    }
    tenant.settings["flags"]["enable_client_connections"] = True
    tenant.factors |= {"sms": True}
    tenant.message_types = ["voice"]
    tenant.policies = ["confidence-score"]
    tenant.template = {
        "template": "reset_email",
        "body": "before",
        "subject": "Before",
        "enabled": True,
        "from": "b@example.com",
    }
    return tenant


def what_up_does(tenant: FakeTenant) -> None:
    """As the program's resources write it, by hand."""
    tenant.settings |= {
        "friendly_name": "Guestlist",
        "support_email": "support@example.com",
        "support_url": "https://example.com/support",
        "default_redirection_uri": "https://app.example.com/login",
        "customize_mfa_in_postlogin_action": True,
    }
    tenant.settings.pop("error_page", None)
    tenant.settings["flags"]["enable_client_connections"] = False
    tenant.factors["sms"], tenant.message_types, tenant.policies = True, ["sms"], ["all-applications"]
    tenant.provider = {"name": "smtp", "enabled": True, "credentials": {"smtp_host": "ours"}}
    tenant.template = {
        **(tenant.template or {"template": "reset_email"}),
        "body": "ours",
        "subject": "Ours",
        "enabled": True,
    }


def contents(tenant: FakeTenant) -> dict[str, Any]:
    """A copy of everything that a backup is about, empty and absent texts being the same."""
    return copy.deepcopy(
        {
            "settings": {key: value for key, value in tenant.settings.items() if value != ""},
            "factors": tenant.factors,
            "message types": tenant.message_types,
            "policies": tenant.policies,
            "provider": tenant.provider,
            "template": tenant.template,
            "documents": tenant.documents,
            "lists": tenant.lists,
        }
    )


def backed_up(tenant: FakeTenant, things: list[str] = ALL) -> tuple[TenantBackupProvider, dict[str, Any]]:
    provider = TenantBackupProvider(lambda _domain: tenant.connect())
    result = provider.create(an_input(things))
    assert result.outs is not None
    return provider, result.outs
