"""The mail as it is handed to Auth0: Liquid, with everything of ours filled in; and who sends it."""

import re
from typing import Any

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from pages.profile.look import contrast
from stacks import reset_email
from stacks.reset_email import MailLook, reset_email_body, reset_email_subject, sender
from stacks.settings_tenant import Branding
from tests.stacks.running import before, is_secret, run


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Guestlist", "Guestlist <a@example.com>"),
        ("Æther & Söhne", "Æther & Söhne <a@example.com>"),
        ("Acme, Inc.", '"Acme, Inc." <a@example.com>'),
        ('The "Club"', '"The \\"Club\\"" <a@example.com>'),
    ],
)
def test_a_senders_name_never_reads_as_two_addresses(name: str, written: str) -> None:
    assert sender(name, "a@example.com") == written


def test_nothing_of_ours_is_left_to_fill_in() -> None:
    for text in (reset_email_body(link_ttl_sec=3600), reset_email_subject()):
        assert "[[" not in text
        assert "[%" not in text
        assert "[#" not in text
    assert "{{ url" in reset_email_body(link_ttl_sec=3600)


def test_the_subject_is_one_line() -> None:
    assert reset_email_subject()
    assert "\n" not in reset_email_subject()


def test_the_mail_says_the_lifetime_that_is_set() -> None:
    assert reset_email_body(link_ttl_sec=2 * 3600) != reset_email_body(link_ttl_sec=3 * 3600)


def test_the_mail_has_the_environments_colours_and_logo(monkeypatch: pytest.MonkeyPatch) -> None:
    branding = {"primaryColor": "#8a1c5b", "backgroundColor": "#fff5e6", "logoUrl": "https://example.com/logo.png"}
    body = run(monkeypatch, branding=branding).named("reset-email").plain["body"]

    assert all(value in body for value in branding.values())


def test_a_logo_that_mail_programs_do_not_show_is_left_out() -> None:
    branding = Branding.model_validate({"logoUrl": "https://example.com/logo.SVG?v=1"})
    assert "<img" not in reset_email_body(link_ttl_sec=60, look=MailLook.of(branding))


@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "#ffe600", "#777777", "#0059d6"])
def test_the_buttons_text_reads_on_any_colour(colour: str) -> None:
    """Source: https://www.w3.org/TR/WCAG22/#contrast-minimum."""
    found = re.findall(
        r"background-color:(#\w{6});color:(#\w{6});",
        reset_email_body(link_ttl_sec=60, look=MailLook(primary_color=colour)),
    )
    assert found
    assert [pair for pair in found if contrast(*pair) < 4.5] == []


def test_a_value_that_nobody_gives_stops_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(reset_email, "PASSWORD_RESET", tmp_path)
    with pytest.raises(TemplateNotFound):
        reset_email_subject()

    (tmp_path / "subject.txt").write_text("[[ nobody ]]")  # type: ignore[operator]
    with pytest.raises(UndefinedError):
        reset_email_subject()


def test_the_template_waits_for_the_mail_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "email-provider" in before(run(monkeypatch), "reset-email")


def test_the_invitation_is_the_reset_mail_with_our_lifetime(monkeypatch: pytest.MonkeyPatch) -> None:
    template = run(monkeypatch, invite={"linkTtlSec": 7200}).named("reset-email").plain

    assert (template["template"], template["syntax"], template["enabled"]) == ("reset_email", "liquid", True)
    assert template["urlLifetimeInSeconds"] == 7200
    assert "{{ url" in template["body"].replace("{{url", "{{ url")
    assert "[[" not in template["body"]
    assert "[%" not in template["body"]
    assert "resultUrl" not in template


def test_the_mail_password_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_secret(run(monkeypatch).named("email-provider").inputs["credentials"])


KEY = "a-key-of-the-service"
SERVICES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"service": "azure"}, {"azureCsConnectionString": KEY}),
    ({"service": "mailgun", "domain": "mg.example.com"}, {"apiKey": KEY, "domain": "mg.example.com"}),
    (
        {"service": "mailgun", "domain": "mg.example.com", "region": "eu"},
        {"apiKey": KEY, "domain": "mg.example.com", "region": "eu"},
    ),
    ({"service": "mandrill"}, {"apiKey": KEY}),
    (
        {"service": "ms365", "tenantId": "t", "clientId": "c"},
        {"ms365TenantId": "t", "ms365ClientId": "c", "ms365ClientSecret": KEY},
    ),
    ({"service": "sendgrid"}, {"apiKey": KEY}),
    (
        {"service": "ses", "region": "eu-west-1", "accessKeyId": "AKIA"},
        {"accessKeyId": "AKIA", "secretAccessKey": KEY, "region": "eu-west-1"},
    ),
    ({"service": "sparkpost"}, {"apiKey": KEY}),
]
NO_SMTP = dict.fromkeys(("smtpHost", "smtpPort", "smtpUser"))


@pytest.mark.parametrize(("email", "credentials"), SERVICES, ids=str)
def test_each_email_service_is_given_what_it_asks_for_as_secrets(
    monkeypatch: pytest.MonkeyPatch, email: dict[str, Any], credentials: dict[str, Any]
) -> None:
    provider = run(monkeypatch, email={**NO_SMTP, **email}, smtpPassword=None, emailSecret=KEY).named("email-provider")

    assert provider.plain["name"] == {"azure": "azure_cs"}.get(email["service"], email["service"])
    assert provider.plain["credentials"] == credentials
    assert is_secret(provider.inputs["credentials"])
