"""
The program of an earlier commit, ready to be deployed with today's secrets: for `guestlist up --ref`.

From the commit come `stacks/`, `actions/`, `pages/`, `Pulumi.yaml` and the environment's settings; from the working tree the encrypted secrets and
what opens them, because the profile page goes on running with today's keys, and the state with today's passphrase. The old settings are judged by
the old program, not by today's rules.

Not here: unpacking a commit (`preview/elsewhere.py`), running the engine (`engine.py`), asking (`cli/up_ref.py`).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from guestlist.config_files import StackFile, read_file
from guestlist.environments import Project, find_project
from guestlist.errors import GuestlistError, NoProject, Refused, WrongTenant
from guestlist.preview.elsewhere import commit_of, unpacked
from stacks.settings import PROJECT, config_file
from stacks.settings_secrets import SECRETS_BY_NAME

ROTATION = ("previousToPageSecret", "previousFromPageSecret")  # there while keys are rotated; no program needs them
_SHORT = 12  # characters of a commit's number


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """An unpacked commit: its folder is a project of its own, and gone afterwards."""

    ref: str
    commit: str
    folder: Path

    @property
    def shown(self) -> str:
        """As people know it: `v1 (1a2b3c4d5e6f)`."""
        number = self.commit[:_SHORT]
        return number if self.commit.startswith(self.ref) else f"{self.ref} ({number})"


@contextmanager
def earlier_program(project: Project, environment: str, ref: str) -> Iterator[Earlier]:
    """
    Unpack a commit and give its program today's secrets.

    Raises: NoSuchCommit; Refused, when the commit has no such program or environment, or lacks a secret; WrongTenant.
    """
    commit = commit_of(project.root, ref)
    with unpacked(project.root, commit) as folder:
        earlier = Earlier(ref=ref, commit=commit, folder=folder)
        _refuse_other_project(earlier)
        (folder / config_file(environment)).write_text(_settings(project, environment, earlier), encoding="utf-8")
        _give_interpreter(project.root, folder)
        yield earlier


def _refuse_other_project(earlier: Earlier) -> None:
    try:
        find_project(earlier.folder, exact=True)
    except NoProject:
        raise Refused(
            f"Refused to go back to {earlier.shown}: it holds no Pulumi.yaml with name: {PROJECT}, so its program has another state. "
            "Choose a later commit."
        ) from None


def _settings(project: Project, environment: str, earlier: Earlier) -> str:
    """The text of the environment's file: the old settings with today's secrets."""
    file = config_file(environment)
    if not (earlier.folder / file).is_file():
        raise Refused(
            f"Refused to go back to {earlier.shown}: there is no {file} in it, the environment {environment} came later."
        )
    today, old = read_file(project.root, environment), read_file(earlier.folder, environment)
    if not old.readable:
        reasons = "; ".join(f"{fault.problem} ({fault.remedy})" for fault in old.faults)
        raise GuestlistError(f"Cannot go back to {earlier.shown}: {file} in it {reasons}")
    if old.domain.lower() != today.domain.lower():
        raise WrongTenant(
            f"Refused to go back to {earlier.shown}: {file} in it is for {old.domain or 'no tenant'}, today's is for {today.domain}. "
            "Nothing was touched."
        )
    config = with_todays_secrets(old, today, known=_known_to(earlier.folder), shown=earlier.shown)
    key = {
        "secretsprovider": today.secrets_provider,
        "encryptedkey": today.encrypted_key,
        "encryptionsalt": today.encryption_salt,
    }
    document = {**{name: value for name, value in key.items() if value}, "config": config}
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def with_todays_secrets(old: StackFile, today: StackFile, *, known: frozenset[str], shown: str) -> dict[str, Any]:
    """
    The old configuration, each secret in it as today's file has it.

    Args:
        old: the commit's file.
        today: the working tree's.
        known: names of the secrets that the old program reads.
        shown: the commit, for a refusal.

    What today's file has and the old one had not is left out, but for the former keys of a rotation that is under way: logins that began with
    them end with them. Raises: Refused, for what the old file has and today's has not.

    """
    rotation = {f"{PROJECT}:{name}" for name in ROTATION}
    config: dict[str, Any] = {}
    gone: list[str] = []
    for key, value in old.config.items():
        if not _is_secret(key, value):
            config[key] = value
        elif key in today.config:
            config[key] = today.config[key]
        elif key not in rotation:
            gone.append(key)
    if gone:
        raise Refused(
            f"Refused to go back to {shown}: its program needs {', '.join(gone)}, which {today.file} does not have any more. "
            f"Set it, then go back: pulumi config set --secret {gone[0]} --stack {today.environment}"
        )
    kept = {name: f"{PROJECT}:{name}" for name in ROTATION if name in known}
    return config | {key: today.config[key] for key in kept.values() if key in today.config}


def _is_secret(key: str, value: object) -> bool:
    return key.removeprefix(f"{PROJECT}:") in SECRETS_BY_NAME or (isinstance(value, Mapping) and "secure" in value)


def _known_to(folder: Path) -> frozenset[str]:
    """The secrets that a program reads: it says their names."""
    source = "\n".join(
        file.read_text(encoding="utf-8", errors="replace") for file in sorted((folder / "stacks").rglob("*.py"))
    )
    return frozenset(name for name in SECRETS_BY_NAME if re.search(rf"['\"]{name}['\"]", source))


def _give_interpreter(root: Path, folder: Path) -> None:
    """Today's Python and packages under the name that the old Pulumi.yaml has for them; and no backend but today's."""
    path = folder / "Pulumi.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    if document.pop("backend", None) is not None:
        path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
    wanted = _virtualenv(document)
    link = folder / (wanted or "")
    if not wanted or link.exists() or not link.resolve().is_relative_to(folder.resolve()):
        return
    todays = _virtualenv(yaml.safe_load((root / "Pulumi.yaml").read_text(encoding="utf-8")))
    found = root / todays if todays else Path(sys.prefix)
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(found if found.exists() else Path(sys.prefix), target_is_directory=True)


def _virtualenv(document: Any) -> str | None:
    runtime = document.get("runtime")
    options = runtime.get("options") if isinstance(runtime, Mapping) else None
    name = options.get("virtualenv") if isinstance(options, Mapping) else None
    return name if isinstance(name, str) else None
