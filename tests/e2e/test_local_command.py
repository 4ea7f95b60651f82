"""`guestlist local` with real processes: a tenant in the background, a shell that uses it with plain Pulumi, a reset."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.e2e.harness import ROOT, succeeded
from toolchain import Toolchain

PATIENCE_SEC = 60.0
Completed = subprocess.CompletedProcess[str]
Command = Callable[..., Completed]


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def a_bare_environ() -> dict[str, str]:
    """A shell that nobody has prepared."""
    prepared = ("AUTH0_", "PULUMI_", "SSL_CERT_", "NODE_EXTRA_")
    return {name: value for name, value in os.environ.items() if not name.startswith(prepared)}


@pytest.fixture
def folder(tmp_path: Path, tools: Toolchain) -> Path:
    """A project of its own whose `local` is on a free port; `tools` are there so that no command has to make them."""
    assert tools.pulumi.exists()
    for name in ("stacks", "actions", "pages", ".venv", "toolchain", "src"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path / "Pulumi.yaml")
    shutil.copytree(ROOT / "config", tmp_path / "config")
    file = tmp_path / "config" / "Pulumi.local.yaml"
    content = yaml.safe_load(file.read_text())
    content["config"]["guestlist:email"]["smtpPort"] = a_free_port()
    file.write_text(yaml.safe_dump(content, sort_keys=False).replace(":8443", f":{a_free_port()}"))
    return tmp_path


@pytest.fixture
def guestlist(folder: Path) -> Iterator[Command]:
    def run(*arguments: str) -> Completed:
        return subprocess.run(
            [sys.executable, "-m", "guestlist", *arguments],
            cwd=folder,
            env=a_bare_environ(),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SEC * 10,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    yield run
    run("local", "stop")


def status(guestlist: Command) -> dict[str, object]:
    found: dict[str, object] = json.loads(guestlist("local", "status", "--json").stdout)
    return found


def in_shell(folder: Path, script: str) -> Completed:
    """Run a script in a shell that did `eval "$(guestlist local env)"`."""
    prepare = f'eval "$({sys.executable} -m guestlist local env)"'
    return subprocess.run(
        ["sh", "-ec", f"{prepare}\n{script}"],
        cwd=folder,
        env=a_bare_environ(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SEC * 5,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_start_returns_when_it_answers_and_stop_ends_it(guestlist: Command) -> None:
    succeeded(guestlist("local", "start"))
    running = status(guestlist)
    assert (running["running"], running["answers"]) == (True, True)

    succeeded(guestlist("local", "stop"))

    assert guestlist("local", "status").returncode == 1
    assert "does not run" in succeeded(guestlist("local", "stop")).stdout


def test_a_second_start_finds_the_first_and_changes_its_settings(guestlist: Command) -> None:
    succeeded(guestlist("local", "start"))
    first = status(guestlist)["pid"]

    again = succeeded(guestlist("local", "start", "--tier", "free", "--latency", "5"))

    assert "runs already" in again.stdout
    now = status(guestlist)
    assert (now["pid"], now["tier"], now["latencyMs"]) == (first, "free", 5.0)


def test_a_tenant_that_was_killed_starts_again_with_its_data(guestlist: Command, folder: Path) -> None:
    succeeded(guestlist("local", "start"))
    deployer = (folder / ".guestlist/local/deployer.json").read_text()
    pid = status(guestlist)["pid"]
    assert isinstance(pid, int)
    os.kill(pid, signal.SIGKILL)

    succeeded(guestlist("local", "start"))

    assert status(guestlist)["answers"]
    assert (folder / ".guestlist/local/deployer.json").read_text() == deployer


def test_a_port_that_is_taken_is_one_sentence(guestlist: Command, folder: Path) -> None:
    content = yaml.safe_load((folder / "config/Pulumi.local.yaml").read_text())
    port = int(content["config"]["guestlist:tenant"]["domain"].rpartition(":")[2])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()

        refused = guestlist("local", "start")

    assert refused.returncode == 1
    assert "another program uses its port" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_the_foreground_server_ends_with_ctrl_c(guestlist: Command, folder: Path) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "guestlist", "local", "start", "--foreground"],
        cwd=folder,
        env=a_bare_environ(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        assert "listening" in server.stdout.readline()
        assert status(guestlist)["answers"]
        assert guestlist("local", "stop").returncode == 1  # not ours to stop
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=PATIENCE_SEC)
    assert server.returncode == 130


def test_plain_pulumi_works_in_a_prepared_shell_and_reset_forgets_its_state(guestlist: Command, folder: Path) -> None:
    succeeded(guestlist("local", "start"))
    settings_before = (folder / "config/Pulumi.local.yaml").read_bytes()

    deployed = succeeded(in_shell(folder, "pulumi up -s local --yes --skip-preview --non-interactive"))
    assert "created" in deployed.stdout
    assert (folder / "config/Pulumi.local.yaml").read_bytes() == settings_before

    succeeded(guestlist("local", "reset"))
    left = succeeded(in_shell(folder, "pulumi stack export -s local"))
    assert not json.loads(left.stdout)["deployment"].get("resources")
    assert (folder / "config/Pulumi.local.yaml").read_bytes() == settings_before

    succeeded(guestlist("up", "--env", "local", "--yes"))  # no eval: on the local tenant it finds its own way
    succeeded(guestlist("doctor", "--env", "local"))


def test_up_without_a_tenant_says_how_to_start_it(guestlist: Command) -> None:
    succeeded(guestlist("local", "start"))
    succeeded(guestlist("local", "stop"))

    refused = guestlist("up", "--env", "local", "--yes")

    assert refused.returncode == 1
    assert "guestlist local start" in refused.stderr


def test_the_demo_empties_what_others_deployed_only_when_told_and_keeps_its_promises(
    guestlist: Command, folder: Path
) -> None:
    succeeded(guestlist("local", "start"))
    succeeded(guestlist("up", "--env", "local", "--yes"))

    refused = guestlist("demo")
    assert refused.returncode == 3
    assert "guestlist demo --fresh" in refused.stderr

    walked = succeeded(guestlist("demo", "--fresh", "--quiet"))
    assert "all as they were" in walked.stdout
    assert "sign-up is closed again" in walked.stdout
    assert "given_name: Ana, family_name: Lopes" in walked.stdout
    assert (folder / ".guestlist/made-by-demo").exists(), "the next demo may empty it without being told"

    succeeded(guestlist("demo", "--down"))
    assert guestlist("local", "status").returncode == 1
