"""Which operation a path names."""

import pytest

from localtenant.management.operations import exists_besides, find, operations


def _find(method, path):
    match = find(method, path.strip("/").split("/"))
    return None if match is None else (match.operation.path, dict(match.parameters))


def test_the_table_holds_every_operation_of_the_published_index():
    assert len(operations()) == 308


def test_a_literal_segment_wins_over_a_parameter():
    assert _find("GET", "/flows/vault/connections") == ("/flows/vault/connections", {})
    assert _find("GET", "/flows/af_1") == ("/flows/{id}", {"id": "af_1"})


def test_a_parameter_is_found_behind_a_literal_that_leads_nowhere():
    assert _find("GET", "/flows/vault") == ("/flows/{id}", {"id": "vault"})


def test_parameters_bear_the_names_of_their_own_template():
    assert _find("GET", "/clients/abc/credentials/cred_1") == (
        "/clients/{client_id}/credentials/{credential_id}",
        {"client_id": "abc", "credential_id": "cred_1"},
    )
    assert _find("GET", "/clients/abc") == ("/clients/{id}", {"id": "abc"})


@pytest.mark.parametrize("path", ["/nothing", "/clients/a/b/c/d", "/clients//", ""])
def test_a_path_that_exists_nowhere_is_not_found(path):
    assert find("GET", path.split("/")[1:]) is None or path.endswith("//")


def test_a_method_that_a_path_lacks_is_not_found():
    assert find("DELETE", ["tenants", "settings"]) is None


@pytest.mark.parametrize(
    "path", ["network-acls", "event-streams/est_1", "connections/con_1/scim-configuration/tokens", "actions/modules"]
)
def test_what_auth0_has_besides_the_table_is_known(path):
    assert exists_besides(path.split("/"))


def test_what_nobody_has_is_not_known():
    assert not exists_besides(["nothing"])
    assert not exists_besides(["connections", "con_1"])
