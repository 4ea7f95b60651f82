"""The tenant's phone provider and the texts of its messages."""


def a_provider(**changes):
    return {
        "name": "twilio",
        "disabled": False,
        "configuration": {"default_from": "+15550100", "sid": "sid", "delivery_methods": ["text"]},
        "credentials": {"auth_token": "hidden"},
        **changes,
    }


def a_template(**changes):
    body = {"text": "Your code: @{code}", "voice": "Your code: @{code}"}
    return {"type": "otp_verify", "disabled": False, "content": {"from": "+15550100", "body": body}, **changes}


def test_a_fresh_tenant_has_no_phone_provider(a_tenant):
    assert a_tenant().get("/branding/phone/providers").json() == {"providers": []}


def test_credentials_of_the_phone_provider_are_kept_and_never_shown(a_tenant):
    tenant = a_tenant()
    answer = tenant.post("/branding/phone/providers", json=a_provider())
    assert answer.status_code == 201
    provider_id = answer.json()["id"]
    assert "credentials" not in answer.json()
    assert "credentials" not in tenant.get(f"/branding/phone/providers/{provider_id}").json()
    assert tenant.get("/branding/phone/providers").json()["providers"][0]["credentials"] is None
    assert tenant.tenant.store.get("phone_providers", provider_id)["credentials"] == {"auth_token": "hidden"}


def test_twilio_needs_a_number_or_a_messaging_service(a_tenant):
    configuration = {"sid": "sid", "delivery_methods": ["text"]}
    answer = a_tenant().post("/branding/phone/providers", json=a_provider(configuration=configuration))
    assert answer.status_code == 400
    assert answer.json() == {
        "statusCode": 400,
        "error": "Bad Request",
        "message": "Bad Operation on Notification Resource",
    }


def test_a_tenant_has_one_phone_provider_at_most(a_tenant):
    tenant = a_tenant()
    tenant.post("/branding/phone/providers", json=a_provider())
    assert tenant.post("/branding/phone/providers", json=a_provider()).status_code == 409


def test_a_configuration_is_replaced_whole(a_tenant):
    tenant = a_tenant()
    provider_id = tenant.post("/branding/phone/providers", json=a_provider()).json()["id"]
    change = {"name": "custom", "configuration": {"delivery_methods": ["text"]}, "credentials": {}}
    shown = tenant.patch(f"/branding/phone/providers/{provider_id}", json=change).json()
    assert shown["configuration"] == {"delivery_methods": ["text"]}


def test_a_deleted_phone_provider_is_gone(a_tenant):
    tenant = a_tenant()
    provider_id = tenant.post("/branding/phone/providers", json=a_provider()).json()["id"]
    assert tenant.delete(f"/branding/phone/providers/{provider_id}").status_code == 204
    answer = tenant.get(f"/branding/phone/providers/{provider_id}")
    assert (answer.status_code, answer.json()["message"]) == (404, "Notification Resource not found")


def test_a_phone_template_is_liquid_unless_it_says_otherwise(a_tenant):
    tenant = a_tenant()
    answer = tenant.post("/branding/phone/templates", json=a_template())
    assert answer.status_code == 201
    assert answer.json()["content"]["syntax"] == "liquid"
    assert answer.json()["channel"] == "phone"


def test_there_is_one_phone_template_of_each_type(a_tenant):
    tenant = a_tenant()
    tenant.post("/branding/phone/templates", json=a_template())
    assert tenant.post("/branding/phone/templates", json=a_template()).status_code == 409


def test_a_phone_template_is_changed_in_part(a_tenant):
    tenant = a_tenant()
    template_id = tenant.post("/branding/phone/templates", json=a_template()).json()["id"]
    shown = tenant.patch(f"/branding/phone/templates/{template_id}", json={"disabled": True}).json()
    assert shown["disabled"] is True
    assert shown["content"]["from"] == "+15550100"


def test_a_reset_brings_back_the_default_text(a_tenant):
    tenant = a_tenant()
    template_id = tenant.post("/branding/phone/templates", json=a_template()).json()["id"]
    shown = tenant.patch(f"/branding/phone/templates/{template_id}/reset").json()
    assert shown["content"]["body"]["text"].endswith("is your verification code for {{ friendly_name | escape }}")


def test_a_default_text_that_nobody_recorded_is_not_guessed(a_tenant):
    tenant = a_tenant()
    template_id = tenant.post("/branding/phone/templates", json=a_template(type="blocked_account")).json()["id"]
    assert tenant.patch(f"/branding/phone/templates/{template_id}/reset").status_code == 501
