"""What `api` takes, what it refuses, and what comes back of it."""

import pytest

from localtenant.actions.runtime import CacheEntry, Command


@pytest.fixture
def run(run_in_one_process):
    return run_in_one_process


@pytest.mark.parametrize(
    ("call", "command"),
    [
        ("api.access.deny('no')", Command("access.deny", ("no",))),
        ("api.idToken.setCustomClaim('a', { b: [1] })", Command("idToken.setCustomClaim", ("a", {"b": [1]}))),
        ("api.accessToken.setCustomClaim('a', null)", Command("accessToken.setCustomClaim", ("a", None))),
        ("api.accessToken.addScope('read:all')", Command("accessToken.addScope", ("read:all",))),
        ("api.accessToken.removeScope('read:all')", Command("accessToken.removeScope", ("read:all",))),
        ("api.user.setUserMetadata('a', 1)", Command("user.setUserMetadata", ("a", 1))),
        ("api.user.setAppMetadata('a', null)", Command("user.setAppMetadata", ("a", None))),
        ("api.multifactor.enable('any')", Command("multifactor.enable", ("any", None))),
        ("api.transaction.setMetadata('a', 'b')", Command("transaction.setMetadata", ("a", "b"))),
        (
            "api.authentication.enrollWith({ type: 'otp' }, { additionalFactors: [{ type: 'phone' }] })",
            Command("authentication.enrollWith", ({"type": "otp"}, {"additionalFactors": [{"type": "phone"}]})),
        ),
        (
            "api.authentication.challengeWithAny([{ type: 'otp' }])",
            Command("authentication.challengeWithAny", ([{"type": "otp"}],)),
        ),
        (
            "api.redirect.sendUserTo('https://page.example/a?b=c', { query: { d: 'é&' } })",
            Command("redirect.sendUserTo", ("https://page.example/a?b=c&d=%C3%A9%26",)),
        ),
    ],
)
def test_a_call_is_recorded_and_answers_the_api(run, call, command):
    result = run(f"console.log({call} === api);")
    assert (result.error, result.commands, result.logs) == (None, (command,), ("true",))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("api.session.revoke('x')", "api.session.revoke is not supported by the local tenant"),
        ("api.prompt.render('ap_1')", "api.prompt.render is not supported by the local tenant"),
        ("api.samlResponse.setIssuer('x')", "api.samlResponse.setIssuer is not supported by the local tenant"),
        (
            "api.authentication.setPrimaryUser('x')",
            "api.authentication.setPrimaryUser is not supported by the local tenant",
        ),
        ("api.groups.getUserGroups()", "api.groups.getUserGroups is not supported by the local tenant"),
        ("api.roles.getUserEffectiveRoles()", "api.roles.getUserEffectiveRoles is not supported by the local tenant"),
        ("api.user.setGivenName('x')", "api.user.setGivenName is not a function"),
        ("api.multifactor.enable('sms')", "api.multifactor.enable does not know the provider 'sms'"),
        (
            "api.authentication.enrollWith({ type: 'sms' })",
            "api.authentication.enrollWith does not know the factor 'sms'",
        ),
        (
            "api.authentication.enrollWith({ type: 'email' })",
            "api.authentication.enrollWith does not know the factor 'email'",
        ),
        ("api.authentication.challengeWithAny([])", "api.authentication.challengeWithAny wants a list of factors"),
        (
            "api.authentication.recordMethod('https://x.example')",
            "api.authentication.recordMethod is available in onContinuePostLogin only",
        ),
        ("api.redirect.sendUserTo('not an address')", "Invalid URL"),
        ("api.user.setUserMetadata('a', 1n)", "Do not know how to serialize a BigInt"),
        ("'use strict'; api.access = {}", "Cannot assign to api.access"),
    ],
)
def test_what_cannot_be_done_is_an_error_that_says_so(run, call, error):
    assert run(f"{call};").error == error


def test_an_unsupported_call_shows_in_the_log_even_if_the_action_hides_the_error(run):
    result = run("try { api.session.revoke('x'); } catch {}")
    assert (result.error, result.logs) == (None, ("api.session.revoke is not supported by the local tenant",))


def test_what_is_changed_after_the_call_changes_nothing(run):
    [command] = run("const list = ['a']; api.idToken.setCustomClaim('x', list); list.push('b');").commands
    assert command.arguments == ("x", ["a"])


@pytest.mark.parametrize("setter", ["idToken.setCustomClaim", "user.setAppMetadata"])
def test_undefined_sets_nothing(run, setter):
    assert run(f"api.{setter}('a', undefined);").commands == ()


def test_half_a_surrogate_pair_does_not_get_into_the_tenant(run):
    result = run(r"api.user.setUserMetadata('a\ud800', '\ud83d\ude00\udc00'); console.log('\ud800');")
    assert result.commands == (Command("user.setUserMetadata", ("a\ufffd", "\U0001f600\ufffd")),)
    assert result.logs == ("\ufffd",)


def test_commands_before_an_error_are_kept_with_it(run):
    result = run("api.user.setUserMetadata('a', 1); throw new Error('later');")
    assert (len(result.commands), result.error) == (1, "later")


