"""The application that people log in to, and the two machine-to-machine clients that work around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import pulumi
import pulumi_auth0 as auth0

from .client_secret import ClientSecret
from .management import canonical_audience
from .settings import Settings

MANAGED_BY = "guestlist"
HOUR, DAY = 3600, 24 * 3600


@dataclass(frozen=True, kw_only=True)
class MachineRole:
    """What a machine-to-machine client is there for."""

    display_name: str
    description: str
    scopes: tuple[str, ...]  # of the Management API, sorted


# Find, create, mark as verified, make a link. Source: https://auth0.com/docs/api/management/v2/users, …/tickets
INVITER = MachineRole(
    display_name="Guestlist inviter",
    description="Creates invited users and their password links.",
    scopes=("create:user_tickets", "create:users", "read:users", "update:users"),
)

# What a refresh of this program reads, and nothing else. Without read:connections_options a connection looks emptied.
DRIFT_READER = MachineRole(
    display_name="Guestlist drift reader",
    description="Reads what the program declares, to find changes made behind its back.",
    scopes=(
        "read:actions",
        "read:client_grants",
        "read:clients",
        "read:connections",
        "read:connections_options",
        "read:email_provider",
        "read:email_templates",
        "read:guardian_factors",
        "read:mfa_policies",
        "read:tenant_settings",
    ),
)


@dataclass(frozen=True, kw_only=True)
class ApplicationArgs:
    """Inputs of `Application`. All URLs are https and complete: no wildcard."""

    tenant_domain: str
    display_name: str
    callback_urls: Sequence[str]
    logout_urls: Sequence[str]
    initiate_login_uri: str  # where Auth0 sends people who have set a password
    protect: bool
    created_after: pulumi.Resource

    @classmethod
    def of(cls, settings: Settings, *, created_after: pulumi.Resource) -> Self:
        """From the settings of an environment."""
        return cls(
            tenant_domain=settings.tenant.domain,
            display_name=settings.application.name,
            callback_urls=settings.application.callback_urls,
            logout_urls=settings.application.logout_urls,
            initiate_login_uri=settings.application.initiate_login_uri,
            protect=settings.protect,
            created_after=created_after,
        )


class Application(pulumi.ComponentResource):
    """
    A regular web application: authorization code with PKCE, refresh tokens that rotate.

    Auth0 makes its secret. A refresh token lives a month, a week when unused; the leeway covers two tabs that refresh at once.
    Source: https://auth0.com/docs/secure/tokens/refresh-tokens/refresh-token-rotation
    """

    client: auth0.Client
    secret: ClientSecret

    def __init__(self, name: str, args: ApplicationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("guestlist:auth0:Application", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.client = auth0.Client(
            "application",
            name=args.display_name,
            description="The application of invited people.",
            app_type="regular_web",
            is_first_party=True,
            oidc_conformant=True,
            grant_types=["authorization_code", "refresh_token"],
            callbacks=list(args.callback_urls),
            allowed_logout_urls=list(args.logout_urls),
            initiate_login_uri=args.initiate_login_uri,
            cross_origin_auth=False,
            jwt_configuration=auth0.ClientJwtConfigurationArgs(alg="RS256", lifetime_in_seconds=10 * HOUR),
            refresh_token=auth0.ClientRefreshTokenArgs(
                rotation_type="rotating",
                expiration_type="expiring",
                leeway=30,
                token_lifetime=30 * DAY,
                idle_token_lifetime=7 * DAY,
                infinite_token_lifetime=False,
                infinite_idle_token_lifetime=False,
            ),
            client_metadata=_metadata("application"),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect, depends_on=[args.created_after]),
        )
        # Declared so that a change to `none`, which would make it a public client, is seen.
        auth0.ClientCredentials(
            "application-credentials",
            client_id=self.client.client_id,
            authentication_method="client_secret_post",
            opts=child,
        )
        self.secret = ClientSecret(
            "application-secret", tenant=args.tenant_domain, client_id=self.client.client_id, opts=child
        )
        self.register_outputs({"clientId": self.client.client_id})


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
    secret: ClientSecret

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
            client_metadata=_metadata(name),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.created_after]),
        )
        auth0.ClientGrant(
            f"{name}-grant",
            client_id=self.client.client_id,
            audience=canonical_audience(args.tenant_domain),
            scopes=list(args.role.scopes),
            opts=child,
        )
        self.secret = ClientSecret(
            f"{name}-secret", tenant=args.tenant_domain, client_id=self.client.client_id, opts=child
        )
        self.register_outputs({"clientId": self.client.client_id})


def _metadata(role: str) -> dict[str, str]:
    """For people who find the client in the dashboard, and for `guestlist recover`, which knows an application by it."""
    return {"managed_by": MANAGED_BY, "role": role}
