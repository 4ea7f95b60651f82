"""Connections: the defaults of a database, options replaced whole, scopes for options, and which clients may use them."""

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@pytest.fixture
def tenant(a_tenant):
    return a_tenant()


def a_connection(tenant, **changes):
    return tenant.post("/connections", json={"name": "invited-users", "strategy": "auth0", **changes})


def test_a_fresh_tenant_has_a_database_and_google(tenant):
    assert [entry["name"] for entry in tenant.get("/connections").json()] == [
        "Username-Password-Authentication",
        "google-oauth2",
    ]


def test_the_seeded_connections_are_open_to_the_default_app(tenant):
    app = next(client for client in tenant.get("/clients").json() if client["name"] == "Default App")
    connections = tenant.get(f"/clients/{app['client_id']}/connections").json()["connections"]
    assert len(connections) == 2


def test_a_database_without_a_policy_gets_the_flexible_one(tenant):
    connection = a_connection(tenant).json()
    assert connection["options"]["password_options"]["complexity"]["min_length"] == 15
    assert "passwordPolicy" not in connection["options"]
    assert connection["options"]["authentication_methods"]["password"]["enabled"] is True
    assert connection["realms"] == ["invited-users"]
    assert connection["is_domain_connection"] is False
    assert connection["authentication"] == {"active": True}


def test_a_database_that_names_the_older_policy_keeps_it(tenant):
    options = {"passwordPolicy": "excellent", "password_history": {"enable": True, "size": 5}}
    got = a_connection(tenant, options=options).json()["options"]
    assert got["passwordPolicy"] == "excellent"
    assert "password_options" not in got


def test_a_patch_replaces_the_options_whole(tenant):
    options = {"passwordPolicy": "excellent", "disable_signup": True}
    connection = a_connection(tenant, options=options).json()
    answer = tenant.patch(f"/connections/{connection['id']}", json={"options": {"import_mode": False}}).json()
    assert not {"passwordPolicy", "disable_signup", "mfa", "strategy_version"} & set(answer["options"])
    assert answer["options"]["brute_force_protection"] is True


def test_a_patch_that_names_no_options_leaves_them(tenant):
    connection = a_connection(tenant, options={"disable_signup": True}).json()
    answer = tenant.patch(f"/connections/{connection['id']}", json={"is_domain_connection": True}).json()
    assert answer["options"] == connection["options"]
    assert answer["is_domain_connection"] is True


def test_null_deletes_a_field(tenant):
    connection = a_connection(tenant, metadata={"a": "1", "b": "2"}).json()
    answer = tenant.patch(f"/connections/{connection['id']}", json={"metadata": {"a": None}}).json()
    assert answer["metadata"] == {"b": "2"}


def test_a_name_is_taken_once(tenant):
    a_connection(tenant)
    answer = a_connection(tenant)
    assert answer.status_code == 409
    assert answer.json()["message"] == "A connection with the same name already exists"
    assert answer.json()["errorCode"] == "connection_conflict"


def test_a_strategy_must_be_one_of_auth0s(tenant):
    answer = a_connection(tenant, strategy="ldap")
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "invalid_body")


def test_options_are_invisible_without_their_scope(tenant):
    connection = a_connection(tenant).json()
    reader = tenant.with_scopes("read:connections")
    assert "options" not in reader.get(f"/connections/{connection['id']}").json()
    assert all("options" not in entry for entry in reader.get("/connections").json())


def test_options_are_unwritable_without_their_scope(tenant):
    path = f"/connections/{a_connection(tenant).json()['id']}"
    writer = tenant.with_scopes("update:connections")
    refused = writer.patch(path, json={"options": {"disable_signup": False}})
    assert (refused.status_code, refused.json()["errorCode"]) == (403, "insufficient_scope")
    assert writer.patch(path, json={"is_domain_connection": True}).status_code == 200


def test_the_retired_list_of_clients_is_told_and_no_longer_taken(tenant):
    client = tenant.post("/clients", json={"name": "portal"}).json()["client_id"]
    connection = a_connection(tenant, enabled_clients=[client]).json()
    path = f"/connections/{connection['id']}"
    assert connection["enabled_clients"] == tenant.get(path).json()["enabled_clients"] == [client]
    answer = tenant.patch(f"/connections/{connection['id']}", json={"enabled_clients": []})
    assert answer.status_code == 400
    assert "Additional properties not allowed: enabled_clients" in answer.json()["message"]


