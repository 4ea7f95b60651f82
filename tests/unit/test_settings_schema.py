"""The settings are declared in three places: the models, Pulumi.yaml and config/README.md. They say the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_origin

import pytest
import yaml
from pydantic import BaseModel

from guestlist.config_files import environment_names
from guestlist.config_secrets import is_public_passphrase
from guestlist.environments import check_environment, find_project
from stacks.settings import Settings, local_secret
from stacks.settings_kinds import is_list, is_mapping, model_of
from stacks.settings_reference import Row, rows, table
from stacks.settings_secrets import LOCAL_SECRETS, SECRETS
from tests.unit.environment_files import an_environment

ROOT = Path(__file__).resolve().parents[2]
PROJECT = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
README = (ROOT / "config" / "README.md").read_text()
EXAMPLES = ["dev", "prod", "staging"]


def _declaration(name: str) -> dict[str, Any]:
    """What Pulumi.yaml has to say about one field of the models."""
    field = Settings.model_fields[name]
    kind = field.annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        declared: dict[str, Any] = {"type": "object", "description": kind.__doc__}
        return declared if field.is_required() else {**declared, "default": {}}
    if is_mapping(field):
        return {"type": "object", "description": f"{field.description}.", "default": {}}
    if kind is not bool:
        assert get_origin(kind) is tuple
        return {
            "type": "array",
            "items": {"type": "object" if is_list(field) else "string"},
            "description": f"{field.description}.",
            "default": list(field.default),
        }
    return {"type": "boolean", "description": f"{field.description}.", "default": field.default}


def test_pulumi_yaml_declares_what_the_models_do() -> None:
    expected = {f"guestlist:{Settings.model_fields[name].alias}": _declaration(name) for name in Settings.model_fields}
    for secret in SECRETS:
        if secret.required:
            expected[f"guestlist:{secret.name}"] = {
                "type": "string",
                "description": f"{secret.description}.",
                "secret": True,
            }
    assert PROJECT["config"] == expected


def test_a_group_that_may_be_left_out_has_a_default_for_every_setting() -> None:
    for field in Settings.model_fields.values():
        if not field.is_required() and (group := model_of(field)) and not (is_mapping(field) or is_list(field)):
            assert group() == field.get_default(call_default_factory=True)


def test_pulumi_yaml_says_where_the_program_and_the_settings_are() -> None:
    project = {key: PROJECT[key] for key in ("name", "main", "stackConfigDir", "runtime")}
    runtime = {"name": "python", "options": {"virtualenv": ".venv"}}
    assert project == {"name": "guestlist", "main": "stacks", "stackConfigDir": "config", "runtime": runtime}


def test_the_reference_lists_every_key_as_the_models_have_it() -> None:
    written = README.split("<!-- reference: begin -->\n")[1].split("<!-- reference: end -->")[0]
    assert written == table() + "\n", "paste the output of: python -m stacks.settings_reference"


@pytest.mark.parametrize("row", [*rows()], ids=lambda row: row.key)
def test_every_key_of_the_reference_has_a_kind_a_meaning_and_an_example(row: Row) -> None:
    assert row.kind
    assert "?" not in row.kind
    assert row.description
    assert row.example


def test_every_example_of_the_reference_is_a_value_that_its_setting_takes() -> None:
    config = yaml.safe_load(an_environment())["config"]
    settings = {key.removeprefix("guestlist:"): one for key, one in config.items() if not key.endswith("Secret")}
    for row in rows():
        if not row.kind.startswith("secret"):
            *above, name = row.key.removeprefix("guestlist:").replace("KEY", "admin").split(".")
            here = settings
            for part in above:
                here = here.setdefault(part, {})
            here[name] = _example(row)
    settings["allow"] = [settings.pop("allow[]")]

    Settings.model_validate(settings, context={"environment": "qa"})


def _example(row: Row) -> object:
    """The value that is shown; of a list one item may stand for it."""
    text = row.example.strip("`")
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    return [value] if row.kind.startswith("list") and not isinstance(value, list) else value


def test_the_committed_environments_are_these() -> None:
    assert environment_names(ROOT) == ["local", *EXAMPLES]


@pytest.mark.parametrize("name", ["local", *EXAMPLES])
def test_a_committed_environment_passes_the_check(name: str) -> None:
    report = check_environment(find_project(ROOT, exact=True), name, open_with_engine=False)
    assert [str(fault) for fault in report.faults] == []
    assert report.settings is not None
    assert report.settings.environment == name


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_committed_example_names_a_domain_that_nobody_can_own(name: str) -> None:
    report = check_environment(find_project(ROOT, exact=True), name, open_with_engine=False)
    assert report.settings is not None
    assert report.settings.tenant.domain.endswith(".example")


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_committed_example_does_not_open_with_the_public_passphrase(name: str) -> None:
    report = check_environment(find_project(ROOT, exact=True), name, open_with_engine=False)
    assert not is_public_passphrase(report.stack.encryption_salt)


def test_the_local_environment_opens_with_the_public_passphrase() -> None:
    report = check_environment(find_project(ROOT, exact=True), "local", open_with_engine=False)
    assert is_public_passphrase(report.stack.encryption_salt)


@pytest.mark.parametrize("salt", ["", "v1", "v1:x:v1:y:z", "v1:AA==:v1:AA==:AA==", "a:b:c:d:e:f"])
def test_a_broken_salt_is_not_the_public_passphrase_s(salt: str) -> None:
    assert not is_public_passphrase(salt)


def test_no_environment_repeats_a_default() -> None:
    defaults = {row.key: row.default.strip("`") for row in rows()}
    for name in ["local", *EXAMPLES]:
        config = yaml.safe_load((ROOT / "config" / f"Pulumi.{name}.yaml").read_text())["config"]
        for group, values in config.items():
            for key, value in values.items() if isinstance(values, dict) else []:
                assert defaults.get(f"{group}.{key}") != str(value), f"{name}: {group}.{key}"


def test_the_local_keys_stay_what_they_were() -> None:
    """They are known by their value in other places, such as a deployed page that refuses them."""
    first = ("toPageSecret", "fromPageSecret", "previousToPageSecret", "previousFromPageSecret", "smtpPassword")
    assert _digest(map(local_secret, first)) == "ca4e5bc823685fb0679e72527fbdd466cb7ddb71d0ce084d8d3e0e269c6c80ea"
    assert _digest(LOCAL_SECRETS) == "5fba284157eaae74781bcc2a25c4ead45474bd7e0c8a8a0246c4063938696dfe"
    assert len(local_secret("toPageSecret")) == 86


def _digest(secrets: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(secrets)).encode()).hexdigest()
