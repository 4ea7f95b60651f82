"""The real process: TLS, signals, one directory for one server, nothing lost to `kill -9`."""

import contextlib
import json
import signal
import socket
import ssl
import stat
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

START_SECONDS = 30


@dataclass
class Running:
    """A server of its own process, and a client that trusts it."""

    process: subprocess.Popen
    data: Path
    url: str
    line: str

    def client(self, **options):
        trust = ssl.create_default_context(cafile=str(self.data / "ca.pem"))
        return httpx.Client(base_url=self.url, verify=trust, timeout=10, **options)

    def token(self, client):
        credentials = json.loads((self.data / "deployer.json").read_text())
        answer = client.post(
            "/oauth/token",
            json={
                "grant_type": "client_credentials",
                "audience": f"https://{credentials.pop('domain')}/api/v2/",
                **credentials,
            },
        )
        return answer.json()["access_token"]

    @contextlib.contextmanager
    def api(self):
        with self.client() as client:
            client.headers["authorization"] = f"Bearer {self.token(client)}"
            yield client

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(timeout=10)


def _command(*arguments):
    return [sys.executable, "-m", "localtenant", *map(str, arguments)]


@pytest.fixture
def serve(tmp_path):
    """Starts servers; any that a test leaves running is killed."""
    processes = []

    def start(data=tmp_path / "data", *options, port=0):
        process = subprocess.Popen(
            _command("serve", "--data", data, "--port", port, *options),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        timer = threading.Timer(START_SECONDS, process.kill)
        timer.start()
        line = process.stdout.readline()
        timer.cancel()
        assert line, process.stderr.read()
        return Running(process, data, line.split()[-1], line)

    yield start
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.communicate()


def _refused(*arguments):
    finished = subprocess.run(_command(*arguments), capture_output=True, text=True, timeout=START_SECONDS, check=False)
    return finished.returncode, finished.stderr


def test_it_says_where_it_listens_and_clients_that_trust_its_authority_get_in(serve):
    server = serve()
    assert server.line == f"local tenant listening on {server.url}\n"
    with server.client() as client:
        assert client.get("/_local/health").json()["status"] == "ok"
        assert client.get("/_local/health").http_version == "HTTP/1.1"


def test_clients_that_do_not_trust_its_authority_stay_out(serve):
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{serve().url}/_local/health")


def test_it_listens_on_loopback_only(serve):
    port = int(serve().url.rpartition(":")[2])
    with socket.socket() as probe:
        probe.bind(("127.0.0.2", 0))  # any other address of this machine
        probe.settimeout(1)
        assert probe.connect_ex(("127.0.0.2", port)) != 0


def test_localhost_is_answered_in_both_address_families(serve):
    port = int(serve().url.rpartition(":")[2])
    for family, _, _, _, address in socket.getaddrinfo("localhost", port, type=socket.SOCK_STREAM):
        with socket.socket(family) as probe:
            assert probe.connect_ex(address) == 0


def test_the_ready_file_holds_the_address(serve, tmp_path):
    server = serve(tmp_path / "data", "--ready-file", tmp_path / "ready.json")
    assert json.loads((tmp_path / "ready.json").read_text())["url"] == server.url


def test_what_it_keeps_is_readable_by_its_owner_only(serve):
    server = serve()
    for path in server.data.iterdir():
        if path.name != "ca.pem":
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it_in_order(serve, number, code):
    server = serve()
    with server.client() as client:  # an idle connection does not keep it
        client.get("/_local/health")
        assert server.stop(number) == code
    assert not (server.data / "server.json").exists()
    assert server.process.stderr.read() == ""


def test_a_restart_keeps_address_authority_credentials_and_tokens(serve):
    first = serve()
    authority = (first.data / "ca.pem").read_bytes()
    with first.api() as client:
        token = client.headers["authorization"]
    first.stop()
    second = serve()
    assert second.url == first.url
    assert (second.data / "ca.pem").read_bytes() == authority
    with second.client() as client:
        assert client.get("/api/v2/roles", headers={"authorization": token}).status_code == 200


def test_nothing_that_was_answered_is_lost_to_a_kill(serve):
    for round_ in range(2):
        server = serve()
        answered = []
        with server.api() as client:
            known = {role["name"] for role in client.get("/api/v2/roles").json()}
            killer = threading.Timer(0.15 + 0.05 * round_, server.process.kill)
            killer.start()
            with contextlib.suppress(httpx.HTTPError):
                for number in range(100_000):
                    name = f"role {round_}.{number}"
                    assert client.post("/api/v2/roles", json={"name": name}).status_code == 200
                    answered.append(name)
        server.process.wait()
        assert answered
        again = serve()
        with again.api() as client:
            roles, page = set(), 0
            while batch := client.get("/api/v2/roles", params={"per_page": 100, "page": page}).json():
                roles |= {role["name"] for role in batch}
                page += 1
        assert roles >= known | set(answered)
        assert len(roles) <= len(known | set(answered)) + 200  # at most what was under way, and earlier pages
        again.stop()


def test_two_servers_do_not_share_a_directory(serve):
    server = serve()
    code, error = _refused("serve", "--data", server.data, "--port", "0")
    assert code == 1
    assert error.startswith("Error: Another local tenant serves ")
    assert error.count("\n") == 1


def test_a_port_that_is_in_use_is_one_sentence(serve, tmp_path):
    port = serve().url.rpartition(":")[2]
    code, error = _refused("serve", "--data", tmp_path / "other", "--port", port)
    assert (code, error) == (1, f"Error: Port {port} is in use: choose another with --port.\n")


def test_a_tenant_does_not_move_to_another_port(serve):
    server = serve()
    server.stop()
    code, error = _refused("serve", "--data", server.data, "--port", "1")
    assert code == 1
    assert f"The tenant in {server.data} is {server.url}" in error


def test_reset_works_with_and_without_a_server(serve):
    server = serve()
    credentials = (server.data / "deployer.json").read_text()
    with server.api() as client:
        client.post("/api/v2/roles", json={"name": "x"})
        assert _refused("reset", "--data", server.data)[0] == 0
        assert client.get("/api/v2/roles").json() == []
        client.post("/api/v2/roles", json={"name": "y"})
    server.stop()
    assert _refused("reset", "--data", server.data)[0] == 0
    again = serve()
    assert (again.data / "deployer.json").read_text() == credentials
    with again.api() as client:
        assert client.get("/api/v2/roles").json() == []


def test_a_shell_learns_what_clients_need(serve, tmp_path):
    server = serve(tmp_path / "it's data")
    script = 'eval "$("$PYTHON" -m localtenant env --data "$DATA")" && env'
    variables = {"PATH": "/usr/bin:/bin", "PYTHON": sys.executable, "DATA": str(server.data)}
    printed = subprocess.run(["sh", "-c", script], env=variables, capture_output=True, text=True, check=True).stdout
    shown = dict(line.split("=", 1) for line in printed.splitlines())
    assert f"https://{shown['AUTH0_DOMAIN']}" == server.url
    assert shown["SSL_CERT_FILE"] == shown["NODE_EXTRA_CA_CERTS"] == str(server.data / "ca.pem")
    assert {"AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET", "REQUESTS_CA_BUNDLE"} <= set(shown)


@pytest.mark.parametrize("command", ["env", "reset"])
def test_a_directory_without_a_tenant_is_one_sentence(command, tmp_path):
    code, error = _refused(command, "--data", tmp_path)
    assert code == 1
    assert error.startswith(f"Error: There is no tenant in {tmp_path}")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["serve"],
        ["serve", "--data", "x", "--port", "99999"],
        ["serve", "--data", "x", "--tier", "gold"],
        ["serve", "--data", "x", "--plan", "gold"],
        ["fly"],
    ],
)
def test_wrong_usage_is_64(arguments):
    assert _refused(*arguments)[0] == 64


