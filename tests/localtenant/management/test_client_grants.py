"""Who may call which API: one grant per client, API and subject type."""

import pytest


@pytest.fixture
def tenant(a_tenant):
    return a_tenant()


@pytest.fixture
def client_id(tenant):
    return tenant.post("/clients", json={"name": "M2M", "app_type": "non_interactive"}).json()["client_id"]


def a_grant(tenant, client_id, **changes):
    body = {"client_id": client_id, "audience": tenant.tenant.audience, "scope": ["read:users"], **changes}
    return tenant.post("/client-grants", json=body)


def test_a_grant_is_for_the_clients_own_tokens_unless_said_otherwise(tenant, client_id):
    answer = a_grant(tenant, client_id)
    assert answer.status_code == 201
    assert answer.json()["subject_type"] == "client"
    assert answer.json()["id"].startswith("cgr_")


def test_a_client_has_one_grant_per_api_and_subject_type(tenant, client_id):
    a_grant(tenant, client_id)
    taken = a_grant(tenant, client_id)
    assert taken.status_code == 409
    assert "already exists between" in taken.json()["message"]
    assert a_grant(tenant, client_id, subject_type="user").status_code == 201


def test_the_provider_finds_an_existing_grant_to_adopt(tenant, client_id):
    grant = a_grant(tenant, client_id).json()
    query = {"audience": tenant.tenant.audience, "client_id": client_id, "include_totals": "true", "per_page": "50"}
    answer = tenant.get("/client-grants", params=query).json()
    assert (answer["total"], answer["client_grants"]) == (1, [grant])


def test_a_grant_for_the_management_api_names_scopes_it_has(tenant, client_id):
    answer = a_grant(tenant, client_id, scope=["read:everything"])
    assert (answer.status_code, answer.json()["message"]) == (400, "scope must be a subset of resource server scopes")


def test_a_grant_for_ones_own_api_may_run_ahead_of_its_scopes(tenant, client_id):
    tenant.post("/resource-servers", json={"identifier": "https://api.example"})
    assert a_grant(tenant, client_id, audience="https://api.example", scope=["later:x"]).status_code == 201


def test_the_management_api_cannot_be_granted_whole(tenant, client_id):
    answer = a_grant(tenant, client_id, scope=[], allow_all_scopes=True)
    assert answer.status_code == 400
    assert answer.json()["message"] == "`allow_all_scopes` cannot be provided when `audience` is a system API"


def test_all_scopes_take_the_place_of_a_list_and_back(tenant, client_id):
    tenant.post("/resource-servers", json={"identifier": "https://api.example", "scopes": [{"value": "read:a"}]})
    path = f"/client-grants/{a_grant(tenant, client_id, audience='https://api.example', scope=[]).json()['id']}"
    assert "scope" not in tenant.patch(path, json={"allow_all_scopes": True}).json()
    back = tenant.patch(path, json={"allow_all_scopes": False, "scope": []}).json()
    assert (back["scope"], back["allow_all_scopes"]) == ([], False)


def test_an_unknown_api_and_an_unknown_client_are_404s(tenant, client_id):
    answer = a_grant(tenant, client_id, audience="https://nothing.example")
    assert answer.status_code == 404
    assert answer.json()["message"] == "No resource with identifier https://nothing.example"
    assert a_grant(tenant, "nobody").status_code == 404


def test_a_grant_is_for_a_client_or_for_a_group_of_them(tenant, client_id):
    tenant.post("/resource-servers", json={"identifier": "https://api.example"})
    body = {"audience": "https://api.example", "default_for": "third_party_clients"}
    assert tenant.post("/client-grants", json=body).status_code == 201
    assert tenant.post("/client-grants", json={**body, "client_id": client_id}).status_code == 400


def test_scopes_are_replaced_and_a_deleted_grant_is_gone(tenant, client_id):
    path = f"/client-grants/{a_grant(tenant, client_id).json()['id']}"
    assert tenant.patch(path, json={"scope": ["read:logs"]}).json()["scope"] == ["read:logs"]
    assert tenant.delete(path).status_code == 204
    assert tenant.get(path).status_code == 404


def test_what_users_consented_to_is_listed_and_taken_back(tenant):
    consent = {"id": "grant_1", "clientID": "c", "user_id": "auth0|1", "audience": "a", "scope": ["openid"]}
    tenant.tenant.store.put("grants", "grant_1", consent)
    assert tenant.get("/grants?client_id=c").json() == [consent]
    assert tenant.get("/grants?client_id=other").json() == []
    assert tenant.delete("/grants?user_id=auth0|1").status_code == 204
    assert tenant.get("/grants").json() == []
