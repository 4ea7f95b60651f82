"""Mail: the deployed template, by the deployed provider, and nothing that leaves this machine."""

import smtplib
import socket
from email import message_from_string

import pytest

from localtenant.messages import mailbox
from localtenant.messages.mail import is_loopback, send_mail
from tests.localtenant.messages.conftest import a_mail_template, a_user, an_smtp_provider

URL = "https://localhost:8443/u/reset-verify?ticket=abc#"


def ready(local, *, provider=None, template=None):
    """A tenant with a name, and what is to be deployed."""
    local.patch("/tenants/settings", json={"friendly_name": "Fjord & Sons", "support_email": "help@example.com"})
    if provider is not None:
        assert local.post("/emails/provider", json=provider).status_code == 201
    if template is not None:
        assert local.post("/email-templates", json=template).is_success
    return local


def send(local, receiving, *, user=None, client=None, **options):
    async def run():
        async with receiving(local.tenant) as box:
            provider = local.tenant.singleton("email_provider") or {"credentials": {}}
            if provider["credentials"].get("smtp_port") == 2525:
                provider["credentials"]["smtp_port"] = box.port
                local.tenant.set_singleton("email_provider", provider)
            await send_mail(local.tenant, "reset_email", user or a_user(), URL, client=client, **options)

    local.loop.run_until_complete(run())
    return mailbox.mails(local.tenant)


def test_the_deployed_template_arrives_by_smtp(a_tenant, receiving):
    local = ready(a_tenant(), provider=an_smtp_provider(2525), template=a_mail_template())

    (mail,) = send(local, receiving, user=a_user(given_name="Anaïs 毛"))

    assert mail["subject"] == "You are invited to Fjord & Sons"
    assert mail["from"] == "Fjord & Sons <invitations@example.com>"
    assert mail["envelope"] == {"from": "invitations@example.com", "to": ["ana@example.com"]}
    assert "Hello Anaïs 毛" in mail["text"]
    assert mail["links"] == [URL]
    assert mail["note"] == ""
    assert local.logs("fn") == []


def test_every_documented_variable_is_there(a_tenant, receiving):
    names = (
        "application.name", "application.clientID", "application.client_metadata.role", "connection.name", "request_language", "tenant",
        "friendly_name", "support_email", "user.email", "user.email_verified", "user.nickname", "user.name", "user.user_metadata.language",
        "user.app_metadata.invite.by", "url", "custom_domain.domain", "application.callback_domain", "application.client_secret",
    )  # fmt: skip
    body = "\n".join(f"{name}={{{{ {name} }}}}" for name in names)
    local = ready(a_tenant(), provider=an_smtp_provider(2525), template=a_mail_template(body=body))
    client = {"client_id": "c1", "name": "App", "client_metadata": {"role": "application"}, "client_secret": "hush"}
    client["callbacks"] = ["https://app.example.com/callback"]
    user = a_user(name="Ana", nickname="ana", user_metadata={"language": "de"}, app_metadata={"invite": {"by": "Bo"}})

    (mail,) = send(local, receiving, user=user, client=client, request_language="fr")

    shown = dict(line.partition("=")[::2] for line in mail["html"].strip().splitlines())
    assert shown == {
        "application.name": "App",
        "application.clientID": "c1",
        "application.client_metadata.role": "application",
        "application.callback_domain": "https://app.example.com",
        "application.client_secret": "",
        "connection.name": "invited-users",
        "request_language": "fr",
        "tenant": "localhost",
        "friendly_name": "Fjord & Sons",
        "support_email": "help@example.com",
        "user.email": "ana@example.com",
        "user.email_verified": "false",
        "user.nickname": "ana",
        "user.name": "Ana",
        "user.user_metadata.language": "de",
        "user.app_metadata.invite.by": "Bo",
        "url": URL,
        "custom_domain.domain": "localhost:8443",
    }


def test_a_template_that_is_off_sends_nothing(a_tenant, receiving):
    local = ready(a_tenant(), provider=an_smtp_provider(2525), template=a_mail_template(enabled=False))
    assert send(local, receiving) == []
    assert local.logs("fn") == []


def test_a_provider_without_a_template_sends_the_default_mail(a_tenant, receiving):
    (mail,) = send(ready(a_tenant(), provider=an_smtp_provider(2525)), receiving)
    assert mail["from"] == "login@example.com"
    assert mail["links"] == [URL]


def test_without_a_provider_auth0s_own_mailer_ignores_the_template(a_tenant, receiving):
    (mail,) = send(ready(a_tenant(), template=a_mail_template()), receiving)
    assert mail["from"] == "no-reply@auth0user.net"
    assert mail["subject"] == "Reset your password"
    assert "no email provider" in mail["note"]


@pytest.mark.parametrize(
    ("provider", "through"),
    [
        (an_smtp_provider(587, host="smtp.example.com"), "smtp.example.com:587"),
        ({"name": "sendgrid", "enabled": True, "credentials": {"api_key": "key"}}, "sendgrid"),
    ],
)
def test_nothing_leaves_this_machine(a_tenant, receiving, monkeypatch, provider, through):
    local = ready(a_tenant(), provider=provider, template=a_mail_template())
    monkeypatch.setattr(smtplib, "SMTP", lambda *_, **__: pytest.fail("a server was contacted"))

    (mail,) = send(local, receiving)

    assert mail["note"] == f"A real tenant would have sent this through {through}."
    assert mail["links"] == [URL]


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "mail.localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"]
)
def test_loopback(host):
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "10.0.0.1", "localhost.example.com", "smtp.example.com", "0.0.0.0", "mylocalhost"]
)
def test_no_loopback(host):
    assert not is_loopback(host)


