"""What an environment's settings change of the walk: the order of the pages, the factor, where names go, who is asked."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.harness import LocalTenant, Project
from tests.e2e.walking import Stage, a_stage, on_its_own_port

pytestmark = pytest.mark.xdist_group("walk-variants")
SMS = ("mfa-sms-enrollment", "mfa-sms-challenge")

VARIANTS: dict[str, tuple[dict[str, dict[str, Any]], tuple[str, ...]]] = {
    "names before the second factor": ({"mfa": {"order": "afterProfile"}}, ("login", "profile", *SMS)),
    "an authenticator app": ({"mfa": {"factors": ["otp"]}}, ("login", "mfa-otp-enrollment-qr", "profile")),
    "two factors to choose from": (
        {"mfa": {"factors": ["sms", "otp"]}},
        ("login", "mfa-begin-enroll-options", *SMS, "profile"),
    ),
    "names at the root of the profile": ({"profile": {"store": "root"}}, ("login", *SMS, "profile")),
    "no profile page": ({"profile": {"enabled": False}}, ("login", *SMS)),
}
USUAL: dict[str, dict[str, Any]] = {
    "mfa": {"order": "beforeProfile", "factors": ["sms"]},
    "profile": {"store": "metadata", "enabled": True},
}


@pytest.fixture(scope="module")
def environment(project: Project) -> Project:
    on_its_own_port(project)
    return project


def a_variant(environment: Project, name: str) -> tuple[str, ...]:
    """Set it; answers the pages that a person should meet."""
    changes, screens = VARIANTS[name]
    for group, usual in USUAL.items():
        environment.set_config(group, **{**usual, **changes.get(group, {})})
    return screens


@pytest.mark.parametrize("name", VARIANTS)
def test_a_person_meets_the_pages_that_the_settings_ask_for(environment: Project, name: str) -> None:
    screens = a_variant(environment, name)
    number = list(VARIANTS).index(name)
    address = f"person{number}@example.com"

    with a_stage(environment) as stage:
        person = stage.invited(address, phone=f"+35192000000{number}")
        person.choose_password(person.open_mail())

        assert person.log_in() == screens
        asked = "profile" in screens
        assert person.claim("given_name") == ("Ana" if asked else None)
        user = stage.user(address)
        at_root = name == "names at the root of the profile"
        assert user.get("given_name") == ("Ana" if asked and at_root else None)
        assert ("given_name" in user.get("user_metadata", {})) == (asked and not at_root)


def test_whose_browser_speaks_arabic_reads_arabic_from_the_mail_to_the_names(environment: Project) -> None:
    for group, usual in USUAL.items():
        environment.set_config(group, **usual)
    environment.set_list("languages", ["en", "ar"])
    with a_stage(environment) as stage:
        stage.invite("aziz@example.com", language="ar")
        aziz = stage.person("aziz@example.com", visitor=stage.forms(language="ar"), phone="+966500000001")
        aziz.choose_password(aziz.open_mail())
        aziz.log_in()

        read = [line for line in stage.said if not line.startswith("  application")]
        assert [line for line in read if not re.search("[\u0600-\u06ff]", line)] == []
        assert len(read) == 8, (
            "the mail, two pages of the password, the login, two of the phone, the names and on from there"
        )


def test_who_logs_in_on_a_domain_of_ones_own_never_sees_the_tenants_own_name(environment: Project) -> None:
    for group, usual in USUAL.items():
        environment.set_config(group, **usual)
    environment.set_config("loginDomain", name="login.localhost", inUse=True)
    with a_stage(environment) as stage:
        visitor = stage.forms()
        maria = stage.invited("maria@example.com", visitor=visitor, phone="+351920000100")
        link = maria.open_mail()
        maria.choose_password(link)

        assert maria.log_in() == ("login", *SMS, "profile")
        assert urlsplit(link).hostname == "login.localhost"
        seen = {urlsplit(url).hostname for url in visitor.visited}
        assert seen == {"login.localhost", "app.localhost", "profile.localhost"}
        maria.log_out()
        visitor.forget()
        assert maria.log_in() == ("login", "mfa-sms-challenge")
    environment.drop_config("loginDomain")


@pytest.fixture(scope="module")
def stage(environment: Project) -> Iterator[Stage]:
    for group, usual in USUAL.items():
        environment.set_config(group, **usual)
    environment.set_config("mfa", appliesTo="clients")
    with a_stage(environment) as stage:
        yield stage


def test_who_uses_another_application_of_the_tenant_meets_none_of_our_pages(stage: Stage) -> None:
    callback = f"{stage.site.application}/another-application"
    other = a_foreign_application(stage.tenant, callback)
    visitor = stage.forms()

    visitor.open(
        f"{stage.site.login}/authorize?response_type=code&client_id={other}&redirect_uri={callback}&scope=openid&state=s"
    )
    visitor.fill("username", "old@example.com")
    visitor.fill("password", "Correct-horse-7-battery")
    visitor.press()

    assert visitor.url.startswith(f"{callback}?code=")


def a_foreign_application(tenant: LocalTenant, callback: str) -> str:
    """With a connection and a user of its own, from before."""
    client: str = tenant.write(
        "POST", "/clients", {"name": "Other", "app_type": "regular_web", "callbacks": [callback]}
    )["client_id"]
    connection = tenant.write("POST", "/connections", {"name": "old-users", "strategy": "auth0"})
    enabled = [{"client_id": one, "status": True} for one in (client, tenant.client_id)]
    tenant.write("PATCH", f"/connections/{connection['id']}/clients", enabled)
    user = {"connection": "old-users", "email": "old@example.com", "password": "Correct-horse-7-battery"}
    tenant.write("POST", "/users", user)
    return client
