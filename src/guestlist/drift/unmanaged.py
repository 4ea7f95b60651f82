"""
Objects in the tenant that nobody declares: another Action, an application, a connection, a grant, a login domain, …

Each kind is one list of the Management API, read with the drift reader's scopes. What comes with every tenant of Auth0 is known by its name and does not count.

Not here: objects that the state knows (`live.py`), what the ignore file covers (`check.py`).
Source: https://auth0.com/docs/api/management/v2 (the lists' scopes)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from guestlist.drift.report import Coverage
from guestlist.state import State
from stacks.management import ManagementClient, ManagementError
from stacks.settings import Settings

JSON = Mapping[str, Any]
PAGE = 100
MOST_SCOPES = 8  # that are named of a grant


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One list. `items`: the name of the list in its answer; `checkpoint`: whether its pages go by `from` and `take`."""

    name: str  # as the provider calls it: Client
    path: str
    items: str
    scope: str
    identity: str = "id"
    title: str = "name"
    checkpoint: bool = False
    plain: bool = False  # the whole list in one answer
    totals: bool = True  # whether it has to be asked for the envelope
    fields: str = ""


KINDS: tuple[Kind, ...] = (
    Kind(
        name="Client",
        path="/clients",
        items="clients",
        scope="read:clients",
        identity="client_id",
        checkpoint=True,
        fields="client_id,name,global,app_type,is_first_party,grant_types",
    ),
    Kind(
        name="Connection",
        path="/connections",
        items="connections",
        scope="read:connections",
        checkpoint=True,
        fields="id,name,strategy,is_domain_connection",
    ),
    Kind(name="Action", path="/actions/actions", items="actions", scope="read:actions", totals=False),
    Kind(
        name="ClientGrant",
        path="/client-grants",
        items="client_grants",
        scope="read:client_grants",
        title="audience",
        checkpoint=True,
    ),
    Kind(
        name="ResourceServer",
        path="/resource-servers",
        items="resource_servers",
        scope="read:resource_servers",
        title="identifier",
    ),
    Kind(name="Role", path="/roles", items="roles", scope="read:roles"),
    Kind(
        name="CustomDomain",
        path="/custom-domains",
        items="custom_domains",
        scope="read:custom_domains",
        identity="custom_domain_id",
        title="domain",
        plain=True,
    ),
    Kind(
        name="Organization", path="/organizations", items="organizations", scope="read:organizations", checkpoint=True
    ),
    Kind(name="LogStream", path="/log-streams", items="log_streams", scope="read:log_streams", plain=True),
)
SCOPES = tuple(kind.scope for kind in KINDS)
# Kinds that nobody lists here, said in every report.
NOT_LISTED = (
    "users",
    "forms and flows",
    "other prompts' texts",
    "other email templates",
    "event streams",
    "network ACLs",
    "token exchange profiles",
    "Rules and Hooks",
)

DEFAULT_CLIENT = "Default App"
DEFAULT_CONNECTIONS = {"Username-Password-Authentication": "auth0", "google-oauth2": "google-oauth2"}


@dataclass(frozen=True, kw_only=True)
class Found:
    """One object that nobody declares. `path` below /api/v2."""

    kind: str
    id: str
    name: str
    path: str
    remark: str = ""

    @property
    def shown(self) -> str:
        """For people: `Client Marketing site`."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What was listed. `whole` is a tenant's objects by kind, `failed` why a kind could not be listed."""

    whole: Mapping[str, Sequence[JSON]] = field(default_factory=dict)
    bindings: Mapping[str, Sequence[str]] = field(default_factory=dict)  # ids of Actions by trigger
    failed: Mapping[str, ManagementError] = field(default_factory=dict)


def list_tenant(tenant: ManagementClient, kinds: Sequence[Kind] = KINDS, *, beside: int = 4) -> Listing:
    """
    Read the lists, some at the same time; a list that cannot be read hides no other.

    Raises: ManagementError, when there is no token: each list would wait for it in vain once more.
    """
    tenant.access_token()
    whole: dict[str, Sequence[JSON]] = {}
    failed: dict[str, ManagementError] = {}
    with ThreadPoolExecutor(max_workers=beside) as pool:
        for kind, answer in zip(kinds, pool.map(lambda one: _list(tenant, one), kinds), strict=True):
            if isinstance(answer, ManagementError):
                failed[kind.name] = answer
            else:
                whole[kind.name] = answer
    return Listing(whole=whole, failed=failed)


def with_bindings(listing: Listing, tenant: ManagementClient, state: State) -> Listing:
    """Read the order of the triggers in which an Action of others could run; none is read where there is no such Action."""
    ours = _declared_ids(state)
    triggers = sorted(
        {
            str(trigger.get("id"))
            for action in listing.whole.get("Action", ())
            if action.get("id") not in ours
            for trigger in action.get("supported_triggers") or ()
        }
    )
    bindings: dict[str, Sequence[str]] = {}
    for trigger in triggers:
        try:
            answer = tenant.get(f"/actions/triggers/{trigger}/bindings")
        except ManagementError:
            continue  # whether it runs is not said then
        bindings[trigger] = [str((one.get("action") or {}).get("id")) for one in answer.get("bindings") or ()]
    return Listing(whole=listing.whole, failed=listing.failed, bindings=bindings)


