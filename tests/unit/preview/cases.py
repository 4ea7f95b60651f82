"""
One change for every rule, and what the rule says of it.

Not here: trying them (`test_security.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from guestlist.preview.picture import PENDING, Pictures
from tests.unit.preview.pictures import APPLICATION, CLEAN, Declared, a_resource, some_pictures

CONNECTION = "Connection invited-users"
APP = "Client application"
MFA = "Action require-mfa"
BINDINGS = "TriggerActions post-login"
GRANT = "ClientGrant inviter-grant"
MAIL = "EmailTemplate reset-email"
OURS = [
    {"id": "id-of-require-mfa", "displayName": "require-mfa"},
    {"id": "id-of-complete-profile", "displayName": "complete-profile"},
]
SECRETS = CLEAN[MFA]["secrets"]
SCOPES = CLEAN[GRANT]["scopes"]
FOREIGN = {"id": "id-of-another", "displayName": "corp-claims"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A change that makes a clean tenant less safe. `others`: rules that find the same change, too."""

    rule: str
    pictures: Pictures
    what: str
    others: frozenset[str] = frozenset()
    touched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_lost_both_ways: bool = False  # going back is a finding as well

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}"


def case(
    rule: str,
    after: Declared,
    what: str,
    *others: str,
    before: Declared | None = None,
    touched: Mapping[str, tuple[str, ...]] | None = None,
    both_ways: bool = False,
) -> Case:
    return Case(
        rule=rule,
        pictures=some_pictures(after, before=before),
        what=what,
        others=frozenset(others),
        touched=touched or {},
        is_lost_both_ways=both_ways,
    )


def _unprotected(title: str) -> Pictures:
    pictures = some_pictures({})
    urn = a_resource(title, {}).urn
    return replace(pictures, before={**pictures.before, urn: replace(pictures.before[urn], protect=True)})


def _moved_page() -> Pictures:
    pages = {"outputs_before": "https://profile.example.com", "outputs_after": "https://profile.evil.example"}
    return replace(some_pictures({}), **{side: {"profilePageUrl": page} for side, page in pages.items()})


DOORS = (
    case("sign-up-opened", {CONNECTION: {"options": {"disableSignup": False}}}, "Sign-up to the connection invited-users is open."),
    case("sign-up-opened", {CONNECTION: {"options": {"disableSignup": None}}}, "Sign-up to the connection invited-users is open."),
    case("imports-users", {CONNECTION: {"options": {"importMode": True}}}, "options.importMode of the connection invited-users is on."),
    case(
        "connection-opened",
        {"ApplicationConnections application-connections": {"connections": ["con_google", "id-of-invited-users"]}},
        "The application can be reached through con_google, too.",
    ),
    case(
        "connection-opened",
        {
            "Connection google": {"name": "google", "strategy": "google-oauth2"},
            "ApplicationConnections application-connections": {"connections": ["id-of-invited-users", PENDING]},
        },
        "The application can be reached through a new connection that is not closed.",
    ),
    case(
        "application-on-connection",
        {"ConnectionClients invited-users-clients": {"enabledClients": ["id-of-application", "id-of-inviter", "another"]}},
        "The connection also lets the application another log people in.",
    ),
    case("domain-connection", {CONNECTION: {"isDomainConnection": True}}, "The connection invited-users serves third-party applications."),
    case("connections-released", {"ApplicationConnections application-connections": None}, "Nobody holds the list to what it was."),
    case("connections-released", {"ConnectionClients invited-users-clients": None}, "Nobody holds the list to what it was."),
    Case(rule="users-unprotected", pictures=_unprotected(CONNECTION), what="The engine would delete it without asking."),
    Case(rule="unprotected", pictures=_unprotected(APP), what="The engine would delete it without asking."),
)  # fmt: skip

