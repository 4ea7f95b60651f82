"""Keys instead of secrets: what is kept of a PEM, and what a client that uses one shows."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID


@pytest.fixture(scope="module")
def key():
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def public_pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture(scope="module")
def certificate_pem(key):
    name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "ES"), x509.NameAttribute(NameOID.COMMON_NAME, "it")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365))
        .sign(key, SHA256())
    )
    return certificate.public_bytes(Encoding.PEM).decode()


def a_client(tenant, **changes):
    return tenant.post("/clients", json={"name": "M2M", "app_type": "non_interactive", **changes}).json()


def a_credential(tenant, client, **body):
    return tenant.post(f"/clients/{client['client_id']}/credentials", json={"name": "key", **body})


def test_a_public_key_is_known_by_its_thumbprint_and_never_shown(a_tenant, public_pem):
    tenant = a_tenant()
    answer = a_credential(tenant, a_client(tenant), credential_type="public_key", pem=public_pem, alg="RS256")
    assert answer.status_code == 201
    assert len(answer.json()["kid"]) == 43
    assert set(answer.json()) == {"id", "credential_type", "kid", "alg", "name", "created_at", "updated_at"}


def test_the_expiry_may_come_from_the_certificate(a_tenant, certificate_pem):
    tenant = a_tenant()
    body = {"credential_type": "public_key", "pem": certificate_pem, "parse_expiry_from_cert": True}
    assert a_credential(tenant, a_client(tenant), **body).json()["expires_at"] == "2027-01-01T00:00:00.000Z"


def test_a_certificate_is_known_by_its_fingerprint(a_tenant, certificate_pem):
    tenant = a_tenant()
    credential = a_credential(tenant, a_client(tenant), credential_type="x509_cert", pem=certificate_pem).json()
    assert len(credential["thumbprint_sha256"]) == 43
    assert "kid" not in credential


def test_a_subject_is_read_from_the_certificate(a_tenant, certificate_pem):
    tenant = a_tenant()
    credential = a_credential(tenant, a_client(tenant), credential_type="cert_subject_dn", pem=certificate_pem).json()
    assert credential["subject_dn"] == "C=ES\nCN=it"


def test_what_is_no_key_is_refused(a_tenant):
    tenant = a_tenant()
    answer = a_credential(tenant, a_client(tenant), credential_type="public_key", pem="nonsense")
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "invalid_body")


def test_credentials_are_a_bare_list_newest_first(a_tenant, public_pem):
    tenant = a_tenant()
    client = a_client(tenant)
    ids = [a_credential(tenant, client, credential_type="public_key", pem=public_pem).json()["id"] for _ in range(2)]
    path = f"/clients/{client['client_id']}/credentials?include_totals=true&per_page=50"
    assert [entry["id"] for entry in tenant.get(path).json()] == ids[::-1]


def test_only_the_expiry_changes(a_tenant, public_pem):
    tenant = a_tenant()
    client = a_client(tenant)
    credential = a_credential(tenant, client, credential_type="public_key", pem=public_pem).json()
    path = f"/clients/{client['client_id']}/credentials/{credential['id']}"
    answer = tenant.patch(path, json={"expires_at": "2096-05-13T09:33:13Z"})
    assert answer.status_code == 200
    assert answer.json()["expires_at"] == "2096-05-13T09:33:13.000Z"


def test_a_client_that_uses_a_key_shows_no_secret(a_tenant, public_pem):
    tenant = a_tenant()
    client = a_client(tenant)
    path = f"/clients/{client['client_id']}"
    credential = a_credential(tenant, client, credential_type="public_key", pem=public_pem).json()
    methods = {"private_key_jwt": {"credentials": [{"id": credential["id"]}]}}
    body = {"client_authentication_methods": methods, "token_endpoint_auth_method": None}
    assert "client_secret" not in tenant.patch(path, json=body).json()
    back = {"client_authentication_methods": None, "token_endpoint_auth_method": "client_secret_post"}
    assert tenant.patch(path, json=back).json()["client_secret"] == client["client_secret"]


def test_a_key_written_into_the_client_becomes_a_credential(a_tenant, public_pem):
    tenant = a_tenant()
    inline = [{"credential_type": "public_key", "name": "k", "pem": public_pem}]
    client = a_client(tenant, client_authentication_methods={"private_key_jwt": {"credentials": inline}})
    (reference,) = client["client_authentication_methods"]["private_key_jwt"]["credentials"]
    assert set(reference) == {"id"}
    assert tenant.get(f"/clients/{client['client_id']}/credentials").json()[0]["id"] == reference["id"]


def test_a_credential_of_another_client_is_refused(a_tenant):
    tenant = a_tenant()
    methods = {"private_key_jwt": {"credentials": [{"id": "cred_nobody"}]}}
    answer = tenant.patch(f"/clients/{a_client(tenant)['client_id']}", json={"client_authentication_methods": methods})
    assert answer.status_code == 400


def test_a_deleted_credential_is_gone(a_tenant, public_pem):
    tenant = a_tenant()
    client = a_client(tenant)
    credential = a_credential(tenant, client, credential_type="public_key", pem=public_pem).json()
    path = f"/clients/{client['client_id']}/credentials/{credential['id']}"
    assert tenant.delete(path).status_code == 204
    assert tenant.get(path).status_code == 404
