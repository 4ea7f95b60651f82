"""The other hosts on the tenant's port, with a real program behind them."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

APP = {"host": "app.localhost:8443"}


class Upstream(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    def do_POST(self):
        self.do_GET()

    def do_GET(self):
        length = int(self.headers.get("content-length") or 0)
        body = f"{self.command} {self.path}\n{self.headers}\n{self.rfile.read(length).decode()}".encode()
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Set-Cookie", "a=1; Secure")
        self.send_header("Set-Cookie", "b=2; Secure")
        if self.path == "/away":
            self.send_header("Location", "https://localhost:8443/authorize")
        if self.path == "/zip":
            self.send_header("Content-Encoding", "x-own")
            body = b"\x1f\x8b"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self):
        self.do_GET()

    def log_message(self, *_):
        """Quiet."""


@contextmanager
def upstream():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def app(a_tenant):
    """A tenant with a program behind app.localhost."""
    local = a_tenant()
    with upstream() as url:
        assert local.http.put("/_local/hosts", json={"app.localhost": url}).json() == {"hosts": {"app.localhost": url}}
        yield local
        local.loop.run_until_complete(local.app.close())


def test_a_request_is_handed_on_with_the_host_and_scheme_of_the_browser(app):
    answer = app.http.get("/a%2Fb?x=1&x=2", headers={**APP, "x-forwarded-for": "192.0.2.1", "cookie": "s=1"})
    lines = answer.text.lower().splitlines()
    assert lines[0] == "get /a%2fb?x=1&x=2"
    assert "host: app.localhost:8443" in lines
    assert "x-forwarded-proto: https" in lines
    assert "x-forwarded-host: app.localhost:8443" in lines
    assert "x-forwarded-for: 127.0.0.1" in lines
    assert "cookie: s=1" in lines


def test_a_form_arrives_whole(app):
    answer = app.http.post("/profile", data={"given_name": "José"}, headers=APP)
    assert answer.text.endswith("given_name=Jos%C3%A9")


def test_cookies_redirects_and_compression_pass_untouched(app):
    answer = app.http.get("/away", headers=APP)
    assert answer.status_code == 302
    assert answer.headers["location"] == "https://localhost:8443/authorize"
    assert answer.headers.get_list("set-cookie") == ["a=1; Secure", "b=2; Secure"]
    assert "cookie:" not in app.http.get("/", headers={**APP, "cookie": ""}).text.lower().replace("cookie: \n", "")
    packed = app.http.get("/zip", headers=APP)
    assert (packed.headers["content-encoding"], packed.content) == ("x-own", b"\x1f\x8b")


def test_a_head_request_has_no_body(app):
    answer = app.http.head("/", headers=APP)
    assert (answer.status_code, answer.content) == (200, b"")


def test_the_control_plane_is_nobody_elses(app):
    assert app.http.get("/_local/mail", headers=APP).status_code == 421


@pytest.mark.parametrize("host", ["app.localhost:8443", "profile.localhost:8443", "APP.localhost:8443"])
def test_a_host_that_nobody_serves_says_so(a_tenant, host):
    answer = a_tenant().http.get("/", headers={"host": host})
    assert answer.status_code == 502
    assert "Nothing is registered" in answer.text


def test_a_program_that_has_ended_is_said_to_have(a_tenant):
    local = a_tenant()
    with upstream() as url:
        local.http.put("/_local/hosts", json={"app.localhost": url})
    answer = local.http.get("/", headers=APP)
    local.loop.run_until_complete(local.app.close())
    assert answer.status_code == 502
    assert f"{url} does not answer" in answer.text


def test_each_program_registers_itself_and_can_be_taken_away(a_tenant):
    local = a_tenant()
    local.http.put("/_local/hosts", json={"app.localhost": "http://127.0.0.1:1"})
    local.http.put("/_local/hosts", json={"profile.localhost": "http://[::1]:2/"})
    hosts = {"app.localhost": "http://127.0.0.1:1", "profile.localhost": "http://[::1]:2"}
    assert local.http.get("/_local/hosts").json() == {"hosts": hosts}
    assert local.http.put("/_local/hosts", json={"app.localhost": None}).json()["hosts"].keys() == {"profile.localhost"}


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        {"localhost": "http://127.0.0.1:1"},
        {"evil.example.com": "http://127.0.0.1:1"},
        {"app.localhost": "http://192.0.2.1:80"},
        {"app.localhost": "https://127.0.0.1:1"},
        {"app.localhost": "http://127.0.0.1"},
        {"app.localhost": "http://127.0.0.1:99999"},
        {"app.localhost": "http://127.0.0.1:1/path"},
        {"app.localhost": "http://user@127.0.0.1:1"},
        {"app.localhost": 3000},
    ],
)
def test_an_address_elsewhere_is_refused_and_changes_nothing(a_tenant, hosts):
    local = a_tenant()
    assert local.http.put("/_local/hosts", json=hosts).status_code == 400
    assert local.http.get("/_local/hosts").json() == {"hosts": {}}


@pytest.mark.parametrize("host", ["app.localhost", "app.localhost:1", "other.localhost:8443", "localhost:8443"])
def test_other_names_and_ports_are_the_tenants_own_affair(app, host):
    assert app.http.get("/.well-known/openid-configuration", headers={"host": host}).json()["issuer"]
