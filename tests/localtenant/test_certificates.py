"""The tenant's own certificate authority."""

import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from localtenant.certificates import NAMES, ensure_certificates

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def _server_certificate(certificates):
    pem = certificates.server.read_bytes()
    return x509.load_pem_x509_certificate(pem[pem.index(b"-----BEGIN CERTIFICATE-----") :])


def test_a_restart_keeps_authority_and_certificate(tmp_path):
    first = ensure_certificates(tmp_path, now=NOW)
    contents = first.ca.read_bytes(), first.server.read_bytes()
    second = ensure_certificates(tmp_path, now=NOW + timedelta(days=100))
    assert (second.ca.read_bytes(), second.server.read_bytes()) == contents


def test_an_old_certificate_is_renewed_by_the_same_authority(tmp_path):
    first = ensure_certificates(tmp_path, now=NOW)
    authority, server = first.ca.read_bytes(), first.server.read_bytes()
    ensure_certificates(tmp_path, now=NOW + timedelta(days=340))
    assert first.ca.read_bytes() == authority
    assert first.server.read_bytes() != server


def test_an_old_authority_is_renewed_with_everything(tmp_path):
    first = ensure_certificates(tmp_path, now=NOW)
    contents = first.ca.read_bytes(), first.server.read_bytes()
    ensure_certificates(tmp_path, now=datetime(2999, 12, 25, tzinfo=UTC))  # trustme lets it end with the year
    assert first.ca.read_bytes() != contents[0]
    assert first.server.read_bytes() != contents[1]


@pytest.mark.parametrize("lost", ["ca.pem", "ca-key.pem", "server.pem"])
def test_a_lost_or_spoilt_file_is_made_again(tmp_path, lost):
    ensure_certificates(tmp_path, now=NOW)
    (tmp_path / lost).unlink()
    certificates = ensure_certificates(tmp_path, now=NOW)
    assert certificates.ca.exists()
    authority = x509.load_pem_x509_certificate(certificates.ca.read_bytes())
    _server_certificate(certificates).verify_directly_issued_by(authority)


def test_keys_are_readable_by_their_owner_only(tmp_path):
    ensure_certificates(tmp_path, now=NOW)
    for name in ("ca-key.pem", "server.pem"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert b"PRIVATE" not in (tmp_path / "ca.pem").read_bytes()


def test_every_local_name_is_listed(tmp_path):
    certificate = _server_certificate(ensure_certificates(tmp_path, now=NOW))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(name.value) for name in names} == set(NAMES)
    assert "app.localhost" in NAMES
