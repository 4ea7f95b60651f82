"""The commands: what they say, show and answer with. What they do is tested beside this."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from guestlist.cli import inviting
from guestlist.cli.main import cli
from stacks.settings import Settings
from tests.stacks.running import some_settings
from tests.unit.invites.place import ANA, MAIL, Place


@dataclass
class Opened:
    """What `open_outputs` gives, for this tenant."""

    outputs: dict[str, Any]
    network: httpx.BaseTransport
    settings: Settings
    local: bool = True
    environ: dict[str, str] = field(default_factory=dict)

    def transport(self) -> httpx.BaseTransport:
        return self.network


Command = Callable[..., Result]


@pytest.fixture
def opened(place: Place) -> Opened:
    return Opened(place.outputs, place.network, some_settings(email={"smtpUser": None}))


@pytest.fixture
def command(opened: Opened, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """`guestlist invites …`, with the outputs of this tenant instead of the engine's."""
    (tmp_path / "Pulumi.yaml").write_text("name: guestlist\nruntime: python\n")
    monkeypatch.setenv("GUESTLIST_ACTOR", "rita")
    monkeypatch.setattr(inviting, "open_outputs", lambda *_, **__: opened)
    return lambda verb, *arguments: CliRunner().invoke(
        cli, ["--project", str(tmp_path), "invites", verb, *arguments, "--env", "local"]
    )


def test_the_commands_say_what_came_of_it_and_show_no_link(command: Command, place: Place) -> None:
    first, second, revoked = command("create", " ANA@example.com"), command("create", ANA), command("revoke", ANA)
    assert [done.exit_code for done in (first, second, revoked)] == [0, 0, 0], revoked.output
    assert "is invited: the link is on its way, good until" in first.stdout
    assert "guestlist invites resend ana@example.com --env local" in second.stdout
    assert "guestlist invites create ana@example.com --env local --reinstate" in revoked.stdout
    assert "https://localhost:8443/_local/mail" in first.stderr
    shown = "".join(done.output for done in (first, second, revoked))
    assert "ticket" not in shown
    assert place.outputs["inviterClientSecret"] not in shown


def test_a_refusal_ends_with_three_and_a_doubt_with_one(command: Command, place: Place) -> None:
    refused = command("resend", ANA)
    assert (refused.exit_code, refused.stdout) == (3, "")
    assert "guestlist invites create ana@example.com --env local" in refused.stderr
    place.network.answers[f"POST {MAIL}"] = httpx.Response(503)
    doubt = command("create", ANA)
    assert doubt.exit_code == 1
    assert "--resend-in-doubt" in doubt.stderr


def test_json_is_the_only_thing_on_stdout(command: Command) -> None:
    created = json.loads(command("create", ANA, "--by", "Rita Lima", "--lang", "pt-BR", "--json").stdout)
    assert created["state"] == "invited"
    assert created.keys() == {"address", "userId", "state", "sentCount", "expiresAt", "attempt", "warnings"}
    (listed,) = json.loads(command("list", "--json").stdout)
    assert (listed["address"], listed["by"], listed["language"]) == (ANA, "Rita Lima", "pt-BR")


def test_a_list_shows_those_that_were_asked_for(command: Command) -> None:
    for name in ("ana", "bea"):
        command("create", f"{name}@example.com")
    command("revoke", "bea@example.com")
    assert [line.split()[:2] for line in command("list").stdout.splitlines()[1:]] == [
        ["ana@example.com", "pending"],
        ["bea@example.com", "revoked"],
    ]
    assert "ana" not in command("list", "--revoked", "--in-doubt").stdout
    none = command("list", "--accepted")
    assert (none.exit_code, none.stdout, none.stderr) == (0, "", "There are none.\n")


def test_each_action_leaves_a_line_in_the_projects_audit(command: Command, tmp_path: Path) -> None:
    command("create", ANA)
    command("resend", ANA)
    lines = (tmp_path / ".guestlist" / "audit" / "local.jsonl").read_text().splitlines()
    assert [(json.loads(line)["by"], json.loads(line)["outcome"]) for line in lines] == [
        ("rita", "invited"),
        ("rita", "refused:too_soon"),
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["ana"],
        [ANA, "--language", "german!"],
        [ANA, "--first-name", "a\nb"],
        [ANA, "--by", "https://evil.example"],
        [ANA, "--phone", "0171"],
        [ANA, "--role", "admin"],
        [ANA, "--delivery", "pigeon"],
    ],
)
def test_what_cannot_be_is_wrong_usage(command: Command, place: Place, arguments: list[str]) -> None:
    assert command("create", *arguments).exit_code == 64
    assert place.network.calls == []


@pytest.mark.parametrize("more", [[], ["--json"], ["--delivery", "ticket"]])
def test_a_link_is_not_printed_where_it_would_be_kept(command: Command, place: Place, more: list[str]) -> None:
    refused = command("create", ANA, "--print-link", *more)
    assert refused.exit_code == 3
    assert "on a terminal only" in refused.stderr
    assert place.network.calls == []


def test_on_a_terminal_the_link_is_shown_once_it_was_mailed(
    command: Command, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guestlist.cli.invites._is_terminal", lambda: True)
    refused = command("create", ANA, "--print-link")
    assert (refused.exit_code, place.network.calls) == (3, [])
    assert "--delivery ticket" in refused.stderr

    own = place.inviter().own_mail
    monkeypatch.setattr(inviting, "_own_mail", lambda *_: own)
    shown = command("create", ANA, "--print-link", "--delivery", "ticket")
    assert shown.exit_code == 0, shown.output
    (link,) = [line for line in shown.stdout.splitlines() if "/u/reset-verify?ticket=" in line]
    assert place.opens(link)


def test_the_mail_server_is_the_environments(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    assert opened.settings.email.smtp_host == "localhost"
    mail = inviting._own_mail(None, opened, "local")  # type: ignore[arg-type]
    assert mail is not None
    assert (mail.server.host, mail.sender) == ("localhost", "hello@example.com")

    opened.settings = some_settings()
    secrets = type("Secrets", (), {"secrets": {"smtpPassword": "hush"}})
    monkeypatch.setattr("guestlist.page_environment.open_page_environment", lambda *_, **__: secrets)
    mail = inviting._own_mail(None, opened, "local")  # type: ignore[arg-type]
    assert mail is not None
    assert mail.server.password == "hush"  # type: ignore[attr-defined]
    assert "hush" not in repr(mail)
