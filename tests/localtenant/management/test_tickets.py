"""Links to set a password: they expire, the newest wins, each works once, and only a hash of them is kept."""

from urllib.parse import parse_qs, urlsplit

import pytest

from localtenant.management.tickets import find_ticket, use_ticket

PASSWORD_CHANGE = "/tickets/password-change"


@pytest.fixture
def tenant(a_tenant):
    return a_tenant()


@pytest.fixture
def user(tenant):
    body = {"connection": "Username-Password-Authentication", "password": "correct horse battery"}
    return tenant.post("/users", json={**body, "email": "ana@example.com"}).json()


def secret_of(answer):
    return parse_qs(urlsplit(answer.json()["ticket"]).query)["ticket"][0]


def found(tenant, answer):
    return find_ticket(tenant.tenant, "password_change", secret_of(answer))


def test_a_ticket_is_a_link_to_the_tenants_reset_page(tenant, user):
    answer = tenant.post(PASSWORD_CHANGE, json={"user_id": user["user_id"]})
    assert answer.status_code == 201
    assert set(answer.json()) == {"ticket"}
    assert answer.json()["ticket"].startswith("https://localhost:8443/u/reset-verify?ticket=")


def test_a_user_is_named_by_address_and_connection_too(tenant, user):
    connection = next(entry for entry in tenant.get("/connections").json() if entry["strategy"] == "auth0")
    answer = tenant.post(PASSWORD_CHANGE, json={"connection_id": connection["id"], "email": "ANA@example.com"})
    assert found(tenant, answer)["user_id"] == user["user_id"]


@pytest.mark.parametrize("body", [{}, {"user_id": "auth0|x", "email": "ana@example.com"}, {"email": "ana@example.com"}])
def test_a_user_is_named_in_one_way(tenant, body):
    answer = tenant.post(PASSWORD_CHANGE, json=body)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "invalid_body")


def test_an_unknown_user_is_a_404(tenant):
    answer = tenant.post(PASSWORD_CHANGE, json={"user_id": "auth0|nobody"})
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "inexistent_user")


@pytest.mark.parametrize(("ttl", "lifetime"), [(None, 432000), (0, 432000), (60, 60)])
def test_a_ticket_lives_for_its_time_and_zero_means_five_days(tenant, user, ttl, lifetime):
    body = {"user_id": user["user_id"], **({} if ttl is None else {"ttl_sec": ttl})}
    answer = tenant.post(PASSWORD_CHANGE, json=body)
    tenant.clock.advance(lifetime - 1)
    assert found(tenant, answer) is not None
    tenant.clock.advance(1)
    assert found(tenant, answer) is None


def test_only_the_newest_ticket_of_a_user_works(tenant, user):
    first, second = (tenant.post(PASSWORD_CHANGE, json={"user_id": user["user_id"]}) for _ in range(2))
    assert found(tenant, first) is None
    assert found(tenant, second) is not None


def test_a_ticket_works_once(tenant, user):
    secret = secret_of(tenant.post(PASSWORD_CHANGE, json={"user_id": user["user_id"], "mark_email_as_verified": True}))
    assert use_ticket(tenant.tenant, "password_change", secret)["mark_email_as_verified"] is True
    assert use_ticket(tenant.tenant, "password_change", secret) is None


def test_only_a_hash_of_the_ticket_is_kept_and_none_is_logged(tenant, user):
    secret = secret_of(tenant.post(PASSWORD_CHANGE, json={"user_id": user["user_id"]}))
    assert secret not in str(tenant.tenant.store.items("tickets"))
    assert secret not in str(tenant.logs())


def test_a_ticket_remembers_the_application(tenant, user):
    client = tenant.get("/clients").json()[0]["client_id"]
    answer = tenant.post(PASSWORD_CHANGE, json={"user_id": user["user_id"], "client_id": client})
    assert found(tenant, answer)["client_id"] == client
    unknown = tenant.post(PASSWORD_CHANGE, json={"user_id": user["user_id"], "client_id": "x" * 32})
    assert unknown.status_code == 404


def test_a_result_url_and_an_application_exclude_each_other(tenant, user):
    client = tenant.get("/clients").json()[0]["client_id"]
    body = {"user_id": user["user_id"], "client_id": client, "result_url": "https://a.example/"}
    assert tenant.post(PASSWORD_CHANGE, json=body).status_code == 400


def test_the_links_host_is_the_domain_asked_for(tenant, user):
    domain = {"custom_domain_id": "cd_1", "domain": "login.example.com", "status": "ready"}
    tenant.tenant.store.put("custom_domains", "cd_1", domain)
    headers = {"auth0-custom-domain": "login.example.com"}
    answer = tenant.post(PASSWORD_CHANGE, json={"user_id": user["user_id"]}, headers=headers)
    assert urlsplit(answer.json()["ticket"]).netloc == "login.example.com"
    refused = tenant.post(
        PASSWORD_CHANGE, json={"user_id": user["user_id"]}, headers={"auth0-custom-domain": "evil.example"}
    )
    assert refused.status_code == 400


def test_an_address_is_confirmed_by_another_kind_of_link(tenant, user):
    password_link = tenant.post(PASSWORD_CHANGE, json={"user_id": user["user_id"]})
    answer = tenant.post("/tickets/email-verification", json={"user_id": user["user_id"]})
    assert answer.status_code == 201
    assert find_ticket(tenant.tenant, "email_verification", secret_of(answer)) is not None
    assert find_ticket(tenant.tenant, "password_change", secret_of(answer)) is None
    assert found(tenant, password_link) is not None
