"""
Ask the tenant for the objects that a killed `up` may have made, by their natural keys.

Only the client's own mark (`client_metadata.managed_by`), equal content, or a link to an object of this state shows that an object is
ours; a name alone does not.

Not here: what is decided from it (`recover.py`).
Source: https://auth0.com/docs/api/management/v2 (clients, connections, actions, client-grants, resource-servers)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from guestlist.recover import Candidate, kind_of, natural_key
from guestlist.state import PendingOperation, State
from stacks.management import ManagementClient

MANAGED_BY = "guestlist"


def candidates(tenant: ManagementClient, state: State) -> dict[str, tuple[Candidate, ...]]:
    """{urn: objects under the natural key} for every pending operation that can be asked for. Only GETs."""
    found = {}
    for operation in state.pending:
        ask = _ASK.get(kind_of(operation.resource.type))
        if operation.kind in {"creating", "importing"}:
            if ask is not None and natural_key(operation) is not None:
                found[operation.urn] = tuple(ask(tenant, operation, state))
        elif operation.kind == "updating" and kind_of(operation.resource.type) == "Action":
            found[operation.urn] = tuple(_half_updated_action(tenant, operation))
    return found


def strays(tenant: ManagementClient, state: State) -> tuple[Candidate, ...]:
    """
    Find applications that carry our mark and that the state does not know.

    The provider repeats a POST whose answer was lost (go-auth0 v1.46, `RetriesTransport`), so a broken connection can make a second
    application in a run that ends well. Only applications carry a mark; a second connection or grant is a 409.
    """
    known = state.ids()
    return tuple(
        Candidate(
            id=str(client["client_id"]),
            label=f"application {client.get('name')}",
            ours=True,
            because="it carries guestlist's mark and is not in the state",
        )
        for client in tenant.pages("/clients", "clients")
        if (client.get("client_metadata") or {}).get("managed_by") == MANAGED_BY and client["client_id"] not in known
    )


def delete_stray(tenant: ManagementClient, client_id: str) -> None:
    """Delete an application that `strays` has named."""
    tenant.delete(f"/clients/{client_id}")


def deploy_action(tenant: ManagementClient, action_id: str) -> None:
    """Deploy an Action's draft, as the killed run was about to."""
    tenant.post(f"/actions/actions/{action_id}/deploy", {})


def _clients(tenant: ManagementClient, operation: PendingOperation, _state: State) -> Iterator[Candidate]:
    for client in tenant.pages("/clients", "clients"):
        if client.get("name") != operation.resource.inputs["name"] or client.get("global"):
            continue
        managed_by = (client.get("client_metadata") or {}).get("managed_by")
        ours = managed_by == MANAGED_BY
        yield Candidate(
            id=str(client["client_id"]),
            label=f"client {client['name']}",
            ours=ours,
            because="its client_metadata says that guestlist made it"
            if ours
            else "its client_metadata does not say that guestlist made it",
        )


def _connections(tenant: ManagementClient, operation: PendingOperation, _state: State) -> Iterator[Candidate]:
    name, strategy = operation.resource.inputs["name"], operation.resource.inputs.get("strategy")
    for connection in tenant.pages("/connections", "connections"):
        if connection.get("name") != name:
            continue
        differences = [
            *(["strategy"] if connection.get("strategy") != strategy else []),
            *_differing_options(operation.resource.inputs.get("options"), connection.get("options")),
        ]
        yield Candidate(
            id=str(connection["id"]),
            label=f"connection {name}",
            ours=not differences,
            because="it has the strategy and the password rules that the program gives it"
            if not differences
            else f"its {', '.join(differences)} are not as the program makes them",
        )


# What a database connection of the program never lacks: a connection that differs here was made or changed by somebody else.
_TELLING_OPTIONS = {
    "disableSignup": "disable_signup",
    "passwordPolicy": "passwordPolicy",
    "bruteForceProtection": "brute_force_protection",
}


def _differing_options(wanted: object, found: object) -> list[str]:
    if not isinstance(wanted, Mapping) or not isinstance(found, Mapping):
        return [] if wanted is None else ["options"]
    return [
        there
        for here, there in _TELLING_OPTIONS.items()
        if isinstance(wanted.get(here), (bool, str)) and wanted[here] != found.get(there)
    ]


