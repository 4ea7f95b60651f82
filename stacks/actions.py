"""The post-login Actions: file and folder are their name and their trigger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pulumi
import pulumi_auth0 as auth0

from .configuration import Secrets
from .demands import owner, owns
from .ownership import OURS
from .post_login_backup import PostLoginBackup
from .post_login_order import post_login_actions, post_login_order
from .post_login_secrets import Keys, Told, post_login_secrets
from .settings import Settings
from .tenant_backup import TenantBackup

ACTIONS = Path(__file__).resolve().parent.parent / "actions"
RUNTIME = "node22"
TRIGGER_VERSION = "v3"


@dataclass(frozen=True, kw_only=True)
class LoginActionsArgs:
    """Inputs of `LoginActions`. Secrets stay `pulumi.Input` so that they never become plain text."""

    tenant_domain: str
    client_ids: tuple[pulumi.Input[str], ...]  # the applications whose logins are ours
    told: Told
    names: tuple[str, ...]  # file stems below actions/post-login
    order: tuple[str, ...]  # what the trigger runs, ours with @; empty where the list is not ours to write
    unbound_on_delete: bool  # ours are taken out of the trigger before they are deleted
    foreign: pulumi.Input[
        Mapping[str, Mapping[str, str]]
    ]  # those of the order that are not ours: name to id and display_name
    to_page_secret: pulumi.Input[str]  # HS256 key, Auth0 to page, 32 bytes or more
    from_page_secret: pulumi.Input[str]  # HS256 key, page to Auth0
    previous_from_page_secret: pulumi.Input[str] | None = None  # still accepted during a rotation
    profile_writer: tuple[pulumi.Input[str], pulumi.Input[str]] | None = (
        None  # client id and secret, where root names are written
    )
    bound_after: tuple[pulumi.Resource, ...] = ()

    @classmethod
    def of(
        cls,
        settings: Settings,
        secrets: Secrets,
        backup: TenantBackup,
        *,
        client_ids: Sequence[pulumi.Input[str]],
        profile_writer: tuple[pulumi.Input[str], pulumi.Input[str]] | None,
        bound_after: Sequence[pulumi.Resource],
    ) -> Self:
        """From the settings and secrets of an environment."""
        return cls(
            tenant_domain=settings.tenant.domain,
            client_ids=tuple(client_ids),
            told=Told.of(settings),
            names=post_login_actions(settings),
            order=post_login_order(settings) if owns(settings, "post-login") else (),
            unbound_on_delete=owner(settings, "post-login") != "leave",
            foreign=backup.named_actions,
            to_page_secret=secrets.to_page_secret,
            from_page_secret=secrets.from_page_secret,
            previous_from_page_secret=secrets.previous_from_page_secret,
            profile_writer=profile_writer,
            bound_after=tuple(bound_after),
        )


class LoginActions(pulumi.ComponentResource):
    """
    The post-login Actions, in the order they run: SMS MFA first, the profile redirect last.

    The order is one list in one resource; other people's Actions may have their place in it. Whoever leaves the list is unbound before it is deleted, in one `up`: updates come before
    deletes. When the program is taken down the list is retained and `post_login_backup.py` takes ours out of it, then the Actions go.

    Not here: the MFA policy that backs them up (`mfa.py`).
    Source: https://auth0.com/docs/customize/actions/reference/post-login/post-login-api-object
    """

    bound: tuple[pulumi.Resource, ...]

    def __init__(self, name: str, args: LoginActionsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        if not args.client_ids:
            raise ValueError("the post-login Actions need an application: without one they let every login pass")
        super().__init__("guestlist:auth0:LoginActions", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        keys = Keys[pulumi.Input[str]](
            client_ids=pulumi.Output.all(*args.client_ids).apply(",".join),
            to_page=args.to_page_secret,
            from_page=args.from_page_secret,
            previous_from_page=args.previous_from_page_secret,
            profile_writer=args.profile_writer,
        )
        actions = {
            action: _post_login_action(action, post_login_secrets(action, args.told, keys), child)
            for action in args.names
        }
        self.bound = ()
        backups: list[pulumi.Resource] = []
        if actions and args.unbound_on_delete:
            ids = {name: action.id for name, action in actions.items()}
            backups = [PostLoginBackup("post-login-backup", tenant=args.tenant_domain, actions=ids, opts=child)]
        if actions and args.order:
            binding = auth0.TriggerActions(
                "post-login",
                trigger="post-login",
                actions=[_bound(name, actions, pulumi.Output.from_input(args.foreign)) for name in args.order],
                opts=pulumi.ResourceOptions(
                    parent=self, retain_on_delete=True, depends_on=[*backups, *args.bound_after]
                ),
            )
            self.bound = (binding,)
        self.register_outputs({"actions": list(actions)})


def _bound(
    name: str, ours: Mapping[str, auth0.Action], foreign: pulumi.Output[Mapping[str, Mapping[str, str]]]
) -> auth0.TriggerActionsActionArgs:
    """One place in the list. A foreign Action keeps the name that it is shown under."""
    if name.startswith(OURS):
        name = name.removeprefix(OURS)
        return auth0.TriggerActionsActionArgs(id=ours[name].id, display_name=name)
    return auth0.TriggerActionsActionArgs(
        id=foreign.apply(lambda found: found[name]["id"]),
        display_name=foreign.apply(lambda found: found[name]["display_name"]),
    )


def _post_login_action(
    name: str, secrets: Mapping[str, pulumi.Input[str]], opts: pulumi.ResourceOptions
) -> auth0.Action:
    return auth0.Action(
        name,
        name=name,
        code=(ACTIONS / "post-login" / f"{name}.js").read_text(encoding="utf-8"),
        runtime=RUNTIME,
        deploy=True,
        supported_triggers=auth0.ActionSupportedTriggersArgs(id="post-login", version=TRIGGER_VERSION),
        secrets=[auth0.ActionSecretArgs(name=key, value=value) for key, value in secrets.items()],
        opts=opts,
    )
