"""Changes by hand to what belongs to the whole tenant: settings, MFA, Actions, mails, text messages, looks, protections, login domain."""

from collections.abc import Callable, Mapping

from tests.e2e.by_hand import ANA, BEN, CANARY, CHIARA, DMITRI, Hand, Injection

Make = Callable[[Hand], object]
OTHER_CODE = "exports.onExecutePostLogin = async () => { /* by hand */ };"


def _patch(path: str, **values: object) -> Make:
    return lambda hand: hand.write("PATCH", path, values)


def _put(path: str, body: object) -> Make:
    return lambda hand: hand.write("PUT", path, body)


def _settings(**values: object) -> Make:
    return _patch("/tenants/settings", **values)


def _of_tenant(name: str, path: str, make: Make, rule: str | None = None) -> Injection:
    return Injection(name=name, resource="Tenant tenant", path=path, person=DMITRI, make=make, rule=rule)


def _of_guardian(name: str, path: str, make: Make, rule: str | None = None, also: tuple[str, ...] = ()) -> Injection:
    return Injection(name=name, resource="Guardian guardian", path=path, person=BEN, make=make, rule=rule, also=also)


def _of_protection(name: str, path: str, make: Make, rule: str | None = None) -> Injection:
    return Injection(
        name=name, resource="AttackProtection attack-protection", path=path, person=ANA, make=make, rule=rule
    )


def _of_branding(name: str, path: str, **values: object) -> Injection:
    """What the program is about to change too."""
    make = _patch("/branding", **values)
    return Injection(name=name, resource="Branding branding", path=path, kind="both", person=CHIARA, make=make)


def _of_mail(name: str, path: str, **values: object) -> Injection:
    """What the program is about to change too."""
    make = _patch("/email-templates/reset_email", **values)
    return Injection(name=name, resource="EmailTemplate reset-email", path=path, kind="both", person=BEN, make=make)


def _draft(name: str, **values: object) -> Make:
    return lambda hand: hand.write("PATCH", hand.action(name), values)


def _deploy_other_code(name: str) -> Make:
    """And put the draft back, so that whoever looks at the Action sees nothing."""

    def make(hand: Hand) -> None:
        path = hand.action(name)
        ours = hand.get(path)["code"]
        hand.write("PATCH", path, {"code": OTHER_CODE})
        hand.deploy(name)
        hand.write("PATCH", path, {"code": ours})

    return make


def _a_secret_more(hand: Hand) -> None:
    path = hand.action("complete-profile")
    names = [one["name"] for one in hand.get(path)["secrets"]]
    secrets = [*({"name": one} for one in names), {"name": "BY_HAND", "value": CANARY}]
    hand.write("PATCH", path, {"secrets": secrets})


def _texts(language: str, change: Callable[[Mapping[str, Mapping[str, str]]], object]) -> Make:
    path = f"/prompts/reset-password/custom-text/{language}"
    return lambda hand: hand.write("PUT", path, change(hand.get(path)))


SETTINGS = (
    _of_tenant(
        "MFA that Actions cannot command",
        "customizeMfaInPostloginAction",
        _settings(customize_mfa_in_postlogin_action=False),  # no rule: the Action that asks asks nothing by now
    ),
    _of_tenant(
        "new applications on every connection",
        "flags.enableClientConnections",
        _settings(flags={"enable_client_connections": True}),
        "clients-on-every-connection",
    ),
    _of_tenant(
        "clients that register themselves",
        "flags.enableDynamicClientRegistration",
        _settings(flags={"enable_dynamic_client_registration": True}),
        "clients-register-themselves",
    ),
    _of_tenant("longer sessions", "sessionLifetime", _settings(session_lifetime=700), "lifetime-raised"),
    _of_tenant("longer idle sessions", "idleSessionLifetime", _settings(idle_session_lifetime=600), "lifetime-raised"),
    _of_tenant("another name", "friendlyName", _settings(friendly_name="Renamed by hand")),
    _of_tenant("another support address", "supportEmail", _settings(support_email="help@elsewhere.example")),
    _of_tenant("another support page", "supportUrl", _settings(support_url="https://elsewhere.example/help")),
    _of_tenant(
        "another default login route",
        "defaultRedirectionUri",
        _settings(default_redirection_uri="https://elsewhere.example/login"),
        "redirect-moved",
    ),
    _of_tenant("a language more", "enabledLocales", _settings(enabled_locales=["en", "de", "fr"])),
    _of_tenant(
        "a cookie that outlives the browser",
        "sessionCookie.mode",
        _settings(session_cookie={"mode": "persistent"}),
    ),
    _of_tenant(
        "a logout URL of the tenant", "allowedLogoutUrls", _settings(allowed_logout_urls=["https://elsewhere.example"])
    ),
)

MFA = (
    _of_guardian("the policy emptied", "policy", _put("/guardian/policies", []), "mfa-policy-weakened"),
    _of_guardian("one-time passwords off", "otp", _put("/guardian/factors/otp", {"enabled": False})),
    _of_guardian(
        "security keys off",
        "webauthnRoaming.enabled",
        _put("/guardian/factors/webauthn-roaming", {"enabled": False}),
        "mfa-factors-weakened",
        ("webauthnRoaming.userVerification",),
    ),
    _of_guardian(
        "codes by voice",
        "phone.messageTypes",
        _put("/guardian/factors/phone/message-types", {"message_types": ["sms", "voice"]}),
    ),
)

