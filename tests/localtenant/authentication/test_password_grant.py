"""Tokens for email and password, without a page: who may have them, what the Actions say, what a second factor is worth."""

import pytest

from localtenant.actions.steps import Denied, Failed, Finished
from localtenant.authentication import totp
from localtenant.management.authentication_methods import make_method

from .world import API, DATABASE, PASSWORD, claims, refused

REALM = "http://auth0.com/oauth/grant-type/password-realm"
OTP = "http://auth0.com/oauth/grant-type/mfa-otp"
OOB = "http://auth0.com/oauth/grant-type/mfa-oob"
RECOVERY_CODE = "http://auth0.com/oauth/grant-type/mfa-recovery-code"
NUMBER = "+4915112345678"


@pytest.fixture
def world(world):
    world.change_app(grant_types=["password", REALM, OTP, OOB, RECOVERY_CODE, "refresh_token"])
    world.set_tenant(default_directory=DATABASE)
    return world


def _ask(world, grant_type=REALM, **changes):
    form = {"username": "ana@example.com", "password": PASSWORD, "scope": "openid email", "realm": DATABASE}
    return world.token(grant_type, **{**form, **changes})


def _associate(world, mfa_token, **body):
    return world.http.post("/mfa/associate", json=body, headers={"authorization": f"Bearer {mfa_token}"})


def _challenge(world, mfa_token, **body):
    credentials = {"client_id": world.app["client_id"], "client_secret": world.app["client_secret"]}
    return world.http.post("/mfa/challenge", json={"mfa_token": mfa_token, **credentials, **body})


def _authenticators(world, mfa_token):
    return world.http.get("/mfa/authenticators", headers={"authorization": f"Bearer {mfa_token}"}).json()


def _now(world, secret):
    return totp.code_of(secret, int(world.local.clock.seconds() // 30))


@pytest.mark.parametrize("grant_type", [REALM, "password"])
def test_email_and_password_bring_tokens(world, grant_type):
    answer = _ask(world, grant_type, scope="openid email offline_access")
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"access_token", "refresh_token", "id_token", "scope", "expires_in", "token_type"}
    assert claims(body["id_token"])["email"] == "ana@example.com"
    assert "sid" not in claims(body["id_token"])
    assert world.user["logins_count"] == 1
    assert world.log_types()[-1] == "sepft"


def test_the_actions_run_and_nobody_can_be_asked(world):
    world.pipeline.says = [Finished(id_token_claims={"https://a/b": 1}, added_scopes=("extra",))]
    body = _ask(world).json()
    assert claims(body["id_token"])["https://a/b"] == 1
    assert body["scope"] == "openid email extra"
    (login,) = world.pipeline.asked
    assert (login.protocol, login.interactive, login.session_id) == ("oauth2-password", False, None)
    assert login.authentication_methods[0]["name"] == "pwd"
    assert "password" not in login.request.as_document()["body"]


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (Denied(reason="Not today."), "access_denied"),
        (Failed(description="No.", error="interaction_required"), "interaction_required"),
        (Failed(description="No.", error="mfa_required"), "mfa_required"),
    ],
)
def test_an_action_can_refuse(world, says, error):
    world.pipeline.says = [says]
    answer = _ask(world)
    assert refused(answer) == (403, error)
    assert set(answer.json()) == {"error", "error_description"}


def test_a_client_without_the_grant_gets_nothing(world):
    world.change_app(grant_types=["authorization_code"])
    assert refused(_ask(world)) == (403, "unauthorized_client")
    assert not world.pipeline.asked


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"password": "wrong"}, 403, "invalid_grant"),
        ({"username": "nobody@example.com"}, 403, "invalid_grant"),
        ({"username": None}, 400, "invalid_request"),
        ({"password": None}, 400, "invalid_request"),
        ({"realm": None}, 400, "invalid_request"),
        ({"realm": "nowhere"}, 400, "invalid_request"),
        ({"client_secret": "wrong"}, 401, "access_denied"),
        ({"audience": "https://nowhere.example.com"}, 403, "access_denied"),
    ],
)
def test_a_request_that_is_wrong_says_how(world, changes, status, error):
    assert refused(_ask(world, **changes)) == (status, error)


