"""The lines that `guestlist local env` prints."""

import json
import subprocess
from pathlib import Path

import pytest

from guestlist.local import LocalTenant, LocalTenantFailed
from guestlist.local_env import has_stack, render, trusted_before, variables
from tests.unit.test_operator_up import a_toolchain

AUTHORITY = "-----BEGIN CERTIFICATE-----\nlocal\n-----END CERTIFICATE-----\n"


def a_started_tenant(root: Path) -> LocalTenant:
    tenant = LocalTenant.of_project(root)
    tenant.directory.mkdir(parents=True)
    tenant.ca_file.write_text(AUTHORITY)
    deployer = {"domain": "localhost:8443", "client_id": "dep", "client_secret": "s3cr3t"}
    (tenant.directory / "deployer.json").write_text(json.dumps(deployer))
    return tenant


def test_the_variables_are_those_of_the_contract(tmp_path: Path) -> None:
    found = variables(tmp_path, a_started_tenant(tmp_path), a_toolchain(), {"PATH": "/usr/bin"})

    assert found["PATH"].endswith("/usr/bin")
    assert found["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/.guestlist/state"
    assert found["PULUMI_CONFIG_PASSPHRASE"]
    assert found["NODE_EXTRA_CA_CERTS"] == f"{tmp_path}/.guestlist/local/ca.pem"
    assert (found["AUTH0_DOMAIN"], found["AUTH0_CLIENT_ID"], found["AUTH0_CLIENT_SECRET"]) == (
        "localhost:8443",
        "dep",
        "s3cr3t",
    )


def test_the_trust_file_adds_to_what_was_trusted(tmp_path: Path) -> None:
    corporate = tmp_path / "corporate.pem"
    corporate.write_text("corporate authority\n")

    found = variables(tmp_path, a_started_tenant(tmp_path), a_toolchain(), {"SSL_CERT_FILE": str(corporate)})

    trusted = Path(found["SSL_CERT_FILE"]).read_text()
    assert trusted == f"corporate authority\n{AUTHORITY}"


def test_asking_twice_does_not_stack_trust_upon_trust(tmp_path: Path) -> None:
    tenant = a_started_tenant(tmp_path)
    once = variables(tmp_path, tenant, a_toolchain(), {})
    first = Path(once["SSL_CERT_FILE"]).read_text()

    twice = variables(tmp_path, tenant, a_toolchain(), once)

    assert Path(twice["SSL_CERT_FILE"]).read_text() == first
    assert first.count("local\n") == 1
    assert trusted_before(once, ours=Path(once["SSL_CERT_FILE"])) != Path(once["SSL_CERT_FILE"])


def test_a_tenant_that_was_never_started_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LocalTenantFailed, match="guestlist local start"):
        variables(tmp_path, LocalTenant.of_project(tmp_path), a_toolchain(), {})


def test_sh_takes_values_with_anything_in_them() -> None:
    value = """a 'b' "c" $HOME `id` \\ é"""

    script = f'{render({"CANARY": value})}\nprintf %s "$CANARY"'

    assert subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout == value


def test_fish_gets_lists_and_its_own_quotes() -> None:
    printed = render({"PATH": "/a:/b c", "NAME": "it's \\ so"}, "fish")

    assert printed == "set -gx PATH '/a' '/b c'\nset -gx NAME 'it\\'s \\\\ so'"


def test_the_stack_is_found_in_the_backends_folder(tmp_path: Path) -> None:
    assert not has_stack(tmp_path)
    folder = tmp_path / ".guestlist/state/.pulumi/stacks/guestlist"
    folder.mkdir(parents=True)
    (folder / "local.json.gz").touch()

    assert has_stack(tmp_path)