def _actions(tenant: ManagementClient, operation: PendingOperation, _state: State) -> Iterator[Candidate]:
    inputs = operation.resource.inputs
    for action in _every_action(tenant):
        if action.get("name") != inputs["name"]:
            continue
        same = action.get("code") == inputs.get("code")
        yield Candidate(
            id=str(action["id"]),
            label=f"Action {action['name']}, made {action.get('created_at', 'at an unknown time')}",
            ours=same,
            because="its code is the program's" if same else "its code is not the program's",
            to_deploy=same and inputs.get("deploy") is True and not _is_deployed(action),
        )


def _half_updated_action(tenant: ManagementClient, operation: PendingOperation) -> Iterator[Candidate]:
    """Find an update that was written and not deployed: the next `up` would see nothing to do."""
    inputs = operation.resource.inputs
    action = tenant.get_or_none(f"/actions/actions/{operation.resource.id}")
    if (
        action
        and action.get("code") == inputs.get("code")
        and inputs.get("deploy") is True
        and not _is_deployed(action)
    ):
        yield Candidate(
            id=str(action["id"]),
            label=f"Action {action['name']}",
            ours=True,
            because="its draft is the program's and not deployed",
            to_deploy=True,
        )


def _every_action(tenant: ManagementClient) -> Iterator[Mapping[str, Any]]:
    """Page through the Actions: this list has no checkpoint pages."""
    page, seen = 0, 0
    while True:
        answer = tenant.get("/actions/actions", page=page, per_page=100)
        yield from answer["actions"]
        seen += len(answer["actions"])
        if not answer["actions"] or seen >= int(answer.get("total", seen)):
            return
        page += 1


def _is_deployed(action: Mapping[str, Any]) -> bool:
    return bool(action.get("all_changes_deployed")) and bool(action.get("deployed_version"))


def _grants(tenant: ManagementClient, operation: PendingOperation, state: State) -> Iterator[Candidate]:
    client_id, audience = operation.resource.inputs["clientId"], operation.resource.inputs["audience"]
    for grant in tenant.pages("/client-grants", "client_grants"):
        if grant.get("client_id") != client_id or grant.get("audience") != audience:
            continue
        ours = client_id in state.ids()
        yield Candidate(
            id=str(grant["id"]),
            label=f"client grant for {audience}",
            ours=ours,
            because="it belongs to a client of this state" if ours else "its client is not in this state",
        )


def _resource_servers(tenant: ManagementClient, operation: PendingOperation, _state: State) -> Iterator[Candidate]:
    inputs = operation.resource.inputs
    for server in tenant.pages("/resource-servers", "resource_servers"):
        if server.get("identifier") != inputs["identifier"]:
            continue
        same = server.get("name") == inputs.get("name") and not server.get("is_system")
        yield Candidate(
            id=str(server["id"]),
            label=f"API {server.get('name')}",
            ours=same,
            because="it has the program's identifier and name"
            if same
            else "it has another name than the program gives it",
        )


def _custom_domains(tenant: ManagementClient, operation: PendingOperation, _state: State) -> Iterator[Candidate]:
    inputs = operation.resource.inputs
    for domain in tenant.get("/custom-domains"):
        if domain.get("domain") != inputs["domain"]:
            continue
        same = domain.get("type") == inputs.get("type")
        yield Candidate(
            id=str(domain["custom_domain_id"]),
            label=f"custom domain {domain['domain']}",
            ours=same,
            because="it has the program's kind of certificate" if same else "its kind of certificate is another",
        )


def _phone_templates(tenant: ManagementClient, operation: PendingOperation, _state: State) -> Iterator[Candidate]:
    """One of each type at most; the engine repeats a create only where there is none."""
    inputs = operation.resource.inputs
    wanted = (inputs.get("content") or {}).get("body", {}).get("text")
    for template in tenant.get("/branding/phone/templates").get("templates", []):
        if template.get("type") != inputs["type"]:
            continue
        same = ((template.get("content") or {}).get("body") or {}).get("text") == wanted
        yield Candidate(
            id=str(template["id"]),
            label=f"phone template {template['type']}",
            ours=same,
            because="its text is the program's" if same else "its text is not the program's",
        )


_Ask = Callable[[ManagementClient, PendingOperation, State], Iterator[Candidate]]

_ASK: Mapping[str, _Ask] = {
    "Action": _actions,
    "Client": _clients,
    "ClientGrant": _grants,
    "Connection": _connections,
    "CustomDomain": _custom_domains,
    "PhoneNotificationTemplate": _phone_templates,
    "ResourceServer": _resource_servers,
}
