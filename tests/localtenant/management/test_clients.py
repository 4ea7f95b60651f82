"""Applications: what Auth0 fills in, who sees the secret, what a PATCH keeps and what it deletes."""

import pytest


def a_client(tenant, **changes):
    return tenant.post("/clients", json={"name": "Portal", "app_type": "regular_web", **changes}).json()


def test_a_fresh_tenant_has_the_global_client_and_the_default_app(a_tenant):
    names = {client["name"]: client["global"] for client in a_tenant().get("/clients").json()}
    assert names["All Applications"] is True
    assert names["Default App"] is False


def test_the_global_client_is_found_by_its_flag_and_listed_last(a_tenant):
    tenant = a_tenant()
    a_client(tenant)
    answer = tenant.get("/clients?is_global=true&fields=client_id&include_fields=true&include_totals=true").json()
    assert answer["total"] == 1
    assert set(answer["clients"][0]) == {"client_id", "tenant"}
    assert tenant.get("/clients").json()[-1]["client_id"] == answer["clients"][0]["client_id"]


def test_the_global_client_cannot_be_deleted(a_tenant):
    tenant = a_tenant()
    client_id = tenant.get("/clients?is_global=true").json()[0]["client_id"]
    assert tenant.delete(f"/clients/{client_id}").status_code == 400


def test_a_client_gets_an_id_and_a_secret(a_tenant):
    tenant = a_tenant()
    answer = tenant.post("/clients", json={"name": "Portal"})
    assert answer.status_code == 201
    assert len(answer.json()["client_id"]) == 32
    assert len(answer.json()["client_secret"]) >= 48


@pytest.mark.parametrize(
    ("app_type", "grants"),
    [
        ("regular_web", ["authorization_code", "implicit", "refresh_token", "client_credentials"]),
        ("non_interactive", ["authorization_code", "implicit", "refresh_token", "client_credentials"]),
        ("spa", ["authorization_code", "implicit", "refresh_token"]),
        ("native", ["authorization_code", "implicit", "refresh_token"]),
        ("resource_server", []),
    ],
)
def test_grants_depend_on_the_type_of_application(a_tenant, app_type, grants):
    assert a_client(a_tenant(), app_type=app_type)["grant_types"] == grants


@pytest.mark.parametrize(
    ("changes", "lifetime"),
    [
        ({"app_type": "regular_web", "token_endpoint_auth_method": "client_secret_post"}, 31557600),
        (
            {"token_endpoint_auth_method": "client_secret_post"},
            31557600,
        ),  # TestAccClientCanSetDefaultAuthMethodOnCreate
        ({"app_type": "non_interactive"}, 2592000),  # TestAccDataClientById
        ({"app_type": "native", "token_endpoint_auth_method": "none"}, 2592000),
        ({}, 2592000),
    ],
)
def test_refresh_tokens_of_who_shows_a_secret_live_for_a_year(a_tenant, changes, lifetime):
    assert a_client(a_tenant(), **changes)["refresh_token"]["token_lifetime"] == lifetime


def test_a_jwt_configuration_named_in_part_is_not_completed(a_tenant):
    client = a_client(a_tenant(), jwt_configuration={"alg": "RS256"})
    assert client["jwt_configuration"] == {"secret_encoded": False, "alg": "RS256"}


def test_a_patch_completes_the_jwt_configuration(a_tenant):
    tenant = a_tenant()
    client = a_client(tenant)
    answer = tenant.patch(f"/clients/{client['client_id']}", json={"jwt_configuration": {"alg": "RS256"}}).json()
    assert answer["jwt_configuration"] == {"secret_encoded": False, "lifetime_in_seconds": 36000, "alg": "RS256"}


def test_a_patch_replaces_lists_and_addons_whole(a_tenant):
    tenant = a_tenant()
    client = a_client(tenant, callbacks=["https://a.example/"], addons={"samlp": {"audience": "x"}, "wsfed": {}})
    answer = tenant.patch(f"/clients/{client['client_id']}", json={"callbacks": [], "addons": {"wsfed": {}}}).json()
    assert answer["callbacks"] == []
    assert answer["addons"] == {"wsfed": {}}


def test_null_deletes_a_field_and_a_metadata_key(a_tenant):
    tenant = a_tenant()
    client = a_client(
        tenant, client_metadata={"a": "1", "b": "2"}, cross_origin_loc="https://a.example/", description="x"
    )
    body = {"client_metadata": {"a": None}, "cross_origin_loc": None}
    answer = tenant.patch(f"/clients/{client['client_id']}", json=body).json()
    assert answer["client_metadata"] == {"b": "2"}
    assert "cross_origin_loc" not in answer
    assert answer["description"] == "x"


def test_the_empty_login_route_deletes_it(a_tenant):
    tenant = a_tenant()
    client = a_client(tenant, initiate_login_uri="https://app.localhost/login")
    answer = tenant.patch(f"/clients/{client['client_id']}", json={"initiate_login_uri": ""}).json()
    assert "initiate_login_uri" not in answer


def test_a_login_route_must_be_https(a_tenant):
    answer = a_tenant().post("/clients", json={"name": "Portal", "initiate_login_uri": "http://app.example.com/login"})
    assert answer.status_code == 400
    assert answer.json()["errorCode"] == "invalid_body"
    assert "initiate_login_uri" in answer.json()["message"]


