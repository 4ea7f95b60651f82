"""Changes by hand to applications, their grants, the invited users' connection, and who may use which."""

from collections.abc import Callable

from tests.e2e.by_hand import ANA, BEN, CHIARA, Hand, Injection

APPLICATION, MORE, PORTAL = "Guestlist app", "More", "Portal"
INVITER, READER, WRITER = "Guestlist inviter", "Guestlist drift reader", "Guestlist profile writer"
DATABASE, GOOGLE = "Username-Password-Authentication", "google-oauth2"
Make = Callable[[Hand], object]


def _client(client: str, **values: object) -> Make:
    return lambda hand: hand.write("PATCH", hand.client(client), values)


def _options(**options: object) -> Make:
    return lambda hand: hand.options(**options)


def _more(path_of: Callable[[Hand], str], field: str, *values: object) -> Make:
    """Members more of a list."""

    def make(hand: Hand) -> None:
        path = path_of(hand)
        hand.write("PATCH", path, {field: [*hand.get(path)[field], *values]})

    return make


def _fewer(path_of: Callable[[Hand], str], field: str, value: object) -> Make:
    """One member of a list less."""

    def make(hand: Hand) -> None:
        path = path_of(hand)
        hand.write("PATCH", path, {field: [one for one in hand.get(path)[field] if one != value]})

    return make


def _inside(path_of: Callable[[Hand], str], field: str, **values: object) -> Make:
    """Some values of a group, the others kept."""

    def make(hand: Hand) -> None:
        path = path_of(hand)
        hand.write("PATCH", path, {field: {**hand.get(path)[field], **values}})

    return make


def _application(hand: Hand) -> str:
    return hand.client(APPLICATION)


def _of_application(name: str, path: str, make: Make, rule: str | None = None) -> Injection:
    return Injection(name=name, resource="Client application", path=path, person=ANA, make=make, rule=rule)


def _of_connection(name: str, path: str, make: Make, rule: str | None = None) -> Injection:
    return Injection(name=name, resource="Connection invited-users", path=path, person=BEN, make=make, rule=rule)


def _of_door(name: str, resource: str, path: str, make: Make, rule: str | None = None) -> Injection:
    return Injection(name=name, resource=resource, path=path, person=CHIARA, make=make, rule=rule)