def test_a_server_that_does_not_answer_is_in_the_log_and_nowhere_else(a_tenant, receiving):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        local = ready(a_tenant(), provider=an_smtp_provider(port), template=a_mail_template())
        assert send(local, receiving) == []

    (entry,) = local.logs("fn")
    assert "ECONNREFUSED" in entry["description"]
    assert entry["details"]["to"] == "ana@example.com"
    assert "ticket" not in str(entry)
    assert "hidden" not in str(entry)


def test_a_template_that_cannot_be_rendered_is_in_the_log(a_tenant, receiving):
    local = ready(a_tenant(), provider=an_smtp_provider(2525), template=a_mail_template(body="{{ url | shout }}"))
    assert send(local, receiving) == []
    assert "shout" in local.logs("fn")[0]["description"]


def test_another_server_on_this_machine_gets_the_mail_and_the_mailbox_a_copy(a_tenant, receiving):
    local, other = a_tenant(), a_tenant(seed=2)

    async def run():
        async with receiving(local.tenant), receiving(other.tenant) as elsewhere:
            ready_provider = an_smtp_provider(elsewhere.port)
            local.tenant.set_singleton("email_provider", ready_provider)
            await send_mail(local.tenant, "reset_email", a_user(), URL, client=None)

    local.loop.run_until_complete(run())

    assert [mail["links"] for mail in mailbox.mails(other.tenant)] == [[URL]]
    (copy,) = mailbox.mails(local.tenant)
    assert "another program" in copy["note"]


@pytest.mark.parametrize("name", ["Bob\r\nBcc: eve@example.com", "毛泽东", 'A "quoted", name', "\x00"])
def test_a_name_cannot_write_a_header(a_tenant, receiving, name):
    template = a_mail_template(subject="{{ user.name }}", **{"from": "{{ user.name }} <a@example.com>"})
    local = ready(a_tenant(), provider=an_smtp_provider(2525), template=template)

    found = send(local, receiving, user=a_user(name=name))

    assert [mail["envelope"]["to"] for mail in found] in ([["ana@example.com"]], [])
    assert all("\nBcc:" not in mail["source"] for mail in found)


def test_an_international_address_gets_its_mail(a_tenant, receiving):
    local = ready(a_tenant(), provider=an_smtp_provider(2525), template=a_mail_template())
    found = send(local, receiving, user=a_user(email="jörg@exämple.de"))
    assert local.logs("fn") == []
    (mail,) = found
    assert mail["envelope"]["to"] == ["jörg@exämple.de"]


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        (None, "Votre invitation à rejoindre Fjord & Sons", "Bo <b> vous invite à rejoindre Fjord & Sons"),
        ("de-AT", "Sie sind zu Fjord & Sons eingeladen", "Bo <b> lädt Sie zu Fjord & Sons ein"),
        ("ar", "دعوة إلى Fjord & Sons", "دعوة من Bo <b> إلى Fjord & Sons"),
    ],
)
def test_the_invitation_of_this_repository_is_in_the_invited_persons_language_or_that_of_the_request(
    a_tenant, receiving, language, subject, words
):
    from stacks.reset_email import reset_email_body, reset_email_subject

    template = a_mail_template(body=reset_email_body(link_ttl_sec=604800), subject=reset_email_subject())
    local = ready(a_tenant(), provider=an_smtp_provider(2525), template=template)
    invite = {"by": "Bo <b>", "expires_at": "2026-11-30T12:00:00Z", **({"language": language} if language else {})}

    (mail,) = send(local, receiving, user=a_user(app_metadata={"invite": invite}), request_language="fr")

    assert mail["subject"] == subject
    assert mail["text"].splitlines()[:2] == ["Fjord & Sons", words]  # what only a list of mails shows is not in it
    assert "Bo &lt;b&gt;" in mail["html"]
    assert "30" in mail["text"]  # the day, by the tenant's clock
    assert mail["links"] == [URL]


def test_the_text_of_a_mail_leaves_out_what_is_hidden_and_goes_on_behind_it(a_tenant, receiving):
    body = '<div style="display: none">a<div>b</div>c</div><p>d <style>e</style>f</p>{{ url }}'
    (mail,) = send(ready(a_tenant(), provider=an_smtp_provider(2525), template=a_mail_template(body=body)), receiving)
    assert mail["text"].strip() == f"d f\n{URL}"


def test_a_mail_has_a_text_for_whoever_reads_no_html(a_tenant, receiving):
    (mail,) = send(ready(a_tenant(), provider=an_smtp_provider(2525), template=a_mail_template()), receiving)
    message = message_from_string(mail["source"])
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.get_payload()] == ["text/plain", "text/html"]
    assert mail["text"].strip() == f"Hello\nGo: {URL}"


@pytest.mark.parametrize(
    "body", ["{% for i in (1..1000000) %}{{ i }}{% endfor %}", "{{ url | divided_by: 0 }}", "{% if %}"]
)
def test_a_template_that_goes_wrong_is_in_the_log_without_the_link(a_tenant, receiving, body):
    local = ready(a_tenant(), provider=an_smtp_provider(2525), template=a_mail_template(body=body))
    assert send(local, receiving) == []
    (entry,) = local.logs("fn")
    assert entry["details"]["email_type"] == "reset_email"
    assert "ticket" not in str(entry)


def test_a_server_that_quotes_the_mail_does_not_bring_the_link_into_the_log(a_tenant, receiving, monkeypatch):
    def refuse(*_, **__):
        raise smtplib.SMTPDataError(554, f"looks like spam: {URL}".encode())

    monkeypatch.setattr(smtplib.SMTP, "send_message", refuse)
    local = ready(a_tenant(), provider=an_smtp_provider(2525), template=a_mail_template())
    assert send(local, receiving) == []
    assert local.logs("fn")[0]["description"] == "554 looks like spam: (a link)"
