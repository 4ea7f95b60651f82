"""Users: who may create them, what is unique, what a PATCH merges, which passwords are refused and that none is ever shown."""

import pytest

DATABASE = "Username-Password-Authentication"
PASSWORD = "correct horse battery"


@pytest.fixture
def tenant(a_tenant):
    return a_tenant()


def a_user(tenant, **changes):
    body = {"connection": DATABASE, "email": "ana@example.com", "password": PASSWORD, "verify_email": False, **changes}
    return tenant.post("/users", json={name: value for name, value in body.items() if value is not None})


def a_database(tenant, name="invited-users", **options):
    """A database that the deployer may create users in."""
    connection = tenant.post("/connections", json={"name": name, "strategy": "auth0", "options": options}).json()
    enable(tenant, connection)
    return connection


def enable(tenant, connection):
    deployer = next(client for client in tenant.get("/clients").json() if client["name"].startswith("Deployer"))
    body = [{"client_id": deployer["client_id"], "status": True}]
    assert tenant.patch(f"/connections/{connection['id']}/clients", json=body).status_code == 204


def path_of(user):
    return f"/users/{user['user_id'].replace('|', '%7C')}"


def test_a_user_gets_a_profile_made_of_the_address(tenant):
    answer = a_user(tenant)
    assert answer.status_code == 201
    user = answer.json()
    assert user["name"] == "ana@example.com"
    assert user["nickname"] == "ana"
    assert user["email_verified"] is False
    assert user["user_id"].startswith("auth0|")
    assert user["identities"] == [
        {"connection": DATABASE, "user_id": user["user_id"][6:], "provider": "auth0", "isSocial": False}
    ]


def test_given_values_win_over_made_up_ones(tenant):
    user = a_user(tenant, user_id="ana", name="Ana B", nickname="anita", picture="https://a.example/a.png").json()
    assert (user["user_id"], user["name"], user["nickname"]) == ("auth0|ana", "Ana B", "anita")
    assert user["picture"] == "https://a.example/a.png"


def test_an_address_is_kept_in_lower_case_and_found_in_any(tenant):
    a_user(tenant, email="Ana@Example.com")
    (found,) = tenant.get("/users-by-email?email=ANA@example.com").json()
    assert found["email"] == "ana@example.com"


def test_an_address_is_taken_once_per_connection(tenant):
    a_user(tenant)
    answer = a_user(tenant, email="ANA@example.com")
    assert answer.status_code == 409
    assert answer.json()["message"] == "The user already exists."
    assert answer.json()["errorCode"] == "auth0_idp_error"
    a_database(tenant)
    assert a_user(tenant, connection="invited-users").status_code == 201


def test_the_calling_client_must_be_enabled_on_the_connection(tenant):
    connection = a_database(tenant)
    others = tenant.post("/clients", json={"name": "Other"}).json()["client_id"]
    caller = next(client for client in tenant.get("/clients").json() if client["name"].startswith("Deployer"))
    tenant.patch(
        f"/connections/{connection['id']}/clients",
        json=[{"client_id": caller["client_id"], "status": False}, {"client_id": others, "status": True}],
    )
    answer = a_user(tenant, connection="invited-users")
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "Connection must be enabled for this client to perform single user creation and signup operations "
        f"(client_id: {caller['client_id']} - connection: invited-users)"
    )


def test_a_connection_without_clients_is_disabled(tenant):
    tenant.post("/connections", json={"name": "invited-users", "strategy": "auth0"})
    answer = a_user(tenant, connection="invited-users")
    assert (answer.status_code, answer.json()["message"]) == (400, "The connection is disabled")


def test_an_unknown_connection_is_a_400(tenant):
    answer = a_user(tenant, connection="nothing")
    assert (answer.status_code, answer.json()["message"]) == (400, "The connection does not exist.")
    assert answer.json()["errorCode"] == "inexistent_connection"


def test_users_of_google_are_not_created_here(tenant):
    assert a_user(tenant, connection="google-oauth2").status_code == 400


@pytest.mark.parametrize("missing", ["email", "password"])
def test_a_database_user_needs_an_address_and_a_password(tenant, missing):
    answer = a_user(tenant, **{missing: None})
    assert answer.status_code == 400
    assert answer.json()["message"] == f"Payload validation error: 'Missing required property: {missing}'."


