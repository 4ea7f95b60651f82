"""
The settings of one environment: typed, bounded, checked as a whole before anything is touched.

`load_for_program` is what the Pulumi program calls, `check` what `guestlist env check` calls: the same rules, the same lines.
Secrets are checked here and not kept: the program takes them from `pulumi.Config`, which keeps them secret.

Not here: the models (`settings_model.py`), the check (`settings_check.py`), reading `config/Pulumi.<environment>.yaml`
(`guestlist.config_files`). Imports neither pulumi nor pulumi_auth0.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from pydantic import SecretStr

from .settings_applications import Application
from .settings_check import PROJECT, Checked, check
from .settings_delivery import Email
from .settings_faults import Fault, SettingsError, config_file, show
from .settings_model import Actions, Connection, Invite, Mfa, Ownership, Profile, Settings
from .settings_secrets import LOCAL_PASSPHRASE, SEALED, SECRETS_BY_NAME, local_secret
from .settings_tenant import Tenant
from .settings_types import LOCAL_ENVIRONMENT

__all__ = [
    "LOCAL_ENVIRONMENT",
    "LOCAL_PASSPHRASE",
    "PROJECT",
    "SEALED",
    "Actions",
    "Application",
    "Checked",
    "Connection",
    "Email",
    "Fault",
    "Invite",
    "Mfa",
    "Ownership",
    "Profile",
    "Settings",
    "SettingsError",
    "Tenant",
    "check",
    "config_file",
    "load_for_program",
    "local_secret",
    "public_passphrase_fault",
    "wrong_tenant_sentence",
]

ROOT = Path(__file__).resolve().parent.parent
_OTHER_PROVIDER = re.compile(r"^secretsprovider:\s*['\"]?[a-z]+://", re.MULTILINE)


def load_for_program(
    config: Mapping[str, object],
    *,
    environment: str,
    secret_keys: Collection[str] | None = None,
    environ: Mapping[str, str] | None = None,
    root: Path = ROOT,
) -> Settings:
    """
    Give the program its settings, or stop it with one error that lists every fault.

    Args:
        config: full key to value, decrypted, as Pulumi hands it to the program: objects as JSON text, or as they are.
        environment: the stack's name.
        secret_keys: the full keys that are encrypted, where known; a secret that is not among them is a fault.
        environ: the process's environment unless given.
        root: the folder of Pulumi.yaml.

    Raises `SettingsError`.

    """
    raw = {key: _as_checked(key, value, secret_keys) for key, value in config.items()}
    checked = check(raw, environment=environment)
    faults = list(checked.faults)
    if _opened_with_public_passphrase(environment, os.environ if environ is None else environ, root):
        faults.append(public_passphrase_fault(environment))
    if faults or checked.settings is None:
        raise SettingsError(faults)
    return checked.settings


def wrong_tenant_sentence(settings: Settings, environ: Mapping[str, str]) -> str | None:
    """Say that the credentials in the environment are for another tenant than the settings name, or None."""
    named = environ.get("AUTH0_DOMAIN", "")
    domain = named.strip().lower().removeprefix("https://").rstrip("/")
    if not domain or domain == settings.tenant.domain:
        return None
    return (
        f"AUTH0_DOMAIN is {show(named)}, but {config_file(settings.environment)} is for {settings.tenant.domain}: nothing was touched. "
        f"Load the credentials of {settings.tenant.domain}, or choose the environment of the other tenant."
    )


def public_passphrase_fault(environment: str, *, file: str | None = None) -> Fault:
    """Give the line for an environment whose secrets are encrypted with the passphrase that everybody knows."""
    return Fault(
        file=file or config_file(environment),
        key="encryptionsalt",
        problem="is made with the public passphrase of the local tenant",
        remedy=f"choose your own: pulumi stack change-secrets-provider passphrase --stack {environment}, and make new secrets",
    )


def _as_checked(key: str, value: object, secret_keys: Collection[str] | None) -> object:
    """Turn a value as Pulumi hands it over into what `check` takes."""
    name = key.removeprefix(f"{PROJECT}:")
    if not isinstance(value, str):
        return value
    if name in SECRETS_BY_NAME:
        return value if secret_keys is not None and key not in secret_keys else SecretStr(value)
    if value.lstrip().startswith(("{", "[")):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _opened_with_public_passphrase(environment: str, environ: Mapping[str, str], root: Path) -> bool:
    """
    Whether Pulumi opened this stack's secrets with the local tenant's passphrase.

    The program cannot ask the engine. But the engine has decrypted the secrets with the passphrase in the environment, unless
    the stack's file names a key service.
    """
    if environment == LOCAL_ENVIRONMENT or environ.get("PULUMI_CONFIG_PASSPHRASE") != LOCAL_PASSPHRASE:
        return False
    try:
        text = (root / config_file(environment)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return "encryptionsalt:" in text and not _OTHER_PROVIDER.search(text)
