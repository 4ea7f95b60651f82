"""
Versions of an Action: what was deployed, when, and going back to it.

Deploying answers a version that is not yet `deployed`, as recorded; the next read finds it deployed.
Not here: the draft (`actions.py`).
Source: https://auth0.com/docs/api/management/v2/actions and the recordings of the provider (v1.54.1) and its SDK (v1.46.0).
"""

from localtenant.action_builds import ACTIONS, VERSIONS
from localtenant.errors import ManagementError
from localtenant.management.action_documents import action_of, page_of, shown_version, summary, timestamp, versions_of
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.store import Document
from localtenant.tenant import Tenant

MAX_VERSIONS = 50
COPIED = ("code", "dependencies", "runtime", "secrets", "supported_triggers")


@endpoint("GET", "/actions/actions/{actionId}/versions")
def list_versions(call: Call) -> JSON:
    action = action_of(call.tenant, call.path["actionId"])
    versions = versions_of(call.tenant, action["id"])
    return page_of(
        call, [{**shown_version(version), "action": summary(action)} for version in reversed(versions)], "versions"
    )


@endpoint("GET", "/actions/actions/{actionId}/versions/{id}")
def read_version(call: Call) -> JSON:
    action, version = _found(call)
    return {**shown_version(version), "action": summary(action)}


@endpoint("POST", "/actions/actions/{actionId}/versions/{id}/deploy", status=200)
def deploy_version(call: Call) -> JSON:
    action, version = _found(call)
    if call.body.get("update_draft"):
        for name in COPIED:
            action[name] = version[name]
        action["revision"] += 1
        action["status"] = "built"
    return _deploy(call.tenant, action, version, status="built")


def deploy_draft(tenant: Tenant, action: Document) -> Document:
    """Make a version of the draft and deploy it; answers it as the deploy call does. Writes the Action too."""
    return _deploy(tenant, action, action, status=action["status"])


def _deploy(tenant: Tenant, action: Document, source: Document, *, status: str) -> Document:
    now = timestamp(tenant)
    before = versions_of(tenant, action["id"])
    is_draft = all(source[name] == action[name] for name in COPIED)
    version: Document = {
        "id": tenant.new_uuid(),
        "action_id": action["id"],
        **{name: source[name] for name in COPIED},
        "number": max((old["number"] for old in before), default=0) + 1,
        "deployed": True,
        "status": status,
        "revision": action["revision"] if is_draft else None,
        "created_at": now,
        "updated_at": now,
    }
    if status == "built":
        version["built_at"] = now
    tenant.store.put(VERSIONS, version["id"], version)
    for old in before:
        if old["deployed"]:
            tenant.store.put(VERSIONS, old["id"], {**old, "deployed": False})
    for old in before[: max(0, len(before) + 1 - MAX_VERSIONS)]:
        tenant.store.delete(VERSIONS, old["id"])
    action["deployed_version_id"] = version["id"]
    action["deployed_revision"] = version["revision"]
    tenant.store.put(ACTIONS, action["id"], action)
    answer = {**shown_version(version), "deployed": False, "action": summary(action)}
    answer.pop("built_at", None)
    return answer


def _found(call: Call) -> tuple[Document, Document]:
    action = action_of(call.tenant, call.path["actionId"])
    version = call.tenant.store.get(VERSIONS, call.path["id"])
    if version is None or version["action_id"] != action["id"]:
        raise ManagementError(404, "That action version does not exist.")
    return action, version