def test_secrets_are_in_the_event(run):
    assert run("console.log(event.secrets.KEY);", secrets={"KEY": "value"}).logs == ("value",)


class TestTransactionMetadata:
    def test_is_seen_at_once(self, run):
        body = "api.transaction.setMetadata('a', 1); console.log(event.transaction.metadata.a);"
        assert run(body).logs == ("1",)

    def test_null_removes(self, run):
        body = "api.transaction.setMetadata('a', 1); api.transaction.setMetadata('a', null);"
        assert run(f"{body} console.log('a' in event.transaction.metadata);").logs == ("false",)

    @pytest.mark.parametrize(
        "arguments",
        [
            "'a', {}",
            "'a', []",
            "'a', undefined",
            "'a', 2 ** 53",
            "'a', NaN",
            "'k'.repeat(65), 1",
            "'', 1",
            "'a', 'x'.repeat(8193)",
        ],
    )
    def test_has_auth0s_limits(self, run, arguments):
        assert run(f"api.transaction.setMetadata({arguments});").error.startswith("Transaction metadata: ")

    def test_ends_at_16_kb_together(self, run):
        body = "for (const key of 'abc') api.transaction.setMetadata(key, 'x'.repeat(8000));"
        assert run(body).error == "Transaction metadata: all of it together has up to 16 kB"

    def test_takes_a_name_that_is_special_to_javascript(self, run):
        [command] = run("api.transaction.setMetadata('__proto__', 'x');").commands
        assert command.arguments == ("__proto__", "x")


class TestCache:
    @pytest.mark.parametrize(
        ("options", "lifetime_sec"),
        [("", 900), (", { ttl: 5000 }", 5), (", { ttl: 1e9 }", 86_400), (", { expires_at: 1060000 }", 60)],
    )
    def test_keeps_a_value_for_a_quarter_of_an_hour_unless_told_and_a_day_at_most(self, run, options, lifetime_sec):
        result = run(f"console.log(api.cache.set('a', 'b'{options}).type, api.cache.get('a').value);", now=1000.0)
        assert result.logs == ("success b",)
        assert result.cache_writes["a"].expires_at == pytest.approx(1_000_000 + lifetime_sec * 1000, abs=2000)

    def test_the_earlier_of_two_lifetimes_counts(self, run):
        body = "api.cache.set('a', 'b', { ttl: 5000, expires_at: 1500000 });"
        assert run(body, now=1000.0).cache_writes["a"].expires_at == pytest.approx(1_005_000, abs=2000)

    def test_what_has_expired_is_gone(self, run):
        held = {"old": CacheEntry(value="x", expires_at=999_000), "new": CacheEntry(value="y", expires_at=2_000_000)}
        result = run("console.log(api.cache.get('old'), api.cache.get('new').value);", cache=held, now=1000.0)
        assert (result.logs, result.cache_writes) == (("undefined y",), {"old": None})

    def test_a_key_can_be_deleted(self, run):
        held = {"a": CacheEntry(value="x", expires_at=9e15)}
        result = run("console.log(api.cache.delete('a').type, api.cache.delete('a').code);", cache=held)
        assert (result.logs, result.cache_writes) == (("success CacheKeyDoesNotExist",), {"a": None})

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            ("'k'.repeat(65), 'v'", "ItemSizeExceeded"),
            ("'k', 'v'.repeat(4097)", "ItemSizeExceeded"),
            ("'k', 5", "InvalidValue"),
            ("'k', 'v', { ttl: NaN }", "InvalidValue"),
            ("'k', 'v', { ttl: 'long' }", "InvalidValue"),
        ],
    )
    def test_refuses_what_does_not_fit_without_throwing(self, run, arguments, code):
        assert run(f"console.log(api.cache.set({arguments}).code);").logs == (code,)

    def test_has_20_entries_and_8_kb(self, run):
        many = "const codes = []; for (let n = 0; n < 21; n++) codes.push(api.cache.set('k' + n, 'v').code);"
        assert run(f"{many} console.log(codes.filter(Boolean));").logs == ("[ 'CacheSizeExceeded' ]",)
        large = "console.log('abc'.split('').map((key) => api.cache.set(key, 'v'.repeat(4000)).type).join());"
        assert run(large).logs == ("success,success,error",)


class TestPhoneTriggers:
    def test_a_custom_phone_provider_may_ask_for_another_try_or_give_up(self, run):
        result = run("api.notification.retry('busy');", handler="onExecuteCustomPhoneProvider")
        assert result.commands == (Command("notification.retry", ("busy",)),)
        result = run("api.notification.drop('refused');", handler="onExecuteCustomPhoneProvider")
        assert result.commands == (Command("notification.drop", ("refused",)),)

    def test_send_phone_message_has_errors_only(self, run):
        assert run("throw new Error('not sent');", handler="onExecuteSendPhoneMessage").error == "not sent"
        assert "undefined" in run("api.notification.drop('x');", handler="onExecuteSendPhoneMessage").error
