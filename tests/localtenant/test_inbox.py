"""The pages of the control plane for people, and the JSON beside them."""

import re

import pytest

from localtenant.messages import mailbox
from localtenant.messages.phone import send_text

HTML = {"accept": "text/html,application/xhtml+xml"}
BODY = (
    b"From: a@example.com\r\nTo: b@example.com\r\nSubject: %s\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b'<html><head class="x"><title>t</title></head><body><script>alert(1)</script><a href="https://localhost:8443/u/x?ticket=1">Go</a></body></html>'
)
LISTS = ["mail", "texts", "users", "logs"]


@pytest.fixture
def filled(a_tenant):
    local = a_tenant()
    mailbox.keep(local.tenant, BODY % b"Hello <b>you</b>", sender="a@example.com", recipients=["b@example.com"])
    local.loop.run_until_complete(
        send_text(local.tenant, "+4915112345678", "123456", kind="otp_enroll", locale="en", runtime=None)
    )
    user = {"user_id": "auth0|1", "email": "ana@example.com", "name": '<img src="x">', "_password": "hash-of-it"}
    user |= {"identities": [{"connection": "c"}], "app_metadata": {"invite": {"by": "Bo"}}}
    local.tenant.store.put("users", "auth0|1", user)
    local.post("/roles", json={"name": "a"})
    return local


def page(local, path, **headers):
    return local.http.get(f"/_local/{path}", headers={**HTML, **headers})


@pytest.mark.parametrize("kind", LISTS)
def test_one_address_is_a_page_for_people_and_json_for_programs(filled, kind):
    as_json = filled.http.get(f"/_local/{kind}")
    assert as_json.headers["content-type"].startswith("application/json")
    (first, *_) = as_json.json()[kind]
    name = {"users": "user_id", "logs": "log_id"}.get(kind, "id")
    one = filled.http.get(f"/_local/{kind}/{first[name]}").json()
    assert one[name] == first[name]

    as_page = page(filled, kind)
    assert as_page.headers["content-type"] == "text/html; charset=utf-8"
    assert page(filled, f"{kind}/{first[name]}").status_code == 200


@pytest.mark.parametrize("path", ["", "mail", "texts", "users", "logs"])
@pytest.mark.parametrize("is_filled", [True, False])
def test_every_page_says_what_there_is_or_that_there_is_nothing(a_tenant, filled, path, is_filled):
    local = filled if is_filled else a_tenant()
    answer = page(local, path)
    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    assert answer.text.rstrip().endswith("</html>")
    assert "<script" not in answer.text
    current = re.findall(r'href="/_local/(\w+)" aria-current="page"', answer.text)
    assert current == ([path] if path else [])


@pytest.mark.parametrize("path", ["", "mail", "users/auth0%7C1", "logs", "nothing", "style.css"])
def test_no_page_runs_or_fetches_anything_foreign(filled, path):
    answer = page(filled, path)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    if path != "style.css":
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script" not in policy
        assert "unsafe" not in policy
        assert " style=" not in answer.text
    assert not re.findall(
        r'(?:src|href)="(?!/_local/|https://localhost:8443)[^"]*"', answer.text.replace('href="#main"', "")
    )


def test_what_people_wrote_is_shown_as_text(filled):
    (mail,) = filled.http.get("/_local/mail").json()["mail"]
    assert "Hello &lt;b&gt;you" in page(filled, "mail").text
    assert "Hello &lt;b&gt;you" in page(filled, f"mail/{mail['id']}").text
    assert "<img" not in page(filled, "users/auth0%7C1").text


def test_a_mails_html_is_shown_in_a_sandbox_without_scripts(filled):
    (mail,) = filled.http.get("/_local/mail").json()["mail"]
    frame = re.search(r"<iframe[^>]*>", page(filled, f"mail/{mail['id']}").text)[0]
    assert f'src="/_local/mail/{mail["id"]}/html"' in frame
    assert "allow-scripts" not in frame
    assert "allow-same-origin" not in frame

    content = page(filled, f"mail/{mail['id']}/html")

    policy = content.headers["content-security-policy"]
    assert policy.startswith("sandbox ")
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert '<head class="x"><base target="_top">' in content.text
    assert content.headers["referrer-policy"] == "no-referrer"