def test_script_secrets_are_never_answered_in_the_clear(tenant):
    connection = a_connection(tenant, options={"configuration": {"KEY": "sesame"}}).json()
    assert set(connection["options"]["configuration"]) == {"KEY"}
    assert "sesame" not in tenant.get(f"/connections/{connection['id']}").text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"attributes": {"email": {"identifier": {"active": False}}}},
            "attributes must contain one active identifier",
        ),
        (
            {"attributes": {"email": {"identifier": {"active": True}}}, "requires_username": True},
            "Cannot set both options.attributes and options.requires_username",
        ),
        (
            {
                "attributes": {"email": {"identifier": {"active": True}}},
                "validation": {"username": {"min": 1, "max": 5}},
            },
            "Cannot set both options.attributes and options.validation",
        ),
        (
            {
                "attributes": {
                    "phone_number": {
                        "identifier": {"active": True},
                        "profile_required": True,
                        "signup": {"status": "inactive"},
                    }
                }
            },
            "attribute phone_number must also be required on signup",
        ),
    ],
)
def test_attributes_that_contradict_themselves_are_refused(tenant, options, message):
    answer = a_connection(tenant, options=options)
    assert (answer.status_code, answer.json()["message"]) == (400, message)


def test_an_address_that_need_not_be_unique_cannot_be_added_later(tenant):
    path = f"/connections/{a_connection(tenant).json()['id']}"
    attributes = {"email": {"identifier": {"active": True}, "unique": False}}
    answer = tenant.patch(path, json={"options": {"attributes": attributes}})
    assert (answer.status_code, answer.json()["message"]) == (400, "cannot add non-unique email attribute")


def test_deleting_a_connection_answers_the_moment_and_takes_its_users(tenant):
    connection = next(entry for entry in tenant.get("/connections").json() if entry["strategy"] == "auth0")
    user = {"connection": connection["name"], "email": "ana@example.com", "password": "correct horse battery"}
    assert tenant.post("/users", json=user).status_code == 201
    answer = tenant.delete(f"/connections/{connection['id']}")
    assert (answer.status_code, set(answer.json())) == (202, {"deleted_at"})
    assert tenant.get("/users-by-email?email=ana@example.com").json() == []
    assert tenant.delete(f"/connections/{connection['id']}").status_code == 204


def test_fields_narrow_the_answer_but_never_below_what_auth0_shows(tenant):
    connection = a_connection(tenant).json()
    answer = tenant.get(f"/connections/{connection['id']}?fields=strategy,name&include_fields=true").json()
    assert set(answer) == {"id", "strategy", "name", "is_domain_connection", "authentication", "connected_accounts"}


def test_connections_are_filtered_by_name_and_strategy(tenant):
    a_connection(tenant)
    assert [entry["name"] for entry in tenant.get("/connections?name=invited-users").json()] == ["invited-users"]
    found = tenant.get("/connections?strategy=google-oauth2&strategy=oidc").json()
    assert [entry["name"] for entry in found] == ["google-oauth2"]


def test_an_unknown_connection_is_a_404(tenant):
    answer = tenant.get("/connections/con_nothing")
    assert (answer.status_code, answer.json()["message"]) == (404, "The connection does not exist")
    assert answer.json()["errorCode"] == "inexistent_connection"


def test_a_new_connection_is_enabled_for_nobody(tenant):
    connection = a_connection(tenant).json()
    assert tenant.get(f"/connections/{connection['id']}/clients").json() == {"clients": []}


def test_clients_are_enabled_and_disabled_one_by_one(tenant):
    path = f"/connections/{a_connection(tenant).json()['id']}/clients"
    one, two = (tenant.post("/clients", json={"name": name}).json()["client_id"] for name in ("One", "Two"))
    tenant.patch(path, json=[{"client_id": one, "status": False}, {"client_id": two, "status": False}])
    assert tenant.patch(path, json=[{"client_id": one, "status": True}]).status_code == 204
    tenant.patch(path, json=[{"client_id": two, "status": True}])
    assert tenant.get(path).json() == {"clients": [{"client_id": one}, {"client_id": two}]}
    tenant.patch(path, json=[{"client_id": one, "status": False}])
    assert tenant.get(path).json() == {"clients": [{"client_id": two}]}


def test_at_most_fifty_clients_change_at_once(tenant):
    path = f"/connections/{a_connection(tenant).json()['id']}/clients"
    answer = tenant.patch(path, json=[{"client_id": "x" * 32, "status": True}] * 51)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "invalid_body")


