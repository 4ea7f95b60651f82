"""
What an environment's program declares, found out offline: the program runs against an engine that only writes down what it is asked to register.

    picture = resolve({"guestlist:tenant": {"domain": …}, …}, environment="dev")

No engine, no backend, no passphrase, no tenant. What only a tenant can tell (ids, secrets that Auth0 makes, what was there before) is the same
stand-in every time, and so are the environment's own secrets: two pictures differ in nothing but what their settings say. Secrets are masked.

Not here: reading the settings (`environments.py`), comparing pictures (`environment_diff/`), what the real engine says (`preview/run.py`).
Source: https://www.pulumi.com/docs/iac/concepts/testing/unit/ (mocks), pulumi/runtime/mocks.py of 3.253.0.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pulumi
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]
from pulumi.runtime import mocks, set_mocks
from pulumi.runtime.config import set_all_config
from pulumi.runtime.settings import _load_monitor_feature_support, set_root_resource
from pulumi.runtime.stack import run_pulumi_func

from guestlist.errors import GuestlistError
from guestlist.preview.picture import Resource, plain
from stacks.settings import PROJECT, SettingsError, load_for_program
from stacks.settings_secrets import SECRETS_BY_NAME

Config = Mapping[str, object]  # full key -> value, as in an environment's file
Picture = Mapping[str, Resource]  # by URN, which names no environment here

OPTIONS = "pulumi:"  # before the name of a property that is an option of the engine's, not an input of the provider's
FOLLOWERS = (
    ":PostLoginBackup",
)  # records of the program's own: they hold nothing that is not in the resources which they are about
FOREIGN_VARIABLES = (
    "AUTH0_",
    "PULUMI_",
)  # of the shell: they may be meant for another tenant, or hold another configuration


def secret_keys_of(config: Config) -> frozenset[str]:
    """The full keys of a configuration that are secrets."""
    return frozenset(key for key in config if key.removeprefix(f"{PROJECT}:") in SECRETS_BY_NAME)


def is_valid(config: Config, *, environment: str) -> bool:
    """Whether the program would take these settings; milliseconds."""
    try:
        with _without_the_shells_variables():
            load_for_program(_with_stand_ins(config), environment=environment, secret_keys=secret_keys_of(config))
    except SettingsError:
        return False
    return True


def resolve(config: Config, *, environment: str) -> Picture:
    """
    Run the program once.

    Args:
        config: as its file has it; of a secret only that it is there.
        environment: the stack's name.

    Raises: GuestlistError, with what the program says of settings that it does not take.

    """
    complete = _with_stand_ins(config)
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in complete.items()}
    monitor = _Recorder()

    async def whole() -> None:
        from stacks.program import program

        set_root_resource(None)  # type: ignore[arg-type]  # pulumi types it as never reset
        set_all_config(texts, list(secret_keys_of(config)))
        set_mocks(_Tenant(), project=PROJECT, stack=environment, preview=False, monitor=monitor)
        await _load_monitor_feature_support()  # type: ignore[no-untyped-call]  # secrets among them
        await run_pulumi_func(program)

    with _without_the_shells_variables():
        try:
            asyncio.run(whole())
        except pulumi.RunError as error:
            raise GuestlistError(f"Cannot resolve the program of {environment}: {error}") from None
    return monitor.found


def _with_stand_ins(config: Config) -> dict[str, object]:
    secrets = secret_keys_of(config)
    return {key: stand_in(key) if key in secrets else value for key, value in config.items()}


def stand_in(key: str) -> str:
    """A secret that passes every rule and is the same in every environment."""
    digest = hashlib.sha512(f"guestlist: stands for a secret: {key}".encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@contextmanager
def _without_the_shells_variables() -> Iterator[None]:
    before = dict(os.environ)
    for name in before:
        if name.startswith(FOREIGN_VARIABLES):
            del os.environ[name]
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class _Tenant(mocks.Mocks):
    """Answers every creation with an id, and with what the program reads back."""

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise GuestlistError(f"Cannot resolve the program without a tenant: it calls {args.token}")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return f"id-of-{args.name}", {**args.inputs, **_computed(args)}


def _computed(args: mocks.MockResourceArgs) -> dict[str, Any]:
    kind = args.typ.rpartition(":")[2]
    if kind == "Client":
        return {"clientId": f"client-of-{args.name}"}
    if kind == "ClientSecrets":
        return {"secrets": {name: f"secret-of-{name}" for name in args.inputs["client_ids"]}}
    if kind == "ExistingApplications":
        return {"client_ids": {key: f"client-of-{name}" for key, name in args.inputs["names"].items()}}
    if kind == "TenantBackup":
        others = [name for name in json.loads(args.inputs["demands"])["order"] if not name.startswith("@")]
        return {
            "saved": {"tenant-settings": json.dumps({"settings": {}, "flags": {}}), "branding": "{}"},
            "cannot_restore": [],
            "named_actions": {name: {"id": f"id-of-{name}", "display_name": name} for name in others},
            "policy_before": "[]",
            "sender_before": "",
        }
    return {}


class _Recorder(mocks.MockMonitor):
    """The engine that writes down; components and providers are left out: nothing in a tenant stands behind them."""

    def __init__(self) -> None:
        super().__init__(_Tenant())
        self.found: dict[str, Resource] = {}

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The same for every environment, whatever ran in this process before."""
        return "::".join(["urn:pulumi:stack", "project", *super().make_urn(parent, type_, name).split("::")[2:]])

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.custom and not request.type.startswith("pulumi:") and not request.type.endswith(FOLLOWERS):
            self.found[response.urn] = Resource(
                urn=response.urn,
                type=request.type,
                inputs={**_inputs(request), **_options(request)},
                id=f"id-of-{request.name}",
            )
        return response


def _inputs(request: Any) -> dict[str, Any]:
    inputs: dict[str, Any] = _whole_numbers(plain(MessageToDict(request.object)))
    if request.type.endswith(":TenantBackup"):
        # What is written is in the resources themselves; what is only read and asked for is here alone.
        demands = json.loads(inputs["demands"])
        asked = {"order": demands["order"]} if demands["post_login"] == "require" else {}
        return {"require": demands["require"], **asked}
    return inputs


def _options(request: Any) -> dict[str, Any]:
    options = {"protect": request.protect, "retainOnDelete": request.retainOnDelete}
    return {f"{OPTIONS}{name}": True for name, value in options.items() if value}


def _whole_numbers(value: Any) -> Any:
    """The wire knows no integers."""
    if isinstance(value, dict):
        return {name: _whole_numbers(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
