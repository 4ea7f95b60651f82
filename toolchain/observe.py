"""
What this machine has: the facts that `plan.py` decides on.

Our own cache never counts as "on PATH": a shell that uses a source build would otherwise pass it off as official.
"""

import os
import re
import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from toolchain import pins
from toolchain.cache import entry_dir, is_whole, platform_tag
from toolchain.commands import ask
from toolchain.model import Origin, PieceName
from toolchain.plan import Facts, FoundPulumi, OfficialSite, Version

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def observe(root: Path, environment: Mapping[str, str], *, from_source: bool | None) -> Facts:
    """All facts but whether the official site answers, which costs seconds and is often not needed."""
    users = users_environment(root, environment)
    return Facts(
        pulumi=find_pulumi(users),
        installed_plugin=find_installed_plugin(users),
        official_site=None,
        downloaded=find_downloaded(root),
        from_source=from_source,
    )


def users_environment(root: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment as if our toolchain were not in use."""
    users = dict(environment)
    entries = users.get("PATH", os.defpath).split(os.pathsep)
    users["PATH"] = os.pathsep.join(entry for entry in entries if not _inside(root, entry))
    if _inside(root, users.get("PULUMI_HOME", "")):
        del users["PULUMI_HOME"]
        users.pop("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", None)
    return users


def pulumi_on_path(root: Path, environment: Mapping[str, str]) -> Path | None:
    """The `pulumi` that the user has, without asking it anything."""
    return _which("pulumi", users_environment(root, environment))


def find_pulumi(users: Mapping[str, str]) -> FoundPulumi | None:
    """The user's `pulumi`, its version, and its language host."""
    path = _which("pulumi", users)
    if path is None:
        return None
    answer = ask([path, "version"], environment={**users, "PULUMI_SKIP_UPDATE_CHECK": "true"})
    beside = path.resolve().parent / "pulumi-language-python"
    host = beside if beside.is_file() else _which("pulumi-language-python", users)
    return FoundPulumi(
        path=path,
        version=parse_version(answer or ""),
        language_host=host if host is not None and companions_of(host) else None,
    )


def companions_of(language_host: Path) -> tuple[Path, ...]:
    """The two scripts beside a language host; empty when one is missing."""
    scripts = tuple(language_host.resolve().parent / name for name in (pins.EXECUTOR, pins.LAUNCHER))
    return scripts if all(script.is_file() for script in scripts) else ()


def find_installed_plugin(users: Mapping[str, str]) -> Path | None:
    """The auth0 plugin in the user's own PULUMI_HOME."""
    home = (
        Path(users["PULUMI_HOME"]) if users.get("PULUMI_HOME") else Path(users.get("HOME") or Path.home()) / ".pulumi"
    )
    return plugin_in(home)


def plugin_in(pulumi_home: Path) -> Path | None:
    """The pinned auth0 plugin in a PULUMI_HOME; a `.partial` file beside its folder means an unfinished install."""
    folder = pulumi_home / "plugins" / f"resource-auth0-v{pins.AUTH0_PLUGIN_VERSION}"
    plugin = folder / pins.GO_PROGRAMS[PieceName.AUTH0_PLUGIN].binary
    return plugin if plugin.is_file() and not folder.with_name(f"{folder.name}.partial").exists() else None


def find_downloaded(root: Path) -> frozenset[PieceName]:
    """Official pieces that are in the cache."""
    return frozenset(
        piece
        for piece in (PieceName.ENGINE, PieceName.LANGUAGE_HOST)
        if is_whole(entry_dir(root, piece, Origin.OFFICIAL_DOWNLOAD))
    )


def official_archive_url() -> str:
    """Where Pulumi publishes the engine with its language hosts."""
    name = f"pulumi-v{pins.PULUMI_VERSION}-{platform_tag()}.tar.gz"
    return f"https://{pins.OFFICIAL_SITE}/releases/sdk/{name}"


def probe_official_site(
    url: str | None = None, deadline_seconds: float = pins.OFFICIAL_DEADLINE_SECONDS
) -> OfficialSite:
    """Ask the site for the archive's headers; name lookup, connection, TLS and answer share one deadline."""
    request = urllib.request.Request(url or official_archive_url(), method="HEAD")  # noqa: S310 - https, from pins.py
    answers: list[OfficialSite] = []

    def knock() -> None:
        try:
            with urllib.request.urlopen(request, timeout=deadline_seconds):  # noqa: S310 - https, from pins.py
                answers.append(OfficialSite(reachable=True, detail=f"{pins.OFFICIAL_SITE} answers"))
        except urllib.error.HTTPError as error:
            answers.append(OfficialSite(reachable=False, detail=f"{pins.OFFICIAL_SITE} answered HTTP {error.code}"))
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            answers.append(OfficialSite(reachable=False, detail=f"{pins.OFFICIAL_SITE} cannot be reached: {reason}"))

    # A thread, because a name lookup heeds no timeout; a daemon, so that it cannot hold the process at its end.
    thread = threading.Thread(target=knock, daemon=True)
    thread.start()
    thread.join(deadline_seconds)
    silent = OfficialSite(reachable=False, detail=f"{pins.OFFICIAL_SITE} did not answer within {deadline_seconds:g} s")
    return answers[0] if answers else silent


def parse_version(text: str) -> Version | None:
    """The first `1.2.3` in a text."""
    match = _VERSION.search(text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _which(name: str, environment: Mapping[str, str]) -> Path | None:
    found = shutil.which(name, path=environment.get("PATH", os.defpath))
    return Path(found).absolute() if found else None


def _inside(root: Path, entry: str) -> bool:
    return bool(entry) and Path(entry).absolute().is_relative_to(root)
