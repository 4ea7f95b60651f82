"""
Run the program against a recording engine: what it would register, with every option.

Not here: what is asserted (`test_*.py`).
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pytest
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]
from pulumi.runtime import mocks, rpc, set_mocks
from pulumi.runtime.config import set_all_config
from pulumi.runtime.settings import _load_monitor_feature_support, get_root_resource, set_root_resource
from pulumi.runtime.stack import run_pulumi_func

from stacks.program import program
from stacks.settings import Settings, local_secret
from stacks.settings_secrets import SECRETS

DOMAIN = "localhost:8443"
SECRET_KEYS = tuple(secret.name for secret in SECRETS)


def a_config(**changes: Any) -> dict[str, Any]:
    """A valid configuration of the local environment; keys without `guestlist:`, groups are merged, `None` takes a setting out."""
    config: dict[str, Any] = {
        "tenant": {"domain": DOMAIN, "friendlyName": "Guestlist", "supportEmail": "support@example.com"},
        "application": {
            "name": "Guestlist app",
            "callbackUrls": ["https://app.localhost:8444/callback"],
            "logoutUrls": ["https://app.localhost:8444"],
            "initiateLoginUri": "https://app.localhost:8444/login",
        },
        "profile": {"pageUrl": "https://profile.localhost:8445"},
        "email": {
            "fromAddress": "hello@example.com",
            "smtpHost": "localhost",
            "smtpPort": 2525,
            "smtpUser": "guestlist",
        },
        "protect": False,
        **{name: local_secret(name) for name in ("toPageSecret", "fromPageSecret", "smtpPassword")},
    }
    for key, value in changes.items():
        merged = {**config.get(key, {}), **value} if isinstance(value, dict) else value
        config[key] = (
            {name: one for name, one in merged.items() if one is not None} if isinstance(merged, dict) else merged
        )
    return config


def some_settings(**changes: Any) -> Settings:
    """`a_config` as the program has it."""
    config = {key: value for key, value in a_config(**changes).items() if key not in SECRET_KEYS}
    return Settings.model_validate(config, context={"environment": "local"}).of_environment("local")


@dataclass(frozen=True, kw_only=True)
class Registered:
    """One resource as the engine would see it. `inputs` keeps Pulumi's secret marks."""

    type: str
    name: str
    urn: str
    parent: str
    provider: str
    custom: bool
    protect: bool
    retain_on_delete: bool
    ignore_changes: frozenset[str]
    additional_secret_outputs: frozenset[str]
    depends_on: frozenset[str]
    inputs: Mapping[str, Any]

    @property
    def plain(self) -> Mapping[str, Any]:
        """The inputs without the marks."""
        unwrapped: Mapping[str, Any] = _unwrapped(self.inputs)
        return unwrapped


@dataclass(kw_only=True)
class Ran:
    """A run of the program."""

    resources: dict[str, Registered] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    secret_outputs: set[str] = field(default_factory=set)

    def custom(self) -> list[Registered]:
        """Resources with a life cycle, components left out."""
        return [resource for resource in self.resources.values() if resource.custom]

    def named(self, name: str, kind: str = "") -> Registered:
        """The one custom resource of this logical name (and of a type that ends in `kind`)."""
        found = [one for one in self.custom() if one.name == name and one.type.endswith(kind)]
        assert len(found) == 1, f"{name}: {[one.urn for one in found]}"
        return found[0]


def before(ran: Ran, name: str) -> set[str]:
    """Logical names of everything that is created before a resource, providers' dependencies included."""
    by_urn, found = ran.resources, set()
    waiting = [ran.named(name)]
    while waiting:
        resource = waiting.pop()
        provider_urn = resource.provider.rpartition("::")[0]
        for urn in {*resource.depends_on, *([provider_urn] if provider_urn in by_urn else [])}:
            if by_urn[urn].name not in found:
                found.add(by_urn[urn].name)
                waiting.append(by_urn[urn])
    return found


