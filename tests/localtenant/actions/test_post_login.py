"""
The post-login trigger's order rules: who runs when, what a redirect suspends, what ends a login, what is written and when.

Not here: MFA commands (`test_post_login_mfa.py`), the session token (`test_session_token.py`).
"""

from dataclasses import replace

import pytest

from localtenant.actions import executions
from localtenant.actions.steps import Denied, Failed, Finished, Redirect

PAGE = "api.redirect.sendUserTo('https://page.example/names');"


class TestOrder:
    def test_without_actions_a_login_just_ends(self, world):
        assert world.start() == Finished(log_details={"actions": {"executions": []}})

    def test_actions_run_in_the_order_they_are_bound(self, world):
        first, second = world.an_action("console.log('first');"), world.an_action("console.log('second');")
        world.bind(second, first)
        assert isinstance(world.start(), Finished)
        assert world.output() == ["second", "first"]

    def test_the_deployed_version_runs_not_the_draft(self, world):
        action = world.an_action("console.log('deployed');")
        world.tenant.patch(f"/actions/actions/{action}", json={"code": "exports.onExecutePostLogin = () => { oops"})
        world.bind(action)
        world.start()
        assert world.output() == ["deployed"]

    def test_a_later_action_goes_over_what_an_earlier_one_said(self, world):
        world.bind(
            world.an_action("api.idToken.setCustomClaim('a', 1); api.accessToken.addScope('x');"),
            world.an_action("api.idToken.setCustomClaim('a', 2); api.accessToken.removeScope('x');"),
        )
        finished = world.start()
        assert (finished.id_token_claims, finished.added_scopes, finished.removed_scopes) == ({"a": 2}, (), ("x",))


class TestRedirect:
    def test_suspends_after_its_action_and_later_ones_wait(self, world):
        world.bind(world.an_action(f"{PAGE} console.log('to its end');"), world.an_action("console.log('later');"))
        step = world.start()
        assert isinstance(step, Redirect)
        assert step.url == "https://page.example/names?state=state-of-this-login"
        assert world.output() == ["to its end"]

    def test_resumes_in_the_same_action_runs_no_earlier_one_again_and_then_the_later_ones(self, world):
        world.bind(
            world.an_action("console.log('earlier');"),
            world.an_action(PAGE, resumed="console.log('resumed');"),
            world.an_action("console.log('later');"),
        )
        assert isinstance(world.come_back(world.start()), Finished)
        assert world.output() == ["earlier", "resumed", "later"]

    def test_the_last_target_counts_and_a_state_of_its_own_does_not(self, world):
        world.bind(
            world.an_action(
                "api.redirect.sendUserTo('https://one.example');"
                "api.redirect.sendUserTo('https://two.example/?state=mine&a=b', { query: { c: 'd' } });"
            )
        )
        assert world.start().url == "https://two.example/?a=b&c=d&state=state-of-this-login"

    def test_an_action_may_redirect_again_when_it_resumes(self, world):
        again = "if (event.request.body.done !== 'yes') api.redirect.sendUserTo('https://page.example/again');"
        world.bind(world.an_action(PAGE, resumed=again))
        second = world.come_back(world.start())
        assert second.url == "https://page.example/again?state=state-of-this-login"
        assert isinstance(world.come_back(second, done="yes"), Finished)

    def test_without_a_handler_for_the_way_back_the_login_fails(self, world):
        world.bind(world.an_action(PAGE))
        assert world.come_back(world.start()).description == "The Action does not export onContinuePostLogin."

    def test_where_nobody_can_be_asked_it_is_interaction_required_and_an_action_can_tell_before(self, world):
        world.bind(world.an_action(f"console.log(api.redirect.canRedirect()); {PAGE}"))
        assert isinstance(world.start(), Redirect)
        no_browser = [{"protocol": "oauth2-refresh-token"}, {"protocol": "oauth2-password"}, {"interactive": False}]
        for facts in [{"prompt": ("none",)}, *no_browser]:
            step = world.start(**facts)
            assert (step.error, step.description) == ("interaction_required", "External interaction required")
        assert world.output() == ["true", *["false"] * 4]

    def test_the_way_back_brings_its_own_request_and_a_fresh_user_and_keeps_the_transaction(self, world):
        seen = (
            "console.log(event.request.method, event.request.query.state, event.request.body.a, event.user.given_name,"
        )
        seen += " event.transaction.metadata.kept, event.transaction.state, event.request.query.response_type);"
        world.bind(world.an_action(f"api.transaction.setMetadata('kept', 'yes'); {PAGE}", resumed=seen))
        step = world.start(request=world.a_request(query={"response_type": "code", "state": "of the application"}))
        world.tenant.patch(f"/users/{world.user_id}", json={"given_name": "Ana"})
        world.come_back(step, a="b")
        assert world.output() == ["POST state-of-this-login b Ana yes of the application undefined"]

    def test_a_version_deployed_meanwhile_resumes(self, world):
        action = world.an_action(PAGE, resumed="console.log('old');")
        world.bind(action)
        step = world.start()
        code = "exports.onContinuePostLogin = () => console.log('new');"
        world.tenant.patch(f"/actions/actions/{action}", json={"code": code})
        world.redeploy(action)
        world.come_back(step)
        assert world.output() == ["new"]

    def test_the_answer_must_be_of_the_kind_that_the_login_waits_for(self, world):
        world.bind(world.an_action(PAGE, resumed=""))
        step = world.start()
        with pytest.raises(ValueError, match="waits for redirect"):
            world.show(step)
        assert isinstance(world.come_back(step), Finished)


