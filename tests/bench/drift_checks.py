"""
What a check for drift costs and finds, where the tenant lets two calls a second through: ours, plain Pulumi, OpenTofu and auth0-deploy-cli.

Each tool has deployed the same environment into a tenant of its own (ours and Pulumi the same one), whose log has a hundred thousand logins. The changes by hand are those of
the end-to-end tests. Found is what a command says by itself: the object, and the property that was changed.
"""

import json
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.bench.changed_action import WRITES_BYTECODE
from tests.bench.measure import Row, Step, measure, set_limits
from tests.bench.tools import Desired
from tests.configurations import EXISTING
from tests.contract.clients.terraform_json import camel, translate
from tests.e2e.by_hand import Hand, Injection, inject
from tests.e2e.drifting import as_reader, declare
from tests.e2e.harness import LocalTenant, Project, a_local_tenant, a_project, succeeded
from tests.e2e.injections import FIRST, LANGUAGES, ROUND_1, SECRETS_OF_FIRST

LOGINS = 100_000
TIER = "free"  # two calls a second
QUIET_TURNS = 3
CHANGES = [row for row in ROUND_1 if row.visible]
FULL = "guestlist drift"
QUIET = "guestlist drift --since-checkpoint, nothing recorded"
ONE = "guestlist drift --since-checkpoint, one change"
PULUMI = "pulumi refresh --preview-only"
TOFU = "tofu plan -refresh-only"
DEPLOY_CLI = "a0deploy export"

