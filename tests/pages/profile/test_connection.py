"""What clients that are no browsers may do to a connection: little, and not for long."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from pages.profile import connection
from pages.profile.app import create_app
from tests.docs.pages import ROOT
from tests.pages.profile.people import environ, settings

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "PATIENCE_SEC", 0.3)
        config = uvicorn.Config(
            create_app(settings(), log=lambda _: None), http=connection.BoundedProtocol, log_level="error", ws="none"
        )
        server, listener = uvicorn.Server(config), socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(timeout=10)


def ends(client: socket.socket) -> bytes:
    """Everything until the server closes."""
    client.settimeout(10)
    found = b""
    while piece := client.recv(65_536):
        found += piece
    return found


@pytest.mark.parametrize("sent", [b"", b"GET / HT", REQUEST[:-2]])
def test_a_head_that_does_not_come_is_not_waited_for(port: int, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(sent)
        assert ends(client) == b""


def test_a_head_has_a_largest_size(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(REQUEST[:-2] + b"X: " + b"x" * 17_000)
        assert ends(client).startswith(b"HTTP/1.1 400 ")


def test_a_connection_is_kept_for_the_next_request(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        for _ in range(2):
            client.sendall(REQUEST)
            answer = b""
            while not answer.endswith(b"ok\n"):  # head and body may come apart
                part = client.recv(65_536)
                assert part, "the connection was closed"
                answer += part
            assert answer.startswith(b"HTTP/1.1 200 ")
            time.sleep(0.6)  # longer than a head may take


def test_an_answer_before_the_end_of_a_form_ends_the_connection(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(
            b"POST / HTTP/1.1\r\nHost: profile.guestlist.test\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 99999\r\n\r\nx"
        )
        assert ends(client).startswith(b"HTTP/1.1 413 ")


def test_the_page_starts_by_itself_and_stops_when_told() -> None:
    """As in its container: `python -m pages.profile`; its log holds no address, its end is an orderly one."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    variables = {**os.environ, **environ(PORT=str(number), PROFILE_BIND="127.0.0.1")}
    process = subprocess.Popen(
        [sys.executable, "-m", "pages.profile"],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for _ in range(200):
            try:
                with socket.create_connection(("127.0.0.1", number), timeout=5) as client:
                    client.sendall(
                        b"GET /?session_token=canary HTTP/1.1\r\nHost: profile.guestlist.test\r\nConnection: close\r\n\r\n"
                    )
                    assert ends(client).startswith(b"HTTP/1.1 400 ")
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
    finally:
        process.terminate()
    printed, complained = process.communicate(timeout=30)
    assert '"status": 400' in printed
    assert "canary" not in printed + complained


def test_it_does_not_start_with_a_weak_key() -> None:
    variables = {**os.environ, **environ(PROFILE_TO_PAGE_SECRET="changeme")}
    done = subprocess.run(
        [sys.executable, "-m", "pages.profile"],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert "PROFILE_TO_PAGE_SECRET is an example, not a secret" in done.stderr
    assert "changeme" not in done.stderr