class TestEnd:
    def test_a_denial_ends_the_login_with_its_reason_after_its_action(self, world):
        world.bind(world.an_action("api.access.deny('Not today.'); console.log('on');"), world.an_action("oops"))
        step = world.start()
        assert isinstance(step, Denied)
        assert (step.reason, world.output()) == ("Not today.", ["on"])

    def test_a_denial_goes_before_a_redirect_and_before_mfa(self, world):
        world.bind(world.an_action(f"api.authentication.enrollWith({{ type: 'otp' }}); {PAGE} api.access.deny('No.');"))
        assert world.start().reason == "No."

    def test_a_failed_action_fails_the_login_with_its_words_and_shows_in_the_log(self, world):
        world.bind(
            world.an_action("console.log('before'); throw new Error('out of order');", name="broken"),
            world.an_action("console.log('never');"),
        )
        step = world.start()
        assert isinstance(step, Failed)
        assert (step.error, step.description) == ("access_denied", "out of order")
        [entry] = world.tenant.logs("actions_execution_failed")
        assert entry["description"] == "out of order"
        assert entry["details"]["actions"]["logs"] == [{"action_name": "broken", "output": "before"}]
        execution = world.tenant.get(f"/actions/executions/{entry['details']['actions']['executions'][0]}").json()
        assert (execution["status"], execution["results"][0]["error"]["msg"]) == ("partial", "out of order")

    def test_all_actions_of_a_stretch_share_the_20_seconds_and_a_pause_begins_new_ones(self, world, monkeypatch):
        run, limits = world.runtime.run, []

        async def seven_seconds(call):
            limits.append(call.timeout_sec)
            return replace(await run(call), seconds=7)

        monkeypatch.setattr(world.runtime, "run", seven_seconds)
        world.bind(world.an_action(), world.an_action(PAGE, resumed=""), world.an_action(), world.an_action())
        world.come_back(world.start())
        assert limits == [20, 13, 20, 13, 6]

    def test_a_login_that_was_cut_off_leaves_nothing_behind_for_the_next(self, world):
        world.time_limit_sec = 0.5
        world.bind(world.an_action("if (event.request.query.hangs) for (;;); console.log('well');"))
        cut_off = world.start(request=world.a_request(query={"hangs": "yes"}))
        assert cut_off.description == "The Action did not end within 0.5 seconds."
        world.time_limit_sec = 20
        assert isinstance(world.start(), Finished)

    def test_a_user_deleted_meanwhile_cannot_go_on(self, world):
        world.bind(world.an_action(PAGE, resumed=""))
        step = world.start()
        world.tenant.delete(f"/users/{world.user_id}")
        assert isinstance(world.come_back(step), Failed)


