"""
Record what the real engine says of each prepared change, on the local tenant: `python -m tests.unit.preview.record [NAME …]`.

Writes `recorded/NAME.json`, reduced to what `guestlist.preview.picture` reads and made the same in every run: ids, ports and urns are replaced.
Long texts are kept once, in `recorded/texts.json`. Takes some minutes; the tests only read what it wrote.

Not here: the changes (`prepared.py`), what is rendered of them (`test_golden.py`).
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.e2e.harness import LocalTenant, Project, a_local_tenant, a_project
from tests.unit.preview.prepared import BASES, PREPARED, Prepared
from toolchain import ensure

HERE = Path(__file__).resolve().parent
RECORDED = HERE / "recorded"
ENVIRONMENT, TENANT = "prod", "example.eu.auth0.com"
COPIED = ("stacks", "actions", "pages")
LONG = 300  # characters; a longer text is kept once
KEPT = ("type", "urn", "custom", "retainOnDelete", "id", "inputs")


def main(names: list[str]) -> None:
    """Record the changes of these names; all of them without one."""
    wanted = [one for one in PREPARED if not names or one.name in names]
    if not names:
        _texts().unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="guestlist-record-") as folder:
        directory = Path(folder)
        with a_local_tenant(directory) as tenant:
            project = a_project(directory / "project", tenant, ensure())
            for name, base in BASES.items():
                of_base = [one for one in wanted if one.base == name]
                if not of_base:
                    continue
                restore(project)
                base(project)
                if name != "nothing":
                    project.up()
                for one in of_base:
                    restore(project)
                    base(project)
                    record(one, project)


def restore(project: Project) -> None:
    """The program and the settings as they are in the repository."""
    for name in COPIED:
        path = project.directory / name
        source = HERE.parents[2] / name
        path.unlink() if path.is_symlink() else shutil.rmtree(path)  # a link to the repository
        shutil.copytree(source, path, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE.parents[2] / "config" / "Pulumi.local.yaml", project.directory / "config")
    project.set_config("tenant", domain=project.tenant.domain)


def record(one: Prepared, project: Project) -> None:
    """Make the change, preview it, keep what the engine said."""
    one.change(project)
    log = project.directory / f"{one.name}.events"
    arguments = ("--event-log", str(log), "--refresh") if one.refresh else ("--event-log", str(log))
    done = project.run(
        "env", "PULUMI_DEBUG_COMMANDS=true", "pulumi", "preview", "-s", "local", "--non-interactive", *arguments
    )
    if done.returncode != 0:
        print(f"{one.name}: the preview failed\n{done.stdout}{done.stderr}", file=sys.stderr)
        return
    found = [metadata for line in log.read_text().splitlines() if (metadata := _metadata(json.loads(line)))]
    texts = json.loads(_texts().read_text()) if _texts().exists() else {}
    steps = [_told(_reduced(metadata), texts) for metadata in found]
    RECORDED.mkdir(exist_ok=True)
    written = json.dumps(steps, indent=1, ensure_ascii=False)
    (RECORDED / f"{one.name}.json").write_text(_normal(written, project.tenant) + "\n")
    _texts().write_text(json.dumps(dict(sorted(texts.items())), indent=1, ensure_ascii=False) + "\n")
    print(f"{one.name}: {len(steps)} steps, {len(written)} characters")


def _metadata(event: Mapping[str, Any]) -> dict[str, Any] | None:
    found: dict[str, Any] | None = (event.get("resourcePreEvent") or {}).get("metadata")
    return None if found and found.get("op") == "refresh" else found


def _reduced(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What `step_of` and `as_read` read, and whether a delete leaves it in the tenant."""
    kept: dict[str, Any] = {
        name: metadata[name] for name in ("op", "urn", "type", "keys", "detailedDiff") if metadata.get(name)
    }
    for side in ("old", "new"):
        if state := metadata.get(side):
            kept[side] = {name: state[name] for name in KEPT if state.get(name)}
            kept[side]["inputs"] = _without_provider(state.get("inputs") or {})
    if kept["op"] == "update" and (outputs := (metadata.get("old") or {}).get("outputs")):
        touched = {path.replace("[", ".").split(".")[0] for path in metadata.get("detailedDiff") or {}}
        kept["old"]["outputs"] = {name: value for name, value in outputs.items() if name in touched}
    if (
        kept["op"] == "same"
    ):  # both sides are one, `steps_of` shows it twice; the engine gives the id of what is there only
        was = kept.pop("old", {})
        kept["new"] = {**kept.get("new", was), **{name: was[name] for name in ("id",) if name in was}}
    return kept


def _without_provider(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if name != "__provider"}


def _told(value: Any, texts: dict[str, str]) -> Any:
    """Long texts by their digest."""
    if isinstance(value, dict):
        return {name: _told(one, texts) for name, one in value.items()}
    if isinstance(value, list):
        return [_told(one, texts) for one in value]
    if isinstance(value, str) and len(value) > LONG:
        digest = hashlib.sha256(value.encode()).hexdigest()[:12]
        texts[digest] = value
        return {"$text": digest}
    return value


def _normal(written: str, tenant: LocalTenant) -> str:
    """Another run writes the same: names for ids, in the order in which they are met."""
    written = written.replace(tenant.domain, TENANT)
    written = re.sub(r"urn:pulumi:local::", f"urn:pulumi:{ENVIRONMENT}::", written).replace(
        "guestlist-local", f"guestlist-{ENVIRONMENT}"
    )
    written = written.replace("app.localhost:8443", "app.example.com").replace(
        "profile.localhost:8443", "profile.example.com"
    )
    written = written.replace("guestlist.localhost", "example.com").replace("Guestlist on this machine", "Guestlist")
    placeholder = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    for pattern, name in _IDENTIFIERS:
        met = dict.fromkeys(found for found in pattern.findall(written) if found != placeholder)
        for number, found in enumerate(met, 1):
            written = written.replace(found, name.format(number))
    return written


_IDENTIFIERS = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "00000000-0000-4000-8000-{:012}"),
    (re.compile(r"\bterraform-\d{26}\b"), "terraform-{:026}"),
    (re.compile(r"\bcon_\w{16}\b"), "con_{:016}"),
    (re.compile(r"\bcgr_\w{16}\b"), "cgr_{:016}"),
    (re.compile(r"\b(?=[A-Za-z]*\d)(?=\w*[A-Z])[A-Za-z0-9]{32}\b"), "client{:026}"),
)


def _texts() -> Path:
    return RECORDED / "texts.json"


def steps_of(name: str) -> Iterator[dict[str, Any]]:
    """What was recorded of a change, texts in their places."""
    texts = json.loads(_texts().read_text(encoding="utf-8"))

    def whole(value: Any) -> Any:
        if isinstance(value, dict):
            return texts[value["$text"]] if "$text" in value else {key: whole(one) for key, one in value.items()}
        return [whole(one) for one in value] if isinstance(value, list) else value

    for step in json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8")):
        yield whole({**step, "old": step["new"]} if step["op"] == "same" else step)


if __name__ == "__main__":
    main(sys.argv[1:])
