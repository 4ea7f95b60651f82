"""The machine-to-machine clients that work around the application, each with the scopes that it needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pulumi
import pulumi_auth0 as auth0

from .applications import client_metadata
from .client_secrets import ClientSecrets
from .management import canonical_audience
from .ownership import Demands
from .settings import Invite, Settings
from .tenant_wide import TENANT_WIDE_THINGS


@dataclass(frozen=True, kw_only=True)
class MachineRole:
    """What a machine-to-machine client is there for."""

    display_name: str
    description: str
    scopes: tuple[str, ...]  # of the Management API, sorted


# Find and list, create, mark as verified and block, make and kill links. Source: https://auth0.com/docs/api/management/v2/users, …/tickets
_ALWAYS_INVITES = ("create:user_tickets", "create:users", "read:users", "update:users")


def inviter(invite: Invite) -> MachineRole:
    """
    What an environment's way of inviting needs, and nothing else.

    `read:logs` answers whether a mail of Auth0's left whose answer was lost. Roles are assigned with `update:users`.
    """
    more = {
        "read:logs": invite.delivery == "auth0",
        "delete:users": invite.revoke == "delete",
        "create:authentication_methods": invite.pre_enrol_phone,
        "read:authentication_methods": invite.pre_enrol_phone,
    }
    return MachineRole(
        display_name="Guestlist inviter",
        description="Creates invited users and their password links.",
        scopes=tuple(sorted([*_ALWAYS_INVITES, *(scope for scope, wanted in more.items() if wanted)])),
    )


# Writes root names for the Action `complete-profile`. Source: PATCH /api/v2/users/{id} (there is no narrower scope for names)
PROFILE_WRITER = MachineRole(
    display_name="Guestlist profile writer",
    description="Writes the names that people give on the profile page.",
    scopes=("update:users",),
)

# What a refresh of this program always reads. Without read:connections_options a connection looks emptied.
_ALWAYS_READ = (
    "read:actions",
    "read:client_grants",
    "read:clients",
    "read:connections",
    "read:connections_options",
)
# What a check lists besides, to find what nobody declares, and who wrote what (`guestlist.drift`; a test compares).
_LISTED = (
    "read:custom_domains",
    "read:log_streams",
    "read:logs",
    "read:organizations",
    "read:resource_servers",
    "read:roles",
)


def drift_reader(things: Iterable[str]) -> MachineRole:
    """
    What a drift check of this program reads, and nothing else.

    Args:
        things: the tenant-wide things that an environment owns or requires.

    """
    of_things = {scope for thing in things for scope in TENANT_WIDE_THINGS[thing].reads}
    return MachineRole(
        display_name="Guestlist drift reader",
        description="Reads what the program declares, to find changes made behind its back.",
        scopes=tuple(sorted({*_ALWAYS_READ, *_LISTED, *of_things})),
    )


INVITER_NAME, READER_NAME, WRITER_NAME = "inviter", "drift-reader", "profile-writer"


def machine_roles(settings: Settings, wanted: Demands) -> Mapping[str, MachineRole]:
    """By name of the resource: those that an environment has."""
    roles = {INVITER_NAME: inviter(settings.invite), READER_NAME: drift_reader([*wanted.own, *wanted.require])}
    if settings.profile.enabled and settings.profile.store == "root":
        roles[WRITER_NAME] = PROFILE_WRITER
    return roles


@dataclass(frozen=True, kw_only=True)
class MachineClientArgs:
    """Inputs of `MachineClient`."""

    tenant_domain: str
    role: MachineRole
    created_after: pulumi.Resource


class MachineClient(pulumi.ComponentResource):
    """
    A machine-to-machine client of the Management API with the scopes it needs.

    Source: https://auth0.com/docs/secure/tokens/access-tokens/management-api-access-tokens
    """

    client: auth0.Client

    def __init__(self, name: str, args: MachineClientArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("guestlist:auth0:MachineClient", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.client = auth0.Client(
            name,
            name=args.role.display_name,
            description=args.role.description,
            app_type="non_interactive",
            is_first_party=True,
            oidc_conformant=True,
            grant_types=["client_credentials"],
            client_metadata=client_metadata(name),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.created_after]),
        )
        auth0.ClientGrant(
            f"{name}-grant",
            client_id=self.client.client_id,
            audience=canonical_audience(args.tenant_domain),
            scopes=list(args.role.scopes),
            opts=child,
        )
        self.register_outputs({"clientId": self.client.client_id})


def credentials_of_writer(
    machines: Mapping[str, MachineClient], secrets: ClientSecrets
) -> tuple[pulumi.Input[str], pulumi.Input[str]] | None:
    """Client id and secret of the profile writer, where there is one."""
    writer = machines.get(WRITER_NAME)
    return None if writer is None else (writer.client.client_id, secrets.of(WRITER_NAME))