def test_a_public_client_may_not_have_its_own_tokens(a_tenant):
    body = {"name": "Portal", "token_endpoint_auth_method": "none", "grant_types": ["client_credentials"]}
    answer = a_tenant().post("/clients", json=body)
    assert answer.status_code == 400
    assert answer.json()["message"] == "Invalid grant types: client_credentials"


def test_the_secret_is_for_those_who_may_read_keys(a_tenant):
    tenant = a_tenant()
    client = a_client(tenant)
    path = f"/clients/{client['client_id']}"
    assert tenant.get(path).json()["client_secret"] == client["client_secret"]
    reader = tenant.with_scopes("read:clients").get(path).json()
    assert not {"client_secret", "signing_keys", "client_authentication_methods"} & set(reader)


def test_a_summary_names_the_client_and_no_more(a_tenant):
    tenant = a_tenant()
    client = a_client(tenant)
    summary = tenant.with_scopes("read:client_summary").get(f"/clients/{client['client_id']}").json()
    assert set(summary) == {"client_id", "name", "app_type"}


def test_a_secret_is_set_by_those_who_may_update_keys(a_tenant):
    tenant = a_tenant()
    path = f"/clients/{a_client(tenant)['client_id']}"
    refused = tenant.with_scopes("update:clients").patch(path, json={"client_secret": "s" * 64})
    assert (refused.status_code, refused.json()["errorCode"]) == (403, "insufficient_scope")
    assert tenant.patch(path, json={"client_secret": "s" * 64}).json()["client_secret"] == "s" * 64


def test_a_rotated_secret_is_a_new_one(a_tenant):
    tenant = a_tenant()
    client = a_client(tenant)
    rotated = tenant.post(f"/clients/{client['client_id']}/rotate-secret")
    assert rotated.status_code == 200
    assert rotated.json()["client_secret"] != client["client_secret"]


def test_the_signing_certificate_is_the_same_on_every_read(a_tenant):
    tenant = a_tenant()
    first, second = a_client(tenant), a_client(tenant, name="Other")
    assert first["signing_keys"] == second["signing_keys"]
    assert first["signing_keys"][0]["cert"].startswith("-----BEGIN CERTIFICATE-----")
    assert set(first["signing_keys"][0]) == {"cert", "pkcs7", "subject"}


def test_logout_urls_have_an_older_name_too(a_tenant):
    tenant = a_tenant()
    client = a_client(tenant, oidc_logout={"backchannel_logout_urls": ["https://a.example/logout"]})
    assert client["oidc_backchannel_logout"] == {"backchannel_logout_urls": ["https://a.example/logout"]}
    answer = tenant.patch(f"/clients/{client['client_id']}", json={"oidc_backchannel_logout": None}).json()
    assert "oidc_logout" not in answer


def test_clients_are_filtered_by_type_and_by_owner(a_tenant):
    tenant = a_tenant()
    a_client(tenant, name="One", app_type="spa")
    a_client(tenant, name="Two", app_type="native", is_first_party=False)
    found = tenant.get("/clients?app_type=spa,native&is_first_party=true").json()
    assert [client["name"] for client in found] == ["One"]


def test_a_list_of_clients_has_three_shapes(a_tenant):
    tenant = a_tenant()
    assert isinstance(tenant.get("/clients").json(), list)
    assert tenant.get("/clients?include_totals=true&per_page=1&page=0").json()["total"] == 3
    first = tenant.get("/clients?take=2").json()
    assert len(first["clients"]) == 2
    assert "next" not in tenant.get(f"/clients?take=2&from={first['next']}").json()


def test_deleting_a_client_takes_its_grants_and_its_connections(a_tenant):
    tenant = a_tenant()
    client = a_client(tenant, app_type="non_interactive")
    grant = {"client_id": client["client_id"], "audience": tenant.tenant.audience, "scope": ["read:users"]}
    tenant.post("/client-grants", json=grant)
    assert tenant.delete(f"/clients/{client['client_id']}").status_code == 204
    assert tenant.get(f"/client-grants?client_id={client['client_id']}").json() == []
    connection = tenant.get("/connections").json()[0]
    members = tenant.get(f"/connections/{connection['id']}/clients").json()["clients"]
    assert {"client_id": client["client_id"]} not in members


def test_an_unknown_client_is_a_404_and_may_be_deleted(a_tenant):
    tenant = a_tenant()
    answer = tenant.get("/clients/nobody")
    assert answer.status_code == 404
    assert answer.json()["message"] == "The client does not exist"
    assert answer.json()["errorCode"] == "inexistent_client"
    assert tenant.delete("/clients/nobody").status_code == 204


def test_a_new_client_is_enabled_on_the_connections_there_are(a_tenant):
    tenant = a_tenant()
    client = a_client(tenant)
    names = [entry["name"] for entry in tenant.get(f"/clients/{client['client_id']}/connections").json()["connections"]]
    assert names == ["Username-Password-Authentication", "google-oauth2"]


def test_the_tenant_can_forbid_enabling_new_clients(a_tenant):
    tenant = a_tenant()
    tenant.patch("/tenants/settings", json={"flags": {"enable_client_connections": False}})
    client = a_client(tenant)
    assert tenant.get(f"/clients/{client['client_id']}/connections").json()["connections"] == []
