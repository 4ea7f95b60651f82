"""A user's second factors through the API."""

import pytest


@pytest.fixture
def tenant(a_tenant):
    return a_tenant()


@pytest.fixture
def path(tenant):
    body = {"connection": "Username-Password-Authentication", "password": "correct horse battery"}
    user = tenant.post("/users", json={**body, "email": "ana@example.com"}).json()
    return f"/users/{user['user_id'].replace('|', '%7C')}"


def a_phone(tenant, path, number="+15550100", **changes):
    body = {"type": "phone", "phone_number": number, **changes}
    return tenant.post(f"{path}/authentication-methods", json=body)


def test_an_enrolled_phone_is_ready_for_the_next_login(tenant, path):
    answer = a_phone(tenant, path, preferred_authentication_method="sms")
    assert answer.status_code == 201
    assert answer.json()["id"].startswith("phone|dev_")
    assert answer.json()["authentication_methods"][0]["type"] == "sms"
    (listed,) = tenant.get(f"{path}/authentication-methods").json()
    assert (listed["confirmed"], listed["phone_number"]) == (True, "+15550100")


def test_the_same_phone_is_enrolled_once(tenant, path):
    a_phone(tenant, path)
    assert a_phone(tenant, path).status_code == 409


def test_a_factor_needs_what_it_reaches_the_user_by(tenant, path):
    answer = tenant.post(f"{path}/authentication-methods", json={"type": "phone"})
    assert answer.json()["message"] == "Payload validation error: 'Missing required property: phone_number'."


def test_a_one_time_code_secret_is_not_listed(tenant, path):
    tenant.post(f"{path}/authentication-methods", json={"type": "totp", "totp_secret": "JBSWY3DPEHPK3PXP"})
    assert "JBSWY3DPEHPK3PXP" not in tenant.get(f"{path}/authentication-methods").text


def test_put_replaces_them_all(tenant, path):
    a_phone(tenant, path)
    body = [{"type": "phone", "phone_number": "+15550199"}]
    assert tenant.put(f"{path}/authentication-methods", json=body).status_code == 200
    (listed,) = tenant.get(f"{path}/authentication-methods").json()
    assert listed["phone_number"] == "+15550199"


def test_one_or_all_of_them_are_deleted(tenant, path):
    first = a_phone(tenant, path).json()["id"].replace("|", "%7C")
    a_phone(tenant, path, "+15550199")
    assert tenant.delete(f"{path}/authentication-methods/{first}").status_code == 204
    assert tenant.get(f"{path}/authentication-methods/{first}").status_code == 404
    assert len(tenant.get(f"{path}/authentication-methods").json()) == 1
    assert tenant.delete(f"{path}/authentication-methods").status_code == 204
    assert tenant.get(f"{path}/authentication-methods").json() == []


def test_a_factor_is_renamed(tenant, path):
    method = a_phone(tenant, path).json()["id"].replace("|", "%7C")
    answer = tenant.patch(f"{path}/authentication-methods/{method}", json={"name": "work"})
    assert (answer.status_code, answer.json()["name"]) == (200, "work")


def test_the_envelope_calls_them_authenticators(tenant, path):
    a_phone(tenant, path)
    answer = tenant.get(f"{path}/authentication-methods?include_totals=true").json()
    assert set(answer) == {"start", "limit", "total", "authenticators"}


def test_the_older_list_of_enrollments_shows_phones(tenant, path):
    a_phone(tenant, path)
    (enrollment,) = tenant.get(f"{path}/enrollments").json()
    assert (enrollment["auth_method"], enrollment["phone_number"]) == ("sms", "+15550100")


def test_older_ways_to_reset_a_user(tenant, path):
    tenant.post(f"{path}/authentication-methods", json={"type": "totp", "totp_secret": "JBSWY3DPEHPK3PXP"})
    a_phone(tenant, path)
    assert tenant.delete(f"{path}/multifactor/google-authenticator").status_code == 204
    assert [method["type"] for method in tenant.get(f"{path}/authentication-methods").json()] == ["phone"]
    assert tenant.post(f"{path}/multifactor/actions/invalidate-remember-browser").status_code == 204
    assert tenant.delete(f"{path}/authenticators").status_code == 204
    assert tenant.get(f"{path}/authentication-methods").json() == []


def test_an_unknown_user_has_no_factors(tenant):
    assert tenant.get("/users/auth0%7Cnobody/authentication-methods").status_code == 404