LOGINS = (
    case("mfa-removed", {"Guardian guardian": None}, "The program no longer asks for a second factor."),
    case("mfa-policy-weakened", {"Guardian guardian": {"policy": "never"}}, "The tenant's MFA policy is never; it was all-applications."),
    case("mfa-no-factor", {"Guardian guardian": {"phone": {"enabled": False}}}, "No second factor is switched on."),
    case(
        "mfa-factors-weakened",
        {"Guardian guardian": {"otp": False, "email": True}},
        "Second factors are weaker: otp is gone, which was the strongest and email is weaker than all there were.",
        before={"Guardian guardian": {"otp": True}},
    ),
    case("mfa-in-actions-off", {"Tenant tenant": {"customizeMfaInPostloginAction": False}}, "Actions may no longer command MFA."),
    case(
        "mfa-skipped-by-connection",
        {CONNECTION: {"options": {"mfa": {"active": False}}}},
        "People of the connection invited-users are not asked for a second factor.",
    ),
    case(
        "mfa-action-unbound",
        {BINDINGS: {"actions": OURS[1:]}},
        "require-mfa no longer runs after a login.",
        before={"Guardian guardian": {"policy": "never"}},
    ),
    case(
        "mfa-left-to-policy",
        {BINDINGS: {"actions": OURS[1:]}},
        "require-mfa no longer runs; the tenant's policy asks, after everything else.",
    ),
    case("mfa-action-asks-nothing", {MFA: {"code": "exports.onExecutePostLogin = async () => {};"}}, "The code of require-mfa asks for no second factor."),
    case("mfa-after-profile", {BINDINGS: {"actions": OURS[::-1]}}, "The second factor is asked for after the profile page."),
    case("mfa-action-narrowed", {MFA: {"secrets": [{"name": "FACTORS", "value": "[secret]"}]}}, "require-mfa loses its secret CLIENT_IDS and CONNECTION_NAME."),
    case(
        "mfa-action-reach",
        {},
        "CLIENT_IDS of require-mfa gets another value.",
        touched={"require-mfa": ("secrets[0].value",)},
        both_ways=True,
    ),
    case("foreign-action-bound", {BINDINGS: {"actions": [*OURS, FOREIGN]}}, "corp-claims runs after a login, too."),
    case("foreign-action-bound", {BINDINGS: {"actions": [*OURS, FOREIGN, {"id": "id-of-one", "displayName": "corp-risk"}]}}, "corp-claims and corp-risk run after a login, too."),
    case("foreign-action-bound", {BINDINGS: {"actions": [*OURS, {"id": PENDING, "displayName": PENDING}]}}, "An Action whose name is not known yet runs after a login, too."),
    case("bindings-released", {BINDINGS: None}, "The list of Actions that run after a login is not declared any more."),
    case("action-dependency-added", {MFA: {"dependencies": [{"name": "axios", "version": "1.0.0"}]}}, "require-mfa loads axios@1.0.0."),
    case("password-policy-lowered", {CONNECTION: {"options": {"passwordPolicy": "fair"}}}, "Passwords of invited-users may be weaker: its policy is fair (it was excellent)."),
    case("password-policy-lowered", {CONNECTION: {"options": {"passwordPolicy": None}}}, "Passwords of invited-users may be weaker: its policy is good (it was excellent)."),
    case("password-policy-lowered", {CONNECTION: {"options": {"passwordComplexityOptions": {"minLength": 8}}}}, "Passwords of invited-users may be weaker: passwordComplexityOptions.minLength goes 12 -> 8."),
    case("password-policy-lowered", {CONNECTION: {"options": {"passwordHistories": [{"enable": False, "size": 0}]}}}, "Passwords of invited-users may be weaker: an old password is taken again and passwordHistories.size goes 5 -> 0."),
    case("password-policy-lowered", {CONNECTION: {"options": {"passwordDictionary": {"enable": False}}}}, "Passwords of invited-users may be weaker: words of the dictionary are taken."),
    case("password-policy-lowered", {CONNECTION: {"options": {"passwordNoPersonalInfo": None}}}, "Passwords of invited-users may be weaker: a person's own name or address is taken."),
    case("attack-protection-removed", {"AttackProtection attack-protection": None}, "The program no longer holds any defence of the tenant."),
    case("attack-protection-off", {"AttackProtection attack-protection": {"suspiciousIpThrottling": {"enabled": False}}}, "Suspicious IP throttling is off."),
    case("attack-protection-off", {CONNECTION: {"options": {"bruteForceProtection": False}}}, "Brute force protection is off for the connection invited-users."),
    case(
        "attack-protection-weakened",
        {"AttackProtection attack-protection": {"bruteForceProtection": {"shields": ["block"], "maxAttempts": 50}, "botDetection": {"botDetectionLevel": "low", "challengePasswordPolicy": "never"}}},
        "The tenant defends itself less: bruteForceProtection.shields loses user_notification, bruteForceProtection.maxAttempts goes 10 -> 50, botDetection.challengePasswordPolicy is never (it was when_risky) and botDetection.botDetectionLevel is low (it was high).",
    ),
    case("attack-protection-allowlist", {"AttackProtection attack-protection": {"botDetection": {"allowlists": ["0.0.0.0/0"]}}}, "0.0.0.0/0 is let through."),
)  # fmt: skip