def test_one_unknown_client_refuses_the_whole_list(tenant):
    path = f"/connections/{a_connection(tenant).json()['id']}/clients"
    before = tenant.get(path).json()
    one = tenant.get("/clients").json()[0]["client_id"]
    answer = tenant.patch(path, json=[{"client_id": one, "status": True}, {"client_id": "x" * 32, "status": True}])
    assert answer.status_code == 404
    assert tenant.get(path).json() == before


def test_the_clients_of_a_connection_are_read_by_checkpoint(tenant):
    connection = tenant.get("/connections").json()[0]
    first = tenant.get(f"/connections/{connection['id']}/clients?take=1").json()
    second = tenant.get(f"/connections/{connection['id']}/clients?take=1&from={first['next']}").json()
    assert first["clients"] != second["clients"]


def test_a_users_address_deletes_it_from_its_connection(tenant):
    connection = tenant.get("/connections").json()[0]
    body = {"connection": connection["name"], "email": "ana@example.com", "password": "correct horse battery"}
    tenant.post("/users", json=body)
    assert tenant.delete(f"/connections/{connection['id']}/users?email=Ana@example.com").status_code == 204
    assert tenant.get("/users").json() == []


@pytest.mark.parametrize(
    ("strategy", "options", "scope"),
    [
        ("github", {"email": True, "read_org": True, "gist": False}, ["user:email", "read:org"]),
        ("facebook", {"public_profile": True, "email": True}, "email,public_profile"),
        ("apple", {"name": True, "email": True}, "name email"),
        ("google-oauth2", {"email": True, "youtube": True}, ["email", "https://gdata.youtube.com"]),
        ("windowslive", {"signin": True}, []),
    ],
)
def test_a_social_connection_asks_for_what_its_switches_say(tenant, strategy, options, scope):
    connection = a_connection(tenant, strategy=strategy, options=options).json()
    assert connection["options"]["scope"] == scope


def test_switching_off_takes_the_scope_away(tenant):
    connection = a_connection(tenant, strategy="github", options={"email": True, "gist": True}).json()
    changed = tenant.patch(f"/connections/{connection['id']}", json={"options": {"email": False, "gist": True}}).json()
    assert changed["options"]["scope"] == ["gist"]


def test_a_given_scope_stays(tenant):
    connection = a_connection(tenant, strategy="google-oauth2", options={"scope": ["email", "calendar"]}).json()
    assert connection["options"]["scope"] == ["email", "calendar"]


@pytest.mark.parametrize(("strategy", "is_told"), [("samlp", True), ("google-apps", True), ("oidc", False)])
def test_some_enterprise_connections_are_set_up_by_a_link(tenant, strategy, is_told):
    url = a_connection(tenant, strategy=strategy).json().get("provisioning_ticket_url")
    assert (url is not None) == is_told


def test_an_openid_connection_is_called_by_its_name_unless_told_otherwise(tenant):
    assert a_connection(tenant, strategy="oidc").json()["display_name"] == "invited-users"
    other = a_connection(tenant, strategy="oidc", name="staff", display_name="Staff").json()
    assert other["display_name"] == "Staff"


def test_a_patch_without_them_resets_the_settings_of_an_openid_connection(tenant):
    connection = a_connection(tenant, strategy="oidc", options={"client_id": "a"}).json()
    assert connection["options"]["connection_settings"] == {"pkce": "auto"}
    changed = tenant.patch(f"/connections/{connection['id']}", json={"options": {"client_id": "b"}}).json()
    assert changed["options"]["connection_settings"] == {"pkce": "disabled"}
    assert changed["options"]["schema_version"] == "oidc-V4"


def a_certificate():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "AU"), x509.NameAttribute(NameOID.COMMON_NAME, "idp.example.com")]
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )


def test_a_certificate_is_read(tenant):
    certificate = a_certificate()
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    options = a_connection(tenant, strategy="samlp", options={"signingCert": pem}).json()["options"]
    assert options["cert"] == options["signingCert"] == pem
    assert options["expires"] == "2036-01-01T00:00:00.000Z"
    assert options["subject"] == {"countryName": "AU", "commonName": "idp.example.com"}
    assert options["thumbprints"] == [certificate.fingerprint(hashes.SHA1()).hex()]  # noqa: S303 - a name, not a signature


def test_what_is_no_certificate_is_kept_as_it_is(tenant):
    options = a_connection(tenant, strategy="samlp", options={"signingCert": "none"}).json()["options"]
    assert options["signingCert"] == "none"
    assert "cert" not in options
