"""
Reads `config/Pulumi.<environment>.yaml` and checks it: file, keys, values, all faults at once. Writes nothing, calls nobody.

Not here: the rules for the values (`stacks.settings`), YAML itself (`config_yaml.py`), decrypting (`config_secrets.py`).
Source: https://www.pulumi.com/docs/iac/concepts/config/ (the keys of a stack's file).
"""

from __future__ import annotations

import difflib
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from guestlist.config_yaml import LARGEST, UnreadableYaml, parse
from stacks.settings import LOCAL_ENVIRONMENT, SEALED, Checked, Fault, check, config_file
from stacks.settings_faults import show, show_text
from stacks.settings_secrets import SECRETS_BY_NAME

STACK_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
KEY_SERVICES = ("awskms", "azurekeyvault", "gcpkms", "hashivault")

_TOP_KEYS = ("config", "secretsprovider", "encryptedkey", "encryptionsalt")
_SALT = re.compile(r"v1:[A-Za-z0-9+/=]+:v1:[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+")
_CIPHERTEXT = re.compile(r"v1:[A-Za-z0-9+/=]{16}:[A-Za-z0-9+/=]+")


@dataclass(frozen=True, kw_only=True)
class StackFile:
    """What one environment's file says, as far as it could be read."""

    environment: str
    file: str  # as faults name it
    faults: tuple[Fault, ...] = ()
    config: Mapping[str, object] = field(default_factory=dict)  # full key -> value; a secret is {"secure": ciphertext}
    secrets_provider: str = ""  # awskms://…; empty for a passphrase
    encrypted_key: str = ""
    encryption_salt: str = ""

    @property
    def readable(self) -> bool:
        """Whether there is a configuration to check at all."""
        return bool(self.config)

    @property
    def sealed(self) -> dict[str, str]:
        """The encrypted secrets, name -> ciphertext."""
        found = {name: _ciphertext(self.config.get(f"guestlist:{name}")) for name in SECRETS_BY_NAME}
        return {name: text for name, text in found.items() if text is not None}

    @property
    def domain(self) -> str:
        """The tenant's domain, where the file says one."""
        tenant = self.config.get("guestlist:tenant")
        domain = tenant.get("domain") if isinstance(tenant, dict) else None
        return show_text(domain) if isinstance(domain, str) else ""


def environment_names(root: Path) -> list[str]:
    """List the environments that have a file, `local` first."""
    names = [
        path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in (root / "config").glob("Pulumi.?*.yaml")
    ]
    return sorted(names, key=lambda name: (name != LOCAL_ENVIRONMENT, name))


def misnamed_files(root: Path) -> list[Fault]:
    """Find files in config/ that look like an environment's and that Pulumi does not read."""
    remedy = "Pulumi reads Pulumi.NAME.yaml only: rename it"
    return [
        Fault(file=f"config/{show_text(path.name)}", key="", problem="is not read", remedy=remedy)
        for path in sorted((root / "config").glob("Pulumi.*.yml"))
    ]


def read_file(root: Path, environment: str) -> StackFile:
    """Read one environment's file; whatever is wrong with it becomes a fault."""
    label = config_file(show_text(environment))
    if not STACK_NAME.fullmatch(environment):
        remedy = "letters, digits, - _ and . only, at most 100"
        return StackFile(
            environment=environment,
            file=label,
            faults=(Fault(file=label, key="", problem="is not named as a stack can be", remedy=remedy),),
        )
    path = root / config_file(environment)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return _unreadable(environment, label, "is not a file", "put the environment's settings there")
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except FileNotFoundError:
        others = ", ".join(environment_names(root)) or "none"
        return _unreadable(
            environment, label, "does not exist", f"there are: {others}; guestlist env new {environment} makes it"
        )
    except PermissionError:
        return _unreadable(environment, label, "may not be read", "give yourself the permission: chmod u+r")
    except OSError as error:
        return _unreadable(environment, label, "cannot be read", error.strerror or "the system does not say why")
    return read_bytes(data, environment=environment, file=label)


