"""
actionlint, built from its Go module on first use into the per-user cache; versions and checksums are `actionlint/go.mod` and `go.sum`.

Source: https://github.com/rhysd/actionlint/blob/v1.7.12/docs/usage.md
"""

import os
import re
from pathlib import Path

from toolchain.cache import cache_dir, is_whole, new_entry, platform_tag, remove_leftovers
from toolchain.commands import run_logged
from toolchain.gobuild import Workshop, find_go, go_environment
from toolchain.lock import cache_lock
from toolchain.progress import default_progress, to_stderr

MODULE = Path(__file__).parent / "actionlint"
PACKAGE = "github.com/rhysd/actionlint"
BUILD_SEC = 300


def ensure_actionlint() -> Path:
    """The program. Raises: ToolchainError."""
    root, version = cache_dir(), _version()
    entry = root / "clients" / f"actionlint-{version}-{platform_tag()}"
    if not is_whole(entry):
        shop = Workshop(root=root, environment=os.environ, progress=default_progress(to_stderr))
        with cache_lock(root, to_stderr):
            remove_leftovers(root)
            if not is_whole(entry):
                with shop.progress.step(f"actionlint {version}: building from Go modules", "to check the workflows"):
                    _build(shop, entry)
    return entry / "actionlint"


def _version() -> str:
    found = re.search(rf"{re.escape(PACKAGE)} (v\S+)", (MODULE / "go.mod").read_text(encoding="utf-8"))
    assert found is not None
    return found[1]


def _build(shop: Workshop, entry: Path) -> None:
    go = find_go(shop)
    entry.parent.mkdir(parents=True, exist_ok=True)
    with new_entry(shop.root, entry) as new:
        command: list[str | Path] = [go, "build", "-C", MODULE, "-mod=readonly", "-trimpath", "-buildvcs=false"]
        run_logged(
            [*command, "-ldflags", "-s -w", "-o", new / "actionlint", f"{PACKAGE}/cmd/actionlint"],
            failure="Cannot build actionlint",
            log=shop.log("actionlint"),
            progress=shop.progress,
            environment=go_environment(shop.environment),
            timeout_seconds=BUILD_SEC,
        )
