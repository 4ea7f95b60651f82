"""
Users: `/users` and `/users-by-email`.

The calling application must be enabled on the connection to create users in it. Addresses are kept in lower case; metadata is merged at its
top level; a password is checked against the connection's policy, kept as a hash and never shown.

Not here: search (`user_search.py`), the policy (`password_policy.py`), second factors (`authentication_methods.py`), roles (`roles.py`).
Source: https://auth0.com/docs/api/management/v2/users and the recordings of the provider (v1.54.1).
"""

from localtenant.errors import ManagementError, bad_request, conflict, invalid_body, not_found
from localtenant.management import connections
from localtenant.management.connection_clients import MEMBERS, is_enabled
from localtenant.management.custom_domain_header import host_asked_for
from localtenant.management.endpoint import JSON, Call, endpoint
from localtenant.management.fields import asked
from localtenant.management.merging import changed, without_nulls
from localtenant.management.paging import listing
from localtenant.management.password_policy import check_password
from localtenant.management.passwords import hash_password
from localtenant.management.scopes import demand
from localtenant.management.user_identifiers import check_identifiers, picture
from localtenant.management.user_search import ordered, query
from localtenant.store import Document
from localtenant.tenant import Tenant

KIND = "users"
PASSWORD = "_password"  # noqa: S105 - a field name: it holds the current hash
FORMER = "_former_passwords"  # hashes, newest first, the current one included
MOST_FORMER = 24  # the longest history that a policy can ask for
MOST_FOUND = 1000
PROVIDERS = {"auth0": "auth0", "sms": "sms", "email": "email"}
ROOT_ATTRIBUTES = (
    "blocked",
    "email_verified",
    "family_name",
    "given_name",
    "name",
    "nickname",
    "phone_number",
    "phone_verified",
    "picture",
    "username",
)
UPDATABLE = frozenset(
    {*ROOT_ATTRIBUTES, "app_metadata", "user_metadata", "email", "password", "connection", "client_id", "verify_email"}
    | {"verify_phone_number"}
)
NEVER_TOGETHER = (
    ("password", "email"),
    ("password", "email_verified"),
    ("username", "password"),
    ("username", "email"),
    ("username", "email_verified"),
)  # Auth0 changes one of them per request


@endpoint("GET", "/users")
def list_users(call: Call) -> JSON:
    """Search. Unlike Auth0's it sees every write at once; like Auth0's it shows the first 1,000 only, and counts them all."""
    users = call.tenant.store.all(KIND)
    if call.query.get("q"):
        holds = query(call.query["q"])
        users = [user for user in users if holds(user)]
    if "connection" in call.query:
        users = [user for user in users if user["identities"][0]["connection"] == call.query["connection"]]
    if "sort" in call.query:
        users = ordered(users, call.query["sort"])
    found = listing(call, users[:MOST_FOUND], KIND, checkpoint=False)
    if not isinstance(found, dict):
        return [asked(call, shown(user)) for user in found or []]
    return {**found, "total": len(users), KIND: [asked(call, shown(user)) for user in found[KIND]]}


@endpoint("GET", "/users-by-email")
def list_users_by_email(call: Call) -> JSON:
    """Every user with this address, in whatever connection, as soon as it is there."""
    email = call.query["email"].lower()
    return [asked(call, shown(user)) for user in call.tenant.store.all(KIND) if user.get("email") == email]


@endpoint("POST", "/users", status=201)
def create_user(call: Call) -> JSON:
    """The calling application must be enabled on the connection, as a person's would be to sign up."""
    host_asked_for(call)
    connection = _connection_named(call.tenant, call.body["connection"])
    if connection["strategy"] not in PROVIDERS:
        raise bad_request(
            "Connection does not support user creation through the API. It must either be a database or SMS connection.",
            "auth0_idp_error",
        )
    if not connection.get(MEMBERS):
        raise bad_request("The connection is disabled", "auth0_idp_error")
    if not is_enabled(connection, call.caller.client_id):
        raise bad_request(
            "Connection must be enabled for this client to perform single user creation and signup operations "
            f"(client_id: {call.caller.client_id} - connection: {connection['name']})",
            "auth0_idp_error",
        )
    return shown(make_user(call.tenant, connection, call.body))


def make_user(tenant: Tenant, connection: Document, fields: Document) -> Document:
    """Create a user in the connection, `fields` being the body of POST /users."""
    fields = without_nulls(fields)
    check_identifiers(connection, fields)
    provider = PROVIDERS[connection["strategy"]]
    email = fields["email"].lower() if "email" in fields else None
    local_id = fields.get("user_id") or tenant.new_hex(24)
    user_id = f"{provider}|{local_id}"
    if tenant.store.get(KIND, user_id) is not None or _by_address(tenant, connection, email) is not None:
        raise conflict("The user already exists.", "auth0_idp_error")
    if "username" in fields and _by_username(tenant, connection, fields["username"]) is not None:
        raise conflict("The username provided is in use already.", "auth0_idp_error")
    now = tenant.clock.timestamp()
    identifier = email or fields.get("username") or fields.get("phone_number") or local_id
    identity = {"connection": connection["name"], "user_id": local_id, "provider": provider, "isSocial": False}
    user: Document = {
        "user_id": user_id,
        "created_at": now,
        "updated_at": now,
        **({"email": email, "email_verified": False} if email else {}),
        "name": identifier,
        "nickname": identifier.partition("@")[0],
        "picture": picture(identifier),
        "identities": [identity],
        **{name: fields[name] for name in ROOT_ATTRIBUTES if name in fields},
        **{name: fields[name] for name in ("user_metadata", "app_metadata") if fields.get(name)},
    }
    if "password" in fields:
        check_password(connection["options"], fields["password"], user)
        user[PASSWORD] = hash_password(fields["password"])
        user[FORMER] = [user[PASSWORD]]
    tenant.store.put(KIND, user_id, user)
    return user


