"""`guestlist up --ref`: back to an earlier program and forward again, across a rotation of the keys; `--compare`'s other program."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from guestlist.environments import LOCAL_PASSPHRASE
from guestlist.preview.change import changes_of
from guestlist.preview.elsewhere import collect_elsewhere, commit_of, unpacked
from tests.e2e.harness import ROOT, Project, succeeded
from toolchain import Toolchain

pytestmark = pytest.mark.xdist_group("going-back")  # one worker deploys, once

NEW_KEYS = {
    "toPageSecret": "hVbzHq0Tn3xX2k9mQy7Rw4sLd8FjPa1CgZuEoKiYtBvNcMfDlWJrSpAeU5G6IhOx",
    "fromPageSecret": "Qm8Zs5Xc2Vb7Nn4Kj1Hg9Fd6Sa3Po0Iu8Yt5Re2Wq7Lk4Mj1Nh9Bg6Vf3Cd0Xs",
}
ADDED = "\n// The second version.\n"


def git(project: Project, *arguments: str) -> None:
    identity = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")
    succeeded(project.run("git", *identity, *arguments))


def commit(project: Project, tag: str) -> None:
    git(project, "add", "Pulumi.yaml", "actions", "config", "pages", "stacks")
    git(project, "commit", "--quiet", "--message", tag)
    git(project, "tag", tag)


def up(project: Project, *arguments: str) -> str:
    return succeeded(project.guestlist("up", "--env", "local", "--yes", *arguments)).stdout


def code_of_require_mfa(project: Project) -> str:
    (action,) = [one for one in project.tenant.get("/actions/actions")["actions"] if one["name"] == "require-mfa"]
    assert action["all_changes_deployed"]
    return str(action["code"])


def deployed_keys(project: Project) -> Mapping[str, Any]:
    shown = succeeded(project.pulumi("stack", "output", "page", "-s", "local", "--show-secrets", "--json")).stdout
    page = json.loads(shown)
    return {name: page[name] for name in NEW_KEYS}


def encrypt_anew(project: Project) -> None:
    """Another salt; the passphrase of `local` is always the same."""
    command = ("pulumi", "stack", "change-secrets-provider", "passphrase", "-s", "local", "--non-interactive")
    given = f"{LOCAL_PASSPHRASE}\n"
    subprocess.run(
        command,
        cwd=project.directory,
        env=dict(project.environ),
        input=given * 2,
        text=True,
        check=True,
        timeout=60,
        capture_output=True,
    )


@pytest.fixture(scope="module")
def moved_on(project: Project) -> Project:
    """`v1` was deployed; then an Action, a setting, the keys and what encrypts them changed, and that was deployed as `v2`."""
    for name in ("stacks", "actions", "pages"):
        (project.directory / name).unlink()
        shutil.copytree(
            ROOT / name, project.directory / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    git(project, "init", "--quiet")
    commit(project, "v1")
    up(project)
    action = project.directory / "actions" / "post-login" / "require-mfa.js"
    action.write_text(action.read_text() + ADDED)
    file = project.directory / "config" / "Pulumi.local.yaml"
    content = yaml.safe_load(file.read_text())
    for name in NEW_KEYS:
        former = content["config"][f"guestlist:{name}"]
        content["config"][f"guestlist:previous{name[0].upper()}{name[1:]}"] = {**former}
    content["config"]["guestlist:connection"] = {"passwordMinLength": 14}
    file.write_text(yaml.safe_dump(content, sort_keys=False))
    pairs = [word for name, value in NEW_KEYS.items() for word in ("--secret", f"guestlist:{name}={value}")]
    succeeded(project.pulumi("config", "set-all", "-s", "local", *pairs))
    encrypt_anew(project)
    assert yaml.safe_load(file.read_text())["encryptionsalt"] != content["encryptionsalt"]
    commit(project, "v2")
    up(project)
    return project


def test_going_back_takes_the_program_of_then_and_the_secrets_of_now(moved_on: Project) -> None:
    project = moved_on
    before = deployed_keys(project)

    said = up(project, "--ref", "v1")

    original = (ROOT / "actions" / "post-login" / "require-mfa.js").read_text()
    assert code_of_require_mfa(project) == original
    assert deployed_keys(project) == before == NEW_KEYS
    (connection,) = project.tenant.get("/connections", name="invited-users")
    assert connection["options"]["password_complexity_options"]["min_length"] == 12
    assert "The working tree is still at another commit" in said
    assert "without --ref goes forward again" in said

    again = up(project, "--ref", "v1")

    assert again.startswith("Nothing to do for local.")

    up(project)

    assert code_of_require_mfa(project) == original + ADDED
    assert deployed_keys(project) == NEW_KEYS
    project.expects_no_changes()


def test_the_program_of_another_commit_is_previewed_against_the_same_state(moved_on: Project, tools: Toolchain) -> None:
    project = moved_on
    with unpacked(project.directory, commit_of(project.directory, "v1")) as folder:
        earlier = collect_elsewhere(
            folder, "local", root=project.directory, pulumi=tools.pulumi, environ=project.environ
        )
        elsewhere = collect_elsewhere(
            folder, "nowhere", root=project.directory, pulumi=tools.pulumi, environ=project.environ
        )

    assert earlier is not None
    changed = {change.resource.name: [one.path for one in change.properties] for change in changes_of(earlier.steps)}
    assert "code" in changed["require-mfa"]
    assert changed["invited-users"] == ["options.passwordComplexityOptions.minLength"]
    assert elsewhere is None


def test_an_unknown_commit_is_named_and_nothing_is_touched(moved_on: Project) -> None:
    refused = moved_on.guestlist("up", "--env", "local", "--yes", "--ref", "v9")

    assert refused.returncode == 1
    assert "'v9'" in refused.stderr
