"""`guestlist invites create --csv FILE`, against the local tenant in this process."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from guestlist.cli import inviting
from guestlist.cli.invites_csv import Progress, exit_code
from guestlist.cli.main import cli
from guestlist.invites import bulk
from guestlist.invites.csv_rows import Row
from guestlist.invites.wish import Wish
from localtenant.faults import Fault
from localtenant.rate_limits import Tier
from tests.inviting_many import Place, a_busy_place
from tests.localtenant.conftest import LocalTenant


@pytest.fixture
def place(a_tenant: Callable[..., LocalTenant], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(bulk, "PAUSES_SECONDS", (0.0,) * 4)
    (tmp_path / "Pulumi.yaml").write_text("name: guestlist\nruntime: python\n")
    place = a_busy_place(a_tenant(), tmp_path)
    place.tenant.app.runtime.tier = Tier.UNLIMITED
    return place


@pytest.fixture
def command(place: Place, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command, with the outputs of this tenant instead of the engine's."""
    invite = SimpleNamespace(link_ttl_sec=604800, delivery="auth0", revoke="block", pre_enrol_phone=False)
    given = place.inviter
    outputs = {
        "tenantDomain": given.tenant_domain,
        "issuer": f"https://{given.login_host}/",
        "connectionName": given.connection,
        "applicationClientId": given.application_client_id,
        "inviterClientId": given.client_id,
        "inviterClientSecret": given.client_secret,
    }
    stack = SimpleNamespace(
        outputs=outputs,
        local=True,
        settings=SimpleNamespace(invite=invite, email=SimpleNamespace(smtp_host=None)),
        transport=lambda: place.way,
    )
    monkeypatch.setattr(inviting, "open_outputs", lambda *_, **__: stack)

    def run(content: str, *arguments: str) -> Result:
        (place.root / "people.csv").write_text(content)
        file = str(place.root / "people.csv")
        return CliRunner().invoke(
            cli, ["--project", str(place.root), "invites", "create", "--csv", file, "--env", "local", *arguments]
        )

    return run


def the_next_mail_is_answered(place: Place, status: int, *, times: int = 1, after: bool = False) -> None:
    fault = Fault(
        method="POST",
        path="dbconnections",
        when="after_commit" if after else "before_commit",
        action=f"status:{status}",
        times=times,
    )
    place.tenant.app.runtime.faults.waiting.append(fault)


def test_everybody_in_the_file_is_invited_and_each_row_is_a_line(command: Callable[..., Result], place: Place) -> None:
    done = command("address;first_name;language\r\nana@example.com;Ana;pt\r\nBo@example.com;;\r\n")
    assert done.exit_code == 0, done.output
    assert done.stdout == "people.csv:2 ana@example.com: sent\npeople.csv:3 bo@example.com: sent\n"
    assert re.search(r"people\.csv: 2 rows: 2 sent\. It took [0-9]+ s\.", done.stderr)
    assert "To see who has accepted run: guestlist invites list --env local" in done.stderr
    assert place.mails() == {"ana@example.com": 1, "bo@example.com": 1}


def test_the_same_command_again_asks_the_tenant_nothing(command: Callable[..., Result], place: Place) -> None:
    command("address\nana@example.com\n")
    before = place.way.calls.total()
    again = command("address\nana@example.com\n")
    assert again.exit_code == 0
    assert re.search(r"ana@example\.com: sent: by the run of ", again.stdout)
    assert "Going on with an earlier run of these people: .guestlist/invites/local-" in again.stderr
    assert "people.csv: 1 row: 1 sent" in again.stderr
    assert "(1 of them by an earlier run)" in again.stderr
    assert place.way.calls.total() == before


def test_a_file_with_a_fault_invites_nobody(command: Callable[..., Result], place: Place) -> None:
    done = command("address,phone\nana@example.com,\nbo,\n")
    assert (done.exit_code, done.stdout) == (1, "")
    assert 'people.csv:3: address "bo" must be an address such as ana@example.com' in done.stderr
    phones = command("address,phone\nana@example.com,+351912345678\n")
    assert phones.exit_code == 1
    assert "people.csv:2: phone needs the setting invite.preEnrolPhone" in phones.stderr
    assert place.mails() == {}
    assert not list(place.root.glob(".guestlist/invites/*.jsonl"))


def test_a_mail_server_that_is_not_known_is_said_once(command: Callable[..., Result], place: Place) -> None:
    done = command("address\nana@example.com\nbo@example.com\n", "--delivery", "ticket")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "no mail server is known" in done.stderr
    assert place.way.calls.total() == 0