def test_a_password_may_be_optional(tenant):
    methods = {"password": {"enabled": True, "api_behavior": "optional"}}
    a_database(tenant, authentication_methods=methods)
    assert a_user(tenant, connection="invited-users", password=None).status_code == 201


def test_a_username_is_for_connections_that_ask_for_one(tenant):
    assert a_user(tenant, username="ana").json()["message"] == (
        "Cannot set username for connection without requires_username"
    )
    a_database(tenant, requires_username=True, passwordPolicy="low")
    assert a_user(tenant, connection="invited-users").status_code == 400
    assert a_user(tenant, connection="invited-users", username="ana").status_code == 201
    taken = a_user(tenant, connection="invited-users", username="ANA", email="bea@example.com")
    assert (taken.status_code, taken.json()["message"]) == (409, "The username provided is in use already.")


def test_no_answer_and_no_log_shows_a_password(tenant):
    user = a_user(tenant).json()
    tenant.patch(path_of(user), json={"password": "another horse battery"})
    answers = [tenant.get(path_of(user)).text, tenant.get("/users").text, str(tenant.logs())]
    assert not any("horse" in answer or "scrypt" in answer for answer in answers)


def test_a_password_is_kept_as_a_salted_hash(tenant):
    one, two = a_user(tenant).json(), a_user(tenant, email="bea@example.com").json()
    kept = [tenant.tenant.store.get("users", user["user_id"])["_password"] for user in (one, two)]
    assert all(text.startswith("scrypt$") for text in kept)
    assert kept[0] != kept[1]


@pytest.mark.parametrize(
    ("options", "password", "message"),
    [
        ({"passwordPolicy": "excellent"}, "Abcdefg1", "PasswordStrengthError: Password is too weak"),
        ({"passwordPolicy": "excellent"}, "Abcdefgggh1!", "PasswordStrengthError: Password is too weak"),
        ({"passwordPolicy": "good"}, "abcdefgh", "PasswordStrengthError: Password is too weak"),
        (
            {"passwordPolicy": "low", "password_complexity_options": {"min_length": 20}},
            "short",
            "PasswordStrengthError: Password is too weak",
        ),
        (
            {"passwordPolicy": "low", "password_dictionary": {"enable": True}},
            "Password123",
            "PasswordDictionaryError: Password is too common",
        ),
        (
            {"passwordPolicy": "low", "password_dictionary": {"enable": True, "dictionary": ["guestlist"]}},
            "GuestList",
            "PasswordDictionaryError: Password is too common",
        ),
        (
            {"passwordPolicy": "low", "password_no_personal_info": {"enable": True}},
            "i am ana!!",
            "PasswordNoUserInfoError: Password contains user information",
        ),
        (
            {"password_options": {"complexity": {"min_length": 8, "sequential_characters": "block"}}},
            "zzzz1234",
            "PasswordStrengthError: Password is too weak",
        ),
        (
            {"password_options": {"complexity": {"min_length": 8}}},
            "é" * 37,
            "PasswordStrengthError: Password is too weak",
        ),
    ],
)
def test_a_password_against_the_policy_is_refused(tenant, options, password, message):
    a_database(tenant, **options)
    answer = a_user(tenant, connection="invited-users", password=password)
    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert "errorCode" not in answer.json()


def test_a_former_password_cannot_come_back(tenant):
    a_database(tenant, passwordPolicy="low", password_history={"enable": True, "size": 2})
    path = path_of(a_user(tenant, connection="invited-users", password="first one").json())
    assert tenant.patch(path, json={"password": "second one"}).status_code == 200
    refused = tenant.patch(path, json={"password": "first one"})
    assert refused.json()["message"] == "PasswordHistoryError: Password has previously been used"
    assert tenant.patch(path, json={"password": "third one"}).status_code == 200
    assert tenant.patch(path, json={"password": "first one"}).status_code == 200


def test_a_changed_password_is_dated(tenant):
    user = a_user(tenant).json()
    assert "last_password_reset" not in user
    tenant.clock.advance(60)
    changed = tenant.patch(path_of(user), json={"password": "another horse battery"}).json()
    assert changed["last_password_reset"] == "2026-11-23T12:01:00.000Z"


