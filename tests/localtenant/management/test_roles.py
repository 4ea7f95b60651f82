"""Roles and permissions, from the role's side and from the user's."""

import pytest

API = "https://api.example"


@pytest.fixture
def tenant(a_tenant):
    tenant = a_tenant()
    scopes = [{"value": "read:a", "description": "Read A"}, {"value": "write:a"}]
    tenant.post("/resource-servers", json={"identifier": API, "name": "API", "scopes": scopes})
    return tenant


@pytest.fixture
def user_path(tenant):
    body = {"connection": "Username-Password-Authentication", "password": "correct horse battery"}
    user = tenant.post("/users", json={**body, "email": "ana@example.com"}).json()
    return f"/users/{user['user_id'].replace('|', '%7C')}"


def a_role(tenant, **changes):
    return tenant.post("/roles", json={"name": "admin", "description": "All of it", **changes})


def a_permission(name="read:a"):
    return {"resource_server_identifier": API, "permission_name": name}


def test_a_role_is_created_with_200(tenant):
    answer = a_role(tenant)
    assert answer.status_code == 200
    assert answer.json()["id"].startswith("rol_")


def test_a_role_without_a_description_has_an_empty_one(tenant):
    role = tenant.post("/roles", json={"name": "plain"}).json()
    assert role["description"] is None
    assert tenant.get(f"/roles/{role['id']}").json()["description"] == ""


def test_a_name_is_taken_once(tenant):
    a_role(tenant)
    assert a_role(tenant).status_code == 409


def test_a_role_is_changed_and_deleted_with_200(tenant):
    path = f"/roles/{a_role(tenant).json()['id']}"
    assert tenant.patch(path, json={"description": "Less"}).json()["description"] == "Less"
    answer = tenant.delete(path)
    assert (answer.status_code, answer.json()) == (200, {})
    assert tenant.get(path).status_code == 404


def test_roles_are_filtered_by_a_part_of_their_name(tenant):
    a_role(tenant)
    assert tenant.get("/roles?name_filter=ADM&include_totals=true").json()["total"] == 1
    assert tenant.get("/roles?name_filter=other").json() == []


def test_permissions_carry_the_words_of_their_api(tenant):
    path = f"/roles/{a_role(tenant).json()['id']}/permissions"
    answer = tenant.post(path, json={"permissions": [a_permission("write:a"), a_permission()]})
    assert (answer.status_code, answer.json()) == (201, {})
    listed = tenant.get(f"{path}?include_totals=true").json()
    assert listed["total"] == 2
    assert listed["permissions"][0] == {
        "permission_name": "read:a",
        "description": "Read A",
        "resource_server_name": "API",
        "resource_server_identifier": API,
    }
    assert tenant.delete(path, json={"permissions": [a_permission()]}).status_code == 204
    assert [entry["permission_name"] for entry in tenant.get(path).json()] == ["write:a"]


def test_a_permission_must_exist(tenant):
    path = f"/roles/{a_role(tenant).json()['id']}/permissions"
    assert tenant.post(path, json={"permissions": [a_permission("none:a")]}).status_code == 400
    unknown = {"resource_server_identifier": "https://no.example", "permission_name": "read:a"}
    assert tenant.post(path, json={"permissions": [unknown]}).status_code == 404


def test_a_user_holds_roles(tenant, user_path):
    role = a_role(tenant).json()
    assert tenant.post(f"{user_path}/roles", json={"roles": [role["id"]]}).status_code == 204
    assert tenant.get(f"{user_path}/roles").json() == [role]
    assert tenant.get(f"/roles/{role['id']}/users?take=10").json()["users"][0]["email"] == "ana@example.com"
    assert tenant.delete(f"{user_path}/roles", json={"roles": [role["id"]]}).status_code == 204
    assert tenant.get(f"{user_path}/roles").json() == []


def test_a_deleted_role_is_taken_from_its_users(tenant, user_path):
    role = a_role(tenant).json()
    tenant.post(f"/roles/{role['id']}/users", json={"users": [tenant.get(user_path).json()["user_id"]]})
    tenant.delete(f"/roles/{role['id']}")
    assert tenant.get(f"{user_path}/roles").json() == []


def test_permissions_of_a_user_name_their_sources(tenant, user_path):
    role = a_role(tenant).json()
    tenant.post(f"/roles/{role['id']}/permissions", json={"permissions": [a_permission()]})
    tenant.post(f"{user_path}/roles", json={"roles": [role["id"]]})
    tenant.post(f"{user_path}/permissions", json={"permissions": [a_permission()]})
    (permission,) = tenant.get(f"{user_path}/permissions").json()
    assert [source["source_type"] for source in permission["sources"]] == ["DIRECT", "ROLE"]
    assert tenant.delete(f"{user_path}/permissions", json={"permissions": [a_permission()]}).status_code == 204
    (permission,) = tenant.get(f"{user_path}/permissions").json()
    assert [source["source_name"] for source in permission["sources"]] == ["admin"]


def test_roles_of_organizations_are_none(a_tenant):
    tenant = a_tenant()
    tenant.post("/roles", json={"name": "editor"})

    assert [role["name"] for role in tenant.get("/roles", params={"type": "tenant"}).json()] == ["editor"]
    assert tenant.get("/roles", params={"type": "organization", "owner_id": "org_1"}).json() == []