ACTIONS = (
    Injection(
        name="the code of an Action edited, and not deployed",
        resource="Action complete-profile",
        path="code",
        value="by hand",
        remark="not deployed",
        person=ANA,
        make=_draft("complete-profile", code=OTHER_CODE),
    ),
    Injection(
        name="an older runtime",
        resource="Action complete-profile",
        path="runtime",
        person=ANA,
        make=_draft("complete-profile", runtime="node18"),
    ),
    Injection(
        name="a package of somebody else's",
        resource="Action complete-profile",
        path="dependencies",
        value="left-pad",
        also=("dependencies[left-pad].version",),
        rule="action-dependency-added",
        person=ANA,
        make=_draft("complete-profile", dependencies=[{"name": "left-pad", "version": "1.3.0"}]),
    ),
    Injection(
        name="a secret more",
        resource="Action complete-profile",
        path="secrets",
        value="BY_HAND",
        person=ANA,
        make=_a_secret_more,
    ),
    Injection(
        name="another version of an Action deployed, and the draft put back",
        resource="Action require-mfa",
        path="deployed version: code",
        value="by hand",
        remark="another version of the code runs",
        rule="mfa-action-asks-nothing",
        person=DMITRI,
        make=_deploy_other_code("require-mfa"),
    ),
    Injection(
        name="the order of the Actions, and one more that runs",
        resource="TriggerActions post-login",
        path="actions",
        value="corp-audit",
        rule="foreign-action-bound",
        person=CHIARA,
        make=lambda hand: hand.bind("complete-profile", "corp-audit", "require-mfa"),
    ),
)

MESSAGES = (
    Injection(
        name="another sender of mails",
        resource="EmailProvider email-provider",
        path="defaultFromAddress",
        person=BEN,
        make=_patch("/emails/provider", default_from_address="other@elsewhere.example"),
    ),
    _of_mail("another subject", "subject", subject="Changed by hand"),
    _of_mail("the template disabled", "enabled", enabled=False),
    _of_mail("links that live longer", "urlLifetimeInSeconds", urlLifetimeInSeconds=2000000),
    _of_mail("another body", "body", body="<p>{{ url }}</p>"),
    Injection(
        name="another sender of text messages",
        resource="PhoneProvider phone-provider",
        path="configuration.defaultFrom",
        person=CHIARA,
        make=lambda hand: hand.write(
            "PATCH",
            hand.phone_provider(),
            {"configuration": {**hand.get(hand.phone_provider())["configuration"], "default_from": "+4915199999999"}},
        ),
    ),
    Injection(
        name="another text message",
        resource="PhoneNotificationTemplate phone-enrollment-text",
        path="content.body.text",
        person=CHIARA,
        make=lambda hand: hand.write(
            "PATCH", hand.phone_template("otp_enroll"), {"content": {"body": {"text": "{{code}} by hand"}}}
        ),
    ),
    Injection(
        name="a text message deleted",
        resource="PhoneNotificationTemplate phone-verification-text",
        happened="deleted",
        person=CHIARA,
        make=lambda hand: hand.delete(hand.phone_template("otp_verify")),
    ),
)

LOOKS = (
    _of_branding("another logo", "logoUrl", logo_url="https://elsewhere.example/logo.svg"),
    _of_branding("another icon", "faviconUrl", favicon_url="https://elsewhere.example/favicon.ico"),
    _of_branding("another colour", "colors.primary", colors={"primary": "#ff0000"}),
    _of_branding("another font", "font.url", font={"url": "https://elsewhere.example/font.woff2"}),
    Injection(
        name="another text of the page",
        resource="PromptCustomText reset-texts-en",
        path="body",
        person=DMITRI,
        make=_texts("en", lambda there: {name: {**one, "title": "By hand"} for name, one in there.items()}),
    ),
    Injection(
        name="the texts of the page emptied",
        resource="PromptCustomText reset-texts-de",
        path="body",
        person=DMITRI,
        make=_texts("de", lambda _: {}),
    ),
)

PROTECTIONS = (
    _of_protection(
        "brute force protection off for the tenant",
        "bruteForceProtection.enabled",
        _patch("/attack-protection/brute-force-protection", enabled=False),
        "attack-protection-off",
    ),
    _of_protection(
        "an address that may guess",
        "bruteForceProtection.allowlists",
        _patch("/attack-protection/brute-force-protection", allowlist=["198.51.100.0/24"]),
        "attack-protection-allowlist",
    ),
    _of_protection(
        "a shield less",
        "suspiciousIpThrottling.shields",
        _patch("/attack-protection/suspicious-ip-throttling", shields=["admin_notification"]),
        "attack-protection-weakened",
    ),
    _of_protection(
        "known passwords taken",
        "breachedPasswordDetection.enabled",
        _patch("/attack-protection/breached-password-detection", enabled=False),
        "attack-protection-off",
    ),
    _of_protection(
        "bots challenged less",
        "botDetection.challengePasswordPolicy",
        _patch("/attack-protection/bot-detection", challenge_password_policy="never"),
    ),
)

DOMAIN = (
    Injection(
        name="an address that whoever calls may claim",
        resource="CustomDomain login-domain",
        path="customClientIpHeader",
        person=ANA,
        make=lambda hand: hand.write("PATCH", hand.login_domain(), {"custom_client_ip_header": "cf-connecting-ip"}),
    ),
)
