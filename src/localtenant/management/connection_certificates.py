"""
What Auth0 reads out of the certificate of an enterprise connection: the certificate itself, whose it is, until when, its fingerprint.

A SAML connection that was given its provider's metadata instead is left as it is: nobody reads metadata here.
Source: TestAccConnectionPingFederate, TestAccConnectionOIDCMetadata and TestAccConnectionADFS of the provider's own tests (v1.54.1).
"""

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from localtenant.store import Document

WITH_CERTIFICATE = ("samlp", "pingfederate")
SUBJECT = {  # as OpenSSL calls them
    NameOID.COUNTRY_NAME: "countryName",
    NameOID.STATE_OR_PROVINCE_NAME: "stateOrProvinceName",
    NameOID.LOCALITY_NAME: "localityName",
    NameOID.ORGANIZATION_NAME: "organizationName",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "organizationalUnitName",
    NameOID.COMMON_NAME: "commonName",
    NameOID.EMAIL_ADDRESS: "emailAddress",
}


def with_certificate(strategy: str, options: Document) -> Document:
    """The options with what stands in `signingCert`, which PingFederate's do not show again."""
    if strategy == "adfs":
        return {"thumbprints": [], **options}
    if strategy not in WITH_CERTIFICATE or not isinstance(options.get("signingCert"), str):
        return options
    pem: str = options["signingCert"]
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        return options
    rest = {name: value for name, value in options.items() if name != "signingCert" or strategy != "pingfederate"}
    return {
        **rest,
        "cert": pem,
        "expires": f"{certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%S.000Z}",
        "subject": {SUBJECT[part.oid]: part.value for part in certificate.subject if part.oid in SUBJECT},
        "thumbprints": [certificate.fingerprint(hashes.SHA1()).hex()],  # noqa: S303 - a name, not a signature
    }