def test_metadata_is_merged_at_the_top_level_only(tenant):
    user = a_user(tenant, app_metadata={"invite": {"by": "eve", "at": 1}, "plan": "free"}).json()
    answer = tenant.patch(path_of(user), json={"app_metadata": {"invite": {"by": "bob"}, "plan": None}}).json()
    assert answer["app_metadata"] == {"invite": {"by": "bob"}}


def test_empty_metadata_empties_it(tenant):
    user = a_user(tenant, app_metadata={"a": 1}, user_metadata={"b": 2}).json()
    answer = tenant.patch(path_of(user), json={"app_metadata": {}, "user_metadata": {}}).json()
    assert "app_metadata" not in answer
    assert answer["user_metadata"] == {}


def test_null_deletes_a_name(tenant):
    user = a_user(tenant, given_name="Ana", family_name="B").json()
    answer = tenant.patch(path_of(user), json={"given_name": None, "blocked": True}).json()
    assert "given_name" not in answer
    assert (answer["family_name"], answer["blocked"]) == ("B", True)


def test_a_new_address_is_unverified_and_must_be_free(tenant):
    user = a_user(tenant, email_verified=True).json()
    a_user(tenant, email="bea@example.com")
    answer = tenant.patch(path_of(user), json={"email": "Ana.B@example.com"}).json()
    assert (answer["email"], answer["email_verified"]) == ("ana.b@example.com", False)
    taken = tenant.patch(path_of(user), json={"email": "bea@example.com"})
    assert (taken.status_code, taken.json()["message"]) == (400, "The specified new email already exists")


def test_a_password_and_an_address_are_never_changed_together(tenant):
    path = path_of(a_user(tenant).json())
    answer = tenant.patch(path, json={"password": PASSWORD, "email": "new@example.com"})
    assert (answer.status_code, answer.json()["message"]) == (400, "Cannot update password and email simultaneously")


def test_an_unknown_field_is_refused(tenant):
    answer = tenant.patch(path_of(a_user(tenant).json()), json={"favourite": "blue"})
    assert answer.json()["message"] == "Payload validation error: 'Additional properties not allowed: favourite'."


def test_who_may_update_app_metadata_may_update_nothing_else(tenant):
    path = path_of(a_user(tenant).json())
    narrow = tenant.with_scopes("update:users_app_metadata")
    assert narrow.patch(path, json={"app_metadata": {"a": 1}}).status_code == 200
    assert narrow.patch(path, json={"given_name": "Eve"}).status_code == 403


def test_an_unknown_user_is_a_404_and_may_be_deleted(tenant):
    answer = tenant.get("/users/auth0%7Cnobody")
    assert (answer.status_code, answer.json()["message"]) == (404, "The user does not exist.")
    assert answer.json()["errorCode"] == "inexistent_user"
    assert tenant.delete("/users/auth0%7Cnobody").status_code == 204


def test_a_deleted_user_is_gone_with_the_factors_and_links(tenant):
    user = a_user(tenant).json()
    tenant.post(f"{path_of(user)}/authentication-methods", json={"type": "phone", "phone_number": "+15550100"})
    tenant.post("/tickets/password-change", json={"user_id": user["user_id"]})
    assert tenant.delete(path_of(user)).status_code == 204
    assert tenant.get(path_of(user)).status_code == 404
    assert tenant.tenant.store.all("authentication_methods") == tenant.tenant.store.all("tickets") == []


def test_fields_may_be_named_or_left_out(tenant):
    path = path_of(a_user(tenant).json())
    assert set(tenant.get(f"{path}?fields=email,name").json()) == {"email", "name"}
    assert "email" not in tenant.get(f"{path}?fields=email&include_fields=false").json()


def test_two_verified_domains_ask_for_one(tenant):
    for name in ("a.example.com", "b.example.com"):
        domain = {"custom_domain_id": name, "domain": name, "status": "ready"}
        tenant.tenant.store.put("custom_domains", name, domain)
    answer = a_user(tenant)
    assert (answer.status_code, answer.json()["errorCode"]) == (409, "custom_domain_conflict")
    body = {"connection": DATABASE, "email": "ana@example.com", "password": PASSWORD}
    assert tenant.post("/users", json=body, headers={"auth0-custom-domain": "a.example.com"}).status_code == 201
