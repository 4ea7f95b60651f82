"""
`make soak`: the promises of `make test` at full counts; writes docs/measured.md, failures included, and fails if there were any.

Rows: every value of every switch by itself, random configurations, every two values that go together, each from the one before it; a run killed
after each single write of the first `up`; killed at random moments; no second diff in many rounds, no false alarm in many drift checks; mutated tokens and generated names at the profile page;
many people invited at once by runs that are killed. `SOAK_ONLY=kills,page make soak` tries some of them and leaves the rest of the page.
Not here: the same promises at reduced counts (`tests/e2e`), the seconds (`tests/bench`).
"""

import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.configuration_rounds import pairs, singles, some_configurations
from tests.configurations import Config
from tests.e2e.clean_checks import BESIDE, a_clean_environment
from tests.e2e.harness import ROOT, a_local_tenant, a_project, kill_whole
from tests.e2e.switching import Switching
from tests.e2e.test_recover import assert_sign_up_was_never_open, converges
from tests.pages.profile.fuzzing import fuzz_tokens
from tests.pages.profile.naming import differing_names
from tests.soak_invites import invite_many_in_processes
from tests.soak_report import Row, section, with_section
from toolchain import Toolchain, ensure

SEED = 20261123
RANDOM_KILLS = int(os.environ.get("SOAK_RANDOM_KILLS", "40"))
CLEAN_CHECKS = int(os.environ.get("SOAK_CLEAN_CHECKS", "200"))
ROUNDS = int(os.environ.get("SOAK_ROUNDS", "30"))
CONFIGURATIONS = int(os.environ.get("SOAK_CONFIGURATIONS", "100"))
TOKENS = int(os.environ.get("SOAK_TOKENS", "10000000"))
NAMES = int(os.environ.get("SOAK_NAMES", "50000"))
INVITES = int(os.environ.get("SOAK_INVITES", "1000"))
INVITE_KILLS = 10
IN_A_ROW = 25  # configurations that one tenant goes through before it is taken down and the next begins
PAGE = ROOT / "docs" / "measured.md"
UP = ("pulumi", "up", "-s", "local", "--yes", "--skip-preview", "--non-interactive")


def writes_of_a_first_up(directory: Path, tools: Toolchain) -> int:
    """How many writes there are to be killed at."""
    with a_local_tenant(directory) as tenant:
        a_project(directory / "project", tenant, tools).up()
        return len(tenant.writes())


def killed_at_write(directory: Path, tools: Toolchain, number: int) -> None:
    """Kill the first `up` after `number` writes and one more were committed."""
    with a_local_tenant(directory) as tenant:
        project = a_project(directory / "project", tenant, tools)
        tenant.hang_after_commit("PATCH|POST|PUT", "api/v2/", skip=number)
        run = project.start(*UP)
        tenant.wait_until_a_call_hangs(run)
        kill_whole(run)
        converges(project)
        assert_sign_up_was_never_open(tenant)


def killed_at_random(directory: Path, tools: Toolchain, delay: float) -> None:
    """Kill the first `up` after so many seconds, whatever it is doing."""
    with a_local_tenant(directory) as tenant:
        project = a_project(directory / "project", tenant, tools)
        run = project.start(*UP)
        time.sleep(delay)
        kill_whole(run)
        converges(project)
        assert_sign_up_was_never_open(tenant)


def a_folder(scratch: Path, name: str) -> Path:
    folder = scratch / name
    folder.mkdir()
    return folder


def from_one_to_the_next(row: Row, home: Path, tools: Toolchain, configurations: Iterable[tuple[str, Config]]) -> Row:
    """Each from the one before it; the next tenant begins after some of them, and after a failure, which would be its cause."""
    ending, tenants, since = ExitStack(), 0, 0
    switching: Switching | None = None
    for what, config in configurations:
        if switching is None:
            tenants, since = tenants + 1, 0
            tenant = ending.enter_context(a_local_tenant(a_folder(home, f"tenant-{tenants}")))
            switching = Switching(a_project(home / f"project-{tenants}", tenant, tools))
        since += 1
        failed = len(row.failures)
        row.attempt(what, partial(switching.to, config))
        if since == IN_A_ROW and len(row.failures) == failed:
            row.attempt(f"{what}, and destroy", switching.leave)
        if since == IN_A_ROW or len(row.failures) > failed:
            ending.close()
            switching = None
    if switching is not None:
        row.attempt("the last one, and destroy", switching.leave)
    ending.close()
    return row


def of_switches(scratch: Path, tools: Toolchain) -> Iterator[Row]:
    left = "from the configuration before, nothing is left to do, what left is put back, destroy restores"
    tables: dict[str, Iterable[tuple[str, Config]]] = {
        "each value of each switch": singles(),
        f"random configurations (seed {SEED})": (
            (f"number {number + 1}", one) for number, one in enumerate(some_configurations(CONFIGURATIONS, seed=SEED))
        ),
        "every two values that go together": ((f"row {number + 1}", one) for number, one in enumerate(pairs())),
    }
    for number, (name, table) in enumerate(tables.items()):
        yield from_one_to_the_next(
            Row(promise=f"{name}: {left}"), a_folder(scratch, f"switches-{number}"), tools, table
        )


