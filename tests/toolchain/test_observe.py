"""What is found on a machine, and how long the official site is waited for."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.toolchain.conftest import Machine, write_program
from toolchain import observe, pins
from toolchain.model import Origin, Piece, PieceName, Toolchain
from toolchain.plan import Version

probe = observe.probe_official_site  # the fixture `machine` replaces the module's name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v3.253.0\n", (3, 253, 0)),
        ("3.240.1-dev.5+abc", (3, 240, 1)),
        ("go1.26.8", (1, 26, 8)),
        ("", None),
        ("v3", None),
    ],
)
def test_versions_are_read_from_what_programs_say(text: str, expected: Version | None) -> None:
    assert observe.parse_version(text) == expected


def test_a_pulumi_that_fails_has_no_version(machine: Machine) -> None:
    write_program(machine.bin / "pulumi", "#!/bin/sh\nexit 1\n")
    found = observe.find_pulumi(machine.variables)
    assert found is not None
    assert found.version is None


@pytest.mark.parametrize("missing", ["pulumi-language-python", pins.EXECUTOR, pins.LAUNCHER])
def test_a_language_host_counts_only_with_its_scripts(machine: Machine, missing: str) -> None:
    machine.add_pulumi("3.240.1")
    (machine.bin / missing).unlink()
    found = observe.find_pulumi(machine.variables)
    assert found is not None
    assert found.language_host is None


def test_an_unfinished_plugin_install_does_not_count(tmp_path: Path) -> None:
    folder = tmp_path / "plugins" / f"resource-auth0-v{pins.AUTH0_PLUGIN_VERSION}"
    write_program(folder / "pulumi-resource-auth0", "#!/bin/sh\n")
    assert observe.plugin_in(tmp_path) == folder / "pulumi-resource-auth0"
    folder.with_name(f"{folder.name}.partial").touch()
    assert observe.plugin_in(tmp_path) is None


def test_our_own_cache_is_not_the_users_path(tmp_path: Path) -> None:
    environment = {
        "PATH": f"{tmp_path}/toolchain/engine:/usr/bin:{tmp_path}/toolchain/host",
        "PULUMI_HOME": f"{tmp_path}/toolchain/auth0-plugin",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    assert observe.users_environment(tmp_path, environment) == {"PATH": "/usr/bin"}
    own = {"PATH": "/usr/bin", "PULUMI_HOME": "/home/ana/.pulumi"}
    assert observe.users_environment(tmp_path, own) == own


def test_a_site_that_accepts_and_is_silent_costs_the_deadline_only() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        site = probe(f"http://127.0.0.1:{silent.getsockname()[1]}/x", deadline_seconds=0.2)
    assert time.monotonic() - started < 1.0
    assert not site.reachable


def test_a_site_that_refuses_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    site = probe(f"http://127.0.0.1:{port}/x", deadline_seconds=5.0)
    assert site.detail.startswith("get.pulumi.com cannot be reached: ")


@pytest.fixture
def server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200 if self.path == "/there" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


def test_a_site_without_the_archive_is_no_use(server: str) -> None:
    assert probe(f"{server}/there").reachable
    assert probe(f"{server}/gone").detail == "get.pulumi.com answered HTTP 404"


def test_the_environment_of_official_tools_is_the_users_own() -> None:
    def piece(name: PieceName, origin: Origin) -> Piece:
        return Piece(name=name, version="3.253.0", origin=origin, path=Path(f"/c/{name.name}/x"))

    toolchain = Toolchain(
        engine=piece(PieceName.ENGINE, Origin.OFFICIAL_DOWNLOAD),
        language_host=piece(PieceName.LANGUAGE_HOST, Origin.OFFICIAL_DOWNLOAD),
        auth0_plugin=piece(PieceName.AUTH0_PLUGIN, Origin.ON_PATH),
        pulumi_home=None,
    )
    assert toolchain.is_official
    assert toolchain.environment({"PATH": "/usr/bin:/c/ENGINE", "A": "b"}) == {
        "PATH": "/c/ENGINE:/c/LANGUAGE_HOST:/usr/bin",
        "A": "b",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
