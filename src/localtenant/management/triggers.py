"""
Triggers, and the Actions bound to them.

A PATCH replaces the whole list of a trigger, in order; every binding gets a new id, unless it is named by its old one.
Source: https://auth0.com/docs/api/management/v2/actions and the recordings of the provider (v1.54.1) and its SDK (v1.46.0, the table of
triggers). The sentences for an undeployed Action, an incompatible trigger and an entity-bound trigger are quoted in auth0-deploy-cli's
issues 385 and 988 and auth0-cli's issue 462 (read 2026-11-23).
"""

from typing import Any

from localtenant.action_builds import ACTIONS, builds_of
from localtenant.errors import NotEmulated, bad_request
from localtenant.management.action_documents import action_of, page_of, shown, timestamp
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.store import Document
from localtenant.tenant import Tenant

BINDINGS = "trigger_bindings"  # one document a trigger: {"bindings": [...]}
MAX_BINDINGS = 20
MAX_BINDINGS_OF = {"password-reset-post-challenge": 4}
CURRENT = {
    "post-login": "v3",
    "credentials-exchange": "v2",
    "pre-user-registration": "v2",
    "post-user-registration": "v2",
    "post-change-password": "v2",
    "send-phone-message": "v2",
    "custom-phone-provider": "v1",
    "custom-email-provider": "v1",
    "password-reset-post-challenge": "v1",
    "custom-token-exchange": "v1",
    "event-stream": "v1",
    "password-hash-migration": "v1",
    "login-post-identifier": "v1",
    "signup-post-identifier": "v1",
}
DEPRECATED = (
    ("post-login", "v1"),
    ("post-login", "v2"),
    ("credentials-exchange", "v1"),
    ("pre-user-registration", "v1"),
    ("post-user-registration", "v1"),
    ("post-change-password", "v1"),
    ("send-phone-message", "v1"),
)
ENTITY_BOUND = ("event-stream",)


@endpoint("GET", "/actions/triggers")
def list_triggers(_call: Call) -> JSON:
    deprecated = [_trigger(name, version, "DEPRECATED") for name, version in DEPRECATED]
    return {"triggers": [*deprecated, *(_trigger(name, version, "CURRENT") for name, version in CURRENT.items())]}


@endpoint("GET", "/actions/triggers/{triggerId}/bindings")
def list_bindings(call: Call) -> JSON:
    builds_of(call.tenant).wake()
    trigger = _bindable(call)
    return page_of(call, [_shown(call.tenant, binding) for binding in bindings_of(call.tenant, trigger)], "bindings")


@endpoint("PATCH", "/actions/triggers/{triggerId}/bindings")
def replace_bindings(call: Call) -> JSON:
    tenant, trigger = call.tenant, _bindable(call)
    wanted: list[dict[str, Any]] = call.body.get("bindings", [])
    limit = MAX_BINDINGS_OF.get(trigger, MAX_BINDINGS)
    if len(wanted) > limit:
        raise bad_request(f"A trigger can have at most {limit} bindings.", "invalid_body")
    bindings = [_binding(tenant, trigger, item) for item in wanted]
    tenant.store.put(BINDINGS, trigger, {"bindings": bindings})
    return {"bindings": [_shown(tenant, binding) for binding in bindings]}


def bindings_of(tenant: Tenant, trigger: str) -> list[Document]:
    """The bindings of a trigger in the order they run: `{id, trigger_id, action_id, display_name, created_at, updated_at}`."""
    return list((tenant.store.get(BINDINGS, trigger) or {"bindings": []})["bindings"])


def is_bound(tenant: Tenant, action_id: str) -> bool:
    """Whether any trigger runs the Action."""
    return any(binding["action_id"] == action_id for trigger in CURRENT for binding in bindings_of(tenant, trigger))


def unbind(tenant: Tenant, action_id: str) -> None:
    """Take the Action out of every trigger."""
    for trigger in CURRENT:
        before = bindings_of(tenant, trigger)
        after = [binding for binding in before if binding["action_id"] != action_id]
        if after != before:
            tenant.store.put(BINDINGS, trigger, {"bindings": after})


def supported(sent: list[Document]) -> list[Document]:
    """`supported_triggers` as kept: id and version, the current one where none is sent."""
    kept: list[Document] = []
    for trigger in sent:
        version = trigger.get("version") or CURRENT[trigger["id"]]
        if version != CURRENT[trigger["id"]] and (trigger["id"], version) not in DEPRECATED:
            raise bad_request(f"The trigger {trigger['id']} has no version {version}.", "invalid_body")
        kept.append({"id": trigger["id"], "version": version})
    return kept


def upgraded(old: list[Document], sent: list[Document]) -> list[Document]:
    """The new `supported_triggers` of an Action that had `old` ones: the versions may change, the triggers may not."""
    new = supported(sent)
    if [trigger["id"] for trigger in new] != [trigger["id"] for trigger in old]:
        raise bad_request("can't upgrade to this trigger.")
    return new


def _bindable(call: Call) -> str:
    trigger = call.path["triggerId"]
    if trigger not in CURRENT:
        raise bad_request(f"The trigger {trigger} does not exist.", "invalid_body")
    if trigger in ENTITY_BOUND:
        raise bad_request("cannot list action bindings for an entity-bound trigger")
    return trigger


def _binding(tenant: Tenant, trigger: str, wanted: dict[str, Any]) -> Document:
    if wanted.get("secrets"):
        raise NotEmulated("PATCH", "/actions/triggers/{triggerId}/bindings (secrets of a binding)")
    kind, value = wanted["ref"].get("type"), wanted["ref"].get("value")
    old = next((binding for binding in bindings_of(tenant, trigger) if binding["id"] == value), None)
    if kind == "binding_id":
        action = tenant.store.get(ACTIONS, old["action_id"]) if old is not None else None
    elif kind == "action_name":
        action = tenant.store.first(ACTIONS, name=value)
    else:
        action = tenant.store.get(ACTIONS, value or "")
    if action is None:
        raise bad_request("Trying to create a binding for an action that does not exist")
    if trigger not in {item["id"] for item in action["supported_triggers"]}:
        raise bad_request("Trying to create a binding for an action that does not support this trigger")
    if "deployed_version_id" not in action:
        raise bad_request("Trying to create a binding for an action that has not been deployed yet")
    now = timestamp(tenant)
    return {
        "id": old["id"] if kind == "binding_id" and old is not None else tenant.new_uuid(),
        "trigger_id": trigger,
        "action_id": action["id"],
        "created_at": now,
        "updated_at": now,
        "display_name": wanted.get("display_name") or action["name"],
    }


def _shown(tenant: Tenant, binding: Document) -> Document:
    action = shown(tenant, action_of(tenant, binding["action_id"]))
    hidden = ("code", "dependencies", "runtime", "status", "secrets")
    summary = {name: value for name, value in action.items() if name not in hidden}
    summary["all_changes_deployed"] = False  # in every recording
    document = {name: value for name, value in binding.items() if name != "action_id"}
    return {**document, "action": summary}


def _trigger(name: str, version: str, status: str) -> Document:
    is_current = status == "CURRENT"
    runtimes = ["node12", "node16", "node18-actions", "node22"] if is_current else ["node12"]
    compatible = [{"id": "post-login", "version": "v2"}] if (name, version) == ("post-login", "v3") else []
    return {
        "id": name,
        "version": version,
        "status": status,
        "runtimes": runtimes,
        "default_runtime": runtimes[-1],
        "compatible_triggers": compatible,
        "binding_policy": "entity-bound" if name in ENTITY_BOUND else "trigger-bound",
    }