def of_the_profile_page() -> Iterator[Row]:
    """What it takes from strangers, and whether it and the deployed Action agree on names."""

    def tokens() -> None:
        accepted, broken = fuzz_tokens(TOKENS, SEED)
        assert (accepted, broken) == ([], []), f"{len(accepted)} accepted, {len(broken)} answered with 5xx"

    def names() -> None:
        _, differing = differing_names(NAMES, SEED)
        assert differing == [], f"{len(differing)} names"

    for promise, trial in {
        f"profile page: of {TOKENS:,} mutated tokens none is accepted, none answered with 5xx": tokens,
        f"names: the same verdict on {NAMES:,} generated ones in Python and JavaScript": names,
    }.items():
        row = Row(promise=promise)
        row.attempt(f"seed {SEED}", trial)
        yield row


def of_kills(scratch: Path, tools: Toolchain) -> Iterator[Row]:
    chance = random.Random(SEED)
    each = Row(promise="killed after each single write of the first up: recover and up converge")
    for number in range(writes_of_a_first_up(a_folder(scratch, "count"), tools)):
        home = a_folder(scratch, f"write-{number}")
        each.attempt(f"write {number + 1}", partial(killed_at_write, home, tools, number))
    yield each

    anywhere = Row(promise=f"killed at a random moment of the first up (seed {SEED}): recover and up converge")
    for number in range(RANDOM_KILLS):
        home = a_folder(scratch, f"random-{number}")
        delay = chance.uniform(0.5, 6.0)
        anywhere.attempt(f"after {delay:.2f} s", partial(killed_at_random, home, tools, delay))
    yield anywhere


def of_a_clean_tenant(scratch: Path, tools: Toolchain) -> Iterator[Row]:
    clean = Row(promise="preview and refresh of a clean tenant show no change")
    home = a_folder(scratch, "clean")
    with a_local_tenant(home) as tenant:
        project = a_project(home / "project", tenant, tools)
        project.up()
        for number in range(ROUNDS):
            clean.attempt(f"round {number + 1}", project.expects_no_changes)
    yield clean

    checks = Row(
        promise=f"{CLEAN_CHECKS} drift checks of a clean tenant, {BESIDE} at a time, with restarts and failing answers among them: no false alarm"
    )
    told: Counter[str] = Counter()
    with a_clean_environment(a_folder(scratch, "clean-checks"), tools) as environment:

        def of_one_round(number: int) -> None:
            tried = environment.tried(number)
            told["told whole"] += sum(not one.report.problems for one in tried)
            told["could not tell something, and said so"] += sum(bool(one.report.problems) for one in tried)
            told["answers failed"] += tried[0].struck
            faults = [fault for one in tried for fault in one.faults]
            assert not faults, "; ".join(faults)

        for number in range(-(-CLEAN_CHECKS // BESIDE)):
            checks.attempt(f"round {number + 1}", partial(of_one_round, number))
    checks.found = "; ".join(f"{count:,} {what}" for what, count in told.items())
    yield checks


def of_invites(scratch: Path, tools: Toolchain) -> Iterator[Row]:
    many = Row(
        promise=f"{INVITES:,} people invited from a file at 2 calls a second, 30 % of the answers 429 or 500 (mails that left included), "
        f"killed {INVITE_KILLS} times: nobody is lost, nobody is mailed twice"
    )

    def trial() -> None:
        home = a_folder(scratch, "invites")
        done = invite_many_in_processes(home, tools, rows=INVITES, kills=INVITE_KILLS, seed=SEED)
        said = ", ".join(f"{count:,} {outcome.replace('_', ' ')}" for outcome, count in done.outcomes.most_common())
        many.found = f"{said}; {done.kills} runs killed; {done.mails.total():,} mails; {done.seconds / 60:.0f} min"
        faults = list(done.faults(INVITES))
        assert not faults, "; ".join(faults)

    many.attempt(f"seed {SEED}", trial)
    yield many


GROUPS: dict[str, Callable[[Path, Toolchain], Iterator[Row]]] = {
    "switches": of_switches,
    "kills": of_kills,
    "clean": of_a_clean_tenant,
    "page": lambda _scratch, _tools: of_the_profile_page(),
    "invites": of_invites,
}


TITLES = {
    "switches": "Switches",
    "kills": "Runs that are killed",
    "clean": "A clean tenant",
    "page": "The profile page",
    "invites": "Many people invited at once",
}


def chosen(text: str) -> tuple[str, ...]:
    """The groups that SOAK_ONLY names, in their order; all without it."""
    wanted = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in GROUPS]
    if unknown:
        sys.exit(f"SOAK_ONLY={text}: there is no {unknown[0]}; there are {', '.join(GROUPS)}.")
    return tuple(name for name in GROUPS if not wanted or name in wanted)


def main() -> None:
    groups = chosen(os.environ.get("SOAK_ONLY", ""))
    tools = ensure()
    failed = False
    with tempfile.TemporaryDirectory(prefix="guestlist-soak-") as scratch:
        for group in groups:
            rows: list[Row] = []
            for row in GROUPS[group](Path(scratch), tools):
                rows.append(row)
                write(group, rows, is_whole=False)
            write(group, rows, is_whole=True)
            failed = failed or any(row.failures for row in rows)
    print(PAGE.read_text())
    sys.exit(failed)


def write(group: str, rows: list[Row], *, is_whole: bool) -> None:
    """Put into the page what is known of a group so far."""
    written = section(TITLES[group], rows, is_whole=is_whole, today=datetime.now(UTC).date())
    PAGE.write_text(with_section(PAGE.read_text(), written, titles=tuple(TITLES.values())))


if __name__ == "__main__":
    main()
