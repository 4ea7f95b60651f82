"""
What the page is told: environment variables, the secret ones also from files; every fault at once, and no start with any.

The table in docs/page.md is made of `VARIABLES`. `guestlist page env --env ENV` prints them for an environment.

Not here: what makes a key weak (`keys.py`), colours (`look.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from .keys import weakness
from .languages import LANGUAGES
from .look import BACKGROUND, PRIMARY

LOCAL = "local"
LARGEST_LOGO = 256 * 1024
LOGO_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[1-9][0-9]{0,4})?")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_MAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+")
_SAFE_URL = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&()*+=%]*")  # no quote, comma or semicolon: it goes into a policy


class SettingsError(Exception):
    """The page cannot start; `faults` holds a sentence for each thing that is wrong, without any secret."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(["the profile page cannot start:", *(f"  {fault}" for fault in faults)]))
        self.faults = tuple(faults)


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One variable of the page's environment."""

    name: str
    meaning: str
    default: str = ""  # shown; empty: none
    required: bool = False
    secret: bool = False  # also read from the file that NAME_FILE names


VARIABLES = (
    Variable(name="PROFILE_PAGE_URL", meaning="The page's own address, as in `profile.pageUrl`", required=True),
    Variable(
        name="PROFILE_LOGIN_HOSTS",
        meaning="Hosts that people log in on, separated by commas: the tenant's domain, the custom domain",
        required=True,
    ),
    Variable(
        name="PROFILE_TO_PAGE_SECRET", meaning="`toPageSecret`: checks what Auth0 says", required=True, secret=True
    ),
    Variable(name="PROFILE_PREVIOUS_TO_PAGE_SECRET", meaning="`previousToPageSecret`, during a rotation", secret=True),
    Variable(
        name="PROFILE_FROM_PAGE_SECRET",
        meaning="`fromPageSecret`: signs what the page answers",
        required=True,
        secret=True,
    ),
    Variable(
        name="PROFILE_ENVIRONMENT",
        meaning="The environment's name; `local` alone may use the local tenant's keys",
        default="production",
    ),
    Variable(name="PROFILE_NAME", meaning="What the service is called", default="Guestlist"),
    Variable(name="PROFILE_LOGIN_URL", meaning="Where a login begins: the way out of an expired page"),
    Variable(name="PROFILE_SUPPORT_EMAIL", meaning="Where people ask for help"),
    Variable(name="PROFILE_SUPPORT_URL", meaning="The page on which people ask for help"),
    Variable(name="PROFILE_PRIMARY_COLOR", meaning="Buttons and links, `#rrggbb`", default=PRIMARY),
    Variable(name="PROFILE_BACKGROUND_COLOR", meaning="Behind the page, `#rrggbb`", default=BACKGROUND),
    Variable(
        name="PROFILE_LOGO_FILE",
        meaning="The logo, a file of SVG, PNG, JPEG or WebP up to 256 KiB, served by the page itself",
    ),
    Variable(name="PROFILE_LOGO_URL", meaning="The logo elsewhere; its host then sees the visitors' addresses"),
    Variable(
        name="PROFILE_LANGUAGES",
        meaning="Languages that are offered, the first for everybody else: of `ar`, `de`, `en`, `es`, `fr`, `he`",
        default="all, `en` first",
    ),
    Variable(name="PROFILE_TRIES_PER_MINUTE", meaning="Forms that one person may send; 0: no limit", default="20"),
    Variable(
        name="PROFILE_REFUSALS_PER_MINUTE",
        meaning="Refused requests of one address before they cost 429; good tokens are never counted; 0: no limit",
        default="60",
    ),
    Variable(name="PROFILE_BIND", meaning="Address to listen on", default="0.0.0.0"),
    Variable(name="PORT", meaning="Port to listen on", default="8080"),
    Variable(
        name="PROFILE_TRUSTED_PROXIES",
        meaning="Addresses whose `X-Forwarded-For` is believed, separated by commas; never `*`",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The page's settings, checked."""

    page_url: str
    login_hosts: tuple[str, ...]
    to_page_keys: tuple[str, ...] = field(repr=False)  # the current one first
    from_page_key: str = field(repr=False)
    environment: str = "production"
    name: str = "Guestlist"
    login_url: str = ""
    support_email: str = ""
    support_url: str = ""
    primary_color: str = PRIMARY
    background_color: str = BACKGROUND
    logo: bytes = field(default=b"", repr=False)
    logo_type: str = ""
    logo_url: str = ""
    languages: tuple[str, ...] = LANGUAGES
    tries_per_minute: int = 20
    refusals_per_minute: int = 60
    bind: str = "0.0.0.0"
    port: int = 8080
    trusted_proxies: str = ""

    @property
    def host(self) -> str:
        """The host, with its port, that browsers name."""
        return urlsplit(self.page_url).netloc

    @property
    def path(self) -> str:
        """Where the form is."""
        return urlsplit(self.page_url).path or "/"

    @property
    def is_on_this_machine(self) -> bool:
        """Whether it is served as localhost, where HSTS would reach other people's pages."""
        return is_localhost(self.host)


def is_localhost(host: str) -> bool:
    """Whether a host, with or without a port, is this machine."""
    name = host.rpartition(":")[0] if ":" in host else host
    return name in {"localhost", "127.0.0.1"} or name.endswith(".localhost")


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the variables. Raises: SettingsError, with every fault."""
    reader = _Reader(environ)
    settings = reader.settings()
    if reader.faults:
        raise SettingsError(reader.faults)
    return settings


class _Reader:
    """Collects the faults while it reads."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.faults: list[str] = []

    def settings(self) -> Settings:
        environment = self._text("PROFILE_ENVIRONMENT", "production")
        local = environment == LOCAL
        to_page, from_page = self._keys(local=local)
        logo, logo_type = self._logo()
        return Settings(
            page_url=self._page_url(local=local),
            login_hosts=self._hosts(local=local),
            to_page_keys=to_page,
            from_page_key=from_page,
            environment=environment,
            name=self._text("PROFILE_NAME", "Guestlist"),
            login_url=self._url("PROFILE_LOGIN_URL"),
            support_email=self._formed("PROFILE_SUPPORT_EMAIL", _MAIL, "a mail address"),
            support_url=self._url("PROFILE_SUPPORT_URL"),
            primary_color=self._formed("PROFILE_PRIMARY_COLOR", _COLOUR, "a colour such as #0059d6", PRIMARY),
            background_color=self._formed("PROFILE_BACKGROUND_COLOR", _COLOUR, "a colour such as #f4f5f7", BACKGROUND),
            logo=logo,
            logo_type=logo_type,
            logo_url="" if logo else self._url("PROFILE_LOGO_URL"),
            languages=self._languages(),
            tries_per_minute=self._number("PROFILE_TRIES_PER_MINUTE", 20, 100_000),
            refusals_per_minute=self._number("PROFILE_REFUSALS_PER_MINUTE", 60, 100_000),
            bind=self._text("PROFILE_BIND", "0.0.0.0"),
            port=self._number("PORT", 8080, 65535),
            trusted_proxies=self._proxies(),
        )

    def _fault(self, name: str, problem: str) -> None:
        self.faults.append(f"{name} {problem}")

    def _text(self, name: str, default: str = "") -> str:
        value = self._environ.get(name, "").strip() or default
        if len(value) > 2000 or not value.isprintable():
            self._fault(name, "must be one line, 2000 characters at most")
            return default
        return value

    def _formed(self, name: str, form: re.Pattern[str], kind: str, default: str = "") -> str:
        value = self._text(name, default)
        if value and not form.fullmatch(value):
            self._fault(name, f"must be {kind}")
        return value

    def _number(self, name: str, default: int, most: int) -> int:
        value = self._text(name, str(default))
        if not re.fullmatch(r"[0-9]{1,6}", value) or int(value) > most:
            self._fault(name, f"must be a whole number, {most} at most")
            return default
        return int(value)

    def _url(self, name: str) -> str:
        value = self._text(name)
        if value and not (value.startswith("https://") and urlsplit(value).netloc and _SAFE_URL.fullmatch(value)):
            self._fault(name, "must be an https:// address without quotes, commas and semicolons")
        return value

    def _page_url(self, *, local: bool) -> str:
        name, value = "PROFILE_PAGE_URL", self._text("PROFILE_PAGE_URL")
        parts = urlsplit(value)
        if not value:
            self._fault(name, "is missing")
        elif parts.scheme != "https" or not _HOST.fullmatch(parts.netloc) or not _SAFE_URL.fullmatch(value):
            self._fault(name, "must be an https:// address in lower case")
        elif parts.query or parts.fragment or value.endswith("/"):
            self._fault(name, "must have no query, no fragment and no slash at its end")
        elif parts.path in {"/healthz", "/readyz", "/logo", "/favicon.ico"}:
            self._fault(name, f"must not be at {parts.path}, which the page uses itself")
        elif is_localhost(parts.netloc) != local:
            self._fault(name, "must be on localhost in the environment local, and only there")
        return value

    def _hosts(self, *, local: bool) -> tuple[str, ...]:
        name = "PROFILE_LOGIN_HOSTS"
        hosts = tuple(filter(None, (host.strip() for host in self._text(name).split(","))))
        if not hosts:
            self._fault(name, "is missing")
        for host in hosts:
            if not _HOST.fullmatch(host):
                self._fault(name, "must hold host names in lower case without https://, separated by commas")
            elif is_localhost(host) != local:
                self._fault(name, "must be localhost in the environment local, and only there")
        return hosts

    def _keys(self, *, local: bool) -> tuple[tuple[str, ...], str]:
        names = ("PROFILE_TO_PAGE_SECRET", "PROFILE_PREVIOUS_TO_PAGE_SECRET", "PROFILE_FROM_PAGE_SECRET")
        keys = {name: self._secret(name) for name in names}
        for name, key in keys.items():
            if name == names[1] and not key:
                continue
            if (found := weakness(key, local=local)) is not None:
                self._fault(name, found)
        given = [(name, key) for name, key in keys.items() if key]
        for at, (name, key) in enumerate(given):
            for earlier, other in given[:at]:
                if key == other:
                    self._fault(name, f"must differ from {earlier}")
        return tuple(filter(None, (keys[names[0]], keys[names[1]]))), keys[names[2]]

    def _secret(self, name: str) -> str:
        file = self._environ.get(f"{name}_FILE", "")
        value = self._environ.get(name, "")
        if not file:
            return value
        if value:
            self._fault(name, f"and {name}_FILE are both set: which one counts?")
        try:
            return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            self._fault(f"{name}_FILE", "names a file that cannot be read")
            return ""

    def _logo(self) -> tuple[bytes, str]:
        name = "PROFILE_LOGO_FILE"
        file = self._text(name)
        if not file:
            return b"", ""
        kind = LOGO_TYPES.get(Path(file).suffix.lower())
        if kind is None:
            self._fault(name, f"must be one of {', '.join(LOGO_TYPES)}")
            return b"", ""
        try:
            logo = Path(file).read_bytes()
        except OSError:
            self._fault(name, "names a file that cannot be read")
            return b"", ""
        if not 0 < len(logo) <= LARGEST_LOGO:
            self._fault(name, f"must have {LARGEST_LOGO} bytes at most")
        return logo, kind

    def _languages(self) -> tuple[str, ...]:
        name = "PROFILE_LANGUAGES"
        chosen = tuple(filter(None, (code.strip() for code in self._text(name).split(","))))
        if any(code not in LANGUAGES for code in chosen) or len(set(chosen)) < len(chosen):
            self._fault(name, f"must hold some of {', '.join(LANGUAGES)}, each once")
            return LANGUAGES
        return chosen or LANGUAGES

    def _proxies(self) -> str:
        value = self._text("PROFILE_TRUSTED_PROXIES")
        if "*" in value:
            self._fault("PROFILE_TRUSTED_PROXIES", "must name the proxies: with * everybody could choose an address")
        return value
