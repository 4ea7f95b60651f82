"""Whatever is changed by hand is found by one check, in its class, with its property; nothing else is; and what nobody can see is said."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from stacks.program import program
from tests.e2e.by_hand import CANARY, Injection, Made, inject
from tests.e2e.drifting import Told, as_reader, check, declare
from tests.e2e.harness import LocalTenant, Project, a_local_tenant, a_project
from tests.e2e.injections import (
    FIRST,
    INJECTIONS,
    LANGUAGES,
    PENDING,
    ROUND_1,
    ROUND_2,
    SECOND,
    SECRETS_OF_FIRST,
    SECRETS_OF_SECOND,
)
from toolchain import Toolchain

pytestmark = pytest.mark.xdist_group("drift-check")  # one worker deploys, once

VISIBLE = [one for one in INJECTIONS if one.visible]
# Only what the program keeps for itself (`guestlist.preview.change.BOOKKEEPING`) is nothing to be changed by hand.
KEPT_BY_THE_PROGRAM = {"TenantBackup", "PostLoginBackup"}


@dataclass(frozen=True, kw_only=True)
class Round:
    """What was made by hand in one tenant, and what the check of it said."""

    project: Project
    made: Mapping[str, Made]
    told: Told
    rows: tuple[Injection, ...]
    kinds: frozenset[str]  # of resources that are declared


def play(project: Project, folder: Path, *, first: bool) -> Round:
    """Deploy, change the program's mind where it is about to, change the tenant by hand, check once."""
    rows = ROUND_1 if first else ROUND_2
    if first:
        declare(project, FIRST, secrets=SECRETS_OF_FIRST, languages=LANGUAGES)
    else:
        declare(project, SECOND, secrets=SECRETS_OF_SECOND)
    project.up()
    resources = project.state()["deployment"]["resources"]
    kinds = {one["type"].rpartition(":")[2] for one in resources if one["custom"] and "providers" not in one["type"]}
    reader = as_reader(project)
    for group, values in PENDING.items() if first else ():
        project.set_config(group, **values)
    made = inject(project.tenant, rows)
    told = check(reader if first else project, folder)
    return Round(project=project, made=made, told=told, rows=rows, kinds=frozenset(kinds))


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory, tools: Toolchain) -> Iterator[tuple[Round, Round]]:
    """Both at the same time."""
    with ExitStack() as ending, ThreadPoolExecutor(max_workers=2) as beside:
        running = []
        for first in (True, False):
            home = tmp_path_factory.mktemp("round")
            (home / "tenant").mkdir()
            tenant = ending.enter_context(a_local_tenant(home / "tenant"))
            project = a_project(home / "project", tenant, tools)
            running.append(beside.submit(play, project, home, first=first))
        yield running[0].result(), running[1].result()


def round_of(rounds: tuple[Round, Round], row: Injection) -> Round:
    return next(one for one in rounds if row in one.rows)


def resource_of(row: Injection, tenant: LocalTenant) -> str:
    return row.resource.format(domain=tenant.domain)


def named(rows: list[Injection]) -> Any:
    return pytest.mark.parametrize("row", rows, ids=[one.name for one in rows])


@named(VISIBLE)
def test_a_change_by_hand_is_found(rounds: tuple[Round, Round], row: Injection) -> None:
    played = round_of(rounds, row)

    item = played.told.item(row.kind, resource_of(row, played.project.tenant))

    assert item["happened"] == row.happened
    assert row.remark is None or row.remark in item["remark"]
    if row.path is not None:
        shown = [one for one in item["properties"] if one["path"] == row.path]
        assert any(row.value in json.dumps([one.get("before"), one.get("after")]) for one in shown), item["properties"]
    if row.rule is not None:
        assert row.rule in {one["rule"] for one in played.told.report["findings"]}


@pytest.mark.parametrize("number", [0, 1])
def test_nothing_else_is_reported(rounds: tuple[Round, Round], number: int) -> None:
    played = rounds[number]
    visible = [row for row in played.rows if row.visible]
    expected: dict[tuple[str, str], set[str]] = {}
    for row in visible:
        paths = expected.setdefault((row.kind, resource_of(row, played.project.tenant)), set())
        paths |= {*([row.path] if row.path else []), *row.also}

    found = {(one["class"], one["resource"]): {each["path"] for each in one["properties"]} for one in played.told.items}

    assert found == expected
    assert played.told.exit_code == 2
    assert played.told.problems == []


@named([one for one in INJECTIONS if not one.visible])
def test_what_no_check_can_see_is_said(rounds: tuple[Round, Round], row: Injection) -> None:
    told = round_of(rounds, row).told
    touched = {one.path for one in INJECTIONS if one.resource == row.resource and one.visible}

    paths = {each["path"] for one in told.items if one["resource"] == row.resource for each in one["properties"]}

    assert any(str(row.unseen) in said for said in told.report["unseen"])
    assert paths <= {*touched, *(also for one in INJECTIONS if one.resource == row.resource for also in one.also)}


def test_nothing_that_is_found_is_said_to_be_invisible(rounds: tuple[Round, Round]) -> None:
    *said, listed = rounds[0].told.report["unseen"]

    assert {one for one in said if not any(str(row.unseen) in one for row in ROUND_1 if not row.visible)} == set()
    nouns = {row.resource.partition(" ")[0].lower() for row in VISIBLE if row.kind == "unmanaged"}
    assert {noun for noun in nouns if f"{noun}s" in listed.lower()} == set()


@pytest.mark.parametrize("number", [0, 1])
def test_no_format_shows_a_secret_that_was_written_by_hand(rounds: tuple[Round, Round], number: int) -> None:
    assert CANARY not in rounds[number].told.said


def test_each_change_is_found_by_who_made_it_and_when(rounds: tuple[Round, Round]) -> None:
    wrong = {}
    for row in VISIBLE:
        played = round_of(rounds, row)
        item = played.told.item(row.kind, resource_of(row, played.project.tenant))
        latest = [one for one in played.rows if one.resource == row.resource and one.kind == row.kind][-1]
        made = played.made[latest.name]
        by = item["by"][0] if item["by"] else {"who": "nobody", "at": "1970-01-01T00:00:00Z"}
        at = datetime.fromisoformat(by["at"]).timestamp()
        if by["who"] != latest.person or not math.floor(made.began) <= at <= math.ceil(made.ended):
            wrong[row.name] = (latest.person, by["who"], made.began, at)
    listed = "\n".join(f"{name}: {found}" for name, found in wrong.items())
    assert not wrong, f"expected and found:\n{listed}"


def test_every_kind_that_can_be_declared_is_changed(rounds: tuple[Round, Round]) -> None:
    declared = rounds[0].kinds | rounds[1].kinds
    changed = {row.resource.partition(" ")[0] for row in VISIBLE if row.kind != "unmanaged"}

    assert changed == declared - KEPT_BY_THE_PROGRAM
    assert declared >= kinds_of_the_program()


def test_there_are_enough_changes_and_no_two_of_one_name() -> None:
    assert len(INJECTIONS) >= 60
    assert len({one.name for one in INJECTIONS}) == len(INJECTIONS)
    assert len({one.person for one in INJECTIONS}) >= 3


def kinds_of_the_program() -> set[str]:
    """Every class of the provider that the program's modules call, and every resource of its own."""
    source = "\n".join(file.read_text() for file in Path(program.__code__.co_filename).parent.glob("*.py"))
    ours = set(re.findall(r'class (\w+)\(Resource, module="guestlist"', source))
    return {one for one in re.findall(r"auth0\.([A-Z]\w+)\(", source) if not one.endswith("Args")} - {"Provider"} | ours
