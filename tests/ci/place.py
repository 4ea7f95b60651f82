"""
A repository with a base branch and a pull request: this project, on ports of its own.

The pull request is one that a reviewer would look at twice. It takes an application away, lets the login's result go to another host, adds a claim, allows
shorter passwords. The last is refused by a rule unless the environment says so: it says so.
"""

import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from tests.ci.machine import ROOT, git

ENVIRONMENTS = ("local", "prod")
SHOP = {
    "name": "Shop",
    "callbackUrls": ["https://shop.example.com/callback"],
    "logoutUrls": ["https://shop.example.com"],
}
NAMES = "    api.idToken.setCustomClaim('name', wholeName(names));\n"
CLAIM = "    api.idToken.setCustomClaim('https://guestlist.example/profile', 'complete');\n"


@dataclass(frozen=True, kw_only=True)
class Place:
    """`origin` as on a forge: the branch main, the pull request's merge commit."""

    origin: Path
    base: str
    head: str
    port: int  # of the local tenant


def a_place(folder: Path) -> Place:
    work = folder / "author"
    work.mkdir(parents=True)
    for name in git("ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT).splitlines():
        if (ROOT / name).is_file() or (ROOT / name).is_symlink():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, work / name, follow_symlinks=False)
    git("init", "--quiet", "--initial-branch=main", cwd=work)
    port = _move(work / "config" / "Pulumi.local.yaml")
    for environment in ENVIRONMENTS:
        _set(
            work / "config" / f"Pulumi.{environment}.yaml",
            {"guestlist:otherApplications": {"shop": SHOP}, "guestlist:protect": False},
        )
    base = _commit(work, "base")
    for environment in ENVIRONMENTS:
        _change_settings(work / "config" / f"Pulumi.{environment}.yaml")
    _change_text(work / "actions" / "post-login" / "complete-profile.js", NAMES, NAMES + CLAIM)
    head = _commit(work, "a claim, a callback, shorter passwords, no shop")
    origin = folder / "origin.git"
    git("clone", "--quiet", "--bare", str(work), str(origin), cwd=folder)
    git("update-ref", "refs/heads/main", base, cwd=origin)
    git("update-ref", "refs/pull/7/merge", head, cwd=origin)
    git("config", "uploadpack.allowAnySHA1InWant", "true", cwd=origin)
    return Place(origin=origin, base=base, head=head, port=port)


def _change_settings(file: Path) -> None:
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    config = document["config"]
    config.pop("guestlist:otherApplications", None)
    config["guestlist:application"]["callbackUrls"].append("https://staging.example.com/callback")
    config["guestlist:connection"] = {"passwordMinLength": 10}
    until = (datetime.now(UTC).date() + timedelta(days=7)).isoformat()
    allowed = {"rule": "password-policy-lowered", "reason": "people with old phones", "until": until}
    config["guestlist:allow"] = [allowed]
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


def _change_text(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file.name} does not say {old!r} any more: change this test with it"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def _move(file: Path) -> int:
    """To free ports: other tests have tenants too."""
    port, mail = _free_port(), _free_port()
    text = file.read_text(encoding="utf-8").replace("localhost:8443", f"localhost:{port}")
    file.write_text(text.replace("smtpPort: 2525", f"smtpPort: {mail}"), encoding="utf-8")
    return port


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _set(file: Path, config: Mapping[str, object]) -> None:
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    document["config"].update(config)
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


def _commit(work: Path, message: str) -> str:
    git("add", "--all", cwd=work)
    git("commit", "--quiet", "--message", message, cwd=work)
    return git("rev-parse", "HEAD", cwd=work)
