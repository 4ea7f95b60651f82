"""
The program: the settings of one environment become the resources of one tenant.

Plain Pulumi calls it through `__main__.py`, the Automation API calls `program` itself: the same resources, the same URNs.
"""

import pulumi
import pulumi_auth0 as auth0

from .actions import LoginActions, LoginActionsArgs
from .applications import DRIFT_READER, INVITER, Application, ApplicationArgs, MachineClient, MachineClientArgs
from .configuration import read_secrets, read_settings
from .database import ConnectionDoors, ConnectionDoorsArgs, InvitedUsers, InvitedUsersArgs
from .demands import demands, owns
from .emails import Emails, EmailsArgs
from .mfa import SmsMfa, SmsMfaArgs
from .outputs import export_outputs
from .post_login_order import post_login_actions
from .tenant import TenantSettings, TenantSettingsArgs
from .tenant_backup import TenantBackup


def program() -> None:
    """Declare everything. Raises: pulumi.RunError, before any call to a tenant, if the settings are wrong or meant for another one."""
    settings = read_settings()
    secrets = read_secrets()
    domain = settings.tenant.domain

    backup = TenantBackup(
        "tenant-backup", tenant=domain, demands=demands(settings), actions=post_login_actions(settings)
    )
    # Credentials come from the environment and are no inputs: the state holds the domain alone.
    provider = auth0.Provider("auth0", domain=domain, opts=pulumi.ResourceOptions(depends_on=[backup]))
    opts = pulumi.ResourceOptions(provider=provider)

    # New applications only once the tenant has stopped enabling each of them on every connection, if that is ours to say.
    first: pulumi.Resource = backup
    if owns(settings, "tenant-settings"):
        first = TenantSettings("tenant-settings", TenantSettingsArgs.of(settings, backup), opts).tenant
    Emails("emails", EmailsArgs.of(settings, secrets), opts)
    mfa = [SmsMfa("sms-mfa", SmsMfaArgs(protect=settings.protect), opts)] if owns(settings, "guardian") else []

    application = Application("application", ApplicationArgs.of(settings, created_after=first), opts)
    inviter = MachineClient("inviter", MachineClientArgs(tenant_domain=domain, role=INVITER, created_after=first), opts)
    reader = MachineClient(
        "drift-reader", MachineClientArgs(tenant_domain=domain, role=DRIFT_READER, created_after=first), opts
    )
    # A tenant that enables new applications everywhere does so on the connections that are there: then ours comes after them.
    clients = [] if owns(settings, "tenant-settings") else [application.client, inviter.client, reader.client]
    users = InvitedUsers("users", InvitedUsersArgs.of(settings, created_after=clients), opts)
    logins = LoginActions(
        "login-actions",
        LoginActionsArgs.of(settings, secrets, backup, clients=[application.client], bound_after=[first]),
        opts,
    )
    # The doors open last: whoever can log in meets MFA and the Actions.
    ConnectionDoors(
        "doors",
        ConnectionDoorsArgs(
            tenant_domain=domain,
            connection_id=users.connection.id,
            application_client_id=application.client.client_id,
            inviter_client_id=inviter.client.client_id,
            opens_after=(*logins.bound, *(sms.guardian for sms in mfa)),
        ),
        opts,
    )
    export_outputs(settings, secrets, users=users, application=application, inviter=inviter, reader=reader)
