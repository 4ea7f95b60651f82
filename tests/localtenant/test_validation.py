"""What a payload or a query is refused with. The texts are Auth0's, as quoted in public issues and recordings."""

import pytest

from localtenant.errors import ManagementError
from localtenant.management.operations import operations
from localtenant.management.validation import check_body, check_query


def _refusal(method, path, body):
    with pytest.raises(ManagementError) as caught:
        check_body(operations()[method, path], body)
    assert caught.value.status == 400
    assert caught.value.error_code == "invalid_body"
    return caught.value.message


def _query_refusal(path, **query):
    with pytest.raises(ManagementError) as caught:
        check_query(operations()["GET", path], {name: (value,) for name, value in query.items()})
    assert caught.value.error_code == "invalid_query_string"
    return caught.value.message


def test_a_valid_body_passes():
    check_body(operations()["POST", "/clients"], {"name": "app", "callbacks": ["https://app.example.com/callback"]})


def test_an_unknown_property_is_named():
    assert (
        _refusal("POST", "/clients", {"name": "app", "is_global": True})
        == "Payload validation error: 'Additional properties not allowed: is_global'."
    )


def test_several_unknown_properties_are_named_together():
    assert "'Additional properties not allowed: one,two'" in _refusal(
        "POST", "/clients", {"name": "app", "one": 1, "two": 2}
    )


def test_a_missing_property_is_named():
    assert _refusal("POST", "/users", {}) == "Payload validation error: 'Missing required property: connection'."


def test_a_fault_deep_inside_is_named_by_its_path():
    message = _refusal("PATCH", "/clients/{id}", {"grant_types": [""]})
    assert message == (
        "Payload validation error: 'String is too short (0 chars), minimum 1' on property grant_types[0]."
    )
    assert "on property refresh_token.rotation_type." in _refusal(
        "PATCH",
        "/clients/{id}",
        {"refresh_token": {"rotation_type": "sometimes", "expiration_type": "expiring"}},
    )


def test_all_faults_come_in_one_message_in_the_order_of_the_payload():
    message = _refusal("POST", "/users", {"nickname": "", "email": "nobody", "connection": "c"})
    assert message == (
        "Payload validation error: 'String is too short (0 chars), minimum 1' on property nickname. (also) "
        "Payload validation error: 'Object didn't pass validation for format email: nobody' on property email."
    )


def test_the_message_is_the_same_every_time():
    body = {"zeta": 1, "name": 3, "app_type": "none", "callbacks": ["a b"], "alpha": 2}
    assert len({_refusal("POST", "/clients", body) for _ in range(5)}) == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"name": 3}, "'Expected type string but found type integer' on property name."),
        ({"name": True}, "'Expected type string but found type boolean' on property name."),
        ({"name": "a", "app_type": "desktop"}, "'No enum match for: desktop' on property app_type."),
        ({"name": "a", "callbacks": [""]}, "'Object didn't pass validation for format callback-url: '"),
        ([], "'Expected type object but found type array'."),
    ],
)
def test_each_kind_of_fault_has_its_words(body, words):
    assert words in _refusal("POST", "/clients", body)


@pytest.mark.parametrize("address", ["http://app.example.com/login", "https://localhost:3000/login", "/login"])
def test_a_login_route_is_https_and_not_on_localhost(address):
    assert _refusal("PATCH", "/clients/{id}", {"initiate_login_uri": address}) == (
        "Payload validation error: 'Object didn't pass validation for format "
        f"absolute-https-uri-with-placeholders-or-empty: {address}' on property initiate_login_uri."
    )


@pytest.mark.parametrize("address", ["", "https://app.example.com/login", "https://app.localhost:8444/login"])
def test_a_login_route_may_be_empty_a_site_or_a_local_one(address):
    check_body(operations()["PATCH", "/clients/{id}"], {"initiate_login_uri": address})


def test_an_unknown_query_parameter_is_named():
    assert (
        _query_refusal("/actions/actions", include_totals="true")
        == "Query validation error: 'Additional properties not allowed: include_totals'."
    )


def test_a_number_in_a_query_is_kept_within_its_bounds():
    assert _query_refusal("/logs", per_page="101") == (
        "Query validation error: 'Value 101 is greater than maximum 100' on property per_page."
    )
    assert "'Expected type integer but found type string' on property page" in _query_refusal("/logs", page="one")


def test_booleans_and_numbers_of_a_query_are_read_as_such():
    check_query(operations()["GET", "/logs"], {"page": ("0",), "per_page": ("100",), "include_totals": ("true",)})


def test_a_value_that_fits_no_alternative_says_why_each_was_not_met():
    message = _refusal("POST", "/flows/vault/connections", {"name": "x", "app_id": "HTTP", "setup": {"type": "NONE"}})
    assert message.startswith("Payload validation error: 'None of the valid schemas were met'")
    assert ". Inner errors: [Payload validation error: '" in message
