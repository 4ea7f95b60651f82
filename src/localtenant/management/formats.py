"""
The `format`s of the published schemas, as predicates.

A format that is missing here is not checked: better to take a value that Auth0 refuses than to refuse one that it takes.
Words for a failure: `Object didn't pass validation for format NAME: VALUE` (`validation.py`).
"""

import ipaddress
import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|[^@\s]+@localhost")
HOSTNAME = re.compile(
    r"(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
HEX_COLOUR = re.compile(r"#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")
HTML_COLOUR = re.compile(r"#?[0-9A-Za-z]{1,30}")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_absolute_uri(value: str) -> bool:
    """A scheme and something after it, no blanks. Custom schemes are allowed (native applications)."""
    if not value or any(character.isspace() for character in value):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme) and bool(parts.netloc or parts.path)


def is_web_url(value: str) -> bool:
    """A web address: http or https, with a host."""
    return is_absolute_uri(value) and urlsplit(value).scheme in {"http", "https"} and bool(urlsplit(value).netloc)


def is_https_uri(value: str) -> bool:
    """With https, a host, and not this machine: Auth0 refuses localhost as a login route."""
    if not is_absolute_uri(value):
        return False
    parts = urlsplit(value)
    return parts.scheme == "https" and bool(parts.netloc) and parts.hostname != "localhost"


def is_email(value: str) -> bool:
    """One @, no blanks, a dot in the domain."""
    return EMAIL.fullmatch(value) is not None


def is_hostname(value: str) -> bool:
    """Labels of letters, digits and hyphens."""
    return HOSTNAME.fullmatch(value) is not None


def is_date_time(value: str) -> bool:
    """ISO 8601, with or without the zone."""
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_address(version: int) -> Callable[[str], bool]:
    """An IP address of one version."""

    def check(value: str) -> bool:
        try:
            return ipaddress.ip_address(value).version == version
        except ValueError:
            return False

    return check


def is_network(version: int) -> Callable[[str], bool]:
    """A CIDR block of one version."""

    def check(value: str) -> bool:
        try:
            return "/" in value and ipaddress.ip_network(value, strict=False).version == version
        except ValueError:
            return False

    return check


def or_empty(check: Callable[[str], bool]) -> Callable[[str], bool]:
    """The empty string passes too (and `null`, which never reaches a format)."""
    return lambda value: value == "" or check(value)


def without_placeholders(check: Callable[[str], bool]) -> Callable[[str], bool]:
    """`{organization_name}` and the like stand for a label."""
    return lambda value: check(re.sub(r"\{[^{}]*\}", "x", value))


FORMATS: dict[str, Callable[[str], bool]] = {
    "absolute-uri-or-empty": or_empty(is_absolute_uri),
    "absolute-https-uri-or-empty": or_empty(is_https_uri),
    "absolute-https-uri-with-placeholders-or-empty": or_empty(without_placeholders(is_https_uri)),
    "callback-url": without_placeholders(is_absolute_uri),
    "url": is_web_url,
    "url-or-null": is_web_url,
    "url-with-placeholders": without_placeholders(is_absolute_uri),
    "strict-uri": is_absolute_uri,
    "strict-https-uri-or-null": is_https_uri,
    "email": is_email,
    "email-or-empty": or_empty(is_email),
    "hostname": is_hostname,
    "hostname-rfc2181": is_hostname,
    "date-time": is_date_time,
    "ipv4": is_address(4),
    "ipv6": is_address(6),
    "cidr": is_network(4),
    "ipv6_cidr": is_network(6),
    "html-color": lambda value: HTML_COLOUR.fullmatch(value) is not None or HEX_COLOUR.fullmatch(value) is not None,
    "uuid": lambda value: UUID.fullmatch(value) is not None,
}
