"""
Every page of Universal Login, with and without errors, as answers: for tests that hold of all of them.

    pages = every_page(world, ui_locales="ar")
"""

from collections.abc import Iterator

import httpx

from tests.localtenant.authentication.world import World

NUMBER = "+4915123456789"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def every_page(world: World, language: str = "en") -> dict[str, httpx.Response]:
    """By a name for people. The world needs `prepare` first."""
    found = dict(_pages(world, language))
    world.http.cookies.clear()
    return found


def prepare(world: World, *languages: str) -> None:
    """Languages, a way back to the application, two factors, a policy with every rule."""
    world.set_tenant(enabled_locales=["en", *languages], support_url="https://help.example.com/", friendly_name="Acme")
    world.change_app(initiate_login_uri="https://app.example.com/login")
    complexity = {
        "min_length": 12,
        "character_types": ["lowercase", "uppercase", "number", "special"],
        "character_type_rule": "three_of_four",
        "identical_characters": "block",
        "sequential_characters": "block",
    }
    world.change_connection(
        password_options={
            "complexity": complexity,
            "history": {"active": True, "size": 5},
            "dictionary": {"active": True, "default": "en_10k", "custom": []},
            "profile_data": {"active": True, "blocked_fields": ["name", "email"]},
        }
    )
    world.ask_always("sms", "otp")


def _pages(world: World, language: str) -> Iterator[tuple[str, httpx.Response]]:
    http = world.http
    http.headers["accept-language"] = language
    world.local.delete(f"/users/{world.user_id}/authentication-methods")

    login = world.authorize(prompt="login", connection="invited-users").headers["location"]
    yield "login", http.get(login)
    yield "login-wrong", http.post(login, data={"username": "ana@example.com", "password": "no"})
    yield "login-empty", http.post(login, data={"username": "", "password": ""})
    state = login.partition("?")[2]
    yield "signup", http.get(f"/u/signup?{state}")
    yield "signup-empty", http.post(f"/u/signup?{state}", data={"email": "ana", "password": ""})
    yield "signup-weak", http.post(f"/u/signup?{state}", data={"email": "nia@example.com", "password": "aaa"})
    taken = {"email": "ana@example.com", "password": "Quite-another-47-word"}
    yield "signup-taken-wrong", http.post(f"/u/signup?{state}", data=taken)
    request = f"/u/reset-password/request/invited-users?{state}"
    yield "reset-request", http.get(request)
    yield "reset-request-wrong", http.post(request, data={"email": "ana"})
    yield "reset-sent", http.post(request, data={"email": "nobody@example.com"})

    older, link = _ticket(world), _ticket(world)
    yield "reset", http.get(link)
    yield "reset-weak", http.post(link, data={"password-reset": "aaana", "re-enter-password": "aaana"})
    yield "reset-differs", http.post(link, data={"password-reset": "Some-other-1", "re-enter-password": "x"})
    yield "reset-superseded", http.get(older)
    yield "reset-unknown", http.get("/u/reset-verify?ticket=nonsense")

    first = world.submit(world.authorize(prompt="login")).headers["location"]
    yield "sms-enrollment", http.get(first)
    yield "sms-enrollment-wrong", http.post(first, data={"phone": "0151 234"})
    code = http.post(first, data={"phone": NUMBER}).headers["location"]
    yield "sms-code", http.get(code + "&resent=1")
    yield "sms-code-wrong", http.post(code, data={"code": "12345"})
    choice = f"/u/mfa-begin-enroll-options?{first.partition('?')[2]}"
    yield "enroll-options", http.get(choice)
    app = http.post(choice, data={"action": "otp"}).headers["location"]
    yield "otp-enrollment", http.get(app)
    yield "otp-enrollment-wrong", http.post(app, data={"code": "1"})

    methods = f"/users/{world.user_id}/authentication-methods"
    world.local.post(methods, json={"type": "phone", "phone_number": NUMBER})
    world.local.post(methods, json={"type": "totp", "totp_secret": SECRET})
    first = world.submit(world.authorize(prompt="login")).headers["location"]
    yield "sms-challenge", http.get(first)
    choice = f"/u/mfa-login-options?{first.partition('?')[2]}"
    yield "login-options", http.get(choice)
    app = http.post(choice, data={"action": "otp"}).headers["location"]
    yield "otp-challenge", http.get(app)
    yield "otp-challenge-wrong", http.post(app, data={"code": "1"})

    cookies = httpx.Cookies(http.cookies)
    http.cookies.clear()
    yield "other-browser", http.get(app)
    http.cookies = cookies
    yield "bad-callback", world.authorize(redirect_uri="https://evil.example.com/")
    answer = world.local.post("/tickets/email-verification", json={"user_id": world.user_id})
    link = answer.json()["ticket"].removeprefix("https://localhost:8443")
    yield "email-verification", http.get(link)
    yield "email-verified", http.post(link)
    yield "email-verification-used", http.get(link)
    yield "sign-out", http.get(http.get("/oidc/logout").headers["location"])
    http.headers.pop("accept-language")


def _ticket(world: World) -> str:
    answer = world.local.post(
        "/tickets/password-change", json={"user_id": world.user_id, "client_id": world.app["client_id"]}
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["ticket"]).removeprefix("https://localhost:8443")
