"""The mailbox of a real process: its port, and mail that comes over a socket."""

import json
import smtplib
import socket
from email.message import EmailMessage

import pytest

from localtenant.server import CannotServe, _bound
from tests.localtenant.test_server import _refused, serve  # noqa: F401 - a fixture


def deliver(port):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", "Hello"
    message.set_content("Hello")
    with smtplib.SMTP("localhost", port, timeout=5) as session:
        session.login("any", "body")
        session.send_message(message)


def mail_port(server):
    return json.loads((server.data / "server.json").read_text())["mail_port"]


def test_mail_that_is_sent_to_a_running_tenant_is_in_its_mailbox(serve, tmp_path):  # noqa: F811
    server = serve(tmp_path / "data", "--mail-port", 0)
    port = mail_port(server)
    deliver(port)
    with server.client() as client:
        assert client.get("/_local/health").json()["mail_port"] == port
        assert [mail["subject"] for mail in client.get("/_local/mail").json()["mail"]] == ["Hello"]
    assert server.stop() == 0
    assert server.process.stderr.read() == ""
    assert f"mail is taken on localhost:{port}" in server.process.stdout.read()


def test_any_free_port_is_the_same_after_a_restart(serve, tmp_path):  # noqa: F811
    server = serve(tmp_path / "data", "--mail-port", 0)
    port = mail_port(server)
    server.stop()
    assert mail_port(serve(tmp_path / "data", "--mail-port", 0)) == port


def test_the_mailbox_listens_on_loopback_only(serve, tmp_path):  # noqa: F811
    port = mail_port(serve(tmp_path / "data", "--mail-port", 0))
    with socket.socket() as probe:
        probe.bind(("127.0.0.2", 0))
        probe.settimeout(1)
        assert probe.connect_ex(("127.0.0.2", port)) != 0


def test_only_a_port_that_was_asked_for_has_to_be_free(serve, tmp_path):  # noqa: F811
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        code, error = _refused("serve", "--data", tmp_path / "other", "--port", "0", "--mail-port", port)
    assert (code, error) == (1, f"Error: Port {port} is in use: choose another with --mail-port.\n")
    servers = [serve(tmp_path / name) for name in ("one", "two")]  # neither asked: at most one has 2525
    assert len({mail_port(server) for server in servers}) == 2


@pytest.mark.parametrize("port", ["x", "-1", "70000"])
def test_a_port_that_is_none_is_wrong_usage(port, tmp_path):
    assert _refused("serve", "--data", tmp_path, "--mail-port", port)[0] == 64


def test_two_tenants_that_start_at_the_same_moment_do_not_share_a_port():
    with _bound(socket.AF_INET, "127.0.0.1", 0, option="--mail-port") as first:
        taken = first.getsockname()[1]

        with pytest.raises(CannotServe, match=f"Port {taken} is in use"):
            _bound(socket.AF_INET, "127.0.0.1", taken, option="--mail-port")
