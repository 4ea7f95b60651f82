"""OpenTofu with the same provider and a configuration that is translated from the program's state."""

from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import Step
from tests.bench.tools import AGAIN, DRIFT, FIRST, PREVIEW, Desired
from tests.contract.clients.terraform_json import translate
from tests.e2e.harness import LocalTenant

NAME = "OpenTofu"
DOES = (
    "`tofu apply` has the same provider (1.54.1) make the same things; its configuration pins client authentication for all three clients, because "
    "that resource is how it reads their secrets. It saves no backup, replaces what it finds without asking, and leaves other connections' doors as they "
    "are. `apply` and `plan` read the tenant each time (`-refresh=false` would not)."
)
COMMANDS = {
    FIRST: ("tofu apply", ("apply", "-auto-approve")),
    AGAIN: ("tofu apply", ("apply", "-auto-approve")),
    PREVIEW: ("tofu plan", ("plan",)),
    DRIFT: ("tofu plan -refresh-only", ("plan", "-refresh-only")),
}


def steps(desired: Desired, tenant: LocalTenant, directory: Path) -> Iterator[Step]:
    """In the order they run."""
    schema, work = directory / "schema", directory / "work"
    schema.mkdir()
    work.mkdir()
    configuration = translate(desired.state, desired.opentofu.schemas(schema), domain=desired.domain)
    workspace = desired.opentofu.prepare(work, configuration)
    for operation, (named, arguments) in COMMANDS.items():
        yield Step(
            operation=operation,
            named=named,
            command=desired.opentofu.command(*arguments, "-input=false", "-no-color"),
            cwd=work,
            environ=workspace.environment(tenant),
            log=directory / f"{operation}.log",
        )
