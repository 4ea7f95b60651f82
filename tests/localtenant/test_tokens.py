"""Getting an access token, and what the Management API says to those who have none, or the wrong one."""

import base64

import jwt
import pytest

from localtenant.authentication.access_tokens import issue
from localtenant.deployer import all_scopes, credentials_of
from localtenant.management.clients import make_client


def a_request(tenant, **changes):
    """A valid token request of the deployer; `None` takes a parameter out."""
    request = {
        "grant_type": "client_credentials",
        "audience": tenant.tenant.audience,
        **credentials_of(tenant.tenant),
        **changes,
    }
    return {name: value for name, value in request.items() if value is not None}


def _token(tenant, **changes):
    return tenant.http.post("/oauth/token", json=a_request(tenant, **changes))


def test_the_deployer_gets_a_token_with_every_scope_for_a_day(a_tenant):
    tenant = a_tenant()
    answer = _token(tenant)
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"access_token", "scope", "expires_in", "token_type"}
    assert (body["expires_in"], body["token_type"]) == (86400, "Bearer")
    assert body["scope"].split() == all_scopes()
    assert answer.headers["cache-control"] == "no-store"


def test_the_token_is_signed_with_the_published_key(a_tenant):
    tenant = a_tenant()
    token = _token(tenant).json()["access_token"]
    configuration = tenant.http.get("/.well-known/openid-configuration").json()
    (key,) = tenant.http.get("/.well-known/jwks.json").json()["keys"]
    assert jwt.get_unverified_header(token)["kid"] == key["kid"]
    claims = jwt.decode(
        token, jwt.PyJWK(key), audience=tenant.tenant.audience, options={"verify_exp": False, "verify_iat": False}
    )
    client_id = credentials_of(tenant.tenant)["client_id"]
    assert claims["iss"] == configuration["issuer"] == "https://localhost:8443/"
    assert (claims["azp"], claims["sub"]) == (client_id, f"{client_id}@clients")
    assert claims["gty"] == "client-credentials"
    assert claims["exp"] - claims["iat"] == 86400


def test_the_token_opens_the_management_api(a_tenant):
    tenant = a_tenant()
    token = _token(tenant).json()["access_token"]
    assert tenant.http.get("/api/v2/clients", headers={"authorization": f"Bearer {token}"}).status_code == 200


def test_a_form_and_basic_authentication_do_as_well(a_tenant):
    tenant = a_tenant()
    assert tenant.http.post("/oauth/token", data=a_request(tenant)).status_code == 200
    credentials = credentials_of(tenant.tenant)
    pair = f"{credentials['client_id']}:{credentials['client_secret']}"
    answer = tenant.http.post(
        "/oauth/token",
        data=a_request(tenant, client_id=None, client_secret=None),
        headers={"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"},
    )
    assert answer.status_code == 200


def test_a_token_may_be_asked_for_with_fewer_scopes(a_tenant):
    assert _token(a_tenant(), scope="read:users read:clients").json()["scope"] == "read:clients read:users"


@pytest.mark.parametrize(
    ("changes", "status", "error", "description"),
    [
        ({"client_secret": "wrong"}, 401, "access_denied", "Unauthorized"),
        ({"client_id": "nobody"}, 401, "access_denied", "Unauthorized"),
        ({"client_secret": None}, 401, "access_denied", "Unauthorized"),
        ({"grant_type": None}, 400, "invalid_request", "Missing required parameter: grant_type"),
        ({"client_id": None}, 400, "invalid_request", "Missing required parameter: client_id"),
        ({"grant_type": "implicit"}, 403, "unsupported_grant_type", "Unsupported grant type: implicit"),
        (
            {"audience": None},
            403,
            "access_denied",
            "No audience parameter was provided, and no default audience has been configured",
        ),
        ({"audience": "https://other"}, 403, "access_denied", "Service not found: https://other"),
        ({"scope": "read:clients fly"}, 403, "access_denied", "Client has not been granted scopes: fly"),
    ],
)
def test_a_refused_request_says_why(a_tenant, changes, status, error, description):
    answer = _token(a_tenant(), **changes)
    assert answer.status_code == status
    assert answer.json() == {"error": error, "error_description": description}