Found = Callable[[Injection], bool]


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One command: what it cost, and which changes it named; `remark` where that is not a number."""

    named: str
    row: Row
    found: int | None = None
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class DriftChecks:
    """Of one machine."""

    checks: Sequence[Checked]
    changes: int

    def table(self) -> list[str]:
        return [
            f"At two calls a second, on tenants with {LOGINS:,} logins in their logs; one run each, the quiet check the median of {QUIET_TURNS}. Calls include those for",
            f"tokens; 429s are calls that had to be made again. Found: of {self.changes} changes by hand, how many the command names, object and property; it is counted in a run",
            "of its own, after all of them. An export says nothing of what changed: it has to be compared with the last one.",
            "",
            "| Command | Seconds | Calls | 429s | Changes found |",
            "|---|---:|---:|---:|---|",
            *(
                f"| `{one.named.partition(',')[0]}`{one.named.partition(',')[1]}{one.named.partition(',')[2]} | {one.row.seconds:.1f} "
                f"| {one.row.calls + one.row.tokens} | {one.row.refused} | {one.remark or ('' if one.found is None else f'{one.found} of {self.changes}')} |"
                for one in self.checks
            ),
        ]


def measure_drift_checks(desired: Desired, directory: Path) -> DriftChecks:
    """Deploy, check, change, check. Raises: AssertionError, when a command fails."""
    with ExitStack() as tenants:
        ours = tenants.enter_context(a_local_tenant(_folder(directory / "ours" / "tenant")))
        project = a_project(directory / "ours" / "project", ours, desired.toolchain)
        declare(project, FIRST, secrets=SECRETS_OF_FIRST, languages=LANGUAGES)
        project.up()
        state = json.loads(succeeded(project.pulumi("stack", "export", "-s", "local", "--show-secrets")).stdout)
        checks = list(_ours(project, directory / "ours"))
        set_limits(ours, "unlimited", 0)
        checks += _opentofu(desired, ours, state, directory / "opentofu", tenants)
        checks += _deploy_cli(desired, ours, directory / "deploy-cli", tenants)
    return DriftChecks(checks=checks, changes=len(CHANGES))


def _ours(project: Project, directory: Path) -> Iterator[Checked]:
    tenant, reader = project.tenant, as_reader(project)
    checkpoint = directory / "checkpoint.json"
    saved = directory / "drift.json"
    guestlist = (sys.executable, "-m", "guestlist", "drift", "--env", "local")
    guided = (*guestlist, "--since-checkpoint", "--checkpoint", str(checkpoint))
    pulumi = ("pulumi", "refresh", "--preview-only", "-s", "local", "--non-interactive")

    def look(named: str, command: Sequence[str], *, ends: Collection[int] = (0,)) -> Row:
        return _look(
            named,
            command,
            cwd=reader.directory,
            environ=reader.environ,
            tenant=tenant,
            log=directory / "log.txt",
            ends=ends,
        )

    look("", guided)  # nothing is limited yet; it makes the checkpoint
    _prepare(tenant)
    full, plain = look(FULL, guestlist), look(PULUMI, pulumi)
    quiet = [look(QUIET, guided) for _ in range(QUIET_TURNS)]
    set_limits(tenant, "unlimited", 0)
    hand = Hand(tenant, "Ana Ruiz <ana@example.com>")
    hand.write("PATCH", hand.client("Guestlist app"), {"description": "changed by hand"})
    set_limits(tenant, TIER, 0)
    one = look(ONE, (*guided, "--save", str(saved)), ends=(2,))
    [item] = _items(saved)
    assert item["resource"] == "Client application", item
    _inject(tenant)
    look("", (*guestlist, "--save", str(saved)), ends=(2,))
    found = sum(_in_report(_items(saved))(row) for row in CHANGES)
    events = {**reader.environ, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"}
    _look(
        "",
        (*pulumi, "--json"),
        cwd=reader.directory,
        environ=events,
        tenant=tenant,
        log=directory / "events.json",
    )
    by_pulumi = sum(_in_events(directory / "events.json")(row) for row in CHANGES)
    median = sorted(quiet, key=lambda row: row.seconds)[len(quiet) // 2]
    yield Checked(named=FULL, row=full, found=found)
    yield Checked(named=QUIET, row=replace(median, calls=max(row.calls for row in quiet)))
    yield Checked(named=ONE, row=one, remark="1 of 1")
    yield Checked(named=PULUMI, row=plain, found=by_pulumi)


def _opentofu(
    desired: Desired, ours: LocalTenant, state: dict[str, Any], directory: Path, tenants: ExitStack
) -> Iterator[Checked]:
    tenant = tenants.enter_context(a_local_tenant(_folder(directory / "tenant")))
    there = tenant.write("POST", "/clients", {"name": EXISTING, "app_type": "regular_web"})["client_id"]
    schema, work = _folder(directory / "schema"), _folder(directory / "work")
    configuration = translate(state, desired.opentofu.schemas(schema), domain=ours.domain)
    # The application that exists has another id in each tenant.
    text = json.dumps(configuration.document).replace(Hand(ours, "").client_id(EXISTING), there)
    workspace = desired.opentofu.prepare(work, replace(configuration, document=json.loads(text)))
    succeeded(workspace.on(tenant, "apply", "-auto-approve"))
    _prepare(tenant)
    command = desired.opentofu.command("plan", "-refresh-only", "-input=false", "-no-color", "-out=drift.plan")
    environ = workspace.environment(tenant)

    def look(named: str) -> Row:
        return _look(named, command, cwd=work, environ=environ, tenant=tenant, log=directory / "log.txt")

    row = look(TOFU)
    _inject(tenant)
    look("")
    shown = succeeded(workspace.run("show", "-json", "drift.plan", environment=environ)).stdout
    found = sum(_in_plan(json.loads(shown))(change) for change in CHANGES)
    yield Checked(named=TOFU, row=row, found=found)


def _deploy_cli(desired: Desired, ours: LocalTenant, directory: Path, tenants: ExitStack) -> Iterator[Checked]:
    """The tenant is the one of ours, after all changes: an export needs no state."""
    work = _folder(directory / "work")
    exporting = ("export", "--format", "yaml", "--output_folder", "drift")
    command = desired.deploy_cli.command(*exporting)
    _prepare(ours, logins=0)
    environ = desired.deploy_cli.environment(ours)
    row = _look(DEPLOY_CLI, command, cwd=work, environ=environ, tenant=ours, log=directory / "log.txt", ends=(0, 1))
    yield Checked(named=DEPLOY_CLI, row=row, remark="it gave up at the limit" if row.exit_code else "none by itself")


def _folder(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _prepare(tenant: LocalTenant, *, logins: int = LOGINS) -> None:
    for _ in range(logins // 25_000):
        tenant.control.post("/_local/log", json={"logins": 25_000}, timeout=120).raise_for_status()
    set_limits(tenant, TIER, 0)


def _inject(tenant: LocalTenant) -> None:
    set_limits(tenant, "unlimited", 0)
    inject(tenant, ROUND_1)
    set_limits(tenant, TIER, 0)


def _look(
    named: str,
    command: Sequence[str],
    *,
    cwd: Path,
    environ: Mapping[str, str],
    tenant: LocalTenant,
    log: Path,
    ends: Collection[int] = (0,),
) -> Row:
    """One run; without a name it is not shown."""
    usual = {name: value for name, value in environ.items() if name != WRITES_BYTECODE}
    step = Step(operation="drift", named=named, command=command, cwd=cwd, environ=usual, log=log)
    row = measure(step, tenant, tool="", tier=TIER, latency_ms=0)
    assert row.exit_code in ends, log.read_text(encoding="utf-8", errors="replace")[-3000:]
    if named:
        print(
            f"drift  {named:55} {row.seconds:6.2f} s {row.calls + row.tokens:4} calls {row.refused:4} 429s", flush=True
        )
    return row


def _items(saved: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(saved.read_text(encoding="utf-8"))["environments"][0]["items"]
    return found


def _in_report(items: Sequence[Mapping[str, Any]]) -> Found:
    """By class, object and property."""

    def found(row: Injection) -> bool:
        return any(
            re.fullmatch(re.escape(row.resource).replace(r"\{domain\}", r"\S+"), one["resource"]) is not None
            and one["class"] in {row.kind, "both" if row.kind == "drift" else row.kind, "drift"}
            and (row.path is None or any(each["path"] == row.path for each in one["properties"]))
            for one in items
        )

    return found


def _in_events(file: Path) -> Found:
    """By object and property, as the engine's events have them."""
    steps: dict[tuple[str, str], set[str] | None] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        metadata = (json.loads(line).get("resOutputsEvent") or {}).get("metadata") if line.startswith("{") else None
        if metadata and metadata["op"] != "same":
            kind, name = metadata["type"].rpartition(":")[2], metadata["urn"].rpartition("::")[2]
            paths = metadata.get("detailedDiff")
            steps[kind, name] = {_root(path) for path in paths} if paths else None

    def found(row: Injection) -> bool:
        kind, _, name = row.resource.partition(" ")
        paths = steps.get((kind, name), set())
        return (
            paths is None
            or (row.path is None and (kind, name) in steps)
            or (row.path is not None and _root(row.path) in paths)
        )

    return found


def _in_plan(plan: Mapping[str, Any]) -> Found:
    """By object and property, as the plan's `resource_drift` has them."""
    drifted: dict[tuple[str, str], set[str]] = {}
    for one in plan.get("resource_drift") or ():
        before, after = one["change"]["before"] or {}, one["change"]["after"] or {}
        kind = camel(one["type"].removeprefix("auth0_"))
        names = {camel(name) for name in {*before, *after} if before.get(name) != after.get(name)}
        drifted[kind[:1].upper() + kind[1:], one["name"].replace("_", "-")] = names

    def found(row: Injection) -> bool:
        kind, _, name = row.resource.partition(" ")
        names = drifted.get((kind, name.replace("_", "-")))
        if names is None:
            return False
        # Lists have a plural of their own in Pulumi's names: allowedLogoutUrls is allowed_logout_urls, enabledClients enabled_clients.
        return row.path is None or any(_root(row.path).rstrip("s") == one.rstrip("s") for one in names)

    return found


def _root(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]
