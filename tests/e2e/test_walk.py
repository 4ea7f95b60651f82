"""An invited person walks the whole flow: the deployed Actions, template, pages and policies, nothing stood in for."""

import json
import subprocess
from collections.abc import Iterator

import pytest

from guestlist.journey.chromium import find_browser
from guestlist.journey.forms import FormsVisitor
from guestlist.journey.journey import Journey
from tests.e2e.harness import Project, succeeded
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


def test_the_commands_work_with_what_the_stack_says(stage: Stage) -> None:
    (stage.project.directory / ".guestlist" / "local").symlink_to(stage.tenant.directory)

    def invites(*arguments: str) -> subprocess.CompletedProcess[str]:
        return stage.project.guestlist("invites", *arguments, "--env", "local")

    succeeded(invites("create", "zoe@example.com", "--delivery", "ticket"))
    zoe = stage.person("zoe@example.com")
    link = zoe.open_mail()
    succeeded(invites("revoke", "zoe@example.com"))
    zoe.visitor.open(link)
    assert zoe.visitor.heading() == "There is a newer link"
    listed = json.loads(succeeded(invites("list", "--revoked", "--json")).stdout)
    assert [one["address"] for one in listed] == ["zoe@example.com"]
    assert invites("resend", "zoe@example.com").returncode == 3


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


def at_the_names(stage: Stage, address: str, phone: str) -> tuple[Journey, FormsVisitor]:
    """Somebody who is on the profile page for the first time."""
    visitor = stage.forms()
    somebody = stage.invited(address, visitor=visitor, phone=phone)
    somebody.choose_password(somebody.open_mail())
    visitor.open(f"{stage.site.application}/login")
    while stage.site.screen(visitor.url) != "profile":
        somebody.answer(stage.site.screen(visitor.url))
    return somebody, visitor


def give_name(visitor: FormsVisitor, name: str) -> None:
    """On the form, and on the page that hands it on."""
    visitor.fill("given_name", name)
    visitor.press()
    visitor.press()


def test_of_two_tabs_both_arrive_and_the_name_of_the_first_stays(stage: Stage) -> None:
    mia, first = at_the_names(stage, "mia@example.com", "+351910000006")
    second = first.another_tab()
    second.open(f"{stage.site.application}/login")
    assert stage.site.screen(second.url) == "profile"

    mia.go_on()
    give_name(second, "Somebody")

    assert (stage.site.screen(first.url), stage.site.screen(second.url)) == ("application", "application")
    assert stage.user("mia@example.com")["user_metadata"]["given_name"] == "Ana"


def test_the_back_button_on_the_names_leads_to_a_page_that_says_so(stage: Stage) -> None:
    gil, visitor = at_the_names(stage, "gil@example.com", "+351910000007")
    form = visitor.another_tab()
    form.open(visitor.url)
    gil.go_on()

    give_name(form, "Twice")

    assert form.heading() == "You have been here already", (form.url, form.text())
    form.follow("/login")
    assert stage.site.screen(form.url) == "application"
    assert stage.user("gil@example.com")["user_metadata"]["given_name"] == "Ana"


def test_another_browser_cannot_go_on_with_the_address_of_the_names(stage: Stage) -> None:
    eli, visitor = at_the_names(stage, "eli@example.com", "+351910000008")
    other = stage.forms()
    other.open(visitor.url)
    give_name(other, "Mallory")

    assert other.heading() == "This sign-in was begun in another browser"
    assert "given_name" not in stage.user("eli@example.com").get("user_metadata", {})
    eli.go_on()
    assert eli.claim("given_name") == "Ana"


def test_who_lost_the_phone_reads_whom_to_ask(stage: Stage) -> None:
    ada = stage.invited("ada@example.com", phone="+351910000009")
    ada.choose_password(ada.open_mail())
    ada.log_in()
    ada.log_out()
    ada.visitor.forget()
    ada.visitor.open(f"{stage.site.application}/login")
    ada.answer("login")

    assert stage.site.screen(ada.visitor.url) == "mfa-sms-challenge"
    assert "You no longer have this phone? Those who run" in ada.visitor.text()


def test_who_lost_the_phone_enrols_another_after_a_reset_and_the_old_ones_code_is_refused(stage: Stage) -> None:
    nora = stage.invited("nora@example.com", phone="+351910000020")
    nora.choose_password(nora.open_mail())
    nora.log_in()
    finder = stage.person("nora@example.com", phone="+351910000020")
    finder.visitor.open(f"{stage.site.application}/login")
    finder.answer("login")
    assert stage.site.screen(finder.visitor.url) == "mfa-sms-challenge"

    command = ("users", "reset-mfa", "nora@example.com", "--env", "local", "--yes", "--json")
    reset = json.loads(succeeded(stage.project.guestlist(*command)).stdout)
    finder.answer("mfa-sms-challenge")

    assert (reset["removed"][0]["phoneEndsIn"], reset["left"]) == ("20", [])
    assert finder.claim("sub") is None, "the code was right, its phone no longer counts"
    nora.person.phone = "+351910000021"
    assert nora.log_in() == ("login", "mfa-sms-enrollment", "mfa-sms-challenge"), (
        "the session is over, the name is kept"
    )
    nora.log_out()
    assert nora.log_in() == ("login", "mfa-sms-challenge"), "the code went to the new phone"


def test_without_javascript_and_in_a_real_browser_all_the_same(stage: Stage) -> None:
    if find_browser() is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    for number, javascript in enumerate((True, False)):
        address = f"browser{number}@example.com"
        walker = stage.invited(address, visitor=stage.chromium(javascript=javascript), phone=f"+35191000001{number}")
        walker.choose_password(walker.open_mail())
        assert walker.log_in() == FIRST_TIME
        assert walker.claim("given_name") == "Ana"
