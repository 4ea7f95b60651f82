"""auth0-deploy-cli with an export of a tenant that the program has deployed, and its own defaults."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import Step
from tests.bench.tools import AGAIN, DRIFT, FIRST, PREVIEW, Desired
from tests.contract.clients.deploy_cli import retarget
from tests.e2e.harness import LocalTenant

NAME = "deploy-cli"
DOES = (
    "`a0deploy import` (auth0-deploy-cli, its defaults) brings an export of such a tenant into an empty one: every kind of thing that Auth0 has, also "
    "those that nobody declared, and the Actions' secrets by name only, without values. It keeps no state: it reads the tenant each time and writes unchanged "
    "things again. It pins how clients authenticate, shows no client secret and takes no backup. Its drift check is an export, still to be compared "
    "with the last one. Most of its seconds are its own check of the file, before the first write; where that took so long that its idle "
    "connection was closed, the run failed without having written anything and was repeated (attempts)."
)
IMPORT = ("import", "--input_file", "tenant.yaml")
COMMANDS = {
    FIRST: ("a0deploy import", IMPORT),
    AGAIN: ("a0deploy import", IMPORT),
    PREVIEW: ("a0deploy import --dry-run", (*IMPORT, "--dry-run", "preview")),
    DRIFT: ("a0deploy export", ("export", "--format", "yaml", "--output_folder", "drift")),
}


def steps(desired: Desired, tenant: LocalTenant, directory: Path) -> Iterator[Step]:
    """In the order they run."""
    work = directory / "work"
    shutil.copytree(desired.export, work)
    retarget(work / "tenant.yaml", from_domain=desired.domain, to_domain=tenant.domain)
    for operation, (named, arguments) in COMMANDS.items():
        yield Step(
            operation=operation,
            named=named,
            command=desired.deploy_cli.command(*arguments),
            cwd=work,
            environ=desired.deploy_cli.environment(tenant),
            log=directory / f"{operation}.log",
        )
