"""
The kinds of value that a setting can have, each with its rules: texts, hosts, URLs, mail addresses.

Rules that depend on the environment read it from pydantic's context, `{"environment": "dev"}`.

Not here: which setting has which kind (`settings.py`), secrets (`settings_secrets.py`).
Source: https://auth0.com/docs/get-started/applications/wildcards-for-subdomains ("Avoid using wildcard placeholders"),
https://auth0.com/docs/authenticate/login/auth0-universal-login/configure-default-login-routes (https only, no localhost).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, Strict, ValidationInfo
from pydantic_core import PydanticCustomError

from .ownership import OURS
from .settings_faults import problem

LOCAL_ENVIRONMENT = "local"
REQUIRE_MFA, COMPLETE_PROFILE = "require-mfa", "complete-profile"
OUR_ACTIONS = (REQUIRE_MFA, COMPLETE_PROFILE)  # in the order they run
MAX_BINDINGS = 20
LONGEST_NAME = 100
LONGEST_URL = 2000
LONGEST_MESSAGE = 300
LANGUAGES = ("ar", "de", "en", "es", "fr", "he")  # those that our own texts speak

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_URL_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_MAILBOX = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


@dataclass(frozen=True)
class Kind:
    """What a kind of value is called in the reference (config/README.md); pydantic passes it by."""

    text: str


def is_local(info: ValidationInfo) -> bool:
    """Whether the environment being checked is the local tenant's."""
    context: dict[str, str] = info.context or {}
    return context.get("environment") == LOCAL_ENVIRONMENT


