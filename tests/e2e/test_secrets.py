"""Canaries: every secret that the program knows is looked for in everything that a run writes or prints."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import Project, succeeded

pytestmark = pytest.mark.xdist_group("secrets")  # one worker deploys, once


def secret_strings(value: object) -> Iterator[str]:
    """Every string of some length inside a JSON value."""
    if isinstance(value, str) and len(value) >= 12:
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from secret_strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from secret_strings(inner)


SMTP_PASSWORD = "canary-of-an-smtp-password-6a1f0c"


@pytest.fixture(scope="module")
def deployed(project: Project) -> Project:
    """The local environment has no SMTP password of its own: give it one, then `pulumi up`."""
    project.set_config("email", smtpUser="guestlist")
    succeeded(project.pulumi("config", "set", "--secret", "guestlist:smtpPassword", SMTP_PASSWORD, "-s", "local"))
    project.up()
    return project


@pytest.fixture(scope="module")
def canaries(deployed: Project) -> set[str]:
    """The configuration's secrets, the deployer's, and those that the tenant made for the clients."""
    config = json.loads(succeeded(deployed.pulumi("config", "-s", "local", "--show-secrets", "--json")).stdout)
    plain = json.loads(succeeded(deployed.pulumi("stack", "output", "-s", "local", "--json")).stdout)
    shown = json.loads(succeeded(deployed.pulumi("stack", "output", "-s", "local", "--show-secrets", "--json")).stdout)
    secrets = {
        *(entry["value"] for entry in config.values() if entry.get("secret")),
        *(text for name, value in shown.items() if plain[name] != value for text in secret_strings(value)),
        deployed.tenant.client_secret,
    }
    public = {text for name, value in shown.items() if plain[name] == value for text in secret_strings(value)}
    found = {secret for secret in secrets - public if not secret.startswith("https://")}
    assert SMTP_PASSWORD in found
    assert len(found) == 7  # also two page keys, the deployer's secret and those of three clients
    return found


def hits(text: str, canaries: set[str]) -> list[str]:
    """The canaries that occur, plain or as base64, named by their length so that a failure leaks nothing either."""
    forms = {form: secret for secret in canaries for form in (secret, base64.b64encode(secret.encode()).decode())}
    return [f"a secret of {len(secret)} characters" for form, secret in forms.items() if form in text]


def files_below(*directories: Path) -> Iterator[Path]:
    for directory in directories:
        yield from (path for path in directory.rglob("*") if path.is_file() and not path.is_symlink())


def test_the_state_holds_no_secret_in_plain_text(deployed: Project, canaries: set[str]) -> None:
    state = deployed.directory / ".guestlist" / "state"
    read = {path: path.read_text(errors="replace") for path in files_below(state)}

    assert any("secure" in text or "ciphertext" in text for text in read.values())
    assert {path.name: hits(text, canaries) for path, text in read.items() if hits(text, canaries)} == {}


@pytest.mark.parametrize(
    "arguments",
    [
        ("up", "--yes", "--diff"),
        ("preview", "--diff"),
        ("preview", "--json"),
        ("preview", "--refresh", "--diff"),
        ("refresh", "--preview-only", "--diff"),
        ("refresh", "--preview-only", "--json"),
        ("stack", "export"),
        ("stack", "output", "--json"),
        ("stack", "history", "--json"),
    ],
    ids=" ".join,
)
def test_nothing_that_pulumi_prints_holds_a_secret(
    deployed: Project, canaries: set[str], arguments: tuple[str, ...]
) -> None:
    completed = succeeded(deployed.pulumi(*arguments, "-s", "local"))

    assert hits(completed.stdout + completed.stderr, canaries) == []


def test_a_change_of_every_secret_shows_none_of_them(deployed: Project, canaries: set[str]) -> None:
    rotated = "canary-of-a-rotated-password-0123456789"
    succeeded(deployed.pulumi("config", "set", "--secret", "guestlist:smtpPassword", rotated, "-s", "local"))

    shown = succeeded(deployed.pulumi("preview", "-s", "local", "--diff")).stdout
    as_json = succeeded(deployed.pulumi("preview", "-s", "local", "--json", "--diff")).stdout

    assert "email-provider" in shown
    assert hits(shown + as_json, {*canaries, rotated}) == []


def test_a_saved_plan_holds_no_secret(deployed: Project, canaries: set[str], tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"

    succeeded(deployed.pulumi("preview", "-s", "local", "--save-plan", str(plan)))

    assert plan.stat().st_size > 0
    assert hits(plan.read_text(), canaries) == []


def test_the_logs_of_the_local_tenant_hold_no_secret(deployed: Project, canaries: set[str]) -> None:
    server_log = (deployed.tenant.directory / "server.log").read_text()
    tenant_log = json.dumps(deployed.tenant.get("/logs", per_page=100))

    assert "sapi" in tenant_log
    assert hits(server_log + tenant_log, canaries) == []


def test_the_doctor_shows_no_secret(deployed: Project, canaries: set[str]) -> None:
    completed = deployed.guestlist("doctor", "--env", "local")

    assert "local" in completed.stdout
    assert hits(completed.stdout + completed.stderr, canaries) == []