def test_an_unknown_address_and_a_wrong_password_look_the_same(world):
    assert _ask(world, password="wrong").json() == _ask(world, username="nobody@example.com").json()


def test_without_a_default_directory_the_realm_must_be_named(world):
    world.set_tenant(default_directory="")
    assert refused(_ask(world, "password")) == (500, "server_error")


def test_a_database_that_the_client_may_not_use_is_closed(world):
    world.disable(world.app["client_id"])
    assert refused(_ask(world)) == (403, "unauthorized_client")


def test_a_blocked_user_stays_outside(world):
    world.local.patch(f"/users/{world.user_id.replace('|', '%7C')}", json={"blocked": True})
    assert refused(_ask(world)) == (403, "unauthorized")


def test_ten_wrong_passwords_lock_the_account_for_whoever_sent_them(world):
    world.change_app(is_token_endpoint_ip_header_trusted=True)
    thief = {"auth0-forwarded-for": "198.51.100.1"}
    credentials = {"client_id": world.app["client_id"], "client_secret": world.app["client_secret"]}
    form = {"grant_type": REALM, "username": "ana@example.com", "realm": DATABASE, **credentials}
    for _ in range(10):
        answer = world.http.post("/oauth/token", data={**form, "password": "wrong"}, headers=thief)
        assert refused(answer) == (403, "invalid_grant")
    right = {**form, "password": PASSWORD}
    assert refused(world.http.post("/oauth/token", data=right, headers=thief)) == (429, "too_many_attempts")
    assert world.http.post("/oauth/token", data=right).status_code == 200  # Ana's own address


def test_the_forwarded_address_counts_only_where_it_is_trusted(world):
    credentials = {"client_id": world.app["client_id"], "client_secret": world.app["client_secret"]}
    form = {"grant_type": REALM, "username": "ana@example.com", "realm": DATABASE, "password": PASSWORD, **credentials}
    world.http.post("/oauth/token", data=form, headers={"auth0-forwarded-for": "198.51.100.1"})
    assert world.pipeline.asked[0].request.ip == "127.0.0.1"


def test_whoever_asks_for_no_scope_gets_all_of_the_api(world):
    scopes = [{"value": "read:a"}, {"value": "write:a"}]
    assert world.local.post("/resource-servers", json={"identifier": API, "scopes": scopes}).status_code == 201
    assert _ask(world, scope=None, audience=API).json()["scope"] == "read:a write:a"
    assert _ask(world, scope="read:a fly", audience=API).json()["scope"] == "read:a"


def test_a_second_factor_holds_the_tokens_back(world):
    world.ask_always("otp", "sms")
    answer = _ask(world)
    assert refused(answer) == (403, "mfa_required")
    body = answer.json()
    assert body["error_description"] == "Multifactor authentication required"
    assert body["mfa_requirements"] == {"enroll": [{"type": "phone"}, {"type": "otp"}]}
    assert body["mfa_token"] not in str(world.store.all("mfa_tokens"))


def test_an_app_is_enrolled_and_shown(world):
    world.ask_always("otp")
    world.pipeline.says = [Finished(ask_factor_at_the_end="any", id_token_claims={"https://a/b": 1})]
    token = _ask(world).json()["mfa_token"]
    enrolment = _associate(world, token, authenticator_types=["otp"]).json()
    assert enrolment["barcode_uri"].startswith("otpauth://totp/")
    assert enrolment["secret"] in enrolment["barcode_uri"]
    assert [one["active"] for one in _authenticators(world, token)] == [False]
    code = _now(world, enrolment["secret"])
    tokens = world.token(OTP, mfa_token=token, otp=code).json()
    assert claims(tokens["id_token"])["amr"] == ["mfa"]
    assert claims(tokens["id_token"])["https://a/b"] == 1
    assert len(world.pipeline.asked) == 1  # no second run
    assert refused(world.token(OTP, mfa_token=token, otp=code)) == (403, "invalid_grant")  # the token counts once

    again = _ask(world).json()
    assert again["mfa_requirements"] == {"challenge": [{"type": "otp"}]}
    assert _challenge(world, again["mfa_token"]).json() == {"challenge_type": "otp"}
    assert _authenticators(world, again["mfa_token"])[0]["active"] is True
    assert world.token(OTP, mfa_token=again["mfa_token"], otp=code).json()["error_description"] == "Invalid otp_code."
    world.local.clock.advance(30)
    assert world.token(OTP, mfa_token=again["mfa_token"], otp=_now(world, enrolment["secret"])).status_code == 200


