"""A forgotten password: the mail, the link in it, the new password, and links that do not work."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from localtenant import app
from localtenant.management import passwords as hashing
from tests.localtenant.authentication.world import DATABASE, PASSWORD, refused

from .reading import error_of, links_of, title_of, value_of

NEW = "Another-horse-2"
TICKET = "/tickets/password-change"
APP_LOGIN = "https://app.example.com/login"


def forgot(world, email="ana@example.com"):
    """The link on the login page, and the address on the page behind it."""
    login = world.http.get(world.authorize().headers["location"])
    request = links_of(login)["Forgot your password?"]
    assert title_of(world.http.get(request)) == "Forgot your password?"
    return world.http.post(request, data={"email": email})


def mailed(world):
    """The path of the link in the last mail."""
    return path_of(world.messenger.mails[-1][2])


def path_of(link):
    return link.removeprefix("https://localhost:8443")


def a_ticket(world, **fields):
    answer = world.local.post(TICKET, json={"user_id": world.user_id, **fields})
    assert answer.status_code == 201, answer.text
    return path_of(answer.json()["ticket"])


def submit(world, link, password=NEW, again=None):
    form = {"password-reset": password, "re-enter-password": password if again is None else again}
    return world.http.post(link, data=form)


def can_log_in(world, password):
    return world.submit(world.authorize(prompt="login"), password=password).status_code == 302


def broken_rules(page):
    return re.findall(r'<li class="broken">.*?</span>(.*?)</li>', page.text)


def test_a_forgotten_password_is_replaced_through_the_mail(world):
    page = forgot(world)
    assert title_of(page) == "Look at your mail"
    ((template, address, link),) = world.messenger.mails
    assert (template, address) == ("reset_email", "ana@example.com")
    assert link.startswith("https://localhost:8443/u/reset-verify?ticket=")
    form = world.http.get(mailed(world))
    assert (form.status_code, title_of(form)) == (200, "Choose a new password")
    done = submit(world, mailed(world))
    assert (done.status_code, title_of(done)) == (200, "Your password is saved")
    assert (can_log_in(world, NEW), can_log_in(world, PASSWORD)) == (True, False)
    assert {"scpr", "scp"} <= set(world.log_types())


def test_the_page_says_the_same_of_an_unknown_address(world):
    known = forgot(world).text
    unknown = forgot(world, "nobody@example.com").text
    assert _comparable(known, "ana@example.com") == _comparable(unknown, "nobody@example.com")
    assert len(world.messenger.mails) == 1


def test_a_known_address_does_not_answer_later_than_an_unknown_one(world, monkeypatch):
    """The mail takes its time after the answer; the link in it is there before."""
    order = []
    send, mail = app.send_response, world.messenger.mail

    async def note_answer(*arguments):
        await send(*arguments)
        order.append(f"answered, {len(world.store.all('tickets'))} link")

    async def note_mail(*arguments, **more):
        order.append("mailed")
        await mail(*arguments, **more)

    monkeypatch.setattr(app, "send_response", note_answer)
    monkeypatch.setattr(world.messenger, "mail", note_mail)
    forgot(world)
    assert order[-2:] == ["answered, 1 link", "mailed"]


def _comparable(text, email):
    for pattern in (r"state=[\w-]+", r'nonce="[^"]*"', r'value="[\w-]{40,}"'):
        text = re.sub(pattern, "", text)
    return text.replace(email, "")


@pytest.mark.parametrize(
    ("email", "said"),
    [("", "Enter your email address."), ("ana", "This does not look like an email address.")],
)
def test_an_address_that_is_none_stays_on_the_page(world, email, said):
    page = forgot(world, email)
    assert (page.status_code, error_of(page, "email"), value_of(page, "email")) == (400, said, email)


def test_the_mail_can_be_asked_for_again_but_not_forever(world):
    login = world.http.get(world.authorize().headers["location"])
    request = links_of(login)["Forgot your password?"]
    answers = [world.http.post(request, data={"email": "ana@example.com"}).status_code for _ in range(11)]
    assert (answers, len(world.messenger.mails)) == ([200] * 10 + [400], 10)


def test_the_lifetime_of_the_link_is_the_templates(world):
    world.local.put("/email-templates/reset_email", json=_template(urlLifetimeInSeconds=600))
    forgot(world)
    world.local.clock.advance(601)
    assert title_of(world.http.get(mailed(world))) == "This link has expired"


def test_a_mail_that_is_switched_off_leaves_the_earlier_link_alone(world):
    earlier = a_ticket(world)
    world.local.put("/email-templates/reset_email", json=_template(enabled=False))
    assert title_of(forgot(world)) == "Look at your mail"
    assert world.messenger.mails == []
    assert world.http.get(earlier).status_code == 200


def _template(**fields):
    words = {"template": "reset_email", "body": "{{ url }}", "from": "a@example.com", "subject": "Hi"}
    return {**words, "syntax": "liquid", "enabled": True, **fields}


def test_no_link_is_offered_where_the_connection_does_not_want_it(world):
    login = world.http.get(world.authorize(connection=DATABASE).headers["location"])
    request = links_of(login)["Forgot your password?"]
    world.change_connection(disable_self_service_change_password=True)
    login = world.http.get(world.authorize(connection=DATABASE).headers["location"])
    assert "Forgot your password?" not in links_of(login)
    assert world.http.get(request).status_code == 403


def test_looking_at_a_link_spends_nothing(world):
    link = a_ticket(world)
    for method in ("GET", "HEAD", "GET", "HEAD", "GET"):
        assert world.http.request(method, link).status_code == 200
    assert submit(world, link).status_code == 200


def test_a_link_works_in_any_browser(world):
    link = a_ticket(world)
    world.http.cookies.clear()
    assert submit(world, link).status_code == 200


def test_a_link_works_once(world):
    link = a_ticket(world)
    submit(world, link)
    page = world.http.get(link)
    assert (page.status_code, title_of(page)) == (410, "This link was used already")
    assert submit(world, link, "Third-horse-3-again").status_code == 410
    assert can_log_in(world, NEW)


def test_only_the_newest_link_works(world):
    older, newest = a_ticket(world), a_ticket(world)
    page = submit(world, older)
    assert (page.status_code, title_of(page)) == (410, "There is a newer link")
    assert submit(world, newest).status_code == 200


def test_an_expired_link_says_so_also_when_there_is_a_newer_one(world):
    link = a_ticket(world, ttl_sec=60)
    world.local.clock.advance(60)
    assert title_of(submit(world, link)) == "This link has expired"
    a_ticket(world)
    assert title_of(world.http.get(link)) == "This link has expired"


@pytest.mark.parametrize("query", ["", "?ticket=", "?ticket=nonsense"])
def test_a_link_that_never_was_says_what_to_do(world, query):
    page = world.http.get(f"/u/reset-verify{query}")
    assert (page.status_code, title_of(page)) == (400, "This link does not work")


def test_the_link_of_a_user_who_is_gone_does_not_work(world):
    link = a_ticket(world)
    world.local.delete(f"/users/{world.user_id}")
    assert submit(world, link).status_code == 400


@pytest.mark.parametrize(
    ("password", "again", "field", "said"),
    [
        ("", "", "password-reset", "Enter your password."),
        (NEW, "", "re-enter-password", "Type the password a second time."),
        (NEW, "Another-horse-3", "re-enter-password", "The two passwords are not the same."),
    ],
)
def test_a_slip_is_said_at_its_field_and_spends_nothing(world, password, again, field, said):
    link = a_ticket(world)
    page = submit(world, link, password, again)
    assert (page.status_code, error_of(page, field)) == (400, said)
    assert submit(world, link).status_code == 200


def test_every_broken_rule_is_said(world):
    policy = {
        "passwordPolicy": "excellent",
        "password_dictionary": {"enable": True, "dictionary": ["aaana"]},
        "password_history": {"enable": True, "size": 5},
        "password_no_personal_info": {"enable": True},
    }
    connection = world.store.first("connections", name=DATABASE)
    assert world.local.patch(f"/connections/{connection['id']}", json={"options": policy}).status_code == 200
    link = a_ticket(world)
    listed = ["10 characters or more", "No more than 2 equal characters in a row", "None of your last 5 passwords"]
    assert all(rule in world.http.get(link).text for rule in listed)
    page = submit(world, link, "aaana")
    assert "Those that it breaks are marked." in error_of(page, "password-reset")
    assert broken_rules(page) == [
        "10 characters or more",
        "At least 3 of these: small letters, capital letters, digits, other characters, such as ! or $",
        "No more than 2 equal characters in a row",
        "Not a password that many people use",
        "Nothing of your name or your email address",
    ]
    assert broken_rules(submit(world, link, PASSWORD)) == ["None of your last 5 passwords"]
    assert submit(world, link).status_code == 200


def test_the_rules_of_the_flexible_policy_are_said_too(world):
    complexity = {
        "min_length": 8,
        "character_types": ["lowercase", "number"],
        "sequential_characters": "block",
        "identical_characters": "block",
        "max_length_exceeded": "error",
    }
    world.change_connection(password_options={"complexity": complexity})
    page = submit(world, a_ticket(world), "ABC" + "D" * 80)
    assert broken_rules(page) == [
        "Each of these: small letters, digits",
        "No more than 2 equal characters in a row",
        "No sequences such as “abc” or “321”",
        "72 characters at most, fewer with accents or letters of other scripts",
    ]


@pytest.mark.parametrize("marks", [True, False])
def test_the_address_is_confirmed_where_the_ticket_says_so(world, marks):
    submit(world, a_ticket(world, mark_email_as_verified=marks))
    assert world.user["email_verified"] is marks


def test_a_ticket_confirms_no_address_but_the_one_that_it_was_made_for(world):
    link = a_ticket(world, mark_email_as_verified=True)
    world.local.patch(f"/users/{world.user_id}", json={"email": "other@example.com"})
    assert submit(world, link).status_code == 200
    assert world.user["email_verified"] is False


def test_a_new_password_ends_sessions_and_logins_under_way(world):
    world.log_in()
    assert "code" in world.silently()
    submit(world, a_ticket(world))
    assert world.silently()["error"] == "login_required"


def test_a_new_password_lifts_the_lock_of_failed_logins(world):
    for _ in range(10):
        world.submit(world.authorize(), password="wrong")
    locked = world.submit(world.authorize())
    assert "locked for now" in locked.text
    submit(world, a_ticket(world))
    assert can_log_in(world, NEW)


def test_a_blocked_user_stays_blocked(world):
    world.local.patch(f"/users/{world.user_id}", json={"blocked": True})
    submit(world, a_ticket(world))
    assert "user+is+blocked" in world.submit(world.authorize(), password=NEW).headers["location"]


def test_afterwards_a_button_leads_to_the_application(world):
    world.change_app(initiate_login_uri=APP_LOGIN)
    link = a_ticket(world, client_id=world.app["client_id"])
    target = urlsplit(links_of(submit(world, link))["Go to sign-in"])
    assert (target.netloc, target.path) == ("app.example.com", "/login")
    assert parse_qs(target.query) == {"iss": ["https://localhost:8443/"]}
    assert links_of(world.http.get(link))["Go to sign-in"].startswith(APP_LOGIN)


def test_without_an_application_the_tenants_own_login_route_counts(world):
    world.set_tenant(default_redirection_uri="https://start.example.com/in")
    assert links_of(submit(world, a_ticket(world)))["Go to sign-in"].startswith("https://start.example.com/in?iss=")


def test_a_result_url_counts_with_the_classic_experience_only(world):
    fields = {"result_url": "https://a.example/done#top", "includeEmailInRedirect": True}
    assert links_of(submit(world, a_ticket(world, **fields))) == {}
    world.local.patch("/prompts", json={"universal_login_experience": "classic"})
    target = urlsplit(links_of(submit(world, a_ticket(world, **fields), "Third-horse-3-again"))["Go to sign-in"])
    assert (target.netloc, target.fragment) == ("a.example", "top")
    assert parse_qs(target.query)["email"] == ["ana@example.com"]


def test_neither_ticket_nor_password_is_logged(world):
    link = a_ticket(world)
    submit(world, link, "weak", "weaker")
    submit(world, link)
    secret = parse_qs(urlsplit(link).query)["ticket"][0]
    assert not [leak for leak in (secret, NEW, "weaker") if leak in str(world.local.logs())]


def test_a_link_names_the_custom_domain_that_it_was_asked_for_on(world):
    domain = {"custom_domain_id": "cd_1", "domain": "login.localhost", "status": "ready"}
    world.store.put("custom_domains", "cd_1", domain)
    world.http.base_url = "https://login.localhost:8443"
    forgot(world)
    assert urlsplit(world.messenger.mails[-1][2]).netloc == "login.localhost:8443"


def test_an_address_is_confirmed_by_a_button(world):
    answer = world.local.post("/tickets/email-verification", json={"user_id": world.user_id})
    link = path_of(answer.json()["ticket"])
    assert title_of(world.http.get(link)) == "Confirm your email address"
    assert world.user["email_verified"] is False
    assert title_of(world.http.post(link)) == "Thank you"
    assert world.user["email_verified"] is True
    assert title_of(world.http.post(link)) == "This link does not work"


def test_the_password_grant_takes_the_new_password_too(world):
    grants = [*world.app["grant_types"], "http://auth0.com/oauth/grant-type/password-realm"]
    world.change_app(grant_types=grants)
    submit(world, a_ticket(world))
    form = {"username": "ana@example.com", "realm": DATABASE}
    grant = "http://auth0.com/oauth/grant-type/password-realm"
    assert world.token(grant, password=NEW, **form).status_code == 200
    assert refused(world.token(grant, password=PASSWORD, **form)) == (403, "invalid_grant")


def test_a_reset_hashes_the_password_once(world, monkeypatch):
    hashed = []
    monkeypatch.setattr(
        "localtenant.management.users.hash_password",
        lambda password: hashed.append(password) or hashing.hash_password(password),
    )
    submit(world, a_ticket(world))
    assert hashed == [NEW]
