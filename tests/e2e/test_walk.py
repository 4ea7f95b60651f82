"""An invited person walks the whole flow: the deployed Actions, template, pages and policies, nothing stood in for."""

from collections.abc import Iterator

import pytest

from guestlist.journey.chromium import find_browser
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
    assert ana.claim("email_verified") == "false", "Auth0 does not take a changed password for a proof"
    assert stage.user("ana@example.com")["app_metadata"]["invite"]["accepted_at"]


def test_a_returning_person_is_challenged_and_not_asked_for_names_again(stage: Stage) -> None:
    rui = stage.invited("rui@example.com", phone="+351910000002", given_name="Rui")
    rui.choose_password(rui.open_mail())
    rui.log_in()
    stage.invite("rui@example.com")
    rui.log_out()
    rui.visitor.forget()

    assert rui.log_in() == ("login", "mfa-sms-challenge")
    assert rui.claim("given_name") == "Rui"
    assert rui.claim("email_verified") == "true", "inviting once more settles it"


def test_who_came_through_a_link_that_we_mailed_is_verified_at_once(stage: Stage) -> None:
    tom = stage.person("tom@example.com", phone="+351910000009")
    stage.invite("tom@example.com", delivery="ticket")

    tom.choose_password(tom.open_mail())

    assert tom.log_in() == FIRST_TIME
    assert tom.claim("email_verified") == "true"


def test_a_forgotten_password_brings_another_mail_than_an_invitation(stage: Stage) -> None:
    eva = stage.invited("eva@example.com", phone="+351910000003")
    eva.choose_password(eva.open_mail())
    eva.log_in()
    eva.log_out()

    eva.forget_password()
    link = eva.open_mail()

    assert "invited" in next(line for line in stage.said if "mail:" in line)
    assert "invited" not in [line for line in stage.said if "mail:" in line][-1]
    eva.person.password = "Another-horse-8-battery"
    eva.choose_password(link)
    assert eva.log_in() == ("login", "mfa-sms-challenge")


def test_a_scanner_that_opens_the_link_first_does_not_spend_it_and_a_person_does(stage: Stage) -> None:
    ivo = stage.invited("ivo@example.com", phone="+351910000004")
    link = ivo.open_mail()
    scanner = stage.forms()
    for _ in range(3):
        scanner.open(link)

    ivo.choose_password(link)
    scanner.open(link)

    assert scanner.heading() == "This link was used already"


def test_a_newer_link_makes_an_older_one_say_so(stage: Stage) -> None:
    leo = stage.invited("leo@example.com")
    older = leo.open_mail()

    stage.invite("leo@example.com", resend=True)
    leo.visitor.open(older)

    assert leo.visitor.heading() == "There is a newer link"
    leo.choose_password(leo.open_mail())


def test_who_leaves_the_profile_page_is_asked_again_and_gets_in_by_no_other_way(stage: Stage) -> None:
    noa = stage.invited("noa@example.com", phone="+351910000005")
    noa.choose_password(noa.open_mail())
    noa.visitor.open(f"{stage.site.application}/login")
    for screen in ("login", "mfa-sms-enrollment", "mfa-sms-challenge"):
        assert stage.site.screen(noa.visitor.url) == screen
        noa.answer(screen)
    assert stage.site.screen(noa.visitor.url) == "profile"

    noa.visitor.open(f"{stage.site.application}/login?prompt=none")

    assert noa.claim("sub") is None
    assert noa.log_in() == ("profile",), "the session is there, the names are not"


def test_without_javascript_and_in_a_real_browser_all_the_same(stage: Stage) -> None:
    if find_browser() is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    for number, javascript in enumerate((True, False)):
        address = f"browser{number}@example.com"
        walker = stage.invited(address, visitor=stage.chromium(javascript=javascript), phone=f"+35191000001{number}")
        walker.choose_password(walker.open_mail())
        assert walker.log_in() == FIRST_TIME
        assert walker.claim("given_name") == "Ana"
