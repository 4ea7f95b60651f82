"""
The tenant's signing key: RS256, 2048 bits, made when the first token is needed and kept in the tenant's memory.

Source: https://auth0.com/docs/get-started/tenant-settings/signing-keys
"""

import base64
import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from localtenant.tenant import Tenant

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

KIND = "signing_keys"
_LOADED: "WeakKeyDictionary[Tenant, SigningKey]" = WeakKeyDictionary()


class SigningKey:
    """A private key and what the world may know of it."""

    def __init__(self, private_key: "RSAPrivateKey") -> None:
        self.private_key = private_key
        self.public_key = private_key.public_key()
        numbers = self.public_key.public_numbers()
        self.modulus = _base64url(numbers.n)
        self.exponent = _base64url(numbers.e)
        self.kid = hashlib.sha256(self.modulus.encode()).hexdigest()[:21]

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key as a member of a JSON Web Key Set."""
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": self.modulus,
            "e": self.exponent,
        }


def signing_key(tenant: Tenant) -> SigningKey:
    """The tenant's key, made now if it has none. Call it inside a transaction: it may write."""
    key = _LOADED.get(tenant)
    if key is None:
        document = tenant.store.get(KIND, "current")
        if document is None:
            document = {"pem": generate_pem()}
            tenant.store.put(KIND, "current", document)
        key = SigningKey(_private_key(document["pem"]))
        _LOADED[tenant] = key
    return key


def generate_pem() -> str:
    """A fresh private key, PKCS #8."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@lru_cache(maxsize=2)  # checking a key takes a tenth of a second, and in tests many tenants share one
def _private_key(pem: str) -> "RSAPrivateKey":
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the tenant's signing key is no RSA key")
    return key


def _base64url(number: int) -> str:
    octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")
