"""
What the Management API shows of an environment: GETs only, each thing asked for once, and only when a door wants it.

Whatever cannot be read says why (a scope, by name), so that a door may be knocked on instead.

Not here: judging what was seen (the doors).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from stacks.management import ManagementClient, ManagementError
from stacks.post_login_bindings import bound_actions

Document = Mapping[str, Any]
SCOPES = (
    "read:actions",
    "read:clients",
    "read:connections",
    "read:connections_options",
    "read:mfa_policies",
    "read:tenant_settings",
)
CLIENT_FIELDS = (
    "callbacks",
    "client_id",
    "client_metadata",
    "cross_origin_auth",
    "cross_origin_authentication",
    "global",
    "grant_types",
    "name",
    "organization_usage",
)
EVERYWHERE = (
    None,
    401,
    403,
    429,
)  # no answer, wrong credentials, too many calls: the next call would cost as much and say the same
_Seen = TypeVar("_Seen")


class CannotLook(Exception):  # noqa: N818 - a reason, not a fault
    """The message says what is missing."""


class Sight:
    """
    One look at a tenant.

    Args:
        tenant: with whatever rights there are; `None` without credentials.
        connection: the name of ours.

    """

    def __init__(self, tenant: ManagementClient | None, *, connection: str) -> None:
        self.tenant = tenant
        self._connection = connection
        self._blind = "" if tenant is not None else "no credentials"
        self._seen: dict[str, Any] = {}

    @property
    def calls(self) -> int:
        """How many calls were made."""
        return self.tenant.calls if self.tenant is not None else 0

    def clients(self) -> Sequence[Document]:
        """Every application of the tenant, the fields that doors want. Raises: CannotLook."""

        def ask(tenant: ManagementClient) -> Sequence[Document]:
            wanted = {"fields": ",".join(CLIENT_FIELDS), "include_fields": "true"}
            return [one for one in tenant.pages("/clients", "clients", **wanted) if not one.get("global")]

        return self._once("clients", "read:clients", ask)

    def connection(self) -> Document | None:
        """Our connection; `None` if the tenant has none of its name. Raises: CannotLook."""

        def ask(tenant: ManagementClient) -> Document | None:
            found = tenant.pages("/connections", "connections", name=self._connection)
            return next(iter(found), None)

        return self._once("connection", "read:connections", ask)

    def options(self) -> Mapping[str, Any] | None:
        """Its options. Raises: CannotLook."""
        connection = self.connection()
        if connection is not None and "options" not in connection:
            raise CannotLook("read:connections_options missing")
        return None if connection is None else connection["options"]

    def clients_of_connection(self) -> frozenset[str]:
        """Client ids of those that may use our connection. Raises: CannotLook."""

        def ask(tenant: ManagementClient) -> frozenset[str]:
            connection = self.connection() or {}
            found = tenant.pages(f"/connections/{connection['id']}/clients", "clients") if connection else ()
            return frozenset(one["client_id"] for one in found)

        return self._once("members", "read:connections", ask)

    def connections_of(self, client_id: str) -> Sequence[Document]:
        """The connections that an application may use. Raises: CannotLook."""

        def ask(tenant: ManagementClient) -> Sequence[Document]:
            return list(tenant.pages(f"/clients/{client_id}/connections", "connections"))

        return self._once(f"connections of {client_id}", "read:connections", ask)

    def settings(self) -> Document:
        """The tenant's settings. Raises: CannotLook."""

        def ask(tenant: ManagementClient) -> Document:
            found: Document = tenant.get(
                "/tenants/settings", fields="customize_mfa_in_postlogin_action,flags", include_fields="true"
            )
            return found

        return self._once("settings", "read:tenant_settings", ask)

    def flags(self) -> Document:
        """The tenant's flags. Raises: CannotLook."""
        return self.settings().get("flags") or {}

    def bound(self) -> Sequence[str]:
        """Names of the Actions that run after a login, in their order. Raises: CannotLook."""
        return self._once("bound", "read:actions", lambda tenant: [one.name for one in bound_actions(tenant)])

    def mfa_policies(self) -> Sequence[str]:
        """Guardian's policies. Raises: CannotLook."""

        def ask(tenant: ManagementClient) -> Sequence[str]:
            return list(tenant.get("/guardian/policies"))

        return self._once("policies", "read:mfa_policies", ask)

    def _once(self, what: str, scope: str, ask: Callable[[ManagementClient], _Seen]) -> _Seen:
        if what not in self._seen:
            try:
                self._seen[what] = self._ask(scope, ask)
            except CannotLook as blind:
                self._seen[what] = blind
        found: _Seen | CannotLook = self._seen[what]
        if isinstance(found, CannotLook):
            raise found
        return found

    def _ask(self, scope: str, ask: Callable[[ManagementClient], _Seen]) -> _Seen:
        if self.tenant is None or self._blind:
            raise CannotLook(self._blind)
        try:
            return ask(self.tenant)
        except ManagementError as error:
            if error.error_code == "insufficient_scope":
                raise CannotLook(f"{scope} missing") from error
            if error.status in EVERYWHERE:
                self._blind = error.message.rstrip(".")
            raise CannotLook(error.message.rstrip(".")) from error