class TestMetadata:
    SET = "api.user.setAppMetadata('a', 1); api.user.setUserMetadata('b', { c: 2 });"

    def test_is_written_once_the_login_ends_and_not_before(self, world):
        look = "console.log(JSON.stringify([event.user.app_metadata, event.user.user_metadata]));"
        world.bind(world.an_action(self.SET), world.an_action(f"{look} {PAGE}", resumed=look))
        step = world.start()
        assert "app_metadata" not in world.user
        world.come_back(step)
        assert world.output() == ["[{},{}]", "[{},{}]"]
        assert (world.user["app_metadata"], world.user["user_metadata"]) == ({"a": 1}, {"b": {"c": 2}})

    def test_is_merged_member_by_member_and_null_removes_one(self, world):
        world.tenant.patch(f"/users/{world.user_id}", json={"app_metadata": {"kept": 1, "gone": 2, "new": {"old": 3}}})
        world.bind(world.an_action("api.user.setAppMetadata('gone', null).user.setAppMetadata('new', { n: 4 });"))
        world.start()
        assert world.user["app_metadata"] == {"kept": 1, "new": {"n": 4}}

    def test_counts_when_the_login_is_denied(self, world):
        world.bind(world.an_action(self.SET), world.an_action("api.access.deny('No.');"))
        world.start()
        assert world.user["app_metadata"] == {"a": 1}

    def test_of_a_login_that_fails_is_lost(self, world):
        world.bind(world.an_action(self.SET), world.an_action("throw new Error('x');"))
        world.start()
        assert "app_metadata" not in world.user

    def test_leaves_alone_what_others_wrote_during_the_login(self, world):
        world.bind(world.an_action(f"{self.SET} {PAGE}", resumed=""))
        step = world.start()
        world.tenant.patch(f"/users/{world.user_id}", json={"given_name": "Ana", "app_metadata": {"other": True}})
        world.come_back(step)
        assert (world.user["given_name"], world.user["app_metadata"]) == ("Ana", {"other": True, "a": 1})

    def test_over_32_kb_fails_the_login(self, world):
        world.bind(*(world.an_action(f"api.user.setAppMetadata('{key}', 'x'.repeat(17000));") for key in "ab"))
        assert world.start().description == "The Actions of this login set more than 32 kB of app_metadata."


class TestClaims:
    def test_restricted_ones_are_dropped_without_a_word(self, world):
        names = ("given_name", "sub", "https://example.com/role", "https://x.auth0.com/role", "roles", "urn:auth0:x")
        body = " ".join(
            f"api.idToken.setCustomClaim('{n}', 1); api.accessToken.setCustomClaim('{n}', 2);" for n in names
        )
        world.bind(world.an_action(body))
        finished = world.start()
        assert finished.id_token_claims == {"given_name": 1, "https://example.com/role": 1}
        assert finished.access_token_claims == {"given_name": 2, "https://example.com/role": 2}

    def test_survive_a_redirect(self, world):
        world.bind(world.an_action("api.idToken.setCustomClaim('a', [1]);"), world.an_action(PAGE, resumed=""))
        assert world.come_back(world.start()).id_token_claims == {"a": [1]}