def is_localhost(host: str) -> bool:
    """Whether a host name means this machine (RFC 6761 section 6.3), whatever address it is written as."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host.rpartition(".")[2].isdecimal()
    return True


def _no_control_characters(value: str) -> str:
    if not value.isprintable():
        raise problem(
            "must be one line without control characters", "take out line breaks, tabs and invisible characters"
        )
    return value


def _name(value: str) -> str:
    if not value.strip():
        raise problem("must not be empty", "people read it in the mail and on the login page")
    if value != value.strip():
        raise problem("must not begin or end with a space", "take the spaces out")
    if len(value) > LONGEST_NAME:
        raise problem(f"must have {LONGEST_NAME} characters or fewer", f"it has {len(value)}")
    if "<" in value or ">" in value:
        raise problem("must not hold < or >", "Auth0 refuses them in names")
    return value


def _host_form(host: str, example: str) -> PydanticCustomError | None:
    """Say what keeps a text from being a host name, or None."""
    if host != host.lower():
        return problem("must be in lower case", f"such as {example}")
    if not host.isascii():
        return problem("must be an ASCII host name", "write it in its xn-- form")
    if len(host) > 253 or not _HOST.fullmatch(host):
        return problem("must be a host name", f"such as {example}")
    return None


def _tenant_domain(value: str, info: ValidationInfo) -> str:
    example = "my-tenant.eu.auth0.com"
    host, colon, port = value.partition(":")
    fault: PydanticCustomError | None = None
    if "://" in value:
        fault = problem("must be a host name without https://", f"such as {example}")
    elif "/" in value:
        fault = problem("must be a host name without a slash", f"such as {example}")
    elif "*" in value:
        fault = problem("must not hold a wildcard", "an environment is one tenant")
    elif form := _host_form(host, example):
        fault = form
    elif is_local(info) and not is_localhost(host):
        fault = problem(
            "must be localhost in the environment local",
            "its keys are public; a real tenant needs its own: guestlist env new",
        )
    elif is_localhost(host) and not is_local(info):
        fault = problem(
            "must not be localhost outside the environment local", "write the domain of the environment's Auth0 tenant"
        )
    elif colon and not (is_localhost(host) and _PORT.fullmatch(port) and int(port) <= 65535):
        fault = problem("must not hold a port", f"such as {example}")
    elif not is_localhost(host) and ("." not in host or _is_address(host)):
        fault = problem(
            "must be the full domain of the tenant",
            f"such as {example}; Auth0 shows it under Settings of any application",
        )
    if fault:
        raise fault
    return value


def _https_url(value: str, info: ValidationInfo) -> str:
    if not value.startswith("https://"):
        raise problem("must be an https:// URL", "Auth0 sends login results there")
    if "*" in value:
        raise problem("must not hold a wildcard", "a stranger's subdomain could take the login: list each URL")
    if "#" in value:
        raise problem("must not hold a fragment", "take out # and what follows")
    if not _URL_CHARACTERS.fullmatch(value) or len(value) > LONGEST_URL:
        raise problem("must be a URL", "it holds a character that a URL cannot have, or is too long")
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise problem("must be a URL", "its host or port cannot be read") from None
    if "@" in parts.netloc:
        raise problem("must not hold a user name or password", "everyone who logs in would see them")
    if port == 0 or parts.netloc.endswith(":"):
        raise problem("must not have an empty port", "take out the colon, or write the port")
    _check_url_host(host, parts.netloc, info)
    return value


def _check_url_host(host: str, netloc: str, info: ValidationInfo) -> None:
    if is_localhost(host):
        if not is_local(info):
            raise problem(
                "must not be on localhost outside the environment local",
                "Auth0 refuses localhost, and others cannot reach it",
            )
    elif _is_address(host):
        raise problem("must name a host, not an address", "certificates are for names")
    elif fault := _host_form(netloc.partition(":")[0], "app.example.com"):
        raise fault


def _page_url(value: str, info: ValidationInfo) -> str:
    parts = urlsplit(value)
    if parts.query or value.endswith(("?", "/")):
        raise problem("must not end in a slash, nor hold a query", "the login flow adds its own")
    if is_local(info) and not is_localhost(parts.hostname or ""):
        raise problem("must be on localhost in the environment local", "its keys are public")
    return value


def _different(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise problem("must have one URL or more", "nobody could log in or out")
    if len(set(value)) != len(value):
        raise problem("must not hold a URL twice", "take one of them out")
    return value


def _email_address(value: str, info: ValidationInfo) -> str:
    mailbox, at, host = value.rpartition("@")
    example = "invitations@example.com"
    if not at or not _MAILBOX.fullmatch(mailbox) or len(value) > 254 or len(mailbox) > 64:
        raise problem("must be a mail address", f"such as {example}")
    if _host_form(host.lower(), example) or ("." not in host and not is_localhost(host)):
        raise problem("must be a mail address", f"such as {example}")
    if is_localhost(host) and not is_local(info):
        raise problem("must not be at localhost outside the environment local", f"such as {example}")
    return value


def _mail_host(value: str, info: ValidationInfo) -> str:
    host, colon, _port = value.partition(":")
    if colon and _HOST.fullmatch(host):
        raise problem("must not hold a port", "write the port in guestlist:email.smtpPort")
    if fault := _host_form(value, "smtp.example.com"):
        raise fault
    if is_localhost(value) and not is_local(info):
        raise problem(
            "must not be localhost outside the environment local", "Auth0 sends the mail, from its own machines"
        )
    return value


def _action_names(value: tuple[str, ...]) -> tuple[str, ...]:
    ours = [OURS + name for name in OUR_ACTIONS]
    for name in value:
        if not name.strip() or len(name) > 128:
            raise problem("must not name an empty or too long Action", "128 characters are the most")
        if name.startswith(OURS) and name not in ours:
            raise problem("must name ours only with @", f"they are {' and '.join(ours)}; others are named as they are")
        if name in OUR_ACTIONS:
            raise problem(f"must name ours with @: {OURS}{name}", "without it a name is somebody else's Action")
    if len(set(value)) != len(value):
        raise problem("must not name an Action twice", "it would run twice")
    if len(value) > MAX_BINDINGS:
        raise problem(f"must name {MAX_BINDINGS} Actions or fewer", "Auth0 binds no more to a trigger")
    if [name for name in value if name in ours] != [name for name in ours if name in value]:
        raise problem(
            f"must have {ours[0]} before {ours[1]}", "MFA comes first, or the redirect could be used to skip it"
        )
    return value


def _not_null(value: Any) -> Any:
    if value is None:
        raise problem("has no value", "write one, or take the line out")
    return value


def _different_texts(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(value)) != len(value):
        raise problem("must not hold anything twice", "take one of them out")
    return value


def _origins(value: tuple[str, ...]) -> tuple[str, ...]:
    for url in value:
        if urlsplit(url).path or urlsplit(url).query:
            raise problem("must hold origins, without path or query", "such as https://app.example.com")
    return _different(value)


def _factors(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise problem("must have one factor or more", "to ask for none write mfa.enabled: false")
    return _different_texts(value)


def _login_host(value: str, info: ValidationInfo) -> str:
    if fault := _host_form(value, "login.example.com"):
        raise fault
    if "." not in value or _is_address(value):
        raise problem("must be a full host name", "such as login.example.com")
    if is_localhost(value) != is_local(info):
        raise problem("must be below localhost in the environment local, and only there", "such as login.localhost")
    if value.endswith(".auth0.com"):
        raise problem("must be a host of yours", "the tenant's own domain needs no setting")
    return value


def _ip_ranges(value: tuple[str, ...]) -> tuple[str, ...]:
    for text in value:
        try:
            ipaddress.ip_network(text)
        except ValueError:
            raise problem("must hold addresses or ranges in CIDR form", "such as 203.0.113.0/24") from None
    return _different_texts(value)


def _message(value: str) -> str:
    if not value.strip() or len(value) > LONGEST_MESSAGE:
        raise problem(f"must have 1 to {LONGEST_MESSAGE} characters", "two text messages at most")
    if not re.search(r"\{\{\s*code\s*\}\}", value):
        raise problem("must hold {{code}}", "the code is what the message is for")
    return value


# Declared but left out is None; written without a value is a fault.
WhenGiven = BeforeValidator(_not_null)
PlainText = Annotated[str, Strict(), Kind("text, one line"), AfterValidator(_no_control_characters)]
Name = Annotated[PlainText, Kind(f"text, 1 to {LONGEST_NAME} characters, no < or >"), AfterValidator(_name)]
TenantDomain = Annotated[
    PlainText,
    Kind("host name in lower case; `localhost:PORT` in `local` and only there"),
    AfterValidator(_tenant_domain),
]
HttpsUrl = Annotated[
    PlainText,
    Kind("`https://` URL without wildcard, user name or fragment; on localhost in `local` only"),
    AfterValidator(_https_url),
]
HttpsUrls = Annotated[
    tuple[HttpsUrl, ...], Kind("list of such `https://` URLs, 1 or more, none twice"), AfterValidator(_different)
]
PageUrl = Annotated[
    HttpsUrl,
    Kind("`https://` URL without query, nor slash at its end; on localhost in `local`"),
    AfterValidator(_page_url),
]
EmailAddress = Annotated[PlainText, Kind("mail address"), AfterValidator(_email_address)]
MailHost = Annotated[
    PlainText, Kind("host name in lower case, without port; not localhost outside `local`"), AfterValidator(_mail_host)
]
Whole = Annotated[int, Strict(), Kind("whole number")]
Switch = Annotated[bool, Strict(), Kind("`true` or `false`")]
Owner = Annotated[Literal["own", "leave", "require"], Kind("`own`, `leave` or `require`")]
ActionNames = Annotated[
    tuple[PlainText, ...],
    Kind("Action names in the order they run, ours with `@`"),
    AfterValidator(_action_names),
]
WebOrigins = Annotated[
    tuple[HttpsUrl, ...],
    Kind("list of such `https://` URLs without path, 1 or more, none twice"),
    AfterValidator(_origins),
]
Factors = Annotated[
    tuple[Literal["sms", "otp", "webauthn"], ...],
    Kind("list of `sms`, `otp`, `webauthn`, 1 or more"),
    AfterValidator(_factors),
]
Languages = Annotated[
    tuple[Literal["ar", "de", "en", "es", "fr", "he"], ...],
    Kind("list of `ar`, `de`, `en`, `es`, `fr`, `he`"),
    AfterValidator(_different_texts),
]
LoginHost = Annotated[
    PlainText, Kind("host name in lower case; below localhost in `local` and only there"), AfterValidator(_login_host)
]
Colour = Annotated[
    PlainText, Kind("colour in quotes, `#` and six hexadecimal digits"), Field(pattern="^#[0-9a-fA-F]{6}$")
]
IpRanges = Annotated[
    tuple[PlainText, ...], Kind("list of IP addresses and ranges in CIDR form"), AfterValidator(_ip_ranges)
]
PhoneNumber = Annotated[
    PlainText, Kind("phone number in quotes, `+` and digits"), Field(pattern="^\\+[1-9][0-9]{6,14}$")
]
MessageText = Annotated[
    PlainText,
    Kind(f"text in quotes with `{{{{code}}}}`, {LONGEST_MESSAGE} characters or fewer"),
    AfterValidator(_message),
]
_Group = TypeVar("_Group")
ApplicationKey = Annotated[
    str, Strict(), Kind("a word in lower case"), Field(pattern="^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)
]
ApplicationKeys = Annotated[dict[ApplicationKey, _Group], Kind("mapping of a word in lower case to a group")]