def test_a_client_without_the_grant_type_gets_no_token(a_tenant):
    tenant = a_tenant()
    client = make_client(tenant.tenant, {"name": "web", "grant_types": ["authorization_code"]})
    answer = _token(tenant, client_id=client["client_id"], client_secret=client["client_secret"])
    assert answer.status_code == 403
    assert answer.json()["error"] == "unauthorized_client"
    assert answer.json()["error_description"] == "Grant type 'client_credentials' not allowed for the client."


def test_a_client_without_a_grant_gets_no_token_for_the_api(a_tenant):
    tenant = a_tenant()
    client = make_client(tenant.tenant, {"name": "m2m", "grant_types": ["client_credentials"]})
    answer = _token(tenant, client_id=client["client_id"], client_secret=client["client_secret"])
    assert answer.status_code == 403
    assert answer.json()["error_description"] == (
        f'Client "{client["client_id"]}" is not authorized to access resource server "{tenant.tenant.audience}". '
        'You need to create a "client-grant" associated to this API.'
    )


def test_a_failed_and_a_granted_exchange_are_logged_without_the_secret(a_tenant):
    tenant = a_tenant()
    _token(tenant, client_secret="CANARY")
    _token(tenant)
    assert [entry["type"] for entry in tenant.logs()] == ["feccft", "seccft"]
    assert "CANARY" not in str(tenant.logs())
    assert credentials_of(tenant.tenant)["client_secret"] not in str(tenant.logs())


def _api(tenant, authorization=None):
    headers = {} if authorization is None else {"authorization": authorization}
    return tenant.http.get("/api/v2/clients", headers=headers)


def test_without_a_token_authentication_is_missing(a_tenant):
    answer = _api(a_tenant())
    assert answer.status_code == 401
    assert answer.json() == {"statusCode": 401, "error": "Unauthorized", "message": "Missing authentication"}


@pytest.mark.parametrize("header", ["Bearer", "Basic abc", "Bearer a b", "token"])
def test_a_header_of_another_form_is_a_bad_request(a_tenant, header):
    answer = _api(a_tenant(), header)
    assert answer.status_code == 400
    assert answer.json()["message"] == "Bad HTTP authentication header format"


def test_a_token_of_somebody_else_is_invalid(a_tenant):
    stranger = jwt.encode({"aud": "https://localhost:8443/api/v2/", "exp": 2**33, "azp": "x"}, "k" * 32)
    for token in ("nonsense", stranger):
        answer = _api(a_tenant(), f"Bearer {token}")
        assert answer.status_code == 401
        assert answer.json()["message"] == "Invalid token"
        assert answer.json()["attributes"] == {"error": "Invalid token"}


def test_a_token_for_another_api_is_refused(a_tenant):
    tenant = a_tenant()
    token = issue(tenant.tenant, "someone", ["read:clients"], audience="https://other")
    assert _api(tenant, f"Bearer {token}").json()["message"] == "Bad audience: https://other"


def test_a_token_expires_also_after_it_was_accepted(a_tenant):
    tenant = a_tenant()
    header = f"Bearer {tenant.token}"
    assert _api(tenant, header).status_code == 200
    tenant.clock.advance(86400)
    answer = _api(tenant, header)
    assert answer.status_code == 401
    assert answer.json()["message"] == "Expired token received for JSON Web Token validation"


def test_a_missing_scope_is_named(a_tenant):
    answer = a_tenant().with_scopes("read:clients").post("/roles", json={"name": "x"})
    assert answer.status_code == 403
    assert answer.json() == {
        "statusCode": 403,
        "error": "Forbidden",
        "message": "Insufficient scope, expected any of: create:roles",
        "errorCode": "insufficient_scope",
    }


def test_any_one_of_the_demanded_scopes_is_enough(a_tenant):
    assert a_tenant().with_scopes("read:client_summary").get("/clients").status_code == 200
    assert a_tenant().with_scopes("read:users").get("/clients").status_code == 403
