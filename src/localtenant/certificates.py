"""
The local tenant's TLS: its own certificate authority, kept between starts so that shells and trust stores go on working.

In the data directory: `ca.pem` (give it to clients), `ca-key.pem` and `server.pem` (readable by the owner only). The names are
those of the tenant, of a login domain of its own, and of the pages that are served beside it; each is listed, because `*.localhost` is refused
by some clients.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import trustme
    from cryptography import x509

BESIDE = ("app.localhost", "profile.localhost")  # other programs serve these (`hosts.py`)
NAMES = ("localhost", "127.0.0.1", "::1", "login.localhost", *BESIDE)
SERVER_LIFETIME = timedelta(days=365)  # Apple's limit for private authorities is 825 days
RENEW_BEFORE = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """Where the files are."""

    ca: Path  # for clients
    server: Path  # key and chain, for the server


def ensure_certificates(directory: Path, *, now: datetime | None = None) -> Certificates:
    """Make what is missing, renew what ends within a month, leave the rest alone."""
    now = now or datetime.now(UTC)
    paths = Certificates(ca=directory / "ca.pem", server=directory / "server.pem")
    if not (_is_current(paths.ca, now) and (directory / "ca-key.pem").exists()):
        _make_authority(directory)
        paths.server.unlink(missing_ok=True)
    if not _is_current(paths.server, now):
        _make_server(directory, now)
    return paths


def write_private(path: Path, content: bytes) -> None:
    """Write a file that nobody else may read, all of it or nothing."""
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    partial.replace(path)


def _make_authority(directory: Path) -> None:
    import trustme

    authority = trustme.CA(
        organization_name="Guestlist local tenant",
        organization_unit_name="for this machine only",
    )  # trustme lets it live until the year 3000
    write_private(directory / "ca-key.pem", authority.private_key_pem.bytes())
    write_private(directory / "ca.pem", authority.cert_pem.bytes())
    (directory / "ca.pem").chmod(0o644)


def _make_server(directory: Path, now: datetime) -> None:
    authority = _load_authority(directory)
    leaf = authority.issue_cert(*NAMES, not_before=now - timedelta(days=1), not_after=now + SERVER_LIFETIME)
    write_private(directory / "server.pem", leaf.private_key_and_cert_chain_pem.bytes())


def _load_authority(directory: Path) -> "trustme.CA":
    import trustme

    return trustme.CA.from_pem((directory / "ca.pem").read_bytes(), (directory / "ca-key.pem").read_bytes())


def _is_current(path: Path, now: datetime) -> bool:
    """Whether the first certificate in the file is readable and valid for a while yet, and speaks for all names."""
    from cryptography import x509

    try:
        certificate = x509.load_pem_x509_certificate(_first_certificate(path.read_bytes()))
    except (OSError, ValueError):
        return False
    if path.name == "server.pem" and not _speaks_for_all(certificate):
        return False
    return certificate.not_valid_before_utc <= now and now + RENEW_BEFORE < certificate.not_valid_after_utc


def _speaks_for_all(certificate: "x509.Certificate") -> bool:
    from cryptography import x509

    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    listed = {str(name.value) for name in names}
    return listed.issuperset(NAMES)


def _first_certificate(pem: bytes) -> bytes:
    start = pem.index(b"-----BEGIN CERTIFICATE-----")
    return pem[start:]
