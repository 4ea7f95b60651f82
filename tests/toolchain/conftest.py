"""A machine made of fake programs: nothing here reaches the network or starts a real Go."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from toolchain import observe, pins
from toolchain.plan import OfficialSite

# Answers as pulumi, as the auth0 plugin, and installs a plugin as pulumi does.
BUILT = f"""#!/bin/sh
case "$1" in
  version) echo v{pins.PULUMI_VERSION} ;;
  --version) echo {pins.AUTH0_PLUGIN_VERSION} ;;
  plugin)
    folder="$PULUMI_HOME/plugins/resource-auth0-v{pins.AUTH0_PLUGIN_VERSION}"
    mkdir -p "$folder" && echo plugin > "$folder/pulumi-resource-auth0" ;;
esac
"""

GO = """#!/bin/sh
echo "$@" >> "$FAKE_LOG"
case "$1" in
  env) echo "$FAKE_GO_VERSION" ;;
  list) echo "$FAKE_SDK" ;;
  build)
    while [ "$1" != -o ]; do shift; done
    echo half > "$2"
    eval "$FAKE_ACCIDENT"
    cp "$FAKE_BUILT" "$2" && chmod +x "$2" ;;
esac
"""


def write_program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script, encoding="utf-8")
    path.chmod(0o755)
    return path


@dataclass(frozen=True)
class Machine:
    """What a test may change: `variables` is the environment, `bin` is its PATH, `cache` its cache."""

    folder: Path
    variables: dict[str, str]

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @property
    def go_calls(self) -> list[str]:
        log = Path(self.variables["FAKE_LOG"])
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    @property
    def builds(self) -> int:
        return sum(call.startswith("build") for call in self.go_calls)

    def add_pulumi(self, version: str, *, language_host: bool = True) -> Path:
        names = ["pulumi-language-python", pins.EXECUTOR, pins.LAUNCHER] if language_host else []
        for name in names:
            write_program(self.bin / name, "#!/bin/sh\n")
        return write_program(self.bin / "pulumi", BUILT.replace(pins.PULUMI_VERSION, version))

    def entries(self) -> list[str]:
        """Names of what the cache holds, without logs and manifests."""
        folder = self.cache / "toolchain"
        return (
            sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name != "logs")
            if folder.exists()
            else []
        )


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with a Go, no pulumi, and no way to the official site."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for name in ("cp", "chmod", "mkdir", "sleep", "cat"):
        found = shutil.which(name)
        assert found
        (bin_folder / name).symlink_to(found)
    write_program(bin_folder / "go", GO)
    for script in pins.SDK_SCRIPTS:
        write_program(tmp_path / "sdk" / script, "#!/bin/sh\n")
    write_program(tmp_path / "built", BUILT)
    variables = {
        "PATH": str(bin_folder),
        "HOME": str(tmp_path / "home"),
        "GUESTLIST_CACHE_DIR": str(tmp_path / "cache"),
        "FAKE_LOG": str(tmp_path / "go.log"),
        "FAKE_GO_VERSION": "go1.26.8",
        "FAKE_SDK": str(tmp_path / "sdk"),
        "FAKE_BUILT": str(tmp_path / "built"),
        "FAKE_ACCIDENT": "",
    }
    monkeypatch.setattr(observe, "probe_official_site", unreachable)
    return Machine(folder=tmp_path, variables=variables)


def unreachable() -> OfficialSite:
    return OfficialSite(reachable=False, detail="get.pulumi.com did not answer within 3 s")


def touch_later(file: Path) -> None:
    """Change a file's time without waiting for the clock."""
    stat = file.stat()
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))
