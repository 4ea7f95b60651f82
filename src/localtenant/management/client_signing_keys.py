"""
The certificate that every client shows as its `signing_keys`: that of the key which signs the tenant's tokens.

Not here: that key (`authentication/signing.py`), the keys that clients bring (`client_credentials.py`).
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from localtenant.authentication.signing import signing_key
from localtenant.tenant import Tenant

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

SINGLETON = "client_signing_certificate"
LIFETIME = timedelta(days=5000)  # Auth0's run for about 14 years


def signing_keys(tenant: Tenant) -> list[dict[str, Any]]:
    """`[{cert, pkcs7, subject}]`, the same list on every read."""
    kept = tenant.singleton(SINGLETON)
    if kept is None:
        kept = tenant.set_singleton(SINGLETON, _make(tenant))
    return [kept]


def _make(tenant: Tenant) -> dict[str, str]:
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.hazmat.primitives.serialization.pkcs7 import serialize_certificates

    host = tenant.domain.partition(":")[0]
    certificate = _self_signed(tenant, host)
    return {
        "cert": certificate.public_bytes(Encoding.PEM).decode().replace("\n", "\r\n"),
        "pkcs7": serialize_certificates([certificate], Encoding.PEM).decode().replace("\n", "\r\n"),
        "subject": f"/CN={host}",
    }


def _self_signed(tenant: Tenant, host: str) -> "Certificate":
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import NameOID

    key = signing_key(tenant)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = tenant.clock.now()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + LIFETIME)
        .sign(key.private_key, SHA256())
    )
