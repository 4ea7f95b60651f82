"""
What users consented to: `/grants`. They come to be when a third-party application asks a user for scopes, not by an API call.

Not here: which application may call which API (`client_grants.py`).
Source: https://auth0.com/docs/api/management/v2/grants
"""

from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.paging import listing

KIND = "grants"
FILTERS = {"user_id": "user_id", "client_id": "clientID", "audience": "audience"}


@endpoint("GET", "/grants")
def list_grants(call: Call) -> JSON:
    grants = [
        grant
        for grant in call.tenant.store.all(KIND)
        if all(grant[field] == call.query[name] for name, field in FILTERS.items() if name in call.query)
    ]
    return listing(call, grants, KIND, checkpoint=False)


@endpoint("DELETE", "/grants", status=204)
def delete_grants_of_user(call: Call) -> JSON:
    for grant in call.tenant.store.all(KIND):
        if grant["user_id"] == call.query["user_id"]:
            call.tenant.store.delete(KIND, grant["id"])
    return None


@endpoint("DELETE", "/grants/{id}", status=204)
def delete_grant(call: Call) -> JSON:
    call.tenant.store.delete(KIND, call.path["id"])
    return None
