"""
OpenTofu and the auth0 Terraform provider, built from their Go modules on first use, run against a local tenant.

Each is built in its own module's folder with the versions that its go.sum names; the modules' own checksums are pinned here. OpenTofu
finds the provider by `dev_overrides`, so it installs nothing and there is no `init`. `python -m tests.contract.clients.opentofu` only
builds: five to ten minutes the first time.

Source: https://opentofu.org/docs/cli/config/config-file/#development-overrides-for-provider-developers (1.10).
"""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.contract.clients.terraform_json import Configuration
from tests.e2e.harness import LocalTenant
from toolchain import ToolchainError
from toolchain.cache import cache_dir, is_whole, new_entry, platform_tag, remove_leftovers
from toolchain.commands import ask, run_logged
from toolchain.gobuild import Workshop, find_go, go_environment
from toolchain.lock import cache_lock
from toolchain.progress import default_progress, to_stderr

DOWNLOAD_SEC = 300
RUN_SEC = 900


@dataclass(frozen=True, kw_only=True)
class GoModule:
    """A program that is the main package of a published Go module."""

    binary: str
    path: str
    version: str
    checksum: str  # of the module's zip, as in a go.sum
    package: str
    version_variable: str  # set by the linker
    version_value: str


OPENTOFU = GoModule(
    binary="tofu",
    path="github.com/opentofu/opentofu",
    version="v1.10.10",
    checksum="h1:ELFHOkY0x/bHvkgBP4KK3i7Y19CSFuHOyeZOLc0cqWY=",
    package="./cmd/tofu",
    version_variable="github.com/opentofu/opentofu/version.dev",
    version_value="no",
)
PROVIDER = GoModule(
    binary="terraform-provider-auth0",
    path="github.com/auth0/terraform-provider-auth0",
    version="v1.54.1",  # the one that the Pulumi plugin bridges
    checksum="h1:v/0hWmgr0od08AFQwmiY9TAZesDUNvBig6OPo7LqFoM=",
    package=".",
    version_variable="github.com/auth0/terraform-provider-auth0/internal/config.version",
    version_value="v1.54.1",
)


@dataclass(frozen=True, kw_only=True)
class OpenTofu:
    """The two programs."""

    tofu: Path
    provider: Path

    def command(self, *arguments: str) -> list[str]:
        return [str(self.tofu), *arguments]

    def prepare(self, directory: Path, configuration: Configuration | None = None) -> "Workspace":
        """A folder to work in: the command line's own file and, if given, the configuration."""
        rc = directory / "tofu.rc"
        overrides = f'dev_overrides {{ "auth0/auth0" = {json.dumps(str(self.provider.parent))} }}'
        rc.write_text(f"provider_installation {{ {overrides} }}\n", encoding="utf-8")
        if configuration is None:
            required = {"auth0": {"source": "auth0/auth0"}}
            document: Mapping[str, Any] = {"terraform": {"required_providers": required}}
        else:
            document = configuration.document
        (directory / "main.tf.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
        secrets = configuration.secrets if configuration else {}
        return Workspace(tools=self, directory=directory, rc=rc, secrets=secrets)

    def schemas(self, directory: Path) -> dict[str, Any]:
        """The provider's resource schemas by type: what `tofu providers schema -json` says."""
        workspace = self.prepare(directory)
        shown = workspace.run("providers", "schema", "-json", environment=workspace.environment())
        if shown.returncode != 0:
            raise ToolchainError(f"Cannot read the provider's schema: {shown.stderr}")
        (provider,) = json.loads(shown.stdout)["provider_schemas"].values()
        return dict(provider["resource_schemas"])


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """A folder with a configuration and, later, its state."""

    tools: OpenTofu
    directory: Path
    rc: Path
    secrets: Mapping[str, str] = field(repr=False)  # by variable name

    def environment(self, tenant: LocalTenant | None = None) -> dict[str, str]:
        """A shell's, with the tenant's credentials and the secrets as TF_VAR_…."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AUTH0_", "TF_"))}
        environment = {
            **inherited,
            "TF_CLI_CONFIG_FILE": str(self.rc),
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
            **{f"TF_VAR_{name}": value for name, value in self.secrets.items()},
        }
        if tenant is not None:
            environment |= {
                "TF_VAR_domain": tenant.domain,
                "AUTH0_CLIENT_ID": tenant.client_id,
                "AUTH0_CLIENT_SECRET": tenant.client_secret,
                "SSL_CERT_FILE": str(tenant.directory / "ca.pem"),
            }
        return environment

    def run(self, *arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.tools.command(*arguments),
            cwd=self.directory,
            env=dict(environment),
            capture_output=True,
            text=True,
            timeout=RUN_SEC,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def on(self, tenant: LocalTenant, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command against a tenant, asking nothing."""
        return self.run(*arguments, "-input=false", "-no-color", environment=self.environment(tenant))


def ensure_opentofu() -> OpenTofu:
    """Both programs in the per-user cache; each folder appears by one rename when it is built."""
    root = cache_dir()
    entries = {module: _entry(root, module) for module in (OPENTOFU, PROVIDER)}
    if not all(map(is_whole, entries.values())):
        shop = Workshop(root=root, environment=os.environ, progress=default_progress(to_stderr))
        with cache_lock(root, to_stderr):
            remove_leftovers(root)
            for module, entry in entries.items():
                if not is_whole(entry):
                    reason = "an independent client for the contract tests, once per version"
                    title = f"{module.binary} {module.version}: building from Go modules"
                    with shop.progress.step(title, reason):
                        _build(shop, module, entry)
    return OpenTofu(tofu=entries[OPENTOFU] / OPENTOFU.binary, provider=entries[PROVIDER] / PROVIDER.binary)


def _entry(root: Path, module: GoModule) -> Path:
    return root / "clients" / f"{module.binary}-{module.version}-{platform_tag()}"


def _build(shop: Workshop, module: GoModule, entry: Path) -> None:
    """Raises: ToolchainError, if it cannot be had or is not what was pinned."""
    go, name = find_go(shop), f"{module.path}@{module.version}"
    environment, log = go_environment(shop.environment), shop.log(module.binary)
    entry.parent.mkdir(parents=True, exist_ok=True)
    with new_entry(shop.root, entry) as new:
        failure = f"Cannot download the Go module {name}"
        download: list[str | Path] = [go, "mod", "download"]
        run_logged(
            [*download, name],
            failure=failure,
            log=log,
            progress=shop.progress,
            environment=environment,
            directory=new,  # outside every module
            timeout_seconds=DOWNLOAD_SEC,
        )
        found = json.loads(ask([*download, "-C", new, "-json", name], environment=environment) or "{}")
        if found.get("Sum") != module.checksum:
            raise ToolchainError(f"{failure}: its checksum is {found.get('Sum')}, not {module.checksum}")
        linker = f"-s -w -X {module.version_variable}={module.version_value}"
        build: list[str | Path] = [go, "build", "-C", found["Dir"], "-mod=readonly", "-trimpath", "-buildvcs=false"]
        run_logged(
            [*build, "-ldflags", linker, "-o", new / module.binary, module.package],
            failure=f"Cannot build {name}",
            log=log,
            progress=shop.progress,
            environment=environment,
        )


if __name__ == "__main__":
    ensure_opentofu()