def test_the_message_as_it_came_is_plain_text(filled):
    (mail,) = filled.http.get("/_local/mail").json()["mail"]
    source = page(filled, f"mail/{mail['id']}/source")
    assert source.headers["content-type"] == "text/plain; charset=utf-8"
    assert "<script>alert(1)</script>" in source.text


def test_the_links_of_a_mail_can_be_followed_without_its_html(filled):
    (mail,) = filled.http.get("/_local/mail").json()["mail"]
    assert mail["links"] == ["https://localhost:8443/u/x?ticket=1"]
    assert '<a href="https://localhost:8443/u/x?ticket=1" rel="noreferrer">' in page(filled, f"mail/{mail['id']}").text


def test_the_phone_shows_the_code_large(filled):
    assert re.search(r'class="code"[^>]*>123456<', page(filled, "texts").text)
    assert "+4915112345678" in page(filled, "texts").text


def test_passwords_are_shown_nowhere(filled):
    for path in ("users", "users/auth0%7C1"):
        assert "hash-of-it" not in page(filled, path).text
        assert "hash-of-it" not in filled.http.get(f"/_local/{path}").text


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({}, "never logged in"),
        ({"logins_count": 1}, "active"),
        ({"app_metadata": {"invite": {}}}, "never logged in"),
        ({"app_metadata": {"invite": {"by": "Bo"}}}, "invited"),
        ({"app_metadata": {"invite": {"accepted_at": "x"}}}, "active"),
        ({"blocked": True, "logins_count": 1}, "blocked"),
    ],
)
def test_a_users_standing(a_tenant, changes, standing):
    local = a_tenant()
    local.tenant.store.put("users", "auth0|1", {"user_id": "auth0|1", "email": "a@example.com", **changes})
    assert f">{standing}<" in page(local, "users").text


@pytest.mark.parametrize("kind", ["mail", "texts"])
def test_they_can_be_emptied_by_a_program_and_by_a_button(filled, kind):
    if kind == "mail":
        assert filled.http.delete("/_local/mail").json() == {"mail": []}
    else:
        answer = filled.http.post("/_local/texts/empty", headers={"origin": "https://localhost:8443"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/_local/texts")
    assert filled.http.get(f"/_local/{kind}").json() == {kind: []}


@pytest.mark.parametrize("path", ["mail/none", "mail/none/html", "texts/none", "users/none", "logs/none", "nothing"])
def test_what_is_not_there_is_404_in_the_callers_own_form(filled, path):
    assert filled.http.get(f"/_local/{path}").json()["error"]
    answer = page(filled, path)
    assert answer.status_code == 404
    assert "<h1>Not here</h1>" in answer.text


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("mail", {"host": "evil.example.com"}, 421),
        ("mail", {"host": "app.localhost:8443"}, 421),
        ("texts", {"sec-fetch-site": "cross-site"}, 403),
        ("texts", {"sec-fetch-site": "same-site"}, 403),
        ("mail/empty", {"origin": "null"}, 403),
        ("mail/empty", {"origin": "https://app.localhost:8443"}, 403),
    ],
)
def test_no_other_site_gets_at_it(filled, path, headers, status):
    method = "POST" if path.endswith("empty") else "GET"
    answer = filled.http.request(method, f"/_local/{path}", headers={**HTML, **headers})
    assert answer.status_code == status
    assert "123456" not in answer.text
    assert len(filled.http.get("/_local/mail").json()["mail"]) == 1


def test_the_overview_names_what_serves_the_other_hosts(filled):
    filled.http.put("/_local/hosts", json={"app.localhost": "http://127.0.0.1:3000"})
    assert '<a href="https://app.localhost:8443">' in page(filled, "").text
    assert filled.http.get("/_local/").json()["hosts"] == {"https://app.localhost:8443": "http://127.0.0.1:3000"}
