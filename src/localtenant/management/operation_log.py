"""
The tenant log entries that the Management API leaves: `sapi` for a write that worked, `fapi` for one that was refused.

Secrets are masked on the way in: nobody reads a client secret or a password out of the log.
Source: https://auth0.com/docs/tenant-logs/management-success/sapi (read 2026-11-23); the form of `details` as in entries that
public log rules quote.
"""

import hashlib
import json
import re
from email.utils import parseaddr
from typing import Any

from localtenant.http import Request
from localtenant.management.endpoint import Caller
from localtenant.management.operations import Operation
from localtenant.tenant import Tenant

MASK = "*****"
SECRET_NAMES = re.compile(
    r"(.*_)?(secret|password|passwd|pass|token|ticket|api_key|apikey|private_key|accessKeyId|secretAccessKey|pem)"
    r"|.*(Secret|Password|ApiKey|AccessKey|ConnectionString)|auth_token|pwd_hash|signing_cert",
)
SECRET_LISTS = {"secrets"}  # [{name, value}], as Actions have them
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
VERBS = {"POST": "Create", "PUT": "Update", "PATCH": "Update", "DELETE": "Delete"}
CORRELATION_ID_LIMIT = 64
PERSON = "x-local-person"
CHANNEL_OF_PEOPLE = (
    "ui"  # the field as public log rules quote it; what the dashboard's entries really hold was not seen
)
DASHBOARD, DASHBOARD_ID = "Auth0 Dashboard", "local-dashboard"


def log_operation(
    tenant: Tenant, operation: Operation, request: Request, caller: Caller, *, sent: Any, status: int, answer: Any
) -> None:
    """Write the entry of one finished write; reads leave none."""
    if operation.method not in WRITES:
        return
    correlation_id = request.headers.get("x-correlation-id", "")[:CORRELATION_ID_LIMIT]
    user_agent = request.headers.get("user-agent", "")
    person = person_of(request)
    fields: dict[str, Any] = {
        "client_id": person["client_id"] if person else caller.client_id,
        "client_name": person["client_name"] if person else caller.client_name,
        **({"user_id": person["user_id"], "user_name": person["name"]} if person else {}),
        "ip": request.client,
        "user_agent": user_agent,
        "details": {
            "request": {
                "method": request.method.lower(),
                "path": request.path,
                "query": {name: values[-1] for name, values in request.query.items()},
                "userAgent": user_agent,
                "body": masked(sent),
                "channel": CHANNEL_OF_PEOPLE if person else "api",
                "ip": request.client,
                "auth": {
                    "user": {name: person[name] for name in ("user_id", "name", "email")} if person else {},
                    "strategy": "jwt",
                },
            },
            "response": {"statusCode": status, "body": masked(answer)},
        },
    }
    if correlation_id:
        fields["references"] = {"correlation_id": correlation_id}
    tenant.log("sapi" if status < 400 else "fapi", describe(operation), **fields)


def person_of(request: Request) -> dict[str, str] | None:
    """
    Whose call in the dashboard this is to be, by the header `X-Local-Person: Name <address>`; `None` for a program's.

    The dashboard works through the same API, as a client of Auth0's own with a person signed in.
    """
    header = (
        request.headers.get(PERSON, "").encode("latin-1").decode("utf-8", "replace")
    )  # names need more than a header's letters
    name, address = parseaddr(header)
    if not address:
        return None
    return {
        "user_id": f"auth0|{hashlib.sha256(address.encode()).hexdigest()[:24]}",
        "name": name or address,
        "email": address,
        "client_id": DASHBOARD_ID,
        "client_name": DASHBOARD,
    }


def describe(operation: Operation) -> str:
    """
    What the operation does, e.g. `Create a role`, `Update tenant settings`.

    Auth0 takes the sentence from its reference; this one is made from the path, so it may differ in words.
    """
    literals = [part.replace("-", " ") for part in operation.path.strip("/").split("/") if not part.startswith("{")]
    last = literals[-1]
    if last in {"deploy", "verify", "rotate", "test", "rollback", "retry", "revoke"}:
        verb, noun = last.capitalize(), _singular(literals[-2])
    else:
        one = operation.path.endswith("}") or operation.method == "POST"
        verb, noun = VERBS[operation.method], _singular(last) if one else " ".join(literals)
        if not one:
            return f"{verb} {noun}"
    article = "an" if noun[:1].lower() in "aeio" else "a"
    return f"{verb} {article} {noun}"


def masked(value: Any, *, inside_secrets: bool = False) -> Any:
    """A copy in which no secret is readable."""
    if isinstance(value, dict):
        return {name: _masked_field(name, item, inside_secrets=inside_secrets) for name, item in value.items()}
    if isinstance(value, list):
        return [masked(item, inside_secrets=inside_secrets) for item in value]
    return value


def _masked_field(name: str, value: Any, *, inside_secrets: bool) -> Any:
    is_secret = SECRET_NAMES.fullmatch(name) is not None or (inside_secrets and name == "value")
    if is_secret and isinstance(value, str) and value:
        return MASK
    if name == "credentials" and isinstance(value, dict):
        return {inner: MASK if isinstance(item, str) else masked(item) for inner, item in value.items()}
    return masked(value, inside_secrets=name in SECRET_LISTS)


def _singular(noun: str) -> str:
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    return noun.removesuffix("s")


def plain(value: Any) -> Any:
    """The value as JSON carries it: what goes into the log is never the live document."""
    return json.loads(json.dumps(value))
