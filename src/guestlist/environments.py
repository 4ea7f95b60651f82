"""
The project and its environments: where they are, what each is for, and whether its settings are good.

Not here: reading one file (`config_files.py`), decrypting (`config_secrets.py`), making a new one (`environment_new.py`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from guestlist.config_files import StackFile, check_file, environment_names, misnamed_files, read_file
from guestlist.config_secrets import Opened, is_public_passphrase, open_secrets
from guestlist.errors import BadConfiguration, NoProject
from stacks.settings import (
    LOCAL_ENVIRONMENT,
    LOCAL_PASSPHRASE,
    PROJECT,
    Fault,
    Settings,
    config_file,
    local_secret,
    public_passphrase_fault,
)

__all__ = [
    "LOCAL_ENVIRONMENT",
    "LOCAL_PASSPHRASE",
    "EnvironmentReport",
    "Project",
    "check_environment",
    "check_environments",
    "environment_names",
    "find_project",
    "load_settings",
    "local_secret",
    "misnamed_files",
    "report_document",
]

_NAME_LINE = re.compile(rf"^name:[ ]*['\"]?{PROJECT}['\"]?[ ]*(?:#.*)?\r?$".encode(), re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Project:
    """A clone of the project, or a repository of one's own with the same Pulumi.yaml."""

    root: Path

    def config_path(self, environment: str) -> Path:
        """Give the path of an environment's file, which need not exist."""
        return self.root / config_file(environment)


@dataclass(frozen=True, kw_only=True)
class EnvironmentReport:
    """What checking one environment found."""

    stack: StackFile
    settings: Settings | None
    faults: tuple[Fault, ...]
    checked: tuple[str, ...]  # secrets whose values were looked at, by name
    unchecked: tuple[str, ...]  # encrypted ones that could not be opened
    note: str  # why not
    opened: Opened  # the secrets in plain text, which its repr does not show

    @property
    def secrets_provider(self) -> str:
        """Say what encrypts the secrets."""
        if self.stack.secrets_provider:
            return self.stack.secrets_provider
        return "passphrase" if self.stack.encryption_salt else "unknown"


def find_project(start: Path, *, exact: bool = False) -> Project:
    """
    Find the project that a folder is in; raises `NoProject`.

    Args:
        start: where to begin.
        exact: it must be this very folder (`--project`), not one above it.

    """
    try:
        here = start.resolve()
    except (OSError, RuntimeError):
        here = start.absolute()
    for folder in (here,) if exact else (here, *here.parents):
        try:
            if _NAME_LINE.search((folder / "Pulumi.yaml").read_bytes()):
                return Project(root=folder)
        except OSError:
            continue
    where = f"in {here}" if exact else f"in {here} or above it"
    raise NoProject(
        f"there is no Pulumi.yaml with name: {PROJECT} {where}. Go to your clone, or name it: guestlist --project DIR …"
    )


def check_environment(
    project: Project, environment: str, *, environ: Mapping[str, str] | None = None, open_with_engine: bool = True
) -> EnvironmentReport:
    """
    Check one environment: its file, its settings, and its secrets if their key is at hand. Touches nothing.

    Args:
        project: where it is.
        environment: its name.
        environ: the process's environment unless given; a passphrase is taken from there.
        open_with_engine: False leaves the secrets sealed, and takes milliseconds.

    """
    stack = read_file(project.root, environment)
    opened = Opened(not_checked="not asked for")
    if open_with_engine and stack.sealed:
        opened = open_secrets(stack, os.environ if environ is None else environ)
    checked = check_file(stack, opened.values)
    faults = [*checked.faults, *_broken_faults(stack, opened)]
    if open_with_engine and _is_public(stack):
        faults.append(public_passphrase_fault(environment, file=stack.file))
    unchecked = tuple(name for name in checked.unchecked if name not in opened.broken)
    return EnvironmentReport(
        stack=stack,
        settings=None if faults else checked.settings,
        faults=tuple(faults),
        checked=tuple(opened.values),
        unchecked=unchecked,
        note=opened.not_checked if unchecked else "",
        opened=opened,
    )


def check_environments(
    project: Project, names: Sequence[str], *, environ: Mapping[str, str] | None = None, open_with_engine: bool = True
) -> list[EnvironmentReport]:
    """Check several environments at the same time: most of it is waiting for the engine."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(
            pool.map(
                lambda name: check_environment(project, name, environ=environ, open_with_engine=open_with_engine), names
            )
        )


def load_settings(project: Project, environment: str) -> Settings:
    """
    Give one environment's settings without opening its secrets, in milliseconds.

    Raises `BadConfiguration` with every fault that shows without them; the program looks at the secrets again.
    """
    report = check_environment(project, environment, open_with_engine=False)
    if report.settings is None:
        raise BadConfiguration([str(fault) for fault in report.faults])
    return report.settings


def report_document(reports: Sequence[EnvironmentReport], others: Sequence[Fault] = ()) -> dict[str, object]:
    """
    Give reports as the JSON of `guestlist env check --json`.

        {"ok": false,
         "environments": [
           {"name": "dev", "file": "config/Pulumi.dev.yaml", "domain": "…", "secretsProvider": "passphrase", "ok": false,
            "faults": [{"file", "line", "key", "problem", "shown", "remedy", "text"}],
            "secrets": {"checked": ["toPageSecret"], "notChecked": [], "reason": null}}],
         "otherFaults": []}
    """
    return {
        "ok": not others and not any(report.faults for report in reports),
        "environments": [
            {
                "name": report.stack.environment,
                "file": report.stack.file,
                "domain": report.stack.domain or None,
                "secretsProvider": report.secrets_provider,
                "ok": not report.faults,
                "faults": [_fault_document(fault) for fault in report.faults],
                "secrets": {
                    "checked": list(report.checked),
                    "notChecked": list(report.unchecked),
                    "reason": report.note or None,
                },
            }
            for report in reports
        ],
        "otherFaults": [_fault_document(fault) for fault in others],
    }


def _fault_document(fault: Fault) -> dict[str, object]:
    return {
        "file": fault.file,
        "line": fault.line,
        "key": fault.key or None,
        "problem": fault.problem,
        "shown": fault.shown or None,
        "remedy": fault.remedy,
        "text": str(fault),
    }


def _broken_faults(stack: StackFile, opened: Opened) -> list[Fault]:
    return [
        Fault(
            file=stack.file,
            key=f"{PROJECT}:{name}",
            problem="cannot be decrypted with this environment's key",
            remedy=f"it was cut, or copied from elsewhere: pulumi config set --secret {PROJECT}:{name} --stack {stack.environment}",
        )
        for name in opened.broken
    ]


def _is_public(stack: StackFile) -> bool:
    """Whether everybody can open the secrets of an environment that is not the local one."""
    return (
        stack.environment != LOCAL_ENVIRONMENT
        and bool(stack.encryption_salt)
        and not stack.secrets_provider
        and is_public_passphrase(stack.encryption_salt)
    )
