"""What the tools have in common: the operations that are compared, and the desired tenant, taken from one `pulumi up`."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.measure import Step
from tests.contract.clients.deploy_cli import DeployCli, ensure_deploy_cli
from tests.contract.clients.opentofu import OpenTofu, ensure_opentofu
from tests.e2e.harness import LocalTenant, a_local_tenant, a_project, succeeded
from toolchain import Toolchain, ensure

FIRST, AGAIN, PREVIEW, DRIFT = "first", "again", "preview", "drift"
OPERATIONS = {
    FIRST: "into an empty tenant",
    AGAIN: "again, nothing changed",
    PREVIEW: "preview, nothing changed",
    DRIFT: "drift check",
}


@dataclass(frozen=True, kw_only=True)
class Desired:
    """One tenant that the program has declared, as each tool wants to have it."""

    toolchain: Toolchain
    opentofu: OpenTofu
    deploy_cli: DeployCli
    domain: str  # of the tenant that the other two were taken from
    state: dict[str, Any]  # decrypted
    export: Path  # folder of auth0-deploy-cli


Prepare = Callable[[Desired, LocalTenant, Path], Iterator[Step]]


def desired_tenant(scratch: Path) -> Desired:
    """Deploy it once, with no limits, and export it twice."""
    toolchain, opentofu, deploy_cli = ensure(), ensure_opentofu(), ensure_deploy_cli()
    home, export = scratch / "tenant", scratch / "export"
    home.mkdir(parents=True)
    export.mkdir()
    with a_local_tenant(home) as tenant:
        project = a_project(scratch / "project", tenant, toolchain)
        project.up()
        shown = succeeded(project.pulumi("stack", "export", "-s", "local", "--show-secrets"))
        succeeded(deploy_cli.run(tenant, "export", "--format", "yaml", "--output_folder", ".", directory=export))
        return Desired(
            toolchain=toolchain,
            opentofu=opentofu,
            deploy_cli=deploy_cli,
            domain=tenant.domain,
            state=json.loads(shown.stdout),
            export=export,
        )
