"""
What the program is run with: the stack's configuration, checked; secrets, as secrets.

Not here: the rules (`settings.py`).
"""

import os
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, get_config_secret_keys_env, is_config_secret

from .settings import Settings, SettingsError, load_for_program, wrong_tenant_sentence


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """The environment's secrets; those that are not set are `None`."""

    to_page_secret: pulumi.Output[str]
    from_page_secret: pulumi.Output[str]
    previous_to_page_secret: pulumi.Output[str] | None
    previous_from_page_secret: pulumi.Output[str] | None
    smtp_password: pulumi.Output[str] | None
    email_secret: pulumi.Output[str] | None
    twilio_auth_token: pulumi.Output[str] | None
    phone_webhook_secret: pulumi.Output[str] | None


def read_settings() -> Settings:
    """
    The settings of the stack that is being run.

    Raises: pulumi.RunError with every fault, or with the one sentence about the wrong tenant. Nothing has been called by then.
    """
    config = _whole_config()
    secret_keys = {key for key in config if is_config_secret(key)} | set(get_config_secret_keys_env())
    try:
        settings = load_for_program(config, environment=pulumi.get_stack(), secret_keys=secret_keys)
    except SettingsError as faults:
        raise pulumi.RunError(str(faults)) from None
    wrong_tenant = wrong_tenant_sentence(settings, os.environ)
    if wrong_tenant is not None:
        raise pulumi.RunError(wrong_tenant)
    return settings


def read_secrets() -> Secrets:
    """Only after `read_settings`, which has checked that the required ones are there and strong."""
    config = pulumi.Config()
    return Secrets(
        to_page_secret=config.require_secret("toPageSecret"),
        from_page_secret=config.require_secret("fromPageSecret"),
        previous_to_page_secret=config.get_secret("previousToPageSecret"),
        previous_from_page_secret=config.get_secret("previousFromPageSecret"),
        smtp_password=config.get_secret("smtpPassword"),
        email_secret=config.get_secret("emailSecret"),
        twilio_auth_token=config.get_secret("twilioAuthToken"),
        phone_webhook_secret=config.get_secret("phoneWebhookSecret"),
    )


def _whole_config() -> dict[str, Any]:
    """Plain runs get it in the environment, inline runs in the runtime (pulumi 3.253.0, runtime/config.py); unknown keys are faults."""
    return {**get_config_env(), **CONFIG.get()}
