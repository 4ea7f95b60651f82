"""
The doors: which connections lead to an application, which applications use a connection.

Not here: sign-up to a connection (`sign_up.py`).
Source: PATCH /api/v2/connections/{id}/clients; https://auth0.com/docs/get-started/applications/view-application-type
"""

from __future__ import annotations

from collections.abc import Iterator

from guestlist.preview.picture import PENDING, Resource, of_kind
from guestlist.preview.security.finding import Severity
from guestlist.preview.security.rule import Look, Worse, at, listed, rule, switched, texts
from guestlist.preview.security.sign_up import is_closed


def _safe_ids(look: Look) -> set[str]:
    """Connections of the program that nobody can sign up to: those that are there, by their ids."""
    return {one.id for one in of_kind(look.pictures.after, "Connection") if one.id and is_closed(one)}


def _is_sure_of_new_ones(look: Look) -> bool:
    """Whether an id that only applying will tell must be that of a closed connection."""
    new = [
        one for one in of_kind(look.pictures.after, "Connection") if not one.id or one.urn not in look.pictures.before
    ]
    return all(is_closed(one) for one in [*new, *_replaced(look)])


def _unknown(application: Resource | None) -> int:
    """How many connections only applying will tell."""
    listing = at(application, "connections")
    return listing.count(PENDING) if isinstance(listing, list) else int(listing == PENDING)


def _replaced(look: Look) -> Iterator[Resource]:
    by_urn = {step.resource.urn for step in look.steps if step.operation == "replace"}
    yield from (one for one in of_kind(look.pictures.after, "Connection") if one.urn in by_urn)


@rule(
    "connection-opened",
    Severity.ERROR,
    why="Whoever has an account there, or can make one, gets into the application without an invitation.",
    remedy="Take the connection off the application's list.",
)
def connection_opened(look: Look) -> Iterator[Worse]:
    """A connection that leads to an application and did not; a closed one of the program may lead to a new application."""
    for before, after in look.pairs("ApplicationConnections"):
        old, new = texts(before, "connections"), texts(after, "connections")
        strange = [one for one in new if one not in old and (before is not None or one not in _safe_ids(look))]
        unknown = _unknown(after) > _unknown(before)
        if strange:
            yield Worse(resource=after, what=f"The application can be reached through {listed(strange)}, too.")
        if unknown and not _is_sure_of_new_ones(look):
            yield Worse(
                resource=after, what="The application can be reached through a new connection that is not closed."
            )


@rule(
    "application-on-connection",
    Severity.WARNING,
    why="Another application may log these people in, and is trusted with their passwords' fate: resets, sign-up texts, its own redirects.",
    remedy="Take the application off the connection's list, or declare it under guestlist:otherApplications.",
)
def application_on_connection(look: Look) -> Iterator[Worse]:
    """An application that the program does not know uses the connection."""
    known = {one.id for one in of_kind(look.pictures.after, "Client") if one.id}
    if _names(look, "before") != _names(look, "after"):
        return  # an application that is in the tenant already has joined by its name: nothing but its id is new
    for before, after in look.pairs("ConnectionClients"):
        strange = [
            one for one in texts(after, "enabledClients") if one not in (*texts(before, "enabledClients"), *known)
        ]
        if before is not None and strange:
            yield Worse(
                resource=after, what=f"The connection also lets the application {listed(strange)} log people in."
            )


def _names(look: Look, side: str) -> list[object]:
    picture = look.pictures.before if side == "before" else look.pictures.after
    return [at(one, "names") for one in of_kind(picture, "ExistingApplications")]


@rule(
    "domain-connection",
    Severity.WARNING,
    why="Third-party applications, also those that register themselves, may use the connection.",
    remedy="Leave isDomainConnection false.",
)
def domain_connection(look: Look) -> Iterator[Worse]:
    """A connection for everybody's applications."""
    for before, after in look.pairs("Connection"):
        if switched(before, after, "isDomainConnection", to=True):
            yield Worse(resource=after, what=f"The connection {at(after, 'name')} serves third-party applications.")


@rule(
    "connections-released",
    Severity.WARNING,
    why="The program no longer notices a connection that somebody enables on the application.",
    remedy="Keep the application's whole list of connections declared.",
)
def connections_released(look: Look) -> Iterator[Worse]:
    """The list of an application that stays is not declared any more."""
    clients = {one.id for one in of_kind(look.pictures.after, "Client")}
    for one in look.gone("ApplicationConnections", "ConnectionClients"):
        stays = at(one, "client_id") in clients if one.kind == "ApplicationConnections" else _stays(look, one)
        if stays:
            yield Worse(resource=one, what="Nobody holds the list to what it was.")


def _stays(look: Look, one: Resource) -> bool:
    return any(connection.id == at(one, "connectionId") for connection in of_kind(look.pictures.after, "Connection"))


RULES = (connection_opened, application_on_connection, domain_connection, connections_released)