class Tenant(mocks.Mocks):
    """A tenant that answers every creation with an id and what the program reads back."""

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError(f"the program reads {args.token}: it should not call the tenant itself")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        computed: dict[str, Any] = {}
        if args.typ == "auth0:index/client:Client":
            computed = {"clientId": f"client-of-{args.name}"}
        elif args.typ.endswith(":ClientSecrets"):
            computed = {"secrets": {name: f"secret-of-{name}" for name in args.inputs["client_ids"]}}
        elif args.typ.endswith(":ExistingApplications"):
            computed = {"client_ids": {key: f"existing-client-of-{key}" for key in args.inputs["names"]}}
        elif args.typ.endswith(":TenantBackup"):
            settings = json.dumps({"settings": SETTINGS_BEFORE, "flags": {}})
            computed = {
                "saved": {"tenant-settings": settings, "branding": json.dumps({"font": {"url": FONT_BEFORE}})},
                "cannot_restore": [],
                "named_actions": NAMED_ACTIONS,
                "policy_before": json.dumps(POLICY_BEFORE),
                "sender_before": SENDER_BEFORE,
            }
        return f"id-of-{args.name}", {**args.inputs, **computed}


NAMED_ACTIONS = {"corp-risk": {"id": "id-of-corp-risk", "display_name": "Risk"}}
POLICY_BEFORE = ["confidence-score"]
SENDER_BEFORE = "phone-message-hook"
FONT_BEFORE = "https://before.example.com/font.woff2"
SETTINGS_BEFORE: dict[str, Any] = {
    "friendly_name": "Before",
    "error_page": {"url": "https://example.com/error", "show_log_link": True},
    "acr_values_supported": ["urn:example"],
    "skip_non_verifiable_callback_uri_confirmation_prompt": True,
}


class RecordingMonitor(mocks.MockMonitor):
    """The mock engine, remembering options that mocks do not show."""

    def __init__(self, ran: Ran) -> None:
        super().__init__(Tenant())
        self.ran = ran

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type != "pulumi:pulumi:Stack":
            self.ran.resources[response.urn] = Registered(
                type=request.type,
                name=request.name,
                urn=response.urn,
                parent=request.parent,
                provider=request.provider or next(iter(request.providers.values()), ""),
                custom=request.custom,
                protect=request.protect,
                retain_on_delete=request.retainOnDelete,
                ignore_changes=frozenset(request.ignoreChanges),
                additional_secret_outputs=frozenset(request.additionalSecretOutputs),
                depends_on=frozenset(request.dependencies),
                inputs=_marked(request.object),
            )
        return response


def run(monkeypatch: pytest.MonkeyPatch, *, stack: str = "local", preview: bool = False, **changes: Any) -> Ran:
    """Run the program once, from nothing."""
    for name in ("AUTH0_DOMAIN", "AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET", "AUTH0_API_TOKEN", "PULUMI_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return run_in_this_environment(stack=stack, preview=preview, **changes)


def run_in_this_environment(*, stack: str = "local", preview: bool = False, **changes: Any) -> Ran:
    """As `run`, with the environment variables as they are."""
    config = {
        f"guestlist:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in a_config(**changes).items()
        if value is not None
    }
    ran = Ran()

    async def whole() -> None:
        set_root_resource(None)  # type: ignore[arg-type]  # pulumi types it as never reset
        set_all_config(config, [key for key in config if key.removeprefix("guestlist:") in SECRET_KEYS])
        set_mocks(Tenant(), project="guestlist", stack=stack, preview=preview, monitor=RecordingMonitor(ran))
        await _load_monitor_feature_support()  # type: ignore[no-untyped-call]  # secrets among them
        await run_pulumi_func(program)
        root = get_root_resource()
        assert root is not None
        for name, value in root.outputs.items():  # type: ignore[attr-defined]
            output = pulumi.Output.from_input(value)
            ran.outputs[name] = await output.future(with_unknowns=True)
            if await output.is_secret():
                ran.secret_outputs.add(name)

    asyncio.run(whole())
    return ran


def _marked(struct: Any) -> Any:
    """The wire form as plain Python, secrets as `{"4dabf18193072939515e22adb298388d": …, "value": …}`."""
    return MessageToDict(struct)


def _unwrapped(value: Any) -> Any:
    if isinstance(value, dict):
        if rpc._special_sig_key in value:
            return _unwrapped(value.get("value"))
        return {key: _unwrapped(inner) for key, inner in value.items()}
    return [_unwrapped(inner) for inner in value] if isinstance(value, list) else value


def is_secret(value: Any) -> bool:
    """Whether a value of `Registered.inputs`, or part of it, carries Pulumi's secret mark."""
    if isinstance(value, dict):
        if value.get(rpc._special_sig_key) == rpc._special_secret_sig:
            return True
        return any(is_secret(inner) for inner in value.values())
    return isinstance(value, list) and any(is_secret(inner) for inner in value)
