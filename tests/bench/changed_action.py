"""
What a reviewer gets for one changed line of an Action, and what it costs: ours beside plain Pulumi, OpenTofu and auth0-deploy-cli.

Each tool has deployed a tenant of its own (ours and Pulumi the same one), with no rate limit and no latency. Then one line is added to the
Action's source, and the tools look in turn, so that a machine that slows down slows them all.
"""

import shutil
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import Row, Step, measure
from tests.bench.tools import Desired
from tests.contract.clients.deploy_cli import retarget
from tests.contract.clients.terraform_json import translate
from tests.e2e.harness import LocalTenant, a_local_tenant, a_project, copy_program, succeeded

LINE = "// a line that a pull request added"
BEFORE = "const invite = user.app_metadata?.invite;"  # in complete-profile.js
TURNS = 7
TURNS_OF_DEPLOY_CLI = 2  # about a minute each
OURS = "guestlist preview --no-behaviour"
RAW = "pulumi preview"
WRITES_BYTECODE = "PYTHONDONTWRITEBYTECODE"  # a machine for tests may set it; nobody's own does


@dataclass(frozen=True, kw_only=True)
class Contender:
    """One command that is to say what would change."""

    step: Step
    tenant: LocalTenant
    turns: int = TURNS


@dataclass(frozen=True, kw_only=True)
class Looked:
    """All turns of one command."""

    named: str
    rows: Sequence[Row]
    shows: bool  # whether the line was in what each turn said

    @property
    def seconds(self) -> float:
        return statistics.median(row.seconds for row in self.rows)

    @property
    def calls(self) -> int:
        return max(row.calls for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class ChangedAction:
    """Of one machine."""

    looked: Sequence[Looked]

    def table(self) -> list[str]:
        by_name = {one.named: one for one in self.looked}
        pairs = [ours.seconds / raw.seconds for ours, raw in zip(by_name[OURS].rows, by_name[RAW].rows, strict=True)]
        return [
            f"One line added to an Action that was deployed; no limit, no latency. Medians of {TURNS} turns, deploy-cli's of {TURNS_OF_DEPLOY_CLI}.",
            f"Ours without rehearsed logins takes {statistics.median(pairs):.2f} of the raw preview, turn by turn {min(pairs):.2f} to {max(pairs):.2f}.",
            "",
            "| Command | Seconds | Least | Most | Management API calls | Shows the line |",
            "|---|---:|---:|---:|---:|---|",
            *(
                f"| `{one.named}` | {one.seconds:.2f} | {min(row.seconds for row in one.rows):.2f} | {max(row.seconds for row in one.rows):.2f} "
                f"| {one.calls} | {'yes' if one.shows else 'no'} |"
                for one in self.looked
            ),
        ]


def measure_changed_action(desired: Desired, directory: Path) -> ChangedAction:
    """Deploy, change, look in turn. Raises: AssertionError, when a command fails."""
    with ExitStack() as tenants:
        contenders = [
            *tenants.enter_context(_ours_and_pulumi(desired, directory / "pulumi")),
            *tenants.enter_context(_opentofu(desired, directory / "opentofu")),
            *tenants.enter_context(_deploy_cli(desired, directory / "deploy-cli")),
        ]
        rows: dict[str, list[Row]] = {one.step.named: [] for one in contenders}
        shows: dict[str, bool] = {}
        for turn in range(-1, TURNS):  # the first is not counted: it fills caches
            for one in contenders:
                if turn >= one.turns:
                    continue
                row = measure(one.step, one.tenant, tool="", tier="unlimited", latency_ms=0)
                said = one.step.log.read_text(encoding="utf-8", errors="replace")
                assert row.exit_code in {0, 2}, said
                shows[one.step.named] = LINE in said
                if turn >= 0:
                    rows[one.step.named].append(row)
                    print(f"changed Action  {one.step.named:34} {row.seconds:6.2f} s {row.calls:4} calls", flush=True)
    return ChangedAction(looked=[Looked(named=name, rows=found, shows=shows[name]) for name, found in rows.items()])


@contextmanager
def _ours_and_pulumi(desired: Desired, directory: Path) -> Iterator[list[Contender]]:
    with _tenant(directory) as tenant:
        project = a_project(directory / "project", tenant, desired.toolchain)
        copy_program(project)
        project.up()
        _add_line(project.directory / "actions" / "post-login" / "complete-profile.js")
        guestlist = (sys.executable, "-m", "guestlist", "preview", "--env", "local")
        pulumi = ("pulumi", "preview", "-s", "local", "--non-interactive")
        commands = {
            OURS: (*guestlist, "--no-behaviour"),
            "guestlist preview": guestlist,
            RAW: pulumi,
            "pulumi preview --diff": (*pulumi, "--diff"),
        }
        yield [
            _contender(tenant, named, command, project.directory, project.environ)
            for named, command in commands.items()
        ]


@contextmanager
def _opentofu(desired: Desired, directory: Path) -> Iterator[list[Contender]]:
    with _tenant(directory) as tenant:
        schema, work = directory / "schema", directory / "work"
        schema.mkdir()
        work.mkdir()
        configuration = translate(desired.state, desired.opentofu.schemas(schema), domain=desired.domain)
        workspace = desired.opentofu.prepare(work, configuration)
        succeeded(workspace.on(tenant, "apply", "-auto-approve"))
        _add_line(work / "main.tf.json", end="\\n")
        command = desired.opentofu.command("plan", "-input=false", "-no-color")
        yield [_contender(tenant, "tofu plan", command, work, workspace.environment(tenant))]


@contextmanager
def _deploy_cli(desired: Desired, directory: Path) -> Iterator[list[Contender]]:
    with _tenant(directory) as tenant:
        work = directory / "work"
        shutil.copytree(desired.export, work)
        retarget(work / "tenant.yaml", from_domain=desired.domain, to_domain=tenant.domain)
        importing = ("import", "--input_file", "tenant.yaml")
        succeeded(desired.deploy_cli.run(tenant, *importing, directory=work))
        (source,) = (file for file in work.rglob("*.js") if BEFORE in file.read_text(encoding="utf-8"))
        _add_line(source)
        command = desired.deploy_cli.command(*importing, "--dry-run", "preview")
        environ = desired.deploy_cli.environment(tenant)
        yield [_contender(tenant, "a0deploy import --dry-run", command, work, environ, turns=TURNS_OF_DEPLOY_CLI)]


@contextmanager
def _tenant(directory: Path) -> Iterator[LocalTenant]:
    home = directory / "tenant"
    home.mkdir(parents=True)
    with a_local_tenant(home) as tenant:
        yield tenant


def _contender(
    tenant: LocalTenant,
    named: str,
    command: Sequence[str],
    cwd: Path,
    environ: Mapping[str, str],
    *,
    turns: int = TURNS,
) -> Contender:
    log = cwd.parent / f"{named.replace(' ', '-')}.log"
    usual = {name: value for name, value in environ.items() if name != WRITES_BYTECODE}
    return Contender(
        step=Step(operation="changed", named=named, command=command, cwd=cwd, environ=usual, log=log),
        tenant=tenant,
        turns=turns,
    )


def _add_line(file: Path, *, end: str = "\n") -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(BEFORE) == 1, file
    file.write_text(text.replace(BEFORE, f"{LINE}{end}  {BEFORE}"), encoding="utf-8")
