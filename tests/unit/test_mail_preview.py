"""`guestlist mail preview`: every state in every language, on the disk, without a tenant."""

from __future__ import annotations

import json
import re
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from guestlist.cli.main import cli
from guestlist.mail_preview import EXAMPLE, STATES, make_previews
from stacks.settings_types import LANGUAGES
from tests.docs.pages import ROOT

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def preview(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["--project", str(ROOT), "mail", "preview", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_it_writes_every_state_in_every_language_and_asks_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("somebody was asked"))
    said = preview("--out", str(tmp_path / "mails"))

    expected = {f"{state}.{language}.{kind}" for state in STATES for language in LANGUAGES for kind in ("html", "txt")}
    assert {file.name for file in (tmp_path / "mails").iterdir()} == {*expected, "index.html"}
    assert f"open: {tmp_path / 'mails' / 'index.html'}" in said
    assert "run: guestlist invites create" in said


def test_the_index_leads_to_every_file(tmp_path: Path) -> None:
    preview("--out", str(tmp_path))
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert {*re.findall(r'href="([^"]+)"', index), "index.html"} == {file.name for file in tmp_path.iterdir()}


def test_it_shows_the_name_of_the_environment(tmp_path: Path) -> None:
    document = json.loads(preview("--env", "dev", "--out", str(tmp_path), "--json"))
    (found,) = (one for one in document["mails"] if (one["state"], one["language"]) == ("invitation", "en"))
    assert found["subject"] == "You are invited to Guestlist (dev)"
    assert found["bytes"] == len((tmp_path / found["html"]).read_bytes())


def test_a_folder_that_cannot_be_is_one_sentence_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(cli, ["mail", "preview", "--out", str(tmp_path / "file" / "mails")])
    assert result.exit_code == 1
    assert "guestlist mail preview --out DIR" in result.stderr


def test_each_state_is_what_its_name_says() -> None:
    texts = {
        one.state: " ".join(one.letter.text.split()) for one in make_previews(EXAMPLE, now=NOW) if one.language == "en"
    }
    assert texts.keys() == STATES.keys()
    assert "expires in 7 days, on 30 November 2026" in texts["invitation"]
    assert "for 7 days after this message was sent" in texts["invitation-plain"]
    assert "in less than two hours" in texts["invitation-expiring"]
    assert "{{ url }}{% debug %}" in texts["invitation-hostile"]
    assert "asked for a new password" in texts["forgotten-password"]
    assert "Hello," in texts["forgotten-password-plain"]
