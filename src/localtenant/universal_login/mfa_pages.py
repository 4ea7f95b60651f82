"""
What all pages of second factors have in common: who is there for which factor, and what is written down about it.

Not here: the pages themselves (`mfa_phone.py`, `mfa_otp.py`, `mfa_choice.py`), what is asked for (`mfa.py`).
Source: https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes for the types of the log entries
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from localtenant.authentication import mfa_limits
from localtenant.authentication.sessions import find_session
from localtenant.authentication.visit import Visit, with_query
from localtenant.http import Response
from localtenant.management.authentication_methods import KIND as METHODS
from localtenant.management.authentication_methods import make_method, methods_of
from localtenant.management.users import KIND as USERS
from localtenant.store import Document
from localtenant.universal_login import flow, mfa, transactions
from localtenant.universal_login.error_page import Elsewhere, StalePage
from localtenant.universal_login.pages import page, texts_for

TOO_MANY_FAILURES = "too-many-failures"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Somebody at a page of a second factor."""

    visit: Visit
    transaction: Document
    user: Document
    client: Document

    @property
    def asked(self) -> Document:
        """What is asked for; changes are kept by `save`."""
        asked: Document = self.transaction["mfa"]
        return asked

    @property
    def enrolls(self) -> bool:
        """Whether the factor is a new one."""
        return bool(self.asked["kind"] == "enroll")

    def save(self) -> None:
        """Keep the transaction. Call it inside a store transaction."""
        transactions.save(self.visit, self.transaction)

    def address(self, name: str, **more: str) -> str:
        """Of another page of this login."""
        return with_query(f"https://{self.visit.host}/u/{name}", state=self.transaction["state"], **more)

    def words(self, screen: tuple[str, str], more: Mapping[str, str] | None = None) -> Any:
        """The texts of a screen."""
        return texts_for(self.visit, screen, self.transaction["locale"], self.client, more)

    def log(self, log_type: str, description: str) -> None:
        """An entry of Guardian's."""
        self.visit.tenant.log(
            log_type,
            description,
            **self.visit.logged(),
            client_id=self.client["client_id"],
            client_name=self.client.get("name", ""),
            user_id=self.user["user_id"],
            user_name=self.user.get("email", ""),
            details={"authenticator": self.asked["factor"]},
        )


def place_of(visit: Visit, *, kind: str | None = None, factor: str | None = None) -> Place:
    """
    The login at this page; `None` is any.

    Raises:
        StalePage: there is none that waits for a second factor.
        Elsewhere: it waits for another one.

    """
    transaction = transactions.current(visit)
    if transaction is None or transaction["stage"] != "mfa":
        raise StalePage
    session = find_session(visit.tenant, transaction["session"])
    user = visit.tenant.store.get(USERS, session["user_id"]) if session else None
    client = flow.client_of(visit, transaction)
    if user is None or client is None:
        raise StalePage
    asked = transaction["mfa"]
    if (kind and asked["kind"] != kind) or (factor and asked["factor"] != factor):
        raise Elsewhere(mfa.page_of(visit, transaction))
    return Place(visit=visit, transaction=transaction, user=user, client=client)


def method_of(place: Place, stored_as: str) -> Document:
    """
    The user's factor of this kind, the oldest if there are several.

    Raises:
        StalePage: an administrator took it away meanwhile.

    """
    methods = methods_of(place.visit.tenant, place.user["user_id"])
    found = next((one for one in methods if one["type"] == stored_as and one.get("confirmed", True)), None)
    if found is None:
        raise StalePage
    return found


def is_locked(place: Place) -> bool:
    """Whether the person was wrong too often for now."""
    return mfa_limits.is_used_up(place.visit.tenant, place.user["user_id"], "failure")


def note_wrong_code(place: Place) -> None:
    """Count it. Call it inside a store transaction."""
    mfa_limits.count(place.visit.tenant, place.user["user_id"], "failure")
    place.log("gd_auth_failed", "Wrong one-time code")
    if is_locked(place):
        place.log("gd_otp_rate_limit_exceed", "Too many wrong one-time codes")


def enroll(place: Place, fields: Document) -> None:
    """The code was right: the factor is the user's from now on. Call it inside a store transaction."""
    tenant = place.visit.tenant
    same = fields.items()
    if not any(same <= method.items() for method in methods_of(tenant, place.user["user_id"])):
        make_method(tenant, place.user["user_id"], fields)
    mfa_limits.forget_failures(tenant, place.user["user_id"])
    place.log("gd_enrollment_complete", "Second factor enrolled")


def confirm(place: Place, method: Document) -> None:
    """The code was right: note when the factor was used. Call it inside a store transaction."""
    tenant = place.visit.tenant
    tenant.store.put(METHODS, method["id"], {**method, "last_auth_at": tenant.clock.timestamp()})
    mfa_limits.forget_failures(tenant, place.user["user_id"])
    place.log("gd_auth_succeed", "Second factor given")


async def go_on(place: Place) -> Response:
    """The factor was given: back to the login."""
    method = {"name": "mfa", "type": place.asked["factor"], "timestamp": place.visit.tenant.clock.timestamp()}
    return await flow.second_factor_given(place.visit, place.transaction, method, enrolled=place.enrolls)


def factor_page(
    place: Place,
    template: str,
    screen: tuple[str, str],
    *,
    fault: str | None = None,
    field: str = "code",
    words: Mapping[str, str] | None = None,
    **values: Any,
) -> Response:
    """A page, with what is wrong at its field."""
    texts = place.words(screen, words)
    others = len(place.asked["factors"]) > 1
    return page(
        place.visit,
        template,
        screen=screen,
        language=place.transaction["locale"],
        client=place.client,
        callback=place.transaction["parameters"]["redirect_uri"],
        status=_status(fault),
        errors={field: texts[fault]} if fault else None,
        words=words,
        state=place.transaction["state"],
        enrolls=place.enrolls,
        choice=mfa.CHOICES[place.asked["kind"]] if others else None,
        **values,
    )


def _status(fault: str | None) -> int:
    if fault is None:
        return 200
    return 429 if fault.startswith("too-many") else 400
