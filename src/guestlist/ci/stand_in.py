"""
An environment's settings made fit for the local tenant: the stand-in for whoever has no credentials, a fork's pull request above all.

It becomes the environment `local`. What ties the settings to a place is replaced or left out: the tenant, addresses that people are sent to, who
mails and sends text messages, other people's things in the tenant. Secrets are not decrypted, for there is no key: the local tenant's public ones
take their place, which every other environment refuses. The same settings give the same stand-in, so that two commits can be compared.

Not here: starting the tenant (`guestlist.local`), deploying to it (`guestlist up --env local`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from guestlist.config_files import StackFile, check_file, read_bytes, read_file
from guestlist.config_secrets import PASSPHRASE, need_engine, workshop
from guestlist.environments import Project
from guestlist.errors import BadConfiguration, GuestlistError
from stacks.settings import LOCAL_ENVIRONMENT, LOCAL_PASSPHRASE, config_file, local_secret
from stacks.settings_secrets import SECRETS_BY_NAME

HEAD = "# The environment {name} on the local tenant, without its secrets. Written by: guestlist ci stand-in --env {name}\n"

_OF_ITS_PLACE = {  # settings of a group that a stand-in does without
    "application": ("existing", "kind", "webOrigins"),
    "phone": ("provider", "twilioSid", "fromNumber", "messagingServiceSid", "webhookUrl"),
}
_WHOLE_GROUPS = ("loginDomain", "ownership")
_ADDRESSES = ("callbackUrls", "logoutUrls")


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """Settings for the environment `local`, and which settings of the original are not in them."""

    config: Mapping[str, Any]
    secrets: tuple[str, ...]  # names
    replaced: tuple[str, ...]


def stand_in(original: Mapping[str, Any], local: Mapping[str, Any]) -> StandIn:
    """
    Make one.

    Args:
        original: full key to value, secrets sealed.
        local: the same of the environment `local`: where things are on this machine.

    """
    config: dict[str, Any] = {}
    replaced: list[str] = []
    secrets: list[str] = []
    for key, value in original.items():
        name = key.removeprefix("guestlist:")
        if name in SECRETS_BY_NAME:
            (secrets if SECRETS_BY_NAME[name].signs and name != "phoneWebhookSecret" else replaced).append(name)
        elif name in _WHOLE_GROUPS:
            replaced.append(name)
        else:
            config[key] = dict(value) if isinstance(value, dict) else value
    _leave_out(config, replaced)
    _move(config, local, replaced)
    return StandIn(config=config, secrets=tuple(secrets), replaced=tuple(replaced))


def _leave_out(config: dict[str, Any], replaced: list[str]) -> None:
    for group, names in _OF_ITS_PLACE.items():
        found = _group(config, group)
        gone = [name for name in names if found.pop(name, None) is not None]
        replaced += [f"{group}.{name}" for name in gone]
    others = _group(config, "otherApplications")
    for name in [name for name, one in others.items() if isinstance(one, dict) and one.get("existing")]:
        del others[name]
        replaced.append(f"otherApplications.{name}")
    actions = _group(config, "actions")
    listed = actions.get("postLogin") or []
    ours = [one for one in listed if str(one).startswith("@")]
    if len(ours) < len(listed):
        actions["postLogin"] = ours
        replaced.append("other people's of actions.postLogin")
    for group in (*_OF_ITS_PLACE, "otherApplications"):
        if config.get(f"guestlist:{group}") == {}:
            del config[f"guestlist:{group}"]


def _group(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = config.get(f"guestlist:{name}")
    return found if isinstance(found, dict) else {}


def _move(config: dict[str, Any], local: Mapping[str, Any], replaced: list[str]) -> None:
    """To where things are on this machine; addresses of the application stay, beside ours."""
    here = {group: dict(local.get(f"guestlist:{group}", {})) for group in ("tenant", "application", "profile", "email")}
    moved = {group: dict(config.get(f"guestlist:{group}") or {}) for group in here}
    moved["tenant"]["domain"] = here["tenant"].get("domain")
    application = moved["application"]
    application["initiateLoginUri"] = here["application"].get("initiateLoginUri")
    for name in _ADDRESSES:
        application[name] = list(dict.fromkeys([*here["application"].get(name, []), *application.get(name, [])]))
    moved["profile"]["pageUrl"] = here["profile"].get("pageUrl")
    sender = moved["email"].get("fromAddress")
    moved["email"] = {**here["email"], **({"fromAddress": sender} if sender else {})}
    config.update({f"guestlist:{group}": settings for group, settings in moved.items()})
    replaced += ["tenant.domain", "application.initiateLoginUri", "profile.pageUrl", "email (all but fromAddress)"]


def write_stand_in(project: Project, environment: str) -> StandIn:
    """
    Put it where the environment `local` is.

    Raises: BadConfiguration, with the faults of the original; GuestlistError, ToolchainMissing.
    """
    if environment == LOCAL_ENVIRONMENT:
        raise GuestlistError("local is on the local tenant already. Name the environment that it is to stand in for.")
    original, local = (_read(project, name) for name in (environment, LOCAL_ENVIRONMENT))
    made = stand_in(original.config, local.config)
    text = _sealed(made, environment)
    stack = read_bytes(text.encode(), environment=LOCAL_ENVIRONMENT, file=config_file(LOCAL_ENVIRONMENT))
    values = {name: local_secret(name) for name in made.secrets}
    if faults := check_file(stack, values).faults:
        raise BadConfiguration([f"{fault} (in the stand-in for {environment})" for fault in faults])
    _put(project.config_path(LOCAL_ENVIRONMENT), text)
    return made


def _read(project: Project, environment: str) -> StackFile:
    stack = read_file(project.root, environment)
    if faults := check_file(stack, {}).faults:
        raise BadConfiguration([str(fault) for fault in faults])
    return stack


def _sealed(made: StandIn, environment: str) -> str:
    """The file's text, its secrets encrypted with the local tenant's passphrase."""
    with workshop(need_engine(), LOCAL_ENVIRONMENT, {PASSPHRASE: LOCAL_PASSPHRASE}) as bench:
        bench.init("")
        for name in made.secrets:
            bench.encrypt(name, local_secret(name))
        sealed = read_bytes(bench.read_file(), environment=LOCAL_ENVIRONMENT, file=config_file(LOCAL_ENVIRONMENT))
    secrets = {f"guestlist:{name}": {"secure": sealed.sealed[name]} for name in made.secrets}
    document = {"encryptionsalt": sealed.encryption_salt, "config": {**made.config, **secrets}}
    return HEAD.format(name=environment) + yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _put(path: Path, text: str) -> None:
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
