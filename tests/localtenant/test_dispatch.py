"""The way of a request through the Management API, shown on endpoints made for the test."""

import json

import pytest

from localtenant.errors import conflict
from localtenant.management import operations
from localtenant.management.endpoint import ENDPOINTS, Answer, endpoint


@pytest.fixture
def an_endpoint():
    """Declares endpoints for one test; paths that no API has."""
    before = dict(ENDPOINTS)

    def declare(method, path, handler, **options):
        endpoint(method, path, **options)(handler)
        operations._tree.cache_clear()

    yield declare
    ENDPOINTS.clear()
    ENDPOINTS.update(before)
    operations._tree.cache_clear()


def _remember(call):
    call.tenant.store.put("things", "one", {"id": "one", **call.body})
    return {"id": "one", **call.body}


def test_a_path_that_exists_nowhere_is_404_as_auth0_says_it(a_tenant):
    answer = a_tenant().get("/nothing")
    assert answer.status_code == 404
    assert answer.json() == {"statusCode": 404, "error": "Not Found", "message": "Not Found"}


def test_a_method_that_a_path_lacks_is_404(a_tenant):
    assert a_tenant().put("/clients").status_code == 404


@pytest.mark.parametrize("path", ["/groups", "/stats/daily"])
def test_an_operation_that_is_missing_here_is_501_and_named(a_tenant, path):
    answer = a_tenant().get(path)
    assert answer.status_code == 501
    assert answer.json()["message"] == f"The local tenant does not emulate GET /api/v2{path}."


def test_the_status_and_the_body_are_what_the_endpoint_says(a_tenant, an_endpoint):
    an_endpoint("POST", "/things", _remember, status=202)
    answer = a_tenant().post("/things", json={"a": 1})
    assert (answer.status_code, answer.json()) == (202, {"id": "one", "a": 1})


def test_an_endpoint_may_choose_its_status_and_headers(a_tenant, an_endpoint):
    an_endpoint("GET", "/things", lambda _: Answer(status=207, body=[1], headers={"link": "<x>"}))
    answer = a_tenant().get("/things")
    assert (answer.status_code, answer.json(), answer.headers["link"]) == (207, [1], "<x>")


def test_an_answer_without_content_has_no_body(a_tenant, an_endpoint):
    an_endpoint("DELETE", "/things/{id}", lambda _: None, status=204)
    answer = a_tenant().delete("/things/one")
    assert (answer.status_code, answer.content) == (204, b"")


def test_path_parameters_are_decoded_one_by_one(a_tenant, an_endpoint):
    an_endpoint("GET", "/things/{id}", lambda call: dict(call.path))
    assert a_tenant().get("/things/auth0%7C65%2Ff").json() == {"id": "auth0|65/f"}


def test_a_repeated_query_parameter_keeps_all_its_values(a_tenant, an_endpoint):
    an_endpoint("GET", "/things", lambda call: {"last": call.query["s"], "all": list(call.repeated["s"])})
    assert a_tenant().get("/things?s=a&s=b").json() == {"last": "b", "all": ["a", "b"]}


def test_a_refused_write_leaves_nothing_behind_but_its_log_entry(a_tenant, an_endpoint):
    def fail(call):
        _remember(call)
        raise conflict("The thing exists.", "thing_exists")

    an_endpoint("POST", "/things", fail)
    tenant = a_tenant()
    answer = tenant.post("/things", json={})
    assert answer.status_code == 409
    assert answer.json()["errorCode"] == "thing_exists"
    assert tenant.tenant.store.all("things") == []
    assert [entry["type"] for entry in tenant.logs()] == ["fapi"]


def test_a_mistake_of_ours_is_a_500_that_names_the_operation(a_tenant, an_endpoint, capsys):
    def fail(call):
        _remember(call)
        return 1 / 0

    an_endpoint("POST", "/things", fail)
    tenant = a_tenant()
    headers = {"authorization": f"Bearer {tenant.token}"}
    answer = tenant.http.post("/api/v2/things", json={}, headers=headers)
    assert answer.status_code == 500
    assert "POST /api/v2/things" in answer.json()["message"]
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert tenant.tenant.store.all("things") == []


def test_a_body_that_is_no_json_is_refused(a_tenant):
    answer = a_tenant().post("/clients", content=b"{nope", headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["message"] == "Invalid request payload JSON format"


def test_a_body_of_more_than_a_megabyte_is_refused(a_tenant):
    tenant = a_tenant()
    assert tenant.post("/clients", json={"name": "x" * (1024 * 1024)}).status_code == 413
    assert tenant.post("/clients", json={"name": "x" * 1000}).status_code != 413


def test_a_write_is_logged_with_who_did_what(a_tenant, an_endpoint):
    an_endpoint("POST", "/things", _remember, status=201)
    tenant = a_tenant()
    tenant.post("/things?dry=1", json={"a": 1}, headers={"user-agent": "probe/1", "x-correlation-id": "run-7"})
    (entry,) = tenant.logs()
    assert entry["type"] == "sapi"
    assert entry["description"] == "Create a thing"
    assert entry["client_name"] == "Deployer (local tenant)"
    assert (entry["ip"], entry["user_agent"]) == ("127.0.0.1", "probe/1")
    assert entry["references"] == {"correlation_id": "run-7"}
    assert entry["details"]["request"]["method"] == "post"
    assert entry["details"]["request"]["path"] == "/api/v2/things"
    assert entry["details"]["request"]["query"] == {"dry": "1"}
    assert entry["details"]["request"]["body"] == {"a": 1}
    assert entry["details"]["response"] == {"statusCode": 201, "body": {"id": "one", "a": 1}}


def test_a_read_is_not_logged(a_tenant):
    tenant = a_tenant()
    tenant.get("/clients")
    assert tenant.logs() == []


def test_a_correlation_id_is_cut_at_64_characters(a_tenant, an_endpoint):
    an_endpoint("POST", "/things", _remember)
    tenant = a_tenant()
    tenant.post("/things", json={}, headers={"x-correlation-id": "x" * 100})
    assert tenant.logs()[0]["references"]["correlation_id"] == "x" * 64


SECRETS = {
    "client_secret": "CANARY",
    "password": "CANARY",
    "credentials": {"smtp_host": "CANARY", "smtp_pass": "CANARY", "api_key": "CANARY"},
    "secrets": [{"name": "KEY", "value": "CANARY"}],
    "options": {"configuration": {"twilio_token": "CANARY"}, "customScripts": {}},
    "ticket": "https://CANARY",
    "nested": [{"refresh_token": "CANARY"}],
}


def test_no_secret_is_readable_in_the_log(a_tenant, an_endpoint):
    an_endpoint("POST", "/things", _remember)
    tenant = a_tenant()
    tenant.post("/things", json=SECRETS)
    text = json.dumps(tenant.logs())
    assert "CANARY" not in text
    assert "*****" in text
    assert '"KEY"' in text


@pytest.mark.parametrize(
    ("method", "path", "words"),
    [
        ("POST", "/clients", "Create a client"),
        ("PATCH", "/clients/{id}", "Update a client"),
        ("DELETE", "/roles/{id}", "Delete a role"),
        ("POST", "/actions/actions", "Create an action"),
        ("POST", "/actions/actions/{id}/deploy", "Deploy an action"),
        ("PATCH", "/tenants/settings", "Update tenants settings"),
        ("POST", "/log-streams", "Create a log stream"),
    ],
)
def test_an_operation_is_described_in_words(method, path, words):
    from localtenant.management.operation_log import describe
    from localtenant.management.operations import Operation

    assert describe(Operation(method=method, path=path)) == words
