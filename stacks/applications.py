"""The applications that people log in to: ours, and those that are in the tenant already."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import pulumi
import pulumi_auth0 as auth0

from .existing_applications import ExistingApplications
from .settings import Application as ApplicationSettings
from .settings import Settings

MANAGED_BY = "guestlist"
PRIMARY = "application"  # the one that invitations lead to


@dataclass(frozen=True, kw_only=True)
class ApplicationsArgs:
    """Inputs of `Applications`. All URLs are https and complete: no wildcard."""

    tenant_domain: str
    ours: Mapping[str, ApplicationSettings]  # by name of the resource
    existing: Mapping[str, str]  # names in Auth0, by name of the resource
    id_token_sec: int
    refresh_token_sec: int
    refresh_token_idle_sec: int
    refresh_leeway_sec: int
    protect: bool
    created_after: pulumi.Resource

    @classmethod
    def of(cls, settings: Settings, *, created_after: pulumi.Resource) -> Self:
        """From the settings of an environment."""
        others = {f"{PRIMARY}-{key}": other for key, other in settings.other_applications.items()}
        all_of_them: dict[str, ApplicationSettings] = {PRIMARY: settings.application, **others}
        tokens = settings.tokens
        return cls(
            tenant_domain=settings.tenant.domain,
            ours={name: one for name, one in all_of_them.items() if not one.existing},
            existing={name: one.name for name, one in all_of_them.items() if one.existing},
            id_token_sec=tokens.id_token_sec,
            refresh_token_sec=tokens.refresh_token_sec,
            refresh_token_idle_sec=tokens.refresh_token_idle_sec,
            refresh_leeway_sec=tokens.refresh_leeway_sec,
            protect=settings.protect,
            created_after=created_after,
        )


class Applications(pulumi.ComponentResource):
    """
    Authorization code with PKCE, refresh tokens that rotate. One that exists is looked up and otherwise left as it is.

    Auth0 makes the secrets (`client_secrets.py`). The leeway covers two tabs that refresh at once.
    Source: https://auth0.com/docs/secure/tokens/refresh-tokens/refresh-token-rotation
    """

    clients: Mapping[str, auth0.Client]  # ours
    client_ids: Mapping[str, pulumi.Output[str]]  # all; the primary one first

    def __init__(self, name: str, args: ApplicationsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("guestlist:auth0:Applications", name, None, opts)
        self.clients = {key: _client(key, one, args, parent=self) for key, one in args.ours.items()}
        self._confidential = [key for key, one in args.ours.items() if one.kind == "regular_web"]
        found: dict[str, pulumi.Output[str]] = {key: client.client_id for key, client in self.clients.items()}
        if args.existing:
            existing = ExistingApplications(
                "existing-applications",
                tenant=args.tenant_domain,
                names=args.existing,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[args.created_after]),
            )
            found |= {key: existing.of(key) for key in args.existing}
        self.client_ids = {key: found[key] for key in sorted(found, key=lambda key: (key != PRIMARY, key))}
        self.register_outputs({})

    @property
    def with_secret(self) -> Mapping[str, pulumi.Output[str]]:
        """Client ids of ours that have a secret: pages and apps in the hand have none."""
        return {name: self.clients[name].client_id for name in self._confidential}

    @property
    def primary(self) -> pulumi.Output[str]:
        """The client id of the application that invitations lead to."""
        return self.client_ids[PRIMARY]


def _client(name: str, one: ApplicationSettings, args: ApplicationsArgs, *, parent: pulumi.Resource) -> auth0.Client:
    return auth0.Client(
        name,
        name=one.name,
        description="The application of invited people.",
        app_type=one.kind,
        is_first_party=True,
        oidc_conformant=True,
        grant_types=["authorization_code", "refresh_token"],
        callbacks=list(one.callback_urls or ()),
        allowed_logout_urls=list(one.logout_urls or ()),
        web_origins=list(one.web_origins or ()),  # an empty list: the provider does not take back one that is left out
        initiate_login_uri=one.initiate_login_uri or "",  # as above; Auth0 takes an empty one
        cross_origin_auth=False,
        jwt_configuration=auth0.ClientJwtConfigurationArgs(alg="RS256", lifetime_in_seconds=args.id_token_sec),
        refresh_token=auth0.ClientRefreshTokenArgs(
            rotation_type="rotating",
            expiration_type="expiring",
            leeway=args.refresh_leeway_sec,
            token_lifetime=args.refresh_token_sec,
            idle_token_lifetime=args.refresh_token_idle_sec,
            infinite_token_lifetime=False,
            infinite_idle_token_lifetime=False,
        ),
        client_metadata=client_metadata(name),
        opts=pulumi.ResourceOptions(parent=parent, protect=args.protect, depends_on=[args.created_after]),
    )


def client_metadata(role: str) -> dict[str, str]:
    """For people who find the client in the dashboard, and for `guestlist recover`, which knows an application by it."""
    return {"managed_by": MANAGED_BY, "role": role}
