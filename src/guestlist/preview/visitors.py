"""
Who logs in when Actions are rehearsed: the kinds of people and of logins whose outcomes can differ.

Not here: what comes of it (`rehearsal.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from localtenant.actions.trial import Person, TriedLogin

LONG_AGO = "2024-02-29T12:00:00.000Z"
INVITE = {"id": "inv_rehearsed", "by": "Grace"}
NAMES: Mapping[str, str] = {"given_name": "Ana", "family_name": "Lima"}
COMPLETE = {"invite": {**INVITE, "accepted_at": LONG_AGO}, "profile_completed_at": LONG_AGO}


@dataclass(frozen=True, kw_only=True)
class Ours:
    """What makes a login one of ours."""

    client_id: str
    connection: str
    factor: str  # that people hold who have one, as Actions name it


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """One kind, in words that begin a sentence or end one."""

    who: str
    person: Callable[[Ours], Person]
    login: Callable[[Ours], TriedLogin]


def _invited(_: Ours) -> Person:
    return Person(app_metadata={"invite": INVITE})


def _uninvited(_: Ours) -> Person:
    return Person(logins_count=17)


def _complete(ours: Ours) -> Person:
    return Person(user_metadata=NAMES, app_metadata=COMPLETE, factors=(ours.factor,), logins_count=17)


def _nameless(ours: Ours) -> Person:
    return Person(app_metadata={"invite": INVITE}, factors=(ours.factor,), logins_count=2)


def _factorless(_: Ours) -> Person:
    return Person(user_metadata=NAMES, app_metadata=COMPLETE, logins_count=17)


def _stranger(_: Ours) -> Person:
    return Person(user_id="google-oauth2|ana", logins_count=17)


def _browser(ours: Ours) -> TriedLogin:
    return TriedLogin(client_id=ours.client_id, connection=ours.connection)


def _refresh(ours: Ours) -> TriedLogin:
    return TriedLogin(
        client_id=ours.client_id,
        connection=ours.connection,
        protocol="oauth2-refresh-token",
        proofs=(ours.factor,),
        interactive=False,
    )


def _silent(ours: Ours) -> TriedLogin:
    return TriedLogin(
        client_id=ours.client_id,
        connection=ours.connection,
        prompt=("none",),
        proofs=(ours.factor,),
        interactive=False,
    )


def _other_application(ours: Ours) -> TriedLogin:
    return TriedLogin(client_id="another-application", connection=ours.connection)


def _other_connection(ours: Ours) -> TriedLogin:
    return TriedLogin(client_id=ours.client_id, connection="another-connection", strategy="google-oauth2")


VISITORS: tuple[Visitor, ...] = (
    Visitor(who="an invited user", person=_invited, login=_browser),
    Visitor(who="a returning user", person=_complete, login=_browser),
    Visitor(who="a user with a second factor but no name", person=_nameless, login=_browser),
    Visitor(who="a user with a name but no second factor", person=_factorless, login=_browser),
    Visitor(who="a user who was never invited", person=_uninvited, login=_browser),
    Visitor(who="a refresh", person=_complete, login=_refresh),
    Visitor(who="a refresh for somebody without a name", person=_nameless, login=_refresh),
    Visitor(who="a silent login", person=_complete, login=_silent),
    Visitor(who="a silent login of somebody without a name", person=_nameless, login=_silent),
    Visitor(who="a user of another application", person=_uninvited, login=_other_application),
    Visitor(who="a user of another connection", person=_stranger, login=_other_connection),
)

_NAMELESS = ("an invited user", "a user with a second factor but no name", "a user who was never invited")
_IN_A_BROWSER = (*_NAMELESS, "a returning user", "a user with a name but no second factor")
_SILENT = ("a silent login", "a silent login of somebody without a name")
_REFRESHING = ("a refresh", "a refresh for somebody without a name")
_FOREIGN = ("a user of another application", "a user of another connection")

GROUPS: Mapping[str, Sequence[str]] = {
    "everybody": (*_IN_A_BROWSER, *_SILENT, *_REFRESHING, *_FOREIGN),
    "everybody of the application": (*_IN_A_BROWSER, *_SILENT, *_REFRESHING),
    "everybody who signs in": _IN_A_BROWSER,
    "everybody who signs in without a name": _NAMELESS,
    "every silent login": _SILENT,
    "every refresh": _REFRESHING,
    "everybody of another application or connection": _FOREIGN,
}
