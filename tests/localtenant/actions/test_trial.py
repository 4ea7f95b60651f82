"""One login through given Actions, in a tenant that is forgotten; and an Action without a network."""

import asyncio

import pytest

from localtenant.actions.runtime import ActionRuntime
from localtenant.actions.steps import Denied, Failed, Finished, Redirect
from localtenant.actions.trial import Person, Stop, Trial, TriedAction, TriedLogin

ASK = "api.authentication.enrollWith({ type: 'phone' });"
SEND = "api.redirect.sendUserTo('https://page.example.com/form');"
NEW, BROWSER = Person(), TriedLogin()
HAS_PHONE = Person(factors=("phone",))
SILENT = TriedLogin(prompt=("none",), interactive=False)
REFRESH = TriedLogin(protocol="oauth2-refresh-token", interactive=False)


@pytest.fixture(scope="module")
def try_out():
    loop = asyncio.new_event_loop()
    runtime = ActionRuntime(offline=True)

    def run(*bodies, person=NEW, login=BROWSER, page=lambda _: None, resumed="", **tenant):
        code = "".join(
            f"exports.{handler} = async (event, api) => {{{{ {{}} }}}};\n"
            for handler in ("onExecutePostLogin", "onContinuePostLogin")
        )
        actions = tuple(
            TriedAction(name=f"action-{at}", code=code.format(body, resumed), secrets={"KEY": "value"})
            for at, body in enumerate(bodies)
        )
        trial = Trial(actions=actions, runtime=runtime, **tenant)
        return loop.run_until_complete(trial.log_in(person, login, page=page))

    yield run
    loop.run_until_complete(runtime.close())
    loop.close()


def test_a_login_that_nothing_stops(try_out):
    tried = try_out("api.user.setUserMetadata('seen', event.secrets.KEY);")

    assert (type(tried.last), tried.stops) == (Finished, ())
    assert tried.user["user_metadata"] == {"seen": "value"}
    assert [ran.action for ran in tried.runs] == ["action-0"]


def test_whoever_is_asked_for_a_factor_gives_it(try_out):
    tried = try_out(ASK, "api.idToken.setCustomClaim('has', event.user.enrolledFactors.length);")

    assert tried.stops == (Stop(kind="enroll", factors=("phone",)),)
    assert tried.last.id_token_claims == {"has": 1}


def test_whoever_is_sent_to_a_page_brings_its_answer(try_out):
    resumed = "api.idToken.setCustomClaim('said', event.request.body.word);"

    tried = try_out(SEND, page=lambda _: {"word": "hello"}, resumed=resumed)

    assert [stop.kind for stop in tried.stops] == ["redirect"]
    assert tried.last.id_token_claims == {"said": "hello"}


def test_a_page_that_nobody_comes_back_from_is_the_end(try_out):
    tried = try_out(SEND)

    assert isinstance(tried.last, Redirect)
    assert tried.last.url.startswith("https://page.example.com/form?state=")


def test_a_page_that_leads_to_itself_ends(try_out):
    assert isinstance(try_out(SEND, page=lambda _: {}, resumed=SEND).last, Redirect)


def test_the_policy_asks_at_the_end_of_a_login_that_a_person_is_there_for(try_out):
    always = {"policy": "all-applications"}

    assert try_out("", **always).stops == (Stop(kind="enroll", factors=("phone", "otp")),)
    assert try_out("", person=HAS_PHONE, **always).stops == (Stop(kind="challenge", factors=("phone",)),)
    assert try_out("", person=HAS_PHONE, login=SILENT, **always).last.error == "interaction_required"
    assert isinstance(try_out("", person=HAS_PHONE, login=REFRESH, **always).last, Finished)


def test_multifactor_enable_asks_in_a_refresh_too(try_out):
    tried = try_out("api.multifactor.enable('any');", person=HAS_PHONE, login=REFRESH)

    assert (type(tried.last), tried.last.error) == (Failed, "mfa_required")


def test_a_denial_and_a_crash(try_out):
    denied = try_out("api.access.deny('no');").last

    assert (type(denied), denied.reason) == (Denied, "no")
    assert try_out("throw new Error('boom');").runs[0].result.error == "boom"


def test_an_action_that_hangs_is_said_to(try_out):
    tried = try_out("for (;;);", time_limit_sec=0.5)

    assert tried.runs[0].result.timed_out


def test_offline_fetch_is_answered_by_nobody_and_noted(try_out):
    body = """
        const answer = await fetch(new URL('https://api.example.com/x'), { method: 'POST', body: 'mail of ana' });
        api.idToken.setCustomClaim('token', (await answer.json()).token_type);
    """
    tried = try_out(body)

    assert tried.last.id_token_claims == {"token": "Bearer"}
    assert tried.runs[0].result.logs == ("offline: POST api.example.com",)


@pytest.mark.parametrize(
    "attempt",
    [
        "await new Promise((_, no) => require('node:https').get('https://127.0.0.1:9/').on('error', no));",
        "await new Promise((_, no) => require('node:net').connect(9, '127.0.0.1').on('error', no));",
        "require('node:dgram').createSocket('udp4').send('x', 9, '127.0.0.1');",
    ],
)
def test_offline_no_other_connection_is_made(try_out, attempt):
    assert "is offline" in try_out(attempt).runs[0].result.error


def test_dns_is_not_asked_offline(try_out):
    error = try_out("await require('node:dns').promises.resolve('api.example.com');").runs[0].result.error

    assert "is offline" in error
