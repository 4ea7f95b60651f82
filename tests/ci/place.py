"""
A repository with a base branch and a pull request: this project, on ports of its own.

The pull request allows shorter passwords, which a rule refuses unless the environment says so: it says so.
"""

import shutil
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from tests.ci.runner import ROOT, git


@dataclass(frozen=True, kw_only=True)
class Place:
    """`origin` as on GitHub: the branch main, the pull request's merge commit."""

    origin: Path
    base: str
    head: str
    another: str  # commit of another pull request, with passwords that are shorter still


def a_place(folder: Path) -> Place:
    work = folder / "author"
    work.mkdir(parents=True)
    for name in git("ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT).splitlines():
        if (ROOT / name).is_file() or (ROOT / name).is_symlink():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, work / name, follow_symlinks=False)
    git("init", "--quiet", "--initial-branch=main", cwd=work)
    _move(work / "config" / "Pulumi.local.yaml")
    base = _commit(work, "base")
    allowed = {
        "rule": "password-policy-lowered",
        "reason": "people with old phones",
        "until": (datetime.now(UTC).date() + timedelta(days=7)).isoformat(),
    }
    heads = []
    for length in (10, 9):
        for environment in ("local", "prod"):
            file = work / "config" / f"Pulumi.{environment}.yaml"
            _set(file, "guestlist:connection", {"passwordMinLength": length})
            _set(file, "guestlist:allow", [allowed])
        heads.append(_commit(work, f"passwords of {length} characters"))
    head, another = heads
    origin = folder / "origin.git"
    git("clone", "--quiet", "--bare", str(work), str(origin), cwd=folder)
    git("update-ref", "refs/heads/main", base, cwd=origin)
    git("update-ref", "refs/pull/7/merge", head, cwd=origin)
    git("config", "uploadpack.allowAnySHA1InWant", "true", cwd=origin)
    return Place(origin=origin, base=base, head=head, another=another)


def _move(file: Path) -> None:
    """To free ports: other tests have tenants too."""
    port, mail = _free_port(), _free_port()
    text = file.read_text(encoding="utf-8").replace("localhost:8443", f"localhost:{port}")
    file.write_text(text.replace("smtpPort: 2525", f"smtpPort: {mail}"), encoding="utf-8")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _set(file: Path, key: str, value: object) -> None:
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    document["config"][key] = value
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


def _commit(work: Path, message: str) -> str:
    git("add", "--all", cwd=work)
    git("commit", "--quiet", "--message", message, cwd=work)
    return git("rev-parse", "HEAD", cwd=work)
