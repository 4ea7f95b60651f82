"""
The keys with which a client proves who it is instead of a secret: `/clients/{client_id}/credentials`.

A credential belongs to its client whether or not `client_authentication_methods` or `signed_request_object` names it yet.

Not here: which of them the client uses (`clients.py`), checking a client's assertion (`authentication/`).
Source: https://auth0.com/docs/api/management/v2/clients/post-credentials and the recordings of the provider (v1.54.1).
"""

from datetime import UTC, datetime

from localtenant.errors import bad_request, invalid_body, not_found
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.public_keys import certificate_thumbprint, jwk_thumbprint, load_certificate, load_public_key
from localtenant.store import Document
from localtenant.tenant import Tenant

KIND = "client_credentials"
SHOWN = (
    "id",
    "credential_type",
    "kid",
    "alg",
    "subject_dn",
    "name",
    "thumbprint_sha256",
    "created_at",
    "updated_at",
    "expires_at",
)


@endpoint("GET", "/clients/{client_id}/credentials")
def list_credentials(call: Call) -> JSON:
    """A bare list, newest first, whatever paging the query asks for (recorded)."""
    _demand_client(call)
    return [_shown(credential) for credential in reversed(_of_client(call.tenant, call.path["client_id"]))]


@endpoint("POST", "/clients/{client_id}/credentials", status=201)
def create_credential(call: Call) -> JSON:
    _demand_client(call)
    return _shown(make_credential(call.tenant, call.path["client_id"], call.body))


@endpoint("GET", "/clients/{client_id}/credentials/{credential_id}")
def get_credential(call: Call) -> JSON:
    _demand_client(call)
    return _shown(_find(call))


@endpoint("PATCH", "/clients/{client_id}/credentials/{credential_id}")
def update_credential(call: Call) -> JSON:
    """Only the expiry can change."""
    _demand_client(call)
    credential = _find(call)
    if "expires_at" in call.body:
        credential["expires_at"] = _timestamp(call.body["expires_at"])
    credential["updated_at"] = call.tenant.clock.timestamp()
    call.tenant.store.put(KIND, credential["id"], credential)
    return _shown(credential)


@endpoint("DELETE", "/clients/{client_id}/credentials/{credential_id}", status=204)
def delete_credential(call: Call) -> JSON:
    credential = call.tenant.store.get(KIND, call.path["credential_id"])
    if credential is not None and credential["client_id"] == call.path["client_id"]:
        call.tenant.store.delete(KIND, credential["id"])
    return None


def make_credential(tenant: Tenant, client_id: str, body: Document) -> Document:
    """Store what a key is known by: `kid`, thumbprint, expiry. Its PEM stays for whoever checks an assertion."""
    now = tenant.clock.timestamp()
    credential: Document = {
        "id": tenant.new_id("cred_", 22),
        "client_id": client_id,
        "credential_type": body["credential_type"],
        **_fingerprints(body),
        "name": body.get("name", ""),
        "created_at": now,
        "updated_at": now,
    }
    if body.get("expires_at"):
        credential["expires_at"] = _timestamp(body["expires_at"])
    if body.get("pem"):
        credential["pem"] = body["pem"]
    tenant.store.put(KIND, credential["id"], credential)
    return credential


def keep_inline_credentials(tenant: Tenant, client: Document) -> None:
    """Credentials written out inside a client's body become credentials of their own, and the client names them by id."""
    places = list((client.get("client_authentication_methods") or {}).values())
    if client.get("signed_request_object"):
        places.append(client["signed_request_object"])
    known = {credential["id"] for credential in _of_client(tenant, client["client_id"])}
    for place in places:
        if not isinstance(place, dict) or "credentials" not in place:
            continue
        references = []
        for entry in place["credentials"]:
            credential_id = entry.get("id") or make_credential(tenant, client["client_id"], entry)["id"]
            if entry.get("id") and credential_id not in known:
                raise bad_request(f"The credential {credential_id} does not exist.", "inexistent_credential")
            references.append({"id": credential_id})
        place["credentials"] = references


def _fingerprints(body: Document) -> Document:
    pem: str = body.get("pem", "")
    match body["credential_type"]:
        case "public_key":
            key, certificate = load_public_key(pem)
            facts: Document = {"kid": body.get("kid") or jwk_thumbprint(key), "alg": body.get("alg", "RS256")}
            if body.get("parse_expiry_from_cert") and certificate is not None:
                facts["expires_at"] = _written(certificate.not_valid_after_utc)
            return facts
        case "cert_subject_dn":
            subject = body.get("subject_dn")
            if subject is None and pem:
                subject = "\n".join(
                    part.rfc4514_string() for part in load_certificate(pem).subject
                )  # recorded: a line each
            if subject is None:
                raise invalid_body("'Missing required property: subject_dn'.")
            return {"subject_dn": subject}
        case _:
            certificate = load_certificate(pem)
            return {
                "thumbprint_sha256": certificate_thumbprint(certificate),
                "expires_at": _written(certificate.not_valid_after_utc),
            }


def _timestamp(text: str | None) -> str | None:
    """Auth0 answers with milliseconds whatever it was given."""
    return None if text is None else _written(datetime.fromisoformat(text))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _shown(credential: Document) -> Document:
    return {name: credential[name] for name in SHOWN if credential.get(name) is not None}


def _of_client(tenant: Tenant, client_id: str) -> list[Document]:
    return [credential for credential in tenant.store.all(KIND) if credential["client_id"] == client_id]


def _find(call: Call) -> Document:
    credential = call.tenant.store.get(KIND, call.path["credential_id"])
    if credential is None or credential["client_id"] != call.path["client_id"]:
        raise not_found("The credential does not exist", "inexistent_credential")
    return credential


def _demand_client(call: Call) -> None:
    if call.tenant.store.get("clients", call.path["client_id"]) is None:
        raise not_found("The client does not exist", "inexistent_client")
