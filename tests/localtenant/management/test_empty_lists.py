"""Families of which the local tenant holds nothing, and the settings beside them that tools read with a whole tenant."""

import pytest

PAGED = {
    "/flows": "flows",
    "/flows/vault/connections": "connections",
    "/forms": "forms",
    "/network-acls": "network_acls",
    "/organizations": "organizations",
    "/self-service-profiles": "self_service_profiles",
}
BY_CHECKPOINT = {
    "/connection-profiles": "connection_profiles",
    "/connections-directory-provisionings": "directory_provisionings",
    "/connections-scim-configurations": "scim_configurations",
    "/event-streams": "event_streams",
    "/rate-limit-policies": "rate_limit_policies",
    "/token-exchange-profiles": "token_exchange_profiles",
    "/user-attribute-profiles": "user_attribute_profiles",
}


@pytest.mark.parametrize(("path", "key"), PAGED.items())
def test_a_paged_list_of_nothing_has_the_shape_that_was_asked_for(a_tenant, path, key):
    tenant = a_tenant()

    assert tenant.get(path).json() == []
    totals = tenant.get(path, params={"include_totals": "true", "per_page": 100, "page": 0}).json()
    assert totals == {"start": 0, "limit": 100, "length": 0, "total": 0, key: []}


def test_organizations_are_listed_from_a_checkpoint(a_tenant):
    assert a_tenant().get("/organizations", params={"take": 50}).json() == {"organizations": []}


@pytest.mark.parametrize(("path", "key"), BY_CHECKPOINT.items())
def test_a_list_by_checkpoint_is_an_object_in_every_case(a_tenant, path, key):
    tenant = a_tenant()

    assert tenant.get(path).json() == tenant.get(path, params={"take": 10}).json() == {key: []}


def test_modules_of_actions_are_listed_as_actions_are(a_tenant):
    assert a_tenant().get("/actions/modules").json()["modules"] == []


def test_log_streams_are_a_bare_list(a_tenant):
    assert a_tenant().get("/log-streams").json() == []


@pytest.mark.parametrize("path", ["/organizations", "/forms", "/event-streams", "/actions/modules"])
def test_a_member_cannot_be_made(a_tenant, path):
    assert a_tenant().post(path, json={"name": "one"}).status_code == 501


def test_a_list_demands_its_scope(a_tenant):
    assert a_tenant().with_scopes("read:clients").get("/network-acls").status_code == 403


@pytest.mark.parametrize(
    ("path", "default", "change"),
    [
        ("/risk-assessments/settings", {"enabled": False}, {"enabled": True}),
        ("/risk-assessments/settings/new-device", {"remember_for": 30}, {"remember_for": 20}),
        ("/supplemental-signals", {"akamai_enabled": False}, {"akamai_enabled": True}),
    ],
)
def test_settings_keep_what_is_written(a_tenant, path, default, change):
    tenant = a_tenant()

    assert tenant.get(path).json() == default
    assert tenant.patch(path, json=change).json() == change
    assert tenant.get(path).json() == change
