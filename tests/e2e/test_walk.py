"""An invited person walks the whole flow: the deployed Actions, template, pages and policies, nothing stood in for."""

from collections.abc import Iterator

import pytest

from tests.e2e.harness import Project
from tests.e2e.walking import Stage, a_stage, on_its_own_port

pytestmark = pytest.mark.xdist_group("walk")
FIRST_TIME = ("login", "mfa-sms-enrollment", "mfa-sms-challenge", "profile")


@pytest.fixture(scope="module")
def stage(project: Project) -> Iterator[Stage]:
    on_its_own_port(project)
    with a_stage(project) as stage:
        yield stage


def test_an_invited_person_arrives_in_the_application_with_a_name(stage: Stage) -> None:
    ana = stage.invited("ana@example.com")

    ana.choose_password(ana.open_mail())

    assert ana.log_in() == FIRST_TIME
    assert (ana.claim("given_name"), ana.claim("family_name")) == ("Ana", "Lopes")
    assert ana.claim("email_verified") == "True"
    assert stage.user("ana@example.com")["app_metadata"]["invite"]["accepted_at"]


def test_a_returning_person_is_challenged_and_not_asked_for_names_again(stage: Stage) -> None:
    rui = stage.invited("rui@example.com", phone="+351910000002", given_name="Rui")
    rui.choose_password(rui.open_mail())
    rui.log_in()
    rui.log_out()
    rui.visitor.forget()

    assert rui.log_in() == ("login", "mfa-sms-challenge")
    assert rui.claim("given_name") == "Rui"