def test_a_phone_is_enrolled_and_shown(world):
    world.ask_always("sms")
    token = _ask(world).json()["mfa_token"]
    body = {"authenticator_types": ["oob"], "oob_channels": ["sms"], "phone_number": NUMBER}
    enrolment = _associate(world, token, **body).json()
    assert {name: value for name, value in enrolment.items() if name != "oob_code"} == {
        "authenticator_type": "oob",
        "binding_method": "prompt",
        "oob_channel": "sms",
    }
    ((number, code),) = world.messenger.texts
    assert number == NUMBER
    form = {"mfa_token": token, "oob_code": enrolment["oob_code"], "binding_code": code}
    assert claims(world.token(OOB, **form).json()["id_token"])["amr"] == ["mfa"]
    assert "gd_enrollment_complete" in world.log_types()

    token = _ask(world).json()["mfa_token"]
    (phone,) = _authenticators(world, token)
    assert (phone["oob_channel"], phone["name"]) == ("sms", "+4915XXXXXXXXX")
    asked = _challenge(world, token, challenge_type="oob", authenticator_id=phone["id"]).json()
    assert (asked["challenge_type"], asked["binding_method"]) == ("oob", "prompt")
    code = world.messenger.texts[-1][1]
    assert world.token(OOB, mfa_token=token, oob_code=asked["oob_code"], binding_code=code).status_code == 200


def test_whoever_has_a_factor_enrols_no_other_with_the_token(world):
    world.ask_always("otp", "sms")
    make_method(world.local.tenant, world.user_id, {"type": "totp", "totp_secret": "JBSWY3DPEHPK3PXP", "name": "App"})
    token = _ask(world).json()["mfa_token"]
    body = {"authenticator_types": ["oob"], "oob_channels": ["sms"], "phone_number": NUMBER}
    assert _associate(world, token, **body).json()["error_description"] == "User is already enrolled"
    assert not world.messenger.texts


def test_an_enrolment_loses_to_a_factor_that_came_meanwhile(world):
    world.ask_always("otp", "sms")
    token = _ask(world).json()["mfa_token"]
    secret = _associate(world, token, authenticator_types=["otp"]).json()["secret"]
    make_method(world.local.tenant, world.user_id, {"type": "phone", "phone_number": NUMBER, "name": "Phone"})
    assert refused(world.token(OTP, mfa_token=token, otp=_now(world, secret))) == (403, "access_denied")
    assert [one["type"] for one in world.store.all("authentication_methods")] == ["phone"]


def test_a_factor_that_is_switched_off_is_in_nobodys_way(world):
    make_method(world.local.tenant, world.user_id, {"type": "phone", "phone_number": NUMBER, "name": "Phone"})
    world.ask_always("otp")
    token = _ask(world).json()["mfa_token"]
    assert _associate(world, token, authenticator_types=["otp"]).status_code == 200


def test_a_newer_code_takes_the_place_of_the_older(world):
    world.ask_always("sms")
    make_method(world.local.tenant, world.user_id, {"type": "phone", "phone_number": NUMBER, "name": "Phone"})
    token = _ask(world).json()["mfa_token"]
    older, newer = _challenge(world, token).json()["oob_code"], _challenge(world, token).json()["oob_code"]
    (_, old_code), (_, new_code) = world.messenger.texts
    assert refused(world.token(OOB, mfa_token=token, oob_code=older, binding_code=old_code)) == (400, "invalid_request")
    assert refused(world.token(OOB, mfa_token=token, oob_code=newer)) == (400, "invalid_request")
    assert world.token(OOB, mfa_token=token, oob_code=newer, binding_code=new_code).status_code == 200


