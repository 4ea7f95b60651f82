"""What the Pulumi program gets: settings, or one error with the lines of `guestlist env check`."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from guestlist.config_files import check_file, read_file
from stacks.settings import Settings, SettingsError, load_for_program, local_secret, wrong_tenant_sentence
from tests.unit.environment_files import GOOD_KEYS, a_project, an_environment, changed, without

PUBLIC_LINE = "is made with the public passphrase of the local tenant"


def a_program_s_config(*changes: tuple[str, object], **secrets: str) -> dict[str, Any]:
    """Give a configuration as the engine hands it to the program: every value a text."""
    config = yaml.safe_load(an_environment(*changes))["config"]
    handed = {key: json.dumps(value) for key, value in config.items() if not key.endswith("Secret")}
    return handed | {f"guestlist:{name}": value for name, value in {**GOOD_KEYS, **secrets}.items()}


def load(config: dict[str, Any], **changes: Any) -> Settings:
    """Load without an environment variable of this process."""
    return load_for_program(config, **{"environment": "qa", "environ": {}, **changes})


def test_the_program_gets_typed_settings_that_know_their_environment() -> None:
    settings = load(a_program_s_config(changed("protect", False)))
    assert settings.tenant.domain == "guestlist-qa.eu.auth0.example"
    assert settings.application.callback_urls == ("https://app.guestlist.example/callback",)
    assert settings.invite.link_ttl_sec == 604800
    assert settings.protect is False
    assert settings.environment == "qa"


def test_values_that_are_parsed_already_are_taken_as_they_are() -> None:
    config = a_program_s_config()
    parsed = {key: value if key.endswith("Secret") else json.loads(value) for key, value in config.items()}
    assert load(parsed) == load(config)


def test_no_secret_is_in_the_settings() -> None:
    settings = load(a_program_s_config())
    assert not [value for value in GOOD_KEYS.values() if value in repr(settings) + settings.model_dump_json()]


def test_the_error_has_the_lines_of_env_check(tmp_path: Path) -> None:
    changes = (changed("invite/linkTtlSec", 0), changed("tenant/domian", "x"), without("profile"))
    stack = read_file(a_project(tmp_path, qa=an_environment(*changes)), "qa")
    with pytest.raises(SettingsError) as error:
        load(a_program_s_config(*changes))
    assert str(error.value).splitlines() == [str(fault) for fault in check_file(stack, GOOD_KEYS).faults]
    assert len(error.value.faults) == 3


def test_a_local_key_stops_the_program_outside_local() -> None:
    with pytest.raises(SettingsError, match="is a key of the local tenant, which is public"):
        load(a_program_s_config(toPageSecret=local_secret("toPageSecret")))


def test_a_secret_that_the_engine_did_not_decrypt_is_in_plain_text() -> None:
    with pytest.raises(SettingsError, match=r"guestlist:toPageSecret is in plain text, got 64 characters"):
        load(a_program_s_config(), secret_keys={"guestlist:fromPageSecret"})


@pytest.mark.parametrize(
    ("passphrase", "file", "refused"),
    [
        ("local", "encryptionsalt: v1:AA==:v1:AA==:AA==\n", True),
        ("local", "encryptionsalt: v1:AA==:v1:AA==:AA==\nsecretsprovider: passphrase\n", True),
        ("local", "secretsprovider: awskms://alias/key\nencryptedkey: AA==\n", False),
        ("another", "encryptionsalt: v1:AA==:v1:AA==:AA==\n", False),
    ],
)
def test_a_stack_opened_with_the_public_passphrase_stops_the_program(
    tmp_path: Path, passphrase: str, file: str, refused: bool
) -> None:
    options: dict[str, Any] = {
        "environ": {"PULUMI_CONFIG_PASSPHRASE": passphrase},
        "root": a_project(tmp_path, qa=file),
    }
    if refused:
        with pytest.raises(SettingsError, match=PUBLIC_LINE):
            load(a_program_s_config(), **options)
    else:
        assert load(a_program_s_config(), **options)


@pytest.mark.parametrize(
    "domain",
    ["", "guestlist-qa.eu.auth0.example", "https://guestlist-qa.eu.auth0.example/", " GUESTLIST-qa.eu.auth0.example"],
)
def test_credentials_of_the_right_tenant_say_nothing(domain: str) -> None:
    assert wrong_tenant_sentence(load(a_program_s_config()), {"AUTH0_DOMAIN": domain}) is None


def test_credentials_of_another_tenant_are_named() -> None:
    assert wrong_tenant_sentence(load(a_program_s_config()), {"AUTH0_DOMAIN": "localhost:8443"}) == (
        'AUTH0_DOMAIN is "localhost:8443", but config/Pulumi.qa.yaml is for guestlist-qa.eu.auth0.example: nothing was touched. '
        "Load the credentials of guestlist-qa.eu.auth0.example, or choose the environment of the other tenant."
    )


def test_no_credentials_are_no_wrong_tenant() -> None:
    assert wrong_tenant_sentence(load(a_program_s_config()), {}) is None


def test_the_settings_import_no_pulumi() -> None:
    code = "import sys, stacks.settings; sys.exit(any(name.split('.')[0].startswith('pulumi') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("day", ["2026-12-31", "2026-12-31 00:00:00 +0000 UTC"])
def test_a_day_is_one_however_the_engine_hands_it_over(day: str) -> None:
    """Without quotes the engine reads it as a point in time."""
    config = a_program_s_config() | {
        "guestlist:allow": json.dumps([{"rule": "redirect-moved", "reason": "the application moves", "until": day}])
    }
    (allowance,) = load(config).allow
    assert (allowance.rule, allowance.until) == ("redirect-moved", date(2026, 12, 31))
