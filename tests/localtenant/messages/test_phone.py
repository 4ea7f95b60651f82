"""Text messages: the deployed words, the local phone, and the Action of a provider of one's own."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from localtenant.messages import phone
from localtenant.messages.phone import send_text
from tests.localtenant.messages.conftest import a_user

NUMBER = "+4915112345678"
CODE = "exports.onExecuteCustomPhoneProvider = async () => {};"


@dataclass
class Command:
    name: str
    arguments: tuple[Any, ...] = ()


@dataclass
class Result:
    commands: tuple[Command, ...] = ()
    logs: tuple[str, ...] = ()
    error: str | None = None


@dataclass
class Runner:
    """Notes what it was called with."""

    result: Result = field(default_factory=Result)
    calls: list[Any] = field(default_factory=list)

    async def run(self, call):
        self.calls.append(call)
        return self.result


def send(local, who=NUMBER, *, kind="otp_verify", runtime=None, **options):
    local.loop.run_until_complete(
        send_text(local.tenant, who, "123456", kind=kind, locale="de", runtime=runtime, **options)
    )
    return phone.texts(local.tenant)


def an_action(local, trigger, version):
    body = {
        "name": "phone-webhook",
        "supported_triggers": [{"id": trigger, "version": version}],
        "code": CODE,
        "runtime": "node22",
        "secrets": [{"name": "WEBHOOK_SECRET", "value": "s3cret"}],
    }
    action = local.post("/actions/actions", json=body).json()
    document = local.tenant.store.get("actions", action["id"])
    local.tenant.store.put("actions", action["id"], {**document, "status": "built"})
    assert local.post(f"/actions/actions/{action['id']}/deploy").is_success
    return action["id"]


def a_custom_provider(local):
    an_action(local, "custom-phone-provider", "v1")
    body = {"name": "custom", "configuration": {"delivery_methods": ["text"]}, "credentials": {}}
    assert local.post("/branding/phone/providers", json=body).status_code == 201


def guardian(local):
    local.patch("/tenants/settings", json={"phone_consolidated_experience": False})
    return local


def test_a_fresh_tenant_sends_its_own_words_to_the_local_phone(a_tenant):
    local = a_tenant()
    local.patch("/tenants/settings", json={"friendly_name": "Fjord"})
    (text,) = send(local)
    assert text["text"] == "123456 is your verification code for Fjord"
    assert (text["to"], text["code"], text["kind"], text["provider"]) == (NUMBER, "123456", "otp_verify", "auth0")
    assert local.logs("gd_send_sms")[0]["details"]["recipient"] == NUMBER


@pytest.mark.parametrize("kind", ["otp_enroll", "otp_verify"])
def test_the_deployed_words_of_each_kind(a_tenant, kind):
    local = a_tenant()
    for one in ("otp_enroll", "otp_verify"):
        body = {"text": one + " {{ code | escape }} {{ friendly_name }} {{ user.email }} {{ locale }}"}
        local.post("/branding/phone/templates", json={"type": one, "content": {"body": body, "from": "+1555"}})
    (text,) = send(local, a_user(phone_number=NUMBER), kind=kind)
    assert text["text"] == f"{kind} 123456 localhost ana@example.com de"
    assert text["from"] == "+1555"
    assert text["user_id"] == "auth0|1"


def test_words_that_are_switched_off_are_not_used(a_tenant):
    local = a_tenant()
    template = {"type": "otp_verify", "disabled": True, "content": {"body": {"text": "mine"}}}
    local.post("/branding/phone/templates", json=template)
    assert send(local)[0]["text"].startswith("123456 is your")


def test_twilio_ends_at_the_local_phone(a_tenant):
    local = a_tenant()
    configuration = {"default_from": "+15550100", "sid": "sid", "delivery_methods": ["text"]}
    body = {"name": "twilio", "configuration": configuration, "credentials": {"auth_token": "hidden"}}
    assert local.post("/branding/phone/providers", json=body).status_code == 201
    (text,) = send(local)
    assert text["note"] == "A real tenant would have sent this through twilio."
    assert text["from"] == "+15550100"


def test_a_provider_of_ones_own_gets_the_message_in_its_event(a_tenant):
    local, runner = a_tenant(), Runner()
    a_custom_provider(local)

    client = {"client_id": "c1", "name": "App", "client_secret": "hush"}
    (text,) = send(
        local, a_user(phone_number=NUMBER, _password="hash"), kind="otp_enroll", runtime=runner, client=client
    )

    (call,) = runner.calls
    assert (call.code, call.handler) == (CODE, "onExecuteCustomPhoneProvider")
    assert call.secrets == {"WEBHOOK_SECRET": "s3cret"}
    assert call.event["notification"] == {
        "as_text": "123456 is your verification code for localhost",
        "as_voice": text and call.event["notification"]["as_voice"],
        "code": "123456",
        "delivery_method": "text",
        "locale": "de",
        "message_type": "otp_enroll",
        "recipient": NUMBER,
    }
    assert call.event["client"] == {"client_id": "c1", "name": "App", "metadata": {}}
    assert call.event["user"]["email"] == "ana@example.com"
    assert "hash" not in str(call.event)
    assert "hush" not in str(call.event)
    assert text["note"] == "A copy: it was handed to the Action phone-webhook."


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (Result(error="boom"), "failed: boom"),
        (Result(commands=(Command("notification.retry", ("busy",)),)), "did not deliver it: busy"),
        (Result(commands=(Command("notification.retry", ("a",)), Command("notification.drop", ("b",)))), "it: b"),
        (Result(commands=(Command("notification.drop"),)), "no reason given"),
    ],
)
def test_what_an_action_did_not_deliver_is_in_the_log_and_not_on_the_phone(a_tenant, result, said):
    local = a_tenant()
    a_custom_provider(local)
    assert send(local, runtime=Runner(result)) == []
    (entry,) = local.logs("gd_send_sms_failure")
    assert said in entry["description"]
    assert "123456" not in str(entry["description"])


def test_a_provider_of_ones_own_without_its_action_sends_nothing(a_tenant):
    local = a_tenant()
    local.tenant.store.put("phone_providers", "p", {"id": "p", "name": "custom", "configuration": {}})
    assert send(local, runtime=Runner()) == []
    assert "no deployed Action" in local.logs("gd_send_sms_failure")[0]["description"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (
            "otp_enroll",
            "123456 is your verification code for localhost. Please enter this code to verify your enrollment.",
        ),
        ("otp_verify", "123456 is your verification code for localhost"),
    ],
)
def test_guardians_words(a_tenant, kind, text):
    assert send(guardian(a_tenant()), kind=kind)[0]["text"] == text


def test_guardians_own_words(a_tenant):
    local = guardian(a_tenant())
    templates = {
        "enrollment_message": "enrol {{code}}",
        "verification_message": "{{ code }} / {{ tenant.friendly_name }}",
    }
    assert local.put("/guardian/factors/phone/templates", json=templates).is_success
    assert send(local)[0]["text"] == "123456 / localhost"


def test_guardians_hook_runs_the_action_that_is_bound(a_tenant):
    local, runner = guardian(a_tenant()), Runner()
    assert local.put("/guardian/factors/phone/selected-provider", json={"provider": "phone-message-hook"}).is_success
    action_id = an_action(local, "send-phone-message", "v2")
    assert send(local, runtime=runner) == []
    bindings = {"bindings": [{"ref": {"type": "action_id", "value": action_id}, "display_name": "phone-webhook"}]}
    assert local.patch("/actions/triggers/send-phone-message/bindings", json=bindings).is_success

    (text,) = send(local, kind="otp_enroll", runtime=runner)

    (call,) = runner.calls
    assert call.handler == "onExecuteSendPhoneMessage"
    assert call.event["message_options"] == {
        "recipient": NUMBER,
        "text": text["text"],
        "code": "123456",
        "action": "enrollment",
        "message_type": "sms",
    }


def test_words_that_cannot_be_rendered_are_in_the_log(a_tenant):
    local = a_tenant()
    template = {"type": "otp_verify", "content": {"body": {"text": "{{ code | shout }}"}}}
    local.post("/branding/phone/templates", json=template)
    assert send(local) == []
    assert local.logs("gd_send_sms_failure")
