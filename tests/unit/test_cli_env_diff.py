"""`guestlist env diff` with the program itself: what environments would declare, found out without anybody else."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pulumi.runtime import mocks

from guestlist.cli.main import cli
from guestlist.errors import DIFFERENCES, FAILED, OK, USAGE
from guestlist.resolved import resolve, stand_in
from stacks.settings import local_secret
from stacks.settings_check import check
from tests.docs.pages import ROOT
from tests.stacks.running import a_config
from tests.unit.environment_files import SEALED_TEXT, a_project, an_environment, changed, without

PROD = changed("tenant/domain", "guestlist.eu.auth0.example")


def diff(root: Path, *arguments: str, environ: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(cli, ["--project", str(root), "env", "diff", *arguments], env=environ)


def compared(folder: Path, dev: str, prod: str, code: int) -> list[dict[str, Any]]:
    """The differences, as JSON says them."""
    result = diff(a_project(folder, dev=dev, prod=prod), "dev", "prod", "--json")
    assert result.exit_code == code, result.output
    differences: list[dict[str, Any]] = json.loads(result.stdout)["differences"]
    return differences


def test_the_environments_of_the_repository_differ_in_what_is_their_own() -> None:
    for before, after in (("dev", "prod"), ("local", "staging")):
        result = diff(ROOT, before, after)

        assert result.exit_code == OK, result.output
        assert result.output.startswith(f"{after} differs from {before} in nothing but what every environment has")


def test_an_environment_does_not_differ_from_itself() -> None:
    result = diff(ROOT, "dev", "dev")

    assert (result.exit_code, result.output) == (OK, "dev and dev declare the same.\n")


def test_a_setting_is_named_for_what_it_makes(tmp_path: Path) -> None:
    dev, prod = an_environment(), an_environment(PROD, changed("connection/passwordMinLength", 14))
    found = compared(tmp_path, dev, prod, DIFFERENCES)

    assert [
        (one["kind"], one["property"], one["before"], one["after"], one["causes"]) for one in found if not one["own"]
    ] == [
        (
            "Connection",
            "options.passwordComplexityOptions.minLength",
            12,
            14,
            [["guestlist:connection.passwordMinLength"]],
        )
    ]
    assert {cause for one in found if one["own"] for causes in one["causes"] for cause in causes} == {
        "guestlist:tenant.domain"
    }


def test_a_text_differs_by_lines(tmp_path: Path) -> None:
    found = compared(tmp_path, an_environment(), an_environment(changed("invite/linkTtlSec", 3600)), DIFFERENCES)
    (body,) = [one for one in found if one["property"] == "body"]

    assert body["before"] is None
    assert {line["sign"] for line in body["lines"]} == {"+", "-", " ", "@"}
    assert body["causes"] == [["guestlist:invite.linkTtlSec"]]


def test_what_needs_several_settings_names_them_together(tmp_path: Path) -> None:
    twilio = [
        changed("phone/provider", "twilio"),
        changed("phone/twilioSid", "AC" + "0" * 32),
        changed("phone/fromNumber", "+4915123456789"),
        changed("twilioAuthToken", {"secure": SEALED_TEXT}),
    ]
    found = compared(tmp_path, an_environment(), an_environment(PROD, *twilio), DIFFERENCES)
    (provider,) = [one for one in found if one["kind"] == "PhoneProvider"]

    assert (provider["only"], provider["property"], provider["own"]) == ("prod", None, False)
    assert {*provider["causes"][0]} == {
        "guestlist:phone.provider",
        "guestlist:phone.twilioSid",
        "guestlist:phone.fromNumber",
        "guestlist:twilioAuthToken",
    }


def test_what_is_only_asked_for_differs_too(tmp_path: Path) -> None:
    leave, require = (an_environment(changed("ownership/emailProvider", word)) for word in ("leave", "require"))
    found = compared(tmp_path, leave, require, DIFFERENCES)

    assert {one["kind"] for one in found} >= {"TenantBackup"}
    assert {cause for one in found for causes in one["causes"] for cause in causes} == {
        "guestlist:ownership.emailProvider"
    }


def test_faults_of_both_files_are_told_at_once(tmp_path: Path) -> None:
    root = a_project(tmp_path, dev=an_environment(without("profile")), prod=an_environment(changed("mfa/order", "no")))
    result = diff(root, "dev", "prod")

    assert result.exit_code == FAILED
    assert "config/Pulumi.dev.yaml: guestlist:profile is missing" in result.output
    assert "config/Pulumi.prod.yaml: guestlist:mfa.order" in result.output


def test_an_unknown_environment_names_those_that_there_are(tmp_path: Path) -> None:
    result = diff(a_project(tmp_path, dev=an_environment(), prod=an_environment()), "dev", "qa")

    assert result.exit_code == USAGE
    assert "There is no environment 'qa'; there are: dev, prod." in result.output


def test_the_shells_variables_neither_matter_nor_change(tmp_path: Path) -> None:
    environ = {
        "AUTH0_DOMAIN": "somebody-elses.eu.auth0.com",
        "PULUMI_CONFIG_PASSPHRASE": "local",
        "PULUMI_CONFIG": '{"guestlist:tenant": "x"}',
    }
    root = a_project(tmp_path, dev=an_environment(), prod=an_environment(PROD))

    with pytest.MonkeyPatch.context() as patch:
        for name, value in environ.items():
            patch.setenv(name, value)
        assert diff(root, "dev", "prod").exit_code == OK
        assert {name: os.environ[name] for name in environ} == environ


def test_a_stand_in_passes_the_rules_and_is_masked() -> None:
    config = {f"guestlist:{key}": value for key, value in a_config().items()}
    picture = resolve(config, environment="local")
    shown = str(picture)

    assert "[secret]" in shown
    assert stand_in("guestlist:toPageSecret") not in shown
    assert local_secret("toPageSecret") not in shown
    assert check({"guestlist:toPageSecret": "x"}, environment="dev").faults  # the rules are there
    assert all("stack::project" in urn for urn in picture)


def test_what_ran_in_the_process_before_is_in_no_urn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mocks, "get_stack", lambda: "dev")
    config = {f"guestlist:{key}": value for key, value in a_config().items()}

    assert all("stack::project" in urn for urn in resolve(config, environment="local"))