APPLICATIONS = (
    case("lifetime-raised", {APP: {"jwtConfiguration": {"lifetimeInSeconds": 72000}}}, "jwtConfiguration.lifetimeInSeconds goes 36000 -> 72000."),
    case("lifetime-raised", {"Tenant tenant": {"sessionLifetime": 720}}, "sessionLifetime goes 72 -> 720."),
    case("lifetime-raised", {MAIL: {"urlLifetimeInSeconds": 2592000}}, "urlLifetimeInSeconds goes 604800 -> 2592000."),
    case("refresh-token-not-rotating", {APP: {"refreshToken": {"rotationType": "non-rotating"}}}, "Refresh tokens of Guestlist app do not rotate."),
    case("refresh-token-not-rotating", {APP: {"refreshToken": {"rotationType": None}}}, "Refresh tokens of Guestlist app do not rotate."),
    case("refresh-token-endless", {APP: {"refreshToken": {"infiniteTokenLifetime": True}}}, "Refresh tokens of Guestlist app do not end: refreshToken.infiniteTokenLifetime is on."),
    case("refresh-token-leeway", {APP: {"refreshToken": {"leeway": 60}}}, "refreshToken.leeway of Guestlist app goes 30 -> 60."),
    case("signing-weakened", {APP: {"jwtConfiguration": {"alg": "HS256"}}}, "Tokens of Guestlist app are signed with HS256."),
    case("session-cookie-persistent", {"Tenant tenant": {"sessionCookie": {"mode": "persistent"}}}, "Sessions outlive the browser.", before={"Tenant tenant": {"sessionCookie": {"mode": "non-persistent"}}}),
    case("grant-type-dangerous", {APP: {"grantTypes": [*APPLICATION["grantTypes"], "password", "implicit"]}}, "Guestlist app may use implicit and password."),
    case("grant-type-dangerous", {APP: {"grantTypes": None}}, "Guestlist app may use implicit.", "grant-type-added"),
    case("grant-type-added", {APP: {"grantTypes": [*APPLICATION["grantTypes"], "client_credentials"]}}, "Guestlist app may use client_credentials."),
    case("cross-origin-login", {APP: {"crossOriginAuth": True}}, "Guestlist app may log people in from its own pages."),
    case("client-without-secret", {APP: {"appType": "spa"}}, "Guestlist app is a spa, which has no secret."),
    case(
        "client-without-secret",
        {"ClientCredentials credentials": {"authenticationMethod": "none"}},
        "The client no longer shows a secret.",
        before={"ClientCredentials credentials": {"authenticationMethod": "client_secret_post"}},
    ),
    case("client-protection-lowered", {APP: {"oidcConformant": False, "isTokenEndpointIpHeaderTrusted": True}}, "Guestlist app is protected less: oidcConformant is off and isTokenEndpointIpHeaderTrusted is on."),
    case("url-wildcard", {APP: {"webOrigins": ["https://*.example.com"]}}, "webOrigins takes https://*.example.com."),
    case("url-not-https", {APP: {"allowedLogoutUrls": ["http://app.example.com"]}}, "allowedLogoutUrls takes http://app.example.com."),
    case("url-localhost", {APP: {"callbacks": ["http://127.0.0.1:3000/callback"]}}, "callbacks takes http://127.0.0.1:3000/callback."),
    case("url-new-host", {APP: {"callbacks": [*APPLICATION["callbacks"], "https://evil.example/callback"]}}, "callbacks takes https://evil.example/callback, on a host that was not there."),
    case("redirect-moved", {APP: {"initiateLoginUri": "https://evil.example/login"}}, "initiateLoginUri leads to https://evil.example/login."),
    case("redirect-moved", {"Tenant tenant": {"defaultRedirectionUri": "https://evil.example"}}, "defaultRedirectionUri leads to https://evil.example."),
    Case(rule="profile-page-moved", pictures=_moved_page(), what="People are sent to https://profile.evil.example for their names; it was https://profile.example.com.", is_lost_both_ways=True),
    case("grant-powerful", {GRANT: {"scopes": [*SCOPES, "delete:users", "read:client_keys"]}}, "The client of inviter-grant gets delete:users and read:client_keys."),
    case("grant-widened", {GRANT: {"scopes": [*SCOPES, "read:logs"]}}, "The client of inviter-grant gets read:logs."),
    case("grant-of-everything", {GRANT: {"allowAllScopes": True}}, "The client of inviter-grant gets every scope."),
    case("secret-in-plain-text", {MFA: {"secrets": [*SECRETS, {"name": "KEY", "value": "a-value"}]}}, "secrets[KEY] is not masked."),
    case("secret-in-plain-text", {"EmailProvider email-provider": {"credentials": {"smtpPass": "a-value"}}}, "credentials.smtpPass is not masked."),
    case("template-unescaped", {MAIL: {"body": "{% assign x = user.name %}{% if x %}{{ x | upcase }}{% endif %}"}}, "The mail reset_email holds, unescaped: x | upcase."),
    case("clients-on-every-connection", {"Tenant tenant": {"flags": {"enableClientConnections": True}}}, "Every new application may use every connection."),
    case("clients-register-themselves", {"Tenant tenant": {"flags": {"enableDynamicClientRegistration": True}}}, "Applications may register themselves: flags.enableDynamicClientRegistration is on."),
    case("users-can-be-found", {"Tenant tenant": {"flags": {"enablePublicSignupUserExistsError": True}}}, "The tenant tells strangers who has an account: flags.enablePublicSignupUserExistsError is on."),
    case("tenant-protection-lowered", {"Tenant tenant": {"flags": {"disableClickjackProtectionHeaders": True}, "defaultDirectory": "old-users"}}, "The tenant is protected less: flags.disableClickjackProtectionHeaders is on and defaultDirectory is old-users."),
)  # fmt: skip

CASES = (*DOORS, *LOGINS, *APPLICATIONS)
