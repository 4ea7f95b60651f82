"""APIs, and the Management API as the one that every tenant has."""

from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def an_api(tenant, **changes):
    return tenant.post("/resource-servers", json={"identifier": "https://api.example", **changes}).json()


def test_a_fresh_tenant_has_the_management_api_with_every_scope(a_tenant):
    (server,) = a_tenant().get("/resource-servers").json()
    assert server["identifier"] == "https://localhost:8443/api/v2/"
    assert server["is_system"] is True
    names = {scope["value"] for scope in server["scopes"]}
    assert {"read:clients", "update:connections_options", "create:user_tickets"} <= names


def test_an_api_gets_auth0s_defaults_and_no_scopes(a_tenant):
    server = an_api(a_tenant())
    assert server["token_lifetime"] == 86400
    assert server["token_lifetime_for_web"] == 7200
    assert server["signing_alg"] == "RS256"
    assert server["subject_type_authorization"]["client"] == {"policy": "require_client_grant"}
    assert "scopes" not in server
    assert len(server["id"]) == 24


def test_an_api_is_found_by_id_and_by_encoded_identifier(a_tenant):
    tenant = a_tenant()
    server = an_api(tenant, identifier="https://api.example/a b")
    once = quote(server["identifier"], safe="")
    for name in (server["id"], once, quote(once, safe="")):
        assert tenant.get(f"/resource-servers/{name}").json()["id"] == server["id"]


def test_an_identifier_is_taken_once(a_tenant):
    tenant = a_tenant()
    an_api(tenant)
    answer = tenant.post("/resource-servers", json={"identifier": "https://api.example"})
    assert (answer.status_code, answer.json()["errorCode"]) == (409, "resource_server_conflict")


def test_scopes_are_replaced_whole_and_may_be_emptied(a_tenant):
    tenant = a_tenant()
    path = f"/resource-servers/{an_api(tenant, scopes=[{'value': 'read:a'}, {'value': 'read:b'}])['id']}"
    answer = tenant.patch(path, json={"scopes": [{"value": "read:c", "description": "C"}]})
    assert answer.status_code == 200
    assert answer.json()["scopes"] == [{"value": "read:c", "description": "C"}]
    assert tenant.patch(path, json={"scopes": []}).json()["scopes"] == []


def test_null_deletes_what_an_api_can_do_without(a_tenant):
    tenant = a_tenant()
    server = an_api(tenant, proof_of_possession={"mechanism": "dpop", "required": True})
    answer = tenant.patch(f"/resource-servers/{server['id']}", json={"proof_of_possession": None})
    assert "proof_of_possession" not in answer.json()


def test_a_symmetric_api_gets_a_secret(a_tenant):
    assert len(an_api(a_tenant(), signing_alg="HS256")["signing_secret"]) >= 16


def test_of_an_encryption_key_only_the_thumbprint_is_answered(a_tenant):
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    encryption = {"format": "compact-nested-jwe", "encryption_key": {"alg": "RSA-OAEP-256", "pem": pem}}
    answered = an_api(a_tenant(), token_encryption=encryption)["token_encryption"]["encryption_key"]
    assert set(answered) == {"alg", "thumbprint_sha256"}


def test_an_api_names_the_client_that_stands_for_it(a_tenant):
    tenant = a_tenant()
    server = an_api(tenant)
    body = {"name": "API", "app_type": "resource_server", "resource_server_identifier": server["identifier"]}
    client = tenant.post("/clients", json=body).json()
    assert tenant.get(f"/resource-servers/{server['id']}").json()["client_id"] == client["client_id"]


def test_of_the_management_api_only_lifetimes_and_policies_change(a_tenant):
    tenant = a_tenant()
    path = f"/resource-servers/{tenant.get('/resource-servers').json()[0]['id']}"
    assert tenant.patch(path, json={"token_lifetime": 10000}).json()["token_lifetime"] == 10000
    refused = tenant.patch(path, json={"name": "Mine"})
    assert refused.status_code == 400
    assert refused.json()["message"] == "Payload validation error: 'Additional properties not allowed: name'."
    assert tenant.delete(path).status_code == 400


def test_deleting_an_api_takes_the_grants_for_it(a_tenant):
    tenant = a_tenant()
    server = an_api(tenant, scopes=[{"value": "read:a"}])
    client = tenant.post("/clients", json={"name": "M2M"}).json()["client_id"]
    tenant.post("/client-grants", json={"client_id": client, "audience": server["identifier"], "scope": ["read:a"]})
    assert tenant.delete(f"/resource-servers/{server['id']}").status_code == 204
    assert tenant.get(f"/client-grants?client_id={client}").json() == []


def test_an_unknown_api_is_a_404_and_may_be_deleted(a_tenant):
    tenant = a_tenant()
    answer = tenant.get("/resource-servers/nothing")
    assert answer.json()["message"] == "The resource server does not exist"
    assert answer.status_code == 404
    assert tenant.delete("/resource-servers/nothing").status_code == 204
