"""
The two tokens: what the Action tells the page, what the page tells the Action. HS256 and nothing else.

A token of one direction, or of another use of a key, is refused: each has its own key, `aud` and `purpose`. No text of a token
decides how it is checked (RFC 8725, sections 3.1 and 3.2). Its text is canonical, or decoders would take one token for several.

Not here: the Action's half (`actions/post-login/complete-profile.js`), where the keys come from (`settings.py`).
Source: https://auth0.com/docs/customize/actions/redirect-with-actions
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import jwt
from jwt.types import Options

TO_PAGE_AUDIENCE, TO_PAGE_PURPOSE = "guestlist:profile-page", "ask-for-names"
FROM_PAGE_AUDIENCE, FROM_PAGE_PURPOSE = "guestlist:complete-profile", "names-given"

LONGEST_TOKEN = 4096
LONGEST_STATE = 2048
LONGEST_SUBJECT = 255
TOKEN_LIFE_SEC = 900  # what the Action asks for; more is refused
FORM_LIFE_SEC = 3600  # Auth0 ends a redirected login after an hour: until then a form that was shown in time is taken
RETURN_LIFE_SEC = 120
LEEWAY_SEC = 30
SKEW_ALARM_SEC = 5  # a token from further ahead is taken, and the log says that a clock is wrong

_COMPACT = re.compile(
    r"[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{43}"
)  # HMAC-SHA256 is 32 bytes: 43 characters
_STATE = re.compile(r"[\x21-\x7e]+")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
# Claims are checked here: PyJWT takes an `exp` of 400 digits (tried with 2.15.1).
_SIGNATURE_ONLY: Options = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
_EVER = 2**40  # seconds; dates beyond it are no dates


class TokenRefused(Exception):  # noqa: N818 - read where it is raised
    """The token is not taken; `reason` is for the log, the person reads one sentence for all of them, in `locale` if it was signed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.locale = ""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a good token says, and which of our keys it was signed with."""

    token: str
    subject: str
    host: str  # the host that the person logs in on: one of the settings'
    expires: int
    skewed: bool  # it comes from the future
    locale: str = ""
    given_name: str = ""
    family_name: str = ""
    key: str = ""

    def __repr__(self) -> str:
        return f"Request(login={fingerprint(self.token)})"


def read_token(token: str, *, keys: Sequence[str], hosts: Collection[str], now: float, shown: bool = False) -> Request:
    """
    Check what came from Auth0.

    Args:
        token: as it came.
        keys: the current key first, then the previous one if there is.
        hosts: the `iss` that are taken.
        now: seconds.
        shown: the page has seen it before it expired (`binding`), so the person had the form in time.

    Raises: TokenRefused.

    """
    key, claims = _verified(token, keys)
    locale = claims.get("locale")
    locale = locale if isinstance(locale, str) and _LOCALE.fullmatch(locale) else ""
    try:
        return _judged(token, key, claims, hosts=hosts, now=now, shown=shown, locale=locale)
    except TokenRefused as refusal:
        refusal.locale = locale
        raise


def _judged(
    token: str, key: str, claims: Mapping[str, Any], *, hosts: Collection[str], now: float, shown: bool, locale: str
) -> Request:
    """Check each claim of a token that is signed."""
    for name, expected in (("aud", TO_PAGE_AUDIENCE), ("purpose", TO_PAGE_PURPOSE)):
        if claims.get(name) != expected or not isinstance(claims[name], str):
            raise TokenRefused(name)
    host = claims.get("iss")
    if not isinstance(host, str) or host not in hosts:
        raise TokenRefused("iss")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise TokenRefused("sub")
    expires, skewed = _in_time(claims, now, grace=FORM_LIFE_SEC - TOKEN_LIFE_SEC if shown else 0)
    return Request(
        token=token,
        subject=subject,
        host=host,
        expires=expires,
        skewed=skewed,
        locale=locale,
        given_name=_text(claims.get("given_name")),
        family_name=_text(claims.get("family_name")),
        key=key,
    )


def make_return_token(
    request: Request, *, state: str, names: Mapping[str, str], key: str, issuer: str, now: float
) -> str:
    """Sign what the person said, for this login alone: `sub` and `state` are those that came."""
    issued = int(now)
    claims = {
        "iss": issuer,
        "sub": request.subject,
        "aud": FROM_PAGE_AUDIENCE,
        "purpose": FROM_PAGE_PURPOSE,
        "iat": issued,
        "exp": issued + RETURN_LIFE_SEC,
        "state": state,
        **names,
    }
    return jwt.encode(claims, key, algorithm="HS256", headers={"typ": "JWT"})


def check_state(state: str) -> None:
    """Raises: TokenRefused, for a state that Auth0 cannot have made. It is opaque otherwise, and goes back byte for byte."""
    if len(state) > LONGEST_STATE or not _STATE.fullmatch(state):
        raise TokenRefused("state")


def binding(request: Request, state: str) -> str:
    """Tie a state to the token that it came with: a form holds both, and is taken only if the page has shown it so."""
    key = hmac.digest(request.key.encode(), b"guestlist:profile-page:form", "sha256")
    tied = hmac.digest(key, f"{request.token}\n{state}".encode(), "sha256")
    return base64.urlsafe_b64encode(tied).rstrip(b"=").decode()


def is_bound(request: Request, state: str, given: str) -> bool:
    """Whether `binding` made it."""
    return given.isascii() and hmac.compare_digest(binding(request, state), given)


def fingerprint(token: str) -> str:
    """Give what stands for a login in the log."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()[:8]


def _verified(token: str, keys: Sequence[str]) -> tuple[str, dict[str, Any]]:
    if len(token) > LONGEST_TOKEN:
        raise TokenRefused("size")
    if not _COMPACT.fullmatch(token) or not all(map(_is_canonical, token.split("."))):
        raise TokenRefused("form")
    for key in keys:
        try:
            claims: dict[str, Any] = jwt.decode(token, key, algorithms=["HS256"], options=_SIGNATURE_ONLY)
        except jwt.InvalidSignatureError:
            continue
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise TokenRefused("form") from None
        return key, claims
    raise TokenRefused("signature")


def _is_canonical(part: str) -> bool:
    try:
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        return False
    return base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() == part


def _in_time(claims: Mapping[str, Any], now: float, *, grace: int) -> tuple[int, bool]:
    """`iat` is optional: Auth0's table of the claims lacks it, and `exp` alone bounds the life as well."""
    expires, issued = claims.get("exp"), claims.get("iat")
    if not _is_date(expires):
        raise TokenRefused("exp")
    if expires + LEEWAY_SEC + grace < now:
        raise TokenRefused("expired")
    if expires > now + TOKEN_LIFE_SEC + LEEWAY_SEC:
        raise TokenRefused("lives_too_long")
    if issued is None:
        return expires, False
    if not _is_date(issued):
        raise TokenRefused("iat")
    if not issued < expires <= issued + TOKEN_LIFE_SEC:
        raise TokenRefused("lives_too_long")
    if issued > now + LEEWAY_SEC:
        raise TokenRefused("from_the_future")
    return expires, issued > now + SKEW_ALARM_SEC


def _is_date(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < _EVER


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
