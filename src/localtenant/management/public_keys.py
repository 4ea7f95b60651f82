"""
Public keys and certificates that API callers bring as PEM: read, and named by their thumbprints.

Not here: what they are for (`client_credentials.py`, `resource_servers.py`).
Source: RFC 7638; the thumbprints recorded in the provider's own tests (v1.54.1) come out of the keys recorded there.
"""

import base64
import hashlib
import json
from typing import Any

from localtenant.errors import invalid_body


def load_public_key(pem: str) -> tuple[Any, Any]:
    """The public key, and the certificate that carried it if one did."""
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    if "CERTIFICATE" in pem:
        certificate = load_certificate(pem)
        return certificate.public_key(), certificate
    try:
        return load_pem_public_key(pem.encode()), None
    except ValueError:
        raise invalid_body("'PEM is not a valid public key or certificate' on property pem.") from None


def load_certificate(pem: str) -> Any:
    """The certificate, or 400."""
    from cryptography.x509 import load_pem_x509_certificate

    try:
        return load_pem_x509_certificate(pem.encode())
    except ValueError:
        raise invalid_body("'PEM is not a valid X.509 certificate' on property pem.") from None


def certificate_thumbprint(certificate: Any) -> str:
    """SHA-256 over the whole certificate, as recorded for `x509_cert`."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return _base64url(hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest())


def jwk_thumbprint(key: Any) -> str:
    """RFC 7638, which is what the recorded `kid`s are."""
    numbers = key.public_numbers()
    if hasattr(numbers, "n"):
        jwk = {"e": _number(numbers.e), "kty": "RSA", "n": _number(numbers.n)}
    else:
        curve = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}[key.curve.name]
        size = (key.curve.key_size + 7) // 8
        jwk = {"crv": curve, "kty": "EC", "x": _number(numbers.x, size), "y": _number(numbers.y, size)}
    return _base64url(hashlib.sha256(json.dumps(jwk, separators=(",", ":"), sort_keys=True).encode()).digest())


def _number(value: int, size: int | None = None) -> str:
    return _base64url(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