CLIENTS = (
    _of_application(
        "a callback of a stranger's host",
        "callbacks",
        _more(_application, "callbacks", "https://elsewhere.example/callback"),
        "url-new-host",
    ),
    _of_application(
        "another logout URL",
        "allowedLogoutUrls",
        _client(APPLICATION, allowed_logout_urls=["https://b.localhost:8443"]),
    ),
    _of_application("a web origin", "webOrigins", _more(_application, "web_origins", "https://elsewhere.example")),
    _of_application(
        "an ID token that lasts longer",
        "jwtConfiguration.lifetimeInSeconds",
        _inside(_application, "jwt_configuration", lifetime_in_seconds=360000),
        "lifetime-raised",
    ),
    _of_application(
        "refresh tokens that do not rotate",
        "refreshToken.rotationType",
        _inside(_application, "refresh_token", rotation_type="non-rotating"),
        "refresh-token-not-rotating",
    ),
    _of_application("a longer leeway", "refreshToken.leeway", _inside(_application, "refresh_token", leeway=600)),
    _of_application(
        "a client that may ask for its tokens", "allowedClients", _client(APPLICATION, allowed_clients=["x"])
    ),
    _of_application(
        "the implicit grant", "grantTypes", _more(_application, "grant_types", "implicit"), "grant-type-dangerous"
    ),
    _of_application(
        "another page that starts a login",
        "initiateLoginUri",
        _client(APPLICATION, initiate_login_uri="https://elsewhere.example/login"),
        "redirect-moved",
    ),
    _of_application("metadata added", "clientMetadata.note", _client(APPLICATION, client_metadata={"note": "by hand"})),
    _of_application("another description", "description", _client(APPLICATION, description="Changed by hand")),
    _of_application(
        "embedded login",
        "crossOriginAuth",
        _client(APPLICATION, cross_origin_authentication=True),
        "cross-origin-login",
    ),
    _of_door(
        "a wildcard among the URLs of another application",
        "Client application-more",
        "callbacks",
        _more(lambda hand: hand.client(MORE), "callbacks", "https://*.more.example/callback"),
        "url-wildcard",
    ),
    _of_door(
        "the password grant",
        "Client inviter",
        "grantTypes",
        _more(lambda hand: hand.client(INVITER), "grant_types", "password"),
        "grant-type-dangerous",
    ),
    _of_door("a client renamed", "Client profile-writer", "name", _client(WRITER, name="Writer")),
    Injection(
        name="a client that shows no secret any more",
        resource="ClientSecrets client-secrets",
        path="public",
        value="application",
        person=ANA,
        make=_client(APPLICATION, token_endpoint_auth_method="none"),
    ),
    _of_door(
        "a grant widened",
        "ClientGrant inviter-grant",
        "scopes",
        _more(lambda hand: hand.grant(INVITER), "scope", "delete:users"),
        "grant-powerful",
    ),
    _of_door(
        "a grant narrowed",
        "ClientGrant inviter-grant",
        "scopes",
        _fewer(lambda hand: hand.grant(INVITER), "scope", "read:logs"),
    ),
    _of_door(
        "a grant that reads users now",
        "ClientGrant drift-reader-grant",
        "scopes",
        _more(lambda hand: hand.grant(READER), "scope", "read:users"),
    ),
    Injection(
        name="a grant deleted",
        resource="ClientGrant profile-writer-grant",
        happened="deleted",
        remark="no new token",
        person=ANA,
        make=lambda hand: hand.delete(hand.grant("Writer")),
    ),
)

CONNECTION = (
    _of_connection("sign-up opened", "options.disableSignup", _options(disable_signup=False), "sign-up-opened"),
    _of_connection(
        "brute force protection off",
        "options.bruteForceProtection",
        _options(brute_force_protection=False),
        "attack-protection-off",
    ),
    _of_connection(
        "a weaker password policy", "options.passwordPolicy", _options(passwordPolicy="low"), "password-policy-lowered"
    ),
    _of_connection(
        "shorter passwords",
        "options.passwordComplexityOptions.minLength",
        _options(password_complexity_options={"min_length": 4}),
        "password-policy-lowered",
    ),
    _of_connection(
        "fewer passwords remembered",
        "options.passwordHistories.size",
        _options(password_history={"enable": True, "size": 1}),
    ),
    _of_connection(
        "no dictionary", "options.passwordDictionary.enable", _options(password_dictionary={"enable": False})
    ),
    _of_connection(
        "personal data in passwords",
        "options.passwordNoPersonalInfo.enable",
        _options(password_no_personal_info={"enable": False}),
    ),
    _of_connection(
        "a connection for everybody's applications",
        "isDomainConnection",
        lambda hand: hand.write("PATCH", hand.connection(), {"is_domain_connection": True}),
        "domain-connection",
    ),
)

DOORS = (
    _of_door(
        "our connection on another application",
        "ConnectionClients invited-users-clients",
        "enabledClients",
        lambda hand: hand.enable("Default App", "invited-users"),
        "application-on-connection",
    ),
    _of_door(
        "an application taken off our connection",
        "ConnectionClients invited-users-clients",
        "enabledClients",
        lambda hand: hand.enable(INVITER, "invited-users", enabled=False),
    ),
    _of_door(
        "another connection on our application",
        "ApplicationConnections application-connections",
        "connections",
        lambda hand: hand.enable(APPLICATION, DATABASE),
        "connection-opened",
    ),
    _of_door(
        "a social connection on another application of ours",
        "ApplicationConnections application-more-connections",
        "connections",
        lambda hand: hand.enable(MORE, GOOGLE),
        "connection-opened",
    ),
)
