"""
Actions: the draft, its build, its deployed version, its secrets.

Every write makes the draft `pending` again; a build (`action_builds.py`) takes it from there. Deploying copies the built draft into a new
version. Secrets are kept with their values, for the execution, and shown as `{name, updated_at}`. The answers hold what the recordings
hold, `current_version` and its capitals included.
Not here: versions (`action_versions.py`), which Actions run and in which order (`triggers.py`).
Source: https://auth0.com/docs/api/management/v2/actions, https://auth0.com/docs/customize/actions/limitations and the recordings of the
provider (v1.54.1) and its SDK (v1.46.0). The sentences for a bound Action and an unbuilt draft are quoted in the provider's issue 1550
and auth0-deploy-cli's issue 395 (read 2026-11-23).
"""

from typing import Any

from localtenant.action_builds import ACTIONS, VERSIONS, builds_of
from localtenant.actions import executions
from localtenant.errors import ManagementError, NotEmulated, bad_request, conflict
from localtenant.management import triggers
from localtenant.management.action_documents import action_of, page_of, shown, timestamp, versions_of
from localtenant.management.action_versions import deploy_draft
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.paging import flag
from localtenant.store import Document
from localtenant.tenant import Tenant

RUNTIMES = ("node12", "node16", "node18", "node18-actions", "node22")
DEFAULT_RUNTIME = "node22"
MAX_ACTIONS = 100
MAX_DEPENDENCIES = 10
MAX_SECRETS = 30
MAX_SECRET_NAME, MAX_SECRET_VALUE = 128, 4096
MAX_CODE_BYTES = 100 * 1024


@endpoint("GET", "/actions/actions")
def list_actions(call: Call) -> JSON:
    builds_of(call.tenant).wake()
    found = [action for action in call.tenant.store.all(ACTIONS) if _is_asked_for(call, action)]
    return page_of(call, [shown(call.tenant, action) for action in found], "actions")


@endpoint("POST", "/actions/actions", status=201)
def create_action(call: Call) -> JSON:
    tenant, body = call.tenant, call.body
    if len(tenant.store.all(ACTIONS)) >= MAX_ACTIONS:
        raise ManagementError(403, f"The tenant has reached its limit of {MAX_ACTIONS} Actions.", "limit_reached")
    _check_name(tenant, body["name"])
    now = timestamp(tenant)
    action: Document = {
        "id": tenant.new_uuid(),
        "name": body["name"],
        "supported_triggers": triggers.supported(body["supported_triggers"]),
        "created_at": now,
        "updated_at": now,
        "code": body.get("code", ""),
        "dependencies": body.get("dependencies", []),
        "runtime": body.get("runtime", DEFAULT_RUNTIME),
        "status": "pending",
        "secrets": _secrets([], body.get("secrets", []), now),
        "revision": 1,
    }
    return _kept(call, action)


@endpoint("GET", "/actions/actions/{id}")
def read_action(call: Call) -> JSON:
    builds_of(call.tenant).wake()
    return shown(call.tenant, action_of(call.tenant, call.path["id"]))


@endpoint("PATCH", "/actions/actions/{id}")
def update_action(call: Call) -> JSON:
    tenant, body = call.tenant, call.body
    action = action_of(tenant, call.path["id"])
    if "name" in body and body["name"] != action["name"]:
        _check_name(tenant, body["name"])
    if "supported_triggers" in body:
        body["supported_triggers"] = triggers.upgraded(action["supported_triggers"], body["supported_triggers"])
    now = timestamp(tenant)
    if "secrets" in body:
        action["secrets"] = _secrets(action["secrets"], body["secrets"], now)
    for name in ("name", "supported_triggers", "code", "dependencies", "runtime"):
        if name in body:
            action[name] = body[name]
    action |= {"updated_at": now, "status": "pending", "revision": action["revision"] + 1}
    return _kept(call, action)


@endpoint("DELETE", "/actions/actions/{id}", status=204)
def delete_action(call: Call) -> JSON:
    tenant = call.tenant
    action = action_of(tenant, call.path["id"])
    if triggers.is_bound(tenant, action["id"]):
        if not flag(call, "force"):
            raise conflict("Unable to delete an action bound to a trigger.")
        triggers.unbind(tenant, action["id"])
    for version in versions_of(tenant, action["id"]):
        tenant.store.delete(VERSIONS, version["id"])
    tenant.store.delete(ACTIONS, action["id"])
    return None


@endpoint("POST", "/actions/actions/{id}/deploy", status=200)
def deploy_action(call: Call) -> JSON:
    tenant = call.tenant
    action = action_of(tenant, call.path["id"])
    if action["status"] != "built":
        raise bad_request("A draft must be in the 'built' state before it can be deployed.")
    return deploy_draft(tenant, action)


def _is_asked_for(call: Call, action: Document) -> bool:
    trigger, name = call.query.get("triggerId"), call.query.get("actionName")
    if trigger is not None and trigger not in {supported["id"] for supported in action["supported_triggers"]}:
        return False
    if name is not None and name != action["name"]:
        return False
    if "installed" in call.query and flag(call, "installed"):
        return False  # Actions from the marketplace; this tenant has none
    return "deployed" not in call.query or flag(call, "deployed") == ("deployed_version_id" in action)


def _check_name(tenant: Tenant, name: str) -> None:
    if tenant.store.first(ACTIONS, name=name) is not None:
        raise conflict("An action with the same name already exists.", "action_name_conflict")


def _secrets(old: list[Document], sent: list[dict[str, Any]], now: str) -> list[Document]:
    """The new list: names that were there keep their place, and their value where none is sent."""
    before = {secret["name"]: secret for secret in old}
    given = {secret["name"]: secret for secret in sent if "name" in secret}
    order = [*(name for name in before if name in given), *(name for name in given if name not in before)]
    secrets: list[Document] = []
    for name in order:
        if given[name].get("value") is None and name in before:
            secrets.append(before[name])
        else:
            secrets.append({"name": name, "value": given[name].get("value", ""), "updated_at": now})
    return secrets


def _kept(call: Call, action: Document) -> Document:
    if call.body.get("modules"):
        raise NotEmulated("POST", "/actions/modules")
    _check_limits(action)
    if call.body.get("deploy"):
        deploy_draft(call.tenant, action)
    call.tenant.store.put(ACTIONS, action["id"], action)
    builds_of(call.tenant).wake()
    return shown(call.tenant, action)


def _check_limits(action: Document) -> None:
    secrets = action["secrets"]
    faults = {
        f"The runtime '{action['runtime']}' is not supported.": action["runtime"] not in RUNTIMES,
        f"An action can have at most {MAX_DEPENDENCIES} dependencies.": len(action["dependencies"]) > MAX_DEPENDENCIES,
        f"An action can have at most {MAX_SECRETS} secrets.": len(secrets) > MAX_SECRETS,
        "The name or the value of a secret is too long.": any(
            len(secret["name"]) > MAX_SECRET_NAME or len(secret["value"]) > MAX_SECRET_VALUE for secret in secrets
        ),
        "The code of an action must not be larger than 100kB.": len(action["code"].encode()) > MAX_CODE_BYTES,
    }
    for message, applies in faults.items():
        if applies:
            raise bad_request(message, "invalid_body")


@endpoint("GET", "/actions/executions/{id}")
def read_execution(call: Call) -> JSON:
    execution = call.tenant.store.get(executions.EXECUTIONS, call.path["id"])
    if execution is None:
        raise ManagementError(404, "That execution does not exist.")  # recorded without an errorCode
    return executions.shown(execution)
