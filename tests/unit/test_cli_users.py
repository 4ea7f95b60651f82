"""`guestlist users reset-mfa` at the terminal: what it shows, asks, refuses and answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from guestlist import deployment
from guestlist.cli import users as users_command
from guestlist.cli.main import cli
from guestlist.mfa_reset import SCOPES
from localtenant.authentication.access_tokens import issue
from localtenant.management import passwords
from localtenant.management.entitlements import Plan
from tests.localtenant.conftest import LocalTenant, a_tenant
from tests.unit.mfa_place import ANA, CHEAP, DOMAIN, EVERYTHING, PHONE, Place, a_place

__all__ = ["a_tenant"]  # the fixture, for this module


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "DEFAULT_COST", CHEAP)


@pytest.fixture
def place(a_tenant: Callable[..., LocalTenant]) -> Place:
    return a_place(a_tenant())


@dataclass
class Shell:
    """`guestlist users reset-mfa` for the environment `local`, with the tenant of this process."""

    root: Path
    place: Place
    scopes: tuple[str, ...] = SCOPES
    environ: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, answer: str | None = None) -> Result:
        token = issue(self.place.local.tenant, "supporter", self.scopes)
        environ = {"AUTH0_DOMAIN": DOMAIN, "AUTH0_API_TOKEN": token, "GUESTLIST_ACTOR": "rita", **self.environ}
        command = ["--project", str(self.root), "users", "reset-mfa", *arguments, "--env", "local"]
        return CliRunner(env=environ).invoke(cli, command, input=answer)

    def audit(self) -> list[dict[str, Any]]:
        lines = (self.root / ".guestlist" / "audit" / "local.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]


@pytest.fixture
def shell(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    root = Path(__file__).parents[2]
    (tmp_path / "config").mkdir()
    for name in ("Pulumi.yaml", "config/Pulumi.local.yaml"):
        (tmp_path / name).write_bytes((root / name).read_bytes())
    monkeypatch.setattr(deployment, "transport_for", lambda _: place.network)
    return Shell(tmp_path, place)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users_command, "on_a_terminal", lambda: True)


def test_the_command_shows_asks_and_does_it(shell: Shell, place: Place, terminal: None) -> None:
    place.enrol()

    done = shell(" ANA@example.com", answer="y\n")

    assert done.exit_code == 0, done.output
    assert "phone     ends in 42  2026-11-23 12:00 UTC" in done.stderr
    assert "Remove what is enrolled, and end every session" in done.stderr
    assert done.stdout.startswith("The second factor of ana@example.com is removed.")
    assert PHONE not in done.output
    assert place.methods() == []
    assert [line["by"] for line in shell.audit()] == ["rita"]


def test_whoever_says_no_has_touched_nothing(shell: Shell, place: Place, terminal: None) -> None:
    place.enrol()

    assert shell(ANA, answer="n\n").exit_code == 130

    assert len(place.methods()) == 1
    assert shell.audit() == []


def test_without_a_terminal_yes_is_needed(shell: Shell, place: Place) -> None:
    refused = shell(ANA)
    assert refused.exit_code == 64
    assert "add --yes" in refused.stderr
    assert place.network.writes == []


def test_nothing_enrolled_is_said_and_is_no_failure(shell: Shell) -> None:
    done = shell(ANA, "--yes")
    assert done.exit_code == 0
    assert "had no second factor enrolled" in done.stdout


def test_the_command_answers_in_json(shell: Shell, place: Place) -> None:
    place.enrol()

    document = json.loads(shell(ANA, "--yes", "--json").stdout)

    assert document == {
        "address": ANA,
        "userId": place.user_id,
        "blocked": False,
        "removed": [
            {
                "type": "phone",
                "phoneEndsIn": "42",
                "enrolledAt": "2026-11-23T12:00:00.000Z",
                "lastUsedAt": None,
            }
        ],
        "done": list(EVERYTHING),
        "left": [],
    }


def test_a_blocked_user_is_reset_and_stays_blocked(shell: Shell, place: Place) -> None:
    place.local.patch(place.path, json={"blocked": True})

    done = shell(ANA, "--yes")

    assert done.exit_code == 0
    assert "The user is blocked, and stays so" in done.stderr


def test_credentials_of_another_tenant_are_refused(shell: Shell, place: Place) -> None:
    shell.environ["AUTH0_DOMAIN"] = "other.eu.auth0.com"

    refused = shell(ANA, "--yes")

    assert refused.exit_code == 3
    assert "nothing was touched" in refused.stderr
    assert place.network.writes == []


def test_what_is_left_ends_in_exit_code_1(
    a_tenant: Callable[..., LocalTenant], monkeypatch: pytest.MonkeyPatch, shell: Shell
) -> None:
    shell.place = a_place(a_tenant(plan=Plan.ESSENTIALS))
    monkeypatch.setattr(deployment, "transport_for", lambda _: shell.place.network)

    done = shell(ANA, "--yes")

    assert done.exit_code == 1
    assert "Left: sessions, which the tenant's plan does not let end from here; a new password ends them" in done.stderr
    assert shell.audit()[0]["outcome"] == "nothing_enrolled, left: sessions refresh_tokens"


def test_missing_scopes_end_in_exit_code_1_and_no_token_is_shown(shell: Shell, place: Place) -> None:
    shell.scopes = ("read:users", "update:users")

    failed = shell(ANA, "--yes")

    assert failed.exit_code == 1
    assert "they lack delete:authentication_methods" in failed.stderr
    assert place.network.writes == []
    assert "eyJ" not in failed.output


def test_what_is_no_address_is_wrong_usage(shell: Shell) -> None:
    assert shell("ana", "--yes").exit_code == 64
