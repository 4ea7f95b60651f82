"""
Environments that declare what is changed by hand, and what one check says of one.

Not here: the changes (`injections.py`), what is asked of a check (`test_drift_check.py`, `test_drift_clean.py`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.configurations import EXISTING, SECRETS
from tests.e2e.harness import Project, succeeded

FILES = ("told.md", "told.json", "told.sarif", "told.xml", "told.txt")
Config = Mapping[str, Any]


def declare(project: Project, groups: Config, *, secrets: Sequence[str] = (), languages: Sequence[str] = ()) -> None:
    """Put groups and secrets into the environment's file; the application that exists is there already."""
    project.tenant.write("POST", "/clients", {"name": EXISTING, "app_type": "regular_web"})
    pairs = [word for name in secrets for word in ("--secret", f"guestlist:{name}={SECRETS[name]}")]
    if pairs:
        succeeded(project.pulumi("config", "set-all", "-s", "local", *pairs))
    for group, values in groups.items():
        project.set_config(group, **values)
    if languages:
        project.set_list("languages", list(languages))


def as_reader(project: Project) -> Project:
    """The same project in a shell with the drift reader's credentials, which knows the deployer's name."""
    arguments = ("stack", "output", "-s", "local", "--show-secrets", "--json")
    outputs = json.loads(succeeded(project.pulumi(*arguments)).stdout)
    return replace(
        project,
        environ={
            **project.environ,
            "AUTH0_CLIENT_ID": outputs["driftReaderClientId"],
            "AUTH0_CLIENT_SECRET": outputs["driftReaderClientSecret"],
            "GUESTLIST_DEPLOYER_CLIENT_ID": project.tenant.client_id,
        },
    )


@dataclass(frozen=True, kw_only=True)
class Told:
    """One check, in every format."""

    exit_code: int
    report: Mapping[str, Any]  # of the one environment, as JSON
    said: str  # whatever was printed or saved

    @property
    def items(self) -> Sequence[Mapping[str, Any]]:
        """Objects that are not as they should be."""
        items: Sequence[Mapping[str, Any]] = self.report["items"]
        return items

    @property
    def problems(self) -> list[str]:
        """What could not be told, in sentences."""
        return [one["said"] for one in self.report["problems"]]

    def item(self, kind: str, resource: str) -> Mapping[str, Any]:
        """The one of a class about a resource."""
        found = [one for one in self.items if (one["class"], one["resource"]) == (kind, resource)]
        listed = "\n".join(f"{one['class']} {one['resource']}" for one in self.items)
        assert len(found) == 1, f"{len(found)} items are {kind} {resource}; there are\n{listed}"
        return found[0]


def check(project: Project, folder: Path) -> Told:
    """`guestlist drift`, once."""
    files = [folder / name for name in FILES]
    saved = [word for file in files for word in ("--save", str(file))]
    run = project.guestlist("drift", "--env", "local", "--format", "json", *saved)
    assert run.stdout, run.stderr
    told = [file.read_text() for file in files if file.exists()]
    return Told(
        exit_code=run.returncode,
        report=json.loads(run.stdout)["environments"][0],
        said="\n".join([run.stdout, run.stderr, *told]),
    )