class TestWhatAnActionSees:
    def test_its_own_secrets(self, world):
        body = "console.log(JSON.stringify(event.secrets));"
        world.bind(world.an_action(body, KEY="one"), world.an_action(body, OTHER="two"))
        world.start()
        assert world.output() == ['{"KEY":"one"}', '{"OTHER":"two"}']

    def test_nothing_secret_of_the_request(self, world):
        world.bind(world.an_action("console.log(JSON.stringify(event.request.body));"))
        body = {"client_secret": "x", "refresh_token": "y", "password": "z", "scope": "openid"}
        world.start(request=world.a_request(body=body), protocol="oauth2-refresh-token")
        assert world.output() == ['{"scope":"openid"}']

    def test_the_documented_event(self, world):
        role = world.tenant.post("/roles", json={"name": "editor"}).json()
        world.tenant.post(f"/users/{world.user_id}/roles", json={"roles": [role["id"]]})
        body = """
            const { authentication, authorization, client, connection, request, resource_server, session, stats, tenant } = event;
            const { transaction, user } = event;
            console.log(client.name, client.metadata.tier, connection.name, connection.strategy, authorization.roles.join());
            console.log(authentication.methods[0].name, session.id, stats.logins_count, tenant.id, resource_server.identifier);
            console.log(request.ip, request.hostname, transaction.protocol, transaction.locale, transaction.prompt.join());
            console.log(user.email, user.email_verified, user.enrolledFactors.length, user.identities[0].connection);
        """
        world.bind(world.an_action(body))
        world.start(audience="https://api.example.com", prompt=("login",), locale="de")
        [output] = world.output()
        assert output.splitlines() == [
            "The application gold invited-users auth0 editor",
            "pwd session-1 0 localhost https://api.example.com",
            "203.0.113.7 localhost:8443 oidc-basic-profile de login",
            "ana@example.com false 0 invited-users",
        ]

    def test_the_cache_that_another_login_filled_through_all_actions_of_the_trigger(self, world):
        body = "console.log(api.cache.get('a')?.value); api.cache.set('a', '%s', { ttl: 60_000 });"
        world.bind(world.an_action(body % "one"), world.an_action(body % "two"))
        world.start()
        world.start()
        assert world.output() == ["undefined", "one", "two", "one"]
        world.tenant.clock.advance(61)
        world.start()
        assert world.output()[4] == "undefined"

    def test_the_tenants_clock(self, world):
        world.bind(world.an_action("console.log(new Date().toISOString().slice(0, 10));"))
        world.tenant.clock.advance(86_400)
        world.start()
        assert world.output() == ["2026-11-24"]


class TestRecords:
    def test_the_console_is_kept_with_the_login_up_to_256_characters(self, world):
        world.bind(world.an_action("console.log('x'.repeat(300)); console.warn('more');", name="chatty"))
        details = world.start().log_details["actions"]
        assert details["logs"] == [{"action_name": "chatty", "output": "x" * 256}]
        shown = world.tenant.get(f"/actions/executions/{details['executions'][0]}").json()
        assert (shown["trigger_id"], shown["status"]) == ("post-login", "final")
        assert "logs" not in shown["results"][0]

    def test_each_stretch_of_a_login_is_an_execution(self, world):
        world.bind(world.an_action(PAGE, resumed=""))
        [first, second] = world.come_back(world.start()).log_details["actions"]["executions"]
        assert world.tenant.get(f"/actions/executions/{first}").json()["status"] == "suspended"
        assert world.tenant.get(f"/actions/executions/{second}").json()["status"] == "final"

    def test_the_oldest_executions_are_forgotten(self, world, monkeypatch):
        monkeypatch.setattr(executions, "KEPT_EXECUTIONS", 2)
        world.bind(world.an_action())
        ids = [world.start().log_details["actions"]["executions"][0] for _ in range(3)]
        statuses = [world.tenant.get(f"/actions/executions/{each}").status_code for each in ids]
        assert statuses == [404, 200, 200]

    def test_a_method_recorded_on_the_way_back_is_for_the_session(self, world):
        world.bind(world.an_action(PAGE, resumed="api.authentication.recordMethod('https://page.example/captcha');"))
        [method] = world.come_back(world.start()).recorded_methods
        assert method["name"] == "https://page.example/captcha"