@endpoint("GET", "/users/{id}")
def get_user(call: Call) -> JSON:
    return asked(call, shown(find(call.tenant, call.path["id"])))


@endpoint("PATCH", "/users/{id}")
def update_user(call: Call) -> JSON:
    """`app_metadata` alone needs no more than `update:users_app_metadata`. Null deletes."""
    body: Document = call.body
    _check_update(call, body)
    user = find(call.tenant, call.path["id"])
    connection = _connection_named(call.tenant, body.get("connection") or user["identities"][0]["connection"])
    if body.get("email") is not None:
        _change_email(call.tenant, connection, user, body["email"].lower())
    if body.get("username") is not None:
        _demand_free_username(call.tenant, connection, user, body["username"])
    user = changed(user, {name: body[name] for name in ROOT_ATTRIBUTES if name in body})
    for name in (name for name in ("user_metadata", "app_metadata") if name in body):
        user[name] = _merged_metadata(user.get(name, {}), body[name])
    if not user.get("app_metadata"):
        user.pop("app_metadata", None)  # recorded: empty, it is left out; `user_metadata` is not
    if body.get("password") is not None:
        set_password(call.tenant, connection, user, body["password"])
    user["updated_at"] = call.tenant.clock.timestamp()
    call.tenant.store.put(KIND, user["user_id"], user)
    return shown(user)


@endpoint("DELETE", "/users/{id}", status=204)
def delete_user(call: Call) -> JSON:
    """Silent if there is none."""
    forget_user(call.tenant, call.path["id"])
    return None


def find(tenant: Tenant, user_id: str) -> Document:
    """The user's document, or 404."""
    user = tenant.store.get(KIND, user_id)
    if user is None:
        raise not_found("The user does not exist.", "inexistent_user")
    return user


def shown(user: Document) -> Document:
    """The user as any answer shows it: without what begins with an underscore."""
    return {name: value for name, value in user.items() if not name.startswith("_")}


def set_password(tenant: Tenant, connection: Document, user: Document, password: str) -> None:
    """Check and set it on the document, which the caller then stores."""
    former: list[str] = user.get(FORMER, [])
    check_password(connection["options"], password, user, former)
    user[PASSWORD] = hash_password(password)
    user[FORMER] = [user[PASSWORD], *former][:MOST_FORMER]
    user["last_password_reset"] = tenant.clock.timestamp()


def forget_user(tenant: Tenant, user_id: str) -> None:
    """Delete the user and everything that hangs on it."""
    tenant.store.delete(KIND, user_id)
    for kind in ("tickets", "authentication_methods", "grants"):
        for document_id, document in tenant.store.items(kind):
            if document.get("user_id") == user_id:
                tenant.store.delete(kind, document_id)


def by_email(tenant: Tenant, connection_name: str, email: str) -> Document | None:
    """The user with this address in this connection."""
    return next(
        (
            user
            for user in tenant.store.all(KIND)
            if user.get("email") == email.lower() and user["identities"][0]["connection"] == connection_name
        ),
        None,
    )


def _connection_named(tenant: Tenant, name: str) -> Document:
    connection = connections.by_name(tenant, name)
    if connection is None:
        raise bad_request("The connection does not exist.", "inexistent_connection")
    return connection


def _check_update(call: Call, body: Document) -> None:
    if set(body) - {"app_metadata"}:
        demand(call, "update:users")
    extra = [name for name in body if name not in UPDATABLE]
    if extra:
        raise invalid_body(f"'Additional properties not allowed: {','.join(extra)}'.")
    for first, second in NEVER_TOGETHER:
        if body.get(first) is not None and body.get(second) is not None:
            raise bad_request(f"Cannot update {first} and {second} simultaneously", "operation_not_supported")


def _demand_free_username(tenant: Tenant, connection: Document, user: Document, username: str) -> None:
    other = _by_username(tenant, connection, username)
    if other is not None and other["user_id"] != user["user_id"]:
        raise bad_request("The specified new username already exists", "auth0_idp_error")


def _change_email(tenant: Tenant, connection: Document, user: Document, email: str) -> None:
    other = _by_address(tenant, connection, email)
    if other is not None and other["user_id"] != user["user_id"]:
        raise ManagementError(400, "The specified new email already exists", "auth0_idp_error")
    if user.get("email") != email:
        user["email_verified"] = False
    user["email"] = email


def _merged_metadata(before: Document, given: Document | None) -> Document:
    """Member by member at the top level; an empty object empties it; deeper objects are replaced."""
    if not given:
        return {}
    return {name: value for name, value in {**before, **given}.items() if value is not None}


def _by_address(tenant: Tenant, connection: Document, email: str | None) -> Document | None:
    if email is None or not _is_unique_by_email(connection):
        return None
    return by_email(tenant, connection["name"], email)


def _is_unique_by_email(connection: Document) -> bool:
    attributes = (connection.get("options") or {}).get("attributes") or {}
    return bool(attributes.get("email", {}).get("unique", True))


def _by_username(tenant: Tenant, connection: Document, username: str) -> Document | None:
    for user in tenant.store.all(KIND):
        same = user["identities"][0]["connection"] == connection["name"]
        if same and user.get("username", "").lower() == username.lower():
            return user
    return None
