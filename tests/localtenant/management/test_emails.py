"""The email provider and the email templates."""

import pytest

SMTP = {
    "name": "smtp",
    "enabled": True,
    "default_from_address": "login@example.com",
    "credentials": {"smtp_host": "mail.example.com", "smtp_port": 587, "smtp_user": "bob", "smtp_pass": "hidden"},
}


def a_template(**changes):
    return {
        "template": "reset_email",
        "body": "<p>{{ url }}</p>",
        "from": "login@example.com",
        "subject": "Your password",
        "syntax": "liquid",
        "enabled": True,
        **changes,
    }


def test_a_fresh_tenant_has_no_provider(a_tenant):
    answer = a_tenant().get("/emails/provider")
    assert answer.status_code == 404
    assert answer.json()["errorCode"] == "inexistent_email_provider"


def test_the_password_of_the_provider_is_kept_and_never_shown(a_tenant):
    tenant = a_tenant()
    assert tenant.post("/emails/provider", json=SMTP).status_code == 201
    shown = tenant.get("/emails/provider").json()
    assert shown["credentials"] == {"smtp_host": "mail.example.com", "smtp_port": 587, "smtp_user": "bob"}
    assert tenant.tenant.singleton("email_provider")["credentials"]["smtp_pass"] == "hidden"


def test_there_is_one_provider_at_most(a_tenant):
    tenant = a_tenant()
    tenant.post("/emails/provider", json=SMTP)
    answer = tenant.post("/emails/provider", json=SMTP)
    assert answer.status_code == 409
    assert answer.json()["message"] == "An email provider is already configured: smtp"


def test_another_provider_starts_over(a_tenant):
    tenant = a_tenant()
    tenant.post("/emails/provider", json={**SMTP, "settings": {"headers": {"X-Example": "1"}}})
    tenant.patch("/emails/provider", json={"name": "mandrill", "credentials": {"api_key": "key"}})
    shown = tenant.get("/emails/provider").json()
    assert shown["name"] == "mandrill"
    assert shown["credentials"] == {}
    assert "settings" not in shown


def test_the_same_provider_keeps_what_is_not_named(a_tenant):
    tenant = a_tenant()
    tenant.post("/emails/provider", json=SMTP)
    shown = tenant.patch("/emails/provider", json={"enabled": False}).json()
    assert shown["credentials"]["smtp_host"] == "mail.example.com"
    assert shown["enabled"] is False


def test_a_deleted_provider_is_gone(a_tenant):
    tenant = a_tenant()
    tenant.post("/emails/provider", json=SMTP)
    assert tenant.delete("/emails/provider").status_code == 204
    assert tenant.get("/emails/provider").status_code == 404


@pytest.mark.parametrize("method", ["get", "patch"])
def test_a_template_does_not_exist_until_somebody_makes_it(a_tenant, method):
    tenant = a_tenant()
    answer = tenant.call(method.upper(), "/email-templates/reset_email", **({"json": {}} if method == "patch" else {}))
    assert answer.status_code == 404


def test_a_template_is_made_once(a_tenant):
    tenant = a_tenant()
    assert tenant.post("/email-templates", json=a_template()).is_success
    answer = tenant.post("/email-templates", json=a_template())
    assert answer.status_code == 409
    assert answer.json()["message"] == "Template reset_email already exists."


def test_a_template_reads_back_as_written(a_tenant):
    tenant = a_tenant()
    tenant.post("/email-templates", json=a_template(urlLifetimeInSeconds=3600))
    assert tenant.get("/email-templates/reset_email").json() == a_template(urlLifetimeInSeconds=3600)


def test_a_patch_changes_what_it_names(a_tenant):
    tenant = a_tenant()
    tenant.post("/email-templates", json=a_template())
    tenant.patch("/email-templates/reset_email", json={"template": "reset_email", "enabled": False})
    assert tenant.get("/email-templates/reset_email").json() == a_template(enabled=False)


def test_a_put_replaces_the_template(a_tenant):
    tenant = a_tenant()
    tenant.post("/email-templates", json=a_template(urlLifetimeInSeconds=3600))
    tenant.put("/email-templates/reset_email", json=a_template())
    assert "urlLifetimeInSeconds" not in tenant.get("/email-templates/reset_email").json()
