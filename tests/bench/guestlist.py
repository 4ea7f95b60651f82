"""The program itself, with plain Pulumi."""

from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import Step
from tests.bench.tools import AGAIN, DRIFT, FIRST, PREVIEW, Desired
from tests.e2e.harness import LocalTenant, a_project

NAME = "Guestlist"
DOES = (
    "`pulumi up` declares the tenant and exports the secrets of its three clients. It also saves a backup of the tenant-wide things before its "
    "first write, looks for things of other people that it would replace, and closes the application's doors to other connections. `preview` "
    "compares with the state alone; only the drift check reads the tenant."
)
COMMANDS = {
    FIRST: ("pulumi up", ("up", "--yes", "--skip-preview")),
    AGAIN: ("pulumi up", ("up", "--yes", "--skip-preview")),
    PREVIEW: ("pulumi preview", ("preview",)),
    DRIFT: ("pulumi preview --refresh", ("preview", "--refresh")),
}


def steps(desired: Desired, tenant: LocalTenant, directory: Path) -> Iterator[Step]:
    """In the order they run."""
    project = a_project(directory / "project", tenant, desired.toolchain)
    for operation, (named, arguments) in COMMANDS.items():
        yield Step(
            operation=operation,
            named=named,
            command=("pulumi", *arguments, "-s", "local", "--non-interactive"),
            cwd=project.directory,
            environ=project.environ,
            log=directory / f"{operation}.log",
        )