def test_the_plan_that_it_is_served_on_is_in_force(serve, tmp_path):
    with serve(tmp_path / "data", "--plan", "free").api() as client:
        assert client.get("/_local/health").json()["plan"] == "free"
        assert client.get("/api/v2/attack-protection/bot-detection").status_code == 403


def test_a_dropped_connection_is_cut_without_an_answer(serve):
    server = serve()
    with server.api() as client:
        fault = {"method": "POST", "path": "/roles", "when": "after_commit", "action": "drop"}
        assert client.post("/_local/faults", json=fault).status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            client.post("/api/v2/roles", json={"name": "x"})
        assert [role["name"] for role in client.get("/api/v2/roles").json()] == ["x"]
    server.stop()
    assert server.process.stderr.read() == ""


def test_a_hanging_answer_never_leaves_and_its_client_may_go(serve):
    server = serve()
    with server.api() as client:
        fault = {"method": "POST", "path": "/roles", "when": "after_commit", "action": "hang"}
        client.post("/_local/faults", json=fault)
        with pytest.raises(httpx.ReadTimeout):
            client.post("/api/v2/roles", json={"name": "x"}, timeout=0.3)
        assert [role["name"] for role in client.get("/api/v2/roles").json()] == ["x"]
        held = [client.get("/_local/faults").json()["held"] for _ in range(50)]
        assert held[-1] == 0  # the client that gave up is no longer held


def test_a_held_request_does_not_keep_the_server(serve):
    server = serve()
    with server.api() as client, server.api() as other:
        client.post("/_local/faults", json={"path": "/roles", "action": "hang"})
        failure = []

        def call():
            try:
                other.get("/api/v2/roles")
            except httpx.HTTPError as error:
                failure.append(error)

        thread = threading.Thread(target=call)
        thread.start()
        while client.get("/_local/faults").json()["held"] == 0:
            pass
        assert server.stop() == 0
        thread.join(timeout=5)
    assert isinstance(failure[0], httpx.RemoteProtocolError)


def test_an_answer_leaves_in_one_write(serve):
    server = serve()
    port = int(server.url.rpartition(":")[2])
    trust = ssl.create_default_context(cafile=str(server.data / "ca.pem"))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = trust.wrap_bio(incoming, outgoing, server_hostname="localhost")
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:

        def exchange(step):
            while True:
                try:
                    done = step()
                except ssl.SSLWantReadError:
                    connection.sendall(outgoing.read())
                    incoming.write(connection.recv(65536))
                else:
                    connection.sendall(outgoing.read())
                    return done

        exchange(session.do_handshake)
        exchange(lambda: session.write(f"GET /_local/health HTTP/1.1\r\nhost: localhost:{port}\r\n\r\n".encode()))
        record = exchange(lambda: session.read(65536))  # what one TLS record held
    head, _, body = record.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert json.loads(body)["status"] == "ok"


def test_no_file_of_it_is_left_half_written(serve):
    server = serve()
    server.stop()
    assert not list(server.data.glob("*.partial"))
