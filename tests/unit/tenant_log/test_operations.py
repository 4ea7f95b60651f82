"""What a write touches: every operation of the API is known, and nothing else is guessed at."""

from __future__ import annotations

import re

import pytest

from guestlist.drift.unmanaged import KINDS
from guestlist.preview.consequences import BY_KIND
from guestlist.tenant_log.operations import FAMILIES, NOT_WATCHED, WATCHED, WITH_A_DELETE, Touched, touched
from localtenant.management.operations import operations
from tests.unit.tenant_log.factories import an_entry

WRITES = sorted(
    (method, re.sub(r"\{[^}]+\}", "x1", path))
    for method, path in operations()
    if method in {"POST", "PUT", "PATCH", "DELETE"}
)


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_every_operation_of_the_api_is_known(method: str, path: str) -> None:
    assert touched(an_entry(method, path)) is not None


@pytest.mark.parametrize("path", ["/inventions", "/clients/c1/inventions", "/branding/inventions/x", "/"])
def test_an_operation_that_came_later_is_not_known(path: str) -> None:
    assert touched(an_entry("POST", path)) is None


def test_every_kind_that_is_listed_or_declared_is_watched() -> None:
    kinds = {
        one.partition(":")[0] for table in (WATCHED, WITH_A_DELETE, FAMILIES) for many in table.values() for one in many
    }
    records = {"TenantBackup", "PostLoginBackup"}
    not_declared = {"Pages"}

    assert {*BY_KIND, *(kind.name for kind in KINDS)} - records - not_declared <= kinds


@pytest.mark.parametrize(
    ("method", "path", "objects"),
    [
        (
            "PATCH",
            "/clients/c1",
            {("Client", "c1"), ("ClientSecrets", ""), ("ExistingApplications", ""), ("ClientCredentials", "")},
        ),
        ("PATCH", "/tenants/settings", {("Tenant", "")}),
        ("PATCH", "/connections/con_1/clients", {("ConnectionClients", "con_1"), ("ApplicationConnections", "")}),
        ("POST", "/actions/actions/a%7C1/deploy", {("Action", "a|1")}),
        ("PUT", "/guardian/factors/sms", {("Guardian", ""), ("PhoneNotificationTemplate", ""), ("PhoneProvider", "")}),
        ("POST", "/users", set()),
        ("PATCH", "/users/auth0%7C1", set()),
        ("POST", "/organizations/org_1/members", set()),
        ("PATCH", "/organizations/org_1", {("Organization", "org_1")}),
        ("POST", "/roles/rol_1/users", set()),
        ("POST", "/guardian/enrollments/ticket", set()),
    ],
)
def test_what_a_write_touches(method: str, path: str, objects: set[tuple[str, str]]) -> None:
    assert touched(an_entry(method, path)) == {Touched(kind=kind, id=identity) for kind, identity in objects}


def test_a_deleted_client_takes_its_grants_and_its_places_along() -> None:
    kinds = {one.kind for one in touched(an_entry("DELETE", "/clients/c1")) or ()}

    assert {"Client", "ClientGrant", "ConnectionClients", "ApplicationConnections"} <= kinds


def test_the_table_has_no_row_that_nothing_reaches() -> None:
    real = {path for _, path in operations()}
    shapes = {re.sub(r"\{[^}]+\}", "{}", path) for path in real}

    assert {re.sub(r"\{[^}]+\}", "{}", path) for path in WATCHED} <= shapes | {"/attack-protection/{}"}
    assert len(set(NOT_WATCHED)) == len(NOT_WATCHED)
