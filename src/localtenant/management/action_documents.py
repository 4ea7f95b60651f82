"""
What the API shows of an Action, its versions and their lists.

The stored documents hold more: the values of secrets, the draft's revision, why a build failed.
Not here: the operations (`actions.py`, `action_versions.py`, `triggers.py`).
Source: the recordings of the provider (v1.54.1) and its SDK (v1.46.0).
"""

from localtenant.action_builds import ACTIONS, VERSIONS
from localtenant.errors import ManagementError
from localtenant.management.endpoint import Call
from localtenant.management.paging import offset
from localtenant.store import Document
from localtenant.tenant import Tenant

DEFAULT_PER_PAGE = 20


def action_of(tenant: Tenant, action_id: str) -> Document:
    """The stored Action, values of secrets included, or 404."""
    action = tenant.store.get(ACTIONS, action_id)
    if action is None:
        raise ManagementError(404, "That action does not exist.")  # recorded without an errorCode
    return action


def shown(tenant: Tenant, action: Document) -> Document:
    """The Action as the API shows it."""
    version = deployed_version(tenant, action)
    document: Document = {
        "id": action["id"],
        "name": action["name"],
        "supported_triggers": action["supported_triggers"],
        "created_at": action["created_at"],
        "updated_at": action["updated_at"],
        "code": action["code"],
        "dependencies": _dependencies(action),
        "runtime": action["runtime"],
        "status": action["status"],
        "secrets": [{"name": secret["name"], "updated_at": secret["updated_at"]} for secret in action["secrets"]],
    }
    if version is not None:
        document |= {"current_version": current_version(version), "deployed_version": version}
    document["all_changes_deployed"] = version is not None and action["revision"] == action["deployed_revision"]
    return document


def shown_version(version: Document) -> Document:
    """A version as the API shows it."""
    document = {name: value for name, value in version.items() if name not in ("action_id", "revision", "secrets")}
    document["dependencies"] = _dependencies(version)
    document["secrets"] = [
        {"name": secret["name"], "updated_at": secret["updated_at"]} for secret in version["secrets"]
    ]
    return document


def _dependencies(document: Document) -> list[Document]:
    """Where a dependency came from is shown until it is built in, as recorded (SDK v1.46.0)."""
    if document["status"] != "built":
        return list(document["dependencies"])
    return [{"name": item["name"], "version": item["version"]} for item in document["dependencies"]]


def summary(action: Document) -> Document:
    """The Action as it stands inside a version."""
    names = ("id", "name", "supported_triggers", "created_at", "updated_at")
    return {**{name: action[name] for name in names}, "all_changes_deployed": False}  # false in every recording


def deployed_version(tenant: Tenant, action: Document) -> Document | None:
    """The version that runs, as the API shows it, or `None`."""
    version = tenant.store.get(VERSIONS, action.get("deployed_version_id") or "")
    return None if version is None else shown_version(version)


def current_version(version: Document) -> Document:
    """The short form beside `deployed_version`, an older one with capitals and `build_time`."""
    document: Document = {
        "id": version["id"],
        "code": version["code"],
        "runtime": version["runtime"],
        "status": version["status"].upper(),
        "number": version["number"],
        "created_at": version["created_at"],
        "updated_at": version["updated_at"],
    }
    if "built_at" in version:
        document["build_time"] = version["built_at"]
    return document


def versions_of(tenant: Tenant, action_id: str) -> list[Document]:
    """Every version of an Action, values of secrets included, oldest first."""
    return [version for version in tenant.store.all(VERSIONS) if version["action_id"] == action_id]


def page_of(call: Call, items: list[Document], key: str) -> Document:
    """
    The envelope of the Actions API. Fields that are zero are left out, `total` on an empty page too.

    The provider asks for one page after the other until `total` is missing; a truthful `total` on page 1 makes it ask for ever.
    """
    page, per_page = offset(call, default=DEFAULT_PER_PAGE)
    chosen = items[page * per_page : (page + 1) * per_page]
    envelope: Document = {key: chosen}
    if chosen:
        envelope["total"] = len(items)
    if page:
        envelope["page"] = page
    envelope["per_page"] = per_page
    return envelope


def timestamp(tenant: Tenant) -> str:
    """Now, as the Actions API writes it: nine digits of a second."""
    return f"{tenant.clock.now():%Y-%m-%dT%H:%M:%S.%f}000Z"