def unmanaged(
    listing: Listing, state: State, settings: Settings, *, deployers: frozenset[str]
) -> tuple[tuple[Found, ...], Coverage]:
    """
    What nobody declares, and how much of the tenant that is.

    Args:
        listing: of the tenant.
        state: what is declared, by ids.
        settings: of the environment; applications that it calls existing are known.
        deployers: client ids of the deployer and of whoever checks.

    """
    declared = _declared_ids(state)
    known = frozenset(settings.existing_applications())
    clients = {str(one["client_id"]): str(one.get("name")) for one in listing.whole.get("Client", ())}
    found: list[Found] = []
    auth0s: list[str] = []
    objects = ours = 0
    for kind in KINDS:
        for one in listing.whole.get(kind.name, ()):
            identity = str(one.get(kind.identity) or one.get("id") or "")
            if kind.name == "Client" and one.get("global"):
                continue  # Auth0's own, which nobody sees in the dashboard
            objects += 1
            name = _named(kind, one, clients)
            if identity in declared or _is_known(kind, one, known, deployers):
                ours += 1
            elif _is_auth0s(kind, one):
                auth0s.append(f"{kind.name} {name}")
            else:
                found.append(
                    Found(
                        kind=kind.name,
                        id=identity,
                        name=name,
                        path=f"{kind.path}/{identity}",
                        remark=_remark(kind, one, listing),
                    )
                )
    coverage = Coverage(
        objects=objects,
        declared=ours,
        auth0s=tuple(auth0s),
        kinds=tuple(kind.name for kind in KINDS if kind.name in listing.whole),
    )
    return tuple(found), coverage


def _list(tenant: ManagementClient, kind: Kind) -> Sequence[JSON] | ManagementError:
    try:
        return list(_pages(tenant, kind))
    except ManagementError as error:
        return error


def _pages(tenant: ManagementClient, kind: Kind) -> Iterator[JSON]:
    if kind.plain:
        answer = tenant.get(kind.path)
        yield from answer if isinstance(answer, list) else answer[kind.items]
    elif kind.checkpoint:
        wanted = {"fields": kind.fields, "include_fields": "true"} if kind.fields else {}
        yield from tenant.pages(kind.path, kind.items, **wanted)
    else:
        page = 0
        asked: dict[str, str | int] = {"per_page": PAGE, **({"include_totals": "true"} if kind.totals else {})}
        while True:
            answer = tenant.get(kind.path, page=page, **asked)
            yield from answer[kind.items]
            page += 1
            if page * PAGE >= int(answer.get("total") or 0):
                return


def _declared_ids(state: State) -> frozenset[str]:
    """Ids of every object of the state; the provider joins those of things with two names by `::`."""
    ids = {resource.id for resource in state.managed() if resource.id}
    existing = {
        str(one)
        for resource in state.managed()
        if resource.type.endswith(":ExistingApplications")
        for one in (resource.outputs.get("client_ids") or {}).values()
    }
    return frozenset({*ids, *existing})


def _is_known(kind: Kind, one: JSON, existing: frozenset[str], deployers: frozenset[str]) -> bool:
    if kind.name == "Client":
        return one.get("client_id") in deployers or one.get("name") in existing
    return kind.name == "ClientGrant" and one.get("client_id") in deployers


def _is_auth0s(kind: Kind, one: JSON) -> bool:
    """What Auth0 puts into every new tenant."""
    if kind.name == "Client":
        return one.get("name") == DEFAULT_CLIENT
    if kind.name == "Connection":
        return DEFAULT_CONNECTIONS.get(str(one.get("name"))) == one.get("strategy")
    if kind.name == "ClientGrant":
        return bool(one.get("is_system"))
    return kind.name == "ResourceServer" and bool(one.get("is_system"))


def _named(kind: Kind, one: JSON, clients: Mapping[str, str]) -> str:
    name = str(one.get(kind.title) or one.get("name") or one.get(kind.identity) or "")
    if kind.name != "ClientGrant":
        return name
    holder = str(one.get("client_id") or one.get("default_for") or "")
    return f"of {clients.get(holder, holder)} on {name}"


def _remark(kind: Kind, one: JSON, listing: Listing) -> str:
    if kind.name == "Action":
        return _of_action(one, listing)
    if kind.name == "ClientGrant":
        scopes = sorted(str(scope) for scope in one.get("scope") or ())
        more = f" and {len(scopes) - MOST_SCOPES} more" if len(scopes) > MOST_SCOPES else ""
        return f"It allows {', '.join(scopes[:MOST_SCOPES])}{more}." if scopes else "It allows no scope."
    if kind.name == "Connection":
        return f"Its strategy is {one.get('strategy')}." if one.get("strategy") else ""
    if kind.name == "Client":
        grants = ", ".join(str(grant) for grant in one.get("grant_types") or ())
        return f"It may use {grants}." if grants else ""
    return ""


def _of_action(one: JSON, listing: Listing) -> str:
    bound = [trigger for trigger, ids in listing.bindings.items() if str(one.get("id")) in ids]
    if bound:
        return f"It runs in {', '.join(bound)}."
    triggers = [str(trigger.get("id")) for trigger in one.get("supported_triggers") or ()]
    if triggers and all(trigger in listing.bindings for trigger in triggers):
        return "It is bound to no trigger, so it does not run."
    return ""