def test_ten_wrong_codes_end_it_for_an_hour(world):
    world.ask_always("otp")
    make_method(world.local.tenant, world.user_id, {"type": "totp", "totp_secret": "JBSWY3DPEHPK3PXP", "name": "App"})
    token = _ask(world).json()["mfa_token"]
    for _ in range(10):
        assert refused(world.token(OTP, mfa_token=token, otp="000000")) == (403, "invalid_grant")
    token = _ask(world).json()["mfa_token"]
    right = _now(world, "JBSWY3DPEHPK3PXP")
    answer = world.token(OTP, mfa_token=token, otp=right)
    assert answer.json()["error_description"] == "Too many failed codes. Wait for some minutes before retrying."
    world.local.clock.advance(3600)
    token = _ask(world).json()["mfa_token"]
    assert world.token(OTP, mfa_token=token, otp=_now(world, "JBSWY3DPEHPK3PXP")).status_code == 200


def test_ten_texts_an_hour_are_enough(world):
    world.ask_always("sms")
    make_method(world.local.tenant, world.user_id, {"type": "phone", "phone_number": NUMBER, "name": "Phone"})
    token = _ask(world).json()["mfa_token"]
    for _ in range(10):
        assert _challenge(world, token).status_code == 200
    assert refused(_challenge(world, token)) == (400, "invalid_request")
    assert len(world.messenger.texts) == 10


def test_the_token_is_good_for_one_client_and_ten_minutes(world):
    world.ask_always("otp")
    token = _ask(world).json()["mfa_token"]
    other = world.an_app(grant_types=[OTP])
    stolen = {"client_id": other["client_id"], "client_secret": other["client_secret"]}
    answer = world.token(OTP, mfa_token=token, otp="000000", **stolen)
    assert answer.json()["error_description"] == "mfa_token not issued to this client"
    assert refused(_challenge(world, token, **stolen)) == (400, "invalid_request")
    world.local.clock.advance(600)
    assert refused(world.token(OTP, mfa_token=token, otp="000000")) == (403, "expired_token")
    assert refused(_challenge(world, "nonsense")) == (403, "invalid_grant")


def test_without_a_factor_to_enrol_nobody_comes_in(world):
    world.ask_always()
    answer = _ask(world)
    assert refused(answer) == (403, "access_denied")
    assert "mfa_token" not in answer.json()
    assert "mfar" in world.log_types()


def test_a_challenge_that_nobody_can_meet_is_refused_by_name(world):
    world.ask_always("otp", "sms")
    token = _ask(world).json()["mfa_token"]
    assert refused(_challenge(world, token)) == (403, "association_required")
    make_method(world.local.tenant, world.user_id, {"type": "phone", "phone_number": NUMBER, "name": "Phone"})
    token = _ask(world).json()["mfa_token"]
    assert refused(_challenge(world, token, challenge_type="otp")) == (401, "unsupported_challenge_type")
    assert refused(_challenge(world, token, authenticator_id="sms|dev_x")) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"authenticator_types": ["oob"], "oob_channels": ["voice"], "phone_number": NUMBER}, 501),
        ({"authenticator_types": ["oob"], "oob_channels": ["sms"], "phone_number": "0151"}, 400),
        ({"authenticator_types": ["oob"], "oob_channels": ["sms"]}, 400),
        ({"authenticator_types": []}, 400),
        ({"authenticator_types": ["otp"]}, 403),  # switched off
    ],
)
def test_what_cannot_be_enrolled_is_refused(world, body, status):
    world.ask_always("sms")
    assert _associate(world, _ask(world).json()["mfa_token"], **body).status_code == status


def test_what_is_not_here_says_so(world):
    answer = world.token(RECOVERY_CODE, mfa_token="x", recovery_code="y")
    assert refused(answer) == (403, "unsupported_grant_type")
    assert world.http.delete("/mfa/authenticators/totp%7Cdev_1").status_code == 501
