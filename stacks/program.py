"""
The program: the settings of one environment become the resources of one tenant.

Plain Pulumi calls it through `__main__.py`, the Automation API calls `program` itself: the same resources, the same URNs.
"""

import pulumi
import pulumi_auth0 as auth0

from .actions import LoginActions, LoginActionsArgs
from .applications import Applications, ApplicationsArgs
from .attack_protection import AttackProtection, AttackProtectionArgs
from .branding import Branding, BrandingArgs
from .client_secrets import ClientSecrets
from .configuration import read_secrets, read_settings
from .database import ConnectionDoors, ConnectionDoorsArgs, InvitedUsers, InvitedUsersArgs
from .demands import demands, owns
from .emails import Emails, EmailsArgs
from .login_domain import LoginDomain, LoginDomainArgs
from .machine_clients import INVITER_NAME, MachineClient, MachineClientArgs, credentials_of_writer, machine_roles
from .mfa import Mfa, MfaArgs
from .outputs import export_outputs
from .phone import Phone, PhoneArgs
from .post_login_order import post_login_actions
from .tenant import TenantSettings, TenantSettingsArgs
from .tenant_backup import TenantBackup


def program() -> None:
    """Declare everything. Raises: pulumi.RunError, before any call to a tenant, if the settings are wrong or meant for another one."""
    settings = read_settings()
    secrets = read_secrets()
    domain = settings.tenant.domain

    wanted = demands(settings)

    backup = TenantBackup("tenant-backup", tenant=domain, demands=wanted, actions=post_login_actions(settings))
    # Credentials come from the environment and are no inputs: the state holds the domain alone.
    provider = auth0.Provider("auth0", domain=domain, opts=pulumi.ResourceOptions(depends_on=[backup]))
    opts = pulumi.ResourceOptions(provider=provider)

    # New applications only once the tenant has stopped enabling each of them on every connection, if that is ours to say.
    first: pulumi.Resource = backup
    if owns(settings, "tenant-settings"):
        first = TenantSettings("tenant-settings", TenantSettingsArgs.of(settings, backup), opts).tenant
    domain_args = LoginDomainArgs.of(settings)
    login_domain = LoginDomain("login-domain", domain_args, opts) if domain_args else None
    if branding_args := BrandingArgs.of(settings, backup):
        Branding("branding", branding_args, opts)
    if protection_args := AttackProtectionArgs.of(settings):
        AttackProtection("attack-protection", protection_args, opts)
    Emails("emails", EmailsArgs.of(settings, secrets), opts)
    phone_args = PhoneArgs.of(settings, secrets, after=first)
    messages = Phone("phone", phone_args, opts).resources if phone_args else ()
    mfa_args = MfaArgs.of(settings, secrets, backup, depends_on=(first, *messages))
    mfa = [Mfa("mfa", mfa_args, opts)] if mfa_args else []

    applications = Applications("applications", ApplicationsArgs.of(settings, created_after=first), opts)
    machines = {
        name: MachineClient(name, MachineClientArgs(tenant_domain=domain, role=role, created_after=first), opts)
        for name, role in machine_roles(settings, wanted).items()
    }
    with_secret = {**applications.with_secret, **{name: one.client.client_id for name, one in machines.items()}}
    client_secrets = ClientSecrets("client-secrets", tenant=domain, client_ids=with_secret)
    # A tenant that enables new clients everywhere does so on the connections that are there: then ours comes after them,
    # and a client that a later `up` makes is taken off it.
    by_hand = not owns(settings, "tenant-settings")
    clients = [*applications.clients.values(), *(one.client for one in machines.values())]
    created_after = clients if by_hand else []
    closed_to = {name: one.client.client_id for name, one in machines.items() if by_hand and name != INVITER_NAME}
    users = InvitedUsers("users", InvitedUsersArgs.of(settings, created_after=created_after), opts)
    logins = LoginActions(
        "login-actions",
        LoginActionsArgs.of(
            settings,
            secrets,
            backup,
            client_ids=list(applications.client_ids.values()),
            profile_writer=credentials_of_writer(machines, client_secrets),
            bound_after=[first],
        ),
        opts,
    )
    # The doors open last: whoever can log in meets MFA and the Actions.
    ConnectionDoors(
        "doors",
        ConnectionDoorsArgs(
            tenant_domain=domain,
            connection_id=users.connection.id,
            client_ids=applications.client_ids,
            ours=list(applications.clients),
            inviter_client_id=machines[INVITER_NAME].client.client_id,
            closed_to=closed_to,
            opens_after=(*logins.bound, *(one.guardian for one in mfa)),
        ),
        opts,
    )
    export_outputs(
        settings,
        secrets,
        users=users,
        applications=applications,
        machines=machines,
        client_secrets=client_secrets,
        login_domain=login_domain,
    )
