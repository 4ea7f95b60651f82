"""
Records of what Actions did: one execution per run of a trigger, as `GET /actions/executions/{id}` shows it, with the console's output beside.

Auth0 keeps 256 characters of an Action's output. A failure is a log entry `actions_execution_failed`, which holds that output; the entry of a login that went
well or was denied is written by whoever ends the login, with the `details` made here.
Source: https://auth0.com/docs/customize/actions/limitations ("Logs"), https://auth0.com/docs/api/management/v2/actions/get-execution
"""

from localtenant.actions.calls import ActionResult
from localtenant.store import Document
from localtenant.tenant import Tenant

EXECUTIONS = "action_executions"
KEPT_CHARACTERS = 256
KEPT_EXECUTIONS = 1000
INTERNAL = ("logs",)


def open_execution(tenant: Tenant, trigger: str) -> Document:
    """A record that nobody can see yet."""
    now = tenant.clock.timestamp()
    return {"id": tenant.new_uuid(), "trigger_id": trigger, "results": [], "created_at": now}


def add_result(tenant: Tenant, execution: Document, name: str, started_at: str, result: ActionResult) -> None:
    """One Action has run."""
    entry: Document = {"action_name": name, "started_at": started_at, "ended_at": tenant.clock.timestamp()}
    if result.error is not None:
        entry["error"] = {"id": "action_failed", "msg": result.error}
    entry["logs"] = "\n".join(result.logs)[:KEPT_CHARACTERS]
    execution["results"].append(entry)


def keep(tenant: Tenant, execution: Document, status: str) -> None:
    """Store it, and forget the oldest. `status`: `final`, `suspended`, `partial` (it failed)."""
    document = {**execution, "status": status, "updated_at": tenant.clock.timestamp()}
    tenant.store.put(EXECUTIONS, execution["id"], document)
    tenant.store.keep_newest(EXECUTIONS, KEPT_EXECUTIONS)


def shown(execution: Document) -> Document:
    """As the Management API answers it."""
    results = [{k: v for k, v in result.items() if k not in INTERNAL} for result in execution["results"]]
    return {**execution, "results": results}


def log_details(tenant: Tenant, execution_ids: list[str]) -> Document:
    """For `details` of a log entry: `{"actions": {"executions": [id, …], "logs": [{"action_name", "output"}, …]}}`."""
    found = [tenant.store.get(EXECUTIONS, execution_id) for execution_id in execution_ids]
    logs = [
        {"action_name": result["action_name"], "output": result["logs"]}
        for execution in found
        if execution is not None
        for result in execution["results"]
        if result["logs"]
    ]
    return {"actions": {"executions": list(execution_ids), **({"logs": logs} if logs else {})}}
