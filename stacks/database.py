"""The database of invited users, and who may use it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import pulumi
import pulumi_auth0 as auth0

from .application_connections import ApplicationConnections
from .settings import Settings


@dataclass(frozen=True, kw_only=True)
class InvitedUsersArgs:
    """Inputs of `InvitedUsers`."""

    connection_name: str
    password_min_length: int
    password_history_size: int
    protect: bool  # refuse to delete it, and keep the users even then
    created_after: Sequence[pulumi.Resource] = ()

    @classmethod
    def of(cls, settings: Settings, *, created_after: Sequence[pulumi.Resource]) -> Self:
        """From the settings of an environment."""
        return cls(
            connection_name=settings.connection.name,
            password_min_length=settings.connection.password_min_length,
            password_history_size=settings.connection.password_history_size,
            protect=settings.protect,
            created_after=tuple(created_after),
        )


class InvitedUsers(pulumi.ComponentResource):
    """
    A database connection that nobody can sign up to.

    Not here: who may use it (`ConnectionDoors`, which opens last).
    Source: https://auth0.com/docs/authenticate/database-connections/password-options
    """

    connection: auth0.Connection

    def __init__(self, name: str, args: InvitedUsersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("guestlist:auth0:InvitedUsers", name, None, opts)
        self.connection = auth0.Connection(
            "invited-users",
            name=args.connection_name,
            strategy="auth0",
            options=auth0.ConnectionOptionsArgs(
                disable_signup=True,
                brute_force_protection=True,
                requires_username=False,
                import_mode=False,
                enabled_database_customization=False,
                password_policy="excellent",  # noqa: S106 - the name of a policy
                password_complexity_options=auth0.ConnectionOptionsPasswordComplexityOptionsArgs(
                    min_length=args.password_min_length
                ),
                password_histories=[
                    auth0.ConnectionOptionsPasswordHistoryArgs(enable=True, size=args.password_history_size)
                ],
                password_dictionary=auth0.ConnectionOptionsPasswordDictionaryArgs(enable=True),
                password_no_personal_info=auth0.ConnectionOptionsPasswordNoPersonalInfoArgs(enable=True),
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.protect,
                retain_on_delete=args.protect,
                depends_on=list(args.created_after),
            ),
        )
        self.register_outputs({"connectionId": self.connection.id})


@dataclass(frozen=True, kw_only=True)
class ConnectionDoorsArgs:
    """Inputs of `ConnectionDoors`."""

    tenant_domain: str
    connection_id: pulumi.Input[str]
    client_ids: Mapping[str, pulumi.Input[str]]  # of every application, by name
    ours: Sequence[str]  # names of those whose whole list of connections is ours to say
    inviter_client_id: pulumi.Input[str]
    closed_to: Mapping[str, pulumi.Input[str]]  # by name: clients without people, which a tenant might enable by itself
    opens_after: tuple[pulumi.Resource, ...]  # MFA and the post-login Actions: no login before them


class ConnectionDoors(pulumi.ComponentResource):
    """
    Which applications reach the connection, and which connections reach each application of ours: both lists whole.

    The inviter is on the first because POST /users refuses a client that its connection is not enabled for (400).
    Source: https://auth0.com/docs/troubleshoot/product-lifecycle/deprecations-and-migrations (`enabled_clients` ended 2026-07-13)
    """

    def __init__(self, name: str, args: ConnectionDoorsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("guestlist:auth0:ConnectionDoors", name, None, opts)
        clients = auth0.ConnectionClients(
            "invited-users-clients",
            connection_id=args.connection_id,
            enabled_clients=[*args.client_ids.values(), args.inviter_client_id],
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.opens_after)),
        )
        for client, client_id in {**{ours: args.client_ids[ours] for ours in args.ours}, **args.closed_to}.items():
            ApplicationConnections(
                f"{client}-connections",
                tenant=args.tenant_domain,
                client_id=client_id,
                connections=[args.connection_id] if client in args.ours else [],
                opts=pulumi.ResourceOptions(parent=self, depends_on=[clients]),
            )
        self.register_outputs({})