def read_bytes(data: bytes, *, environment: str, file: str) -> StackFile:
    """Read the content of an environment's file."""
    try:
        tree, twice = parse(data)
    except UnreadableYaml as error:
        return _unreadable(environment, file, error.fault.problem, error.fault.remedy, error.fault.line)
    if not isinstance(tree, dict):
        problem = "is empty" if tree is None else "is not a mapping of keys"
        return _unreadable(environment, file, problem, "it begins with config: on a line of its own")
    faults = [
        Fault(file=file, key=fault.key, problem=fault.problem, remedy=fault.remedy, line=fault.line) for fault in twice
    ]
    faults += _top_faults(tree, file)
    config = tree.get("config")
    if not isinstance(config, dict) or not config:
        shown = "" if not config else show(config)
        problem = "must be a mapping of settings" if config else "has no settings"
        faults.append(
            Fault(file=file, key="config", problem=problem, shown=shown, remedy="config/README.md lists them all")
        )
        config = {}
    texts = {key: value for key in _TOP_KEYS[1:] if isinstance(value := tree.get(key), str)}
    return StackFile(
        environment=environment,
        file=file,
        faults=tuple(faults),
        config=config,
        secrets_provider=texts.get("secretsprovider", "").removeprefix("passphrase").removeprefix("default"),
        encrypted_key=texts.get("encryptedkey", ""),
        encryption_salt=texts.get("encryptionsalt", ""),
    )


def check_file(stack: StackFile, opened: Mapping[str, str] | None = None) -> Checked:
    """
    Check everything that a file says.

    Args:
        stack: the file.
        opened: the secrets that could be decrypted, by name.

    """
    if not stack.readable:
        return Checked(settings=None, faults=stack.faults, unchecked=())
    faults = list(stack.faults)
    raw: dict[str, object] = {}
    for key, value in stack.config.items():
        name = key.removeprefix("guestlist:")
        ciphertext = _ciphertext(value)
        if name == key or name not in SECRETS_BY_NAME or ciphertext is None:
            raw[key] = value
        elif not _CIPHERTEXT.fullmatch(ciphertext):
            remedy = f"write it with: pulumi config set --secret {key} --stack {stack.environment}"
            faults.append(
                Fault(file=stack.file, key=key, problem="is not what Pulumi writes for a secret", remedy=remedy)
            )
            raw[key] = SEALED
        else:
            raw[key] = SecretStr(opened[name]) if opened and name in opened else SEALED
    encrypted = {path for key, value in raw.items() for path in _encrypted_paths(key, value)}
    remedy = "only secrets are encrypted: a review must see the rest"
    faults += [
        Fault(file=stack.file, key=path, problem="must not be encrypted", remedy=remedy) for path in sorted(encrypted)
    ]
    checked = check(raw, environment=stack.environment, file=stack.file)
    faults += [fault for fault in checked.faults if fault.key not in encrypted]
    return Checked(settings=None if faults else checked.settings, faults=tuple(faults), unchecked=checked.unchecked)


def _unreadable(environment: str, file: str, problem: str, remedy: str, line: int | None = None) -> StackFile:
    fault = Fault(file=file, key="", problem=problem, remedy=remedy, line=line)
    return StackFile(environment=environment, file=file, faults=(fault,))


def _top_faults(tree: Mapping[str, object], file: str) -> Iterator[Fault]:
    for key, value in tree.items():
        if key == "environment":
            yield Fault(
                file=file,
                key=key,
                problem="is not supported",
                remedy="settings are in this file, where a review sees them",
            )
        elif key not in _TOP_KEYS:
            near = difflib.get_close_matches(key.lower(), _TOP_KEYS, n=1)
            remedy = f"did you mean {near[0]}?" if near else "settings belong under config:"
            yield Fault(file=file, key=show_text(key), problem="is not a key of a stack's file", remedy=remedy)
        elif key != "config" and not isinstance(value, str):
            yield Fault(file=file, key=key, problem="must be a text", remedy="Pulumi writes it: restore it from git")
    provider, salt = tree.get("secretsprovider"), tree.get("encryptionsalt")
    if (
        isinstance(provider, str)
        and provider not in {"passphrase", "default"}
        and provider.partition("://")[0] not in KEY_SERVICES
    ):
        yield Fault(
            file=file,
            key="secretsprovider",
            problem="is not one that Pulumi has",
            remedy=f"{', '.join(KEY_SERVICES)} or passphrase",
        )
    if isinstance(salt, str) and not _SALT.fullmatch(salt):
        yield Fault(file=file, key="encryptionsalt", problem="is not what Pulumi writes", remedy="restore it from git")


def _ciphertext(value: object) -> str | None:
    """Give what is behind `secure:`, if the value is one encrypted text."""
    if isinstance(value, dict) and set(value) == {"secure"} and isinstance(value["secure"], str):
        return value["secure"]
    return None


def _encrypted_paths(path: str, value: object) -> Iterator[str]:
    """Find encrypted values inside a setting, by path."""
    if isinstance(value, dict):
        if "secure" in value:
            yield path
        for key, inner in value.items():
            yield from _encrypted_paths(f"{path}.{show_text(key)}", inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _encrypted_paths(f"{path}[{index}]", inner)