def test_json_is_an_object_a_row_and_nothing_else(command: Callable[..., Result], place: Place) -> None:
    done = command("address\nana@example.com\nbo@example.com\n", "--json")
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["line"], one["address"], one["outcome"]) for one in documents] == [
        (2, "ana@example.com", "sent"),
        (3, "bo@example.com", "sent"),
    ]
    assert documents[0].keys() == {
        "line",
        "address",
        "outcome",
        "userId",
        "expiresAt",
        "attempts",
        "earlier",
        "detail",
    }
    assert "ticket" not in done.output
    assert place.inviter.client_secret not in done.output


def test_who_is_refused_is_the_exit_code_3(command: Callable[..., Result], place: Place) -> None:
    command("address\nana@example.com\n")
    (user,) = place.tenant.tenant.store.all("users")
    place.tenant.tenant.store.put("users", user["user_id"], {**user, "blocked": True})
    done = command("address\nana@example.com\nbo@example.com\n")
    assert done.exit_code == 3
    assert "people.csv:2 ana@example.com: refused: Cannot invite ana@example.com (auth0|" in done.stdout
    assert "people.csv:3 bo@example.com: sent" in done.stdout
    assert "each of those lines says what to do" in done.stderr


def test_a_doubt_is_the_exit_code_1_and_auth0s_minute_is_kept(
    command: Callable[..., Result], place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "LONGEST_WAIT", bulk.timedelta(0))
    people = "address\nana@example.com\n"
    the_next_mail_is_answered(place, 500)
    first = command(people)
    assert first.exit_code == 1
    assert "people.csv:2 ana@example.com: in doubt: " in first.stdout
    assert re.search(r"run: guestlist invites create --csv \S+people\.csv --env local --resend-in-doubt", first.stderr)
    assert command(people).exit_code == 1
    assert place.mails() == {}
    too_soon = command(people, "--resend-in-doubt")
    assert too_soon.exit_code == 1
    assert "ana@example.com: in doubt: Cannot invite" in too_soon.stdout
    assert "the last mail is not a minute old" in too_soon.stdout


def test_ctrl_c_leaves_a_journal_and_says_how_to_go_on(command: Callable[..., Result], place: Place) -> None:
    people = "address\n" + "".join(f"p{n}@example.com\n" for n in range(5))
    handle = place.way.handle_request

    def interrupted(request: httpx.Request) -> httpx.Response:
        if b"p3@example.com" in request.content:
            raise KeyboardInterrupt
        return handle(request)

    place.way.handle_request = interrupted  # type: ignore[method-assign]
    stopped = command(people)
    assert stopped.exit_code == 130
    assert "Interrupted: 3 rows are settled, and the journal knows which. To go on run: guestlist" in stopped.stderr
    place.way.handle_request = handle  # type: ignore[method-assign]
    assert command(people).exit_code == 0
    assert place.mails() == Counter({f"p{n}@example.com": 1 for n in range(5)})


@pytest.mark.parametrize(
    "arguments", [["ana@example.com"], ["--language", "de"], ["--by", "Bo"], ["--reinstate"], ["--print-link"]]
)
def test_what_is_said_of_one_person_does_not_go_with_a_file(
    command: Callable[..., Result], place: Place, arguments: list[str]
) -> None:
    done = command("address\nana@example.com\n", *arguments)
    assert done.exit_code == 64
    assert "does not go with --csv" in done.stderr
    assert place.mails() == {}


def test_without_a_file_an_address_is_needed(place: Place) -> None:
    done = CliRunner().invoke(cli, ["--project", str(place.root), "invites", "create", "--env", "local"])
    assert done.exit_code == 64
    assert "write an ADDRESS, or --csv FILE" in done.stderr


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ({"sent": 2, "already_invited": 1, "already_active": 1}, 0),
        ({"sent": 2, "refused": 1}, 3),
        ({"refused": 1, "failed": 1}, 1),
        ({"sent": 1, "in_doubt": 1}, 1),
    ],
)
def test_the_exit_code_says_whether_there_is_more_to_do(counts: dict[str, int], code: int) -> None:
    assert exit_code(Counter(counts)) == code


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_line_of_figures_stands_for_what_went_well(capsys: pytest.CaptureFixture[str]) -> None:
    seconds = [0.0]
    screen = Terminal()
    progress = Progress(1000, stderr=screen, clock=lambda: seconds[0])
    row = Row(line=2, wish=Wish(address="ana@example.com"))
    for number in range(100):
        seconds[0] += 0.5
        outcome: Any = "failed" if number == 50 else "sent"
        progress.settled(bulk.Result(row=row, outcome=outcome), f"line {number}")
    assert capsys.readouterr().out == "line 50\n"
    assert screen.getvalue().endswith("\r\x1b[K100/1,000  2.0 a second, 8 min left; 1 failed")
    with progress:
        pass
    assert screen.getvalue().endswith("\r\x1b[K")
    assert progress.total(Path("people.csv")) == "people.csv: 1,000 rows: 99 sent, 1 failed. It took 50 s."
