"""
What a delete, a replacement or a first write really does in Auth0, in the words of whoever has to say yes to it.

A preview says `- delete`; what follows differs from kind to kind: all users are lost, a factor goes off, or nothing happens at all. Read from the
provider's source (v1.54.1) and from what the program's own resources do.

Not here: whether it makes the tenant less safe (`security/`).
Source: terraform-provider-auth0 v1.54.1, internal/auth0/*/resource.go; https://auth0.com/docs/api/management/v2
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guestlist.preview.change import Change

OURS_RESTORED = "the backup from before the first up is put back"
KEPT = "It stays in the tenant as it is; the program only forgets it."


@dataclass(frozen=True, kw_only=True)
class Consequences:
    """
    Of one kind, each one or two sentences; `None` where nothing follows that a reader would not expect.

    Args:
        delete: the provider's delete, without retention.
        replace: a delete and a create.
        create: the first write, where something may be there already.
        retained: what follows a delete that leaves it in the tenant, if more than that it stays.

    """

    delete: str | None = None
    replace: str | None = None
    create: str | None = None
    retained: str | None = None


def overwrites(what: str) -> str:
    """Of a thing that a tenant has once."""
    return f"A tenant has {what} already: this overwrites it. tenant-backup saves it first, and refuses unless the environment has decided."


# RESTORED: retained by the program; `tenant-backup` writes the saved values when the thing leaves it (stacks/tenant_backup.py, `update`, `delete`).
RESTORED = f"The provider leaves it as it is; {OURS_RESTORED} by tenant-backup."

BY_KIND: Mapping[str, Consequences] = {
    "Connection": Consequences(
        # DELETE /api/v2/connections/{id} answers 202 and removes the connection with its users.
        delete="All users of the connection are deleted with it, with their passwords and second factors. Nothing brings them back.",
        replace="All users of the connection are deleted with it; the new one is empty, and every invitation has to be sent again.",
        retained="The connection and its users stay in the tenant; a later up would make a second one, and fail because its name is taken.",
    ),
    "ConnectionClients": Consequences(
        # PATCH /connections/{id}/clients with status false for each.
        delete="Every application on the list loses the connection: nobody can log in, and the inviter cannot invite.",
        replace="Nobody can log in between the delete and the create.",
    ),
    "ApplicationConnections": Consequences(
        # stacks/application_connections.py, `delete`: nothing.
        delete="Nothing changes in the tenant: the list stays open as it is, and nobody notices a connection that is enabled later.",
    ),
    "Guardian": Consequences(
        # guardian/resource.go, delete: PUT policies [], PUT each of the eight factors enabled false.
        delete="Every second factor of the tenant goes off and its MFA policy is emptied, for all applications: a password is enough from then on.",
        replace="Every second factor of the tenant goes off before it comes on again: who logs in meanwhile is asked for none.",
        create=overwrites("an MFA policy and factors"),
        retained=f"The provider leaves factors and policy as they are; {OURS_RESTORED} by tenant-backup: where MFA was off then, it is off again.",
    ),
    "Action": Consequences(
        # DELETE /actions/actions/{id} answers 409 while it is bound; terraform-provider-auth0#64, docs/guides/action_secret_management.
        delete="A bound Action cannot be deleted (409): the trigger's list has to lose it first, which this program does in the same up. "
        "Where the list is not the program's, unbind it in the tenant first.",
        replace="A bound Action cannot be deleted (409): this fails unless the trigger's list loses it first. It takes two ups.",
    ),
    "TriggerActions": Consequences(
        # PATCH bindings with []: other people's Actions too.
        delete="The trigger's whole list is emptied, other people's Actions included.",
        replace="The trigger's whole list is empty for a moment: who logs in meanwhile meets no Action, MFA included.",
        create="The trigger's whole list is replaced: Actions that it does not name stop running. tenant-backup refuses if any would.",
        retained="The provider leaves the list as it is; post-login-backup takes ours out of it before they are deleted, others keep their place.",
    ),
    "TriggerAction": Consequences(
        # GET bindings, PATCH without it.
        delete="The Action no longer runs in this trigger; others keep their place.",
    ),
    "PostLoginBackup": Consequences(
        # stacks/post_login_backup.py
        delete="Our Actions are taken out of the login's list: nobody is asked for MFA by an Action, or sent to the profile page.",
    ),
    "TenantBackup": Consequences(
        # stacks/tenant_backup.py, `delete`
        delete="Every tenant-wide thing is put back as it was before the first up, MFA among them.",
        replace="Every tenant-wide thing is put back as it was before the first up, and taken over again.",
    ),
    "ClientSecrets": Consequences(delete="Nothing changes in Auth0; the program forgets the secrets of its clients."),
    "ExistingApplications": Consequences(
        delete="Nothing changes in Auth0: these applications were never the program's."
    ),
    "Client": Consequences(
        delete="The client goes with its id, its secret and its grants: whatever uses them is refused at once. A new one has another id.",
        replace="The client gets another id and another secret: the application cannot log anybody in until it is given them.",
    ),
    "ClientGrant": Consequences(
        delete="The client can get no new token for this API; those that it has work until they expire (24 hours for the Management API).",
        replace="The client can get no token for this API for a moment.",
    ),
    "ClientCredentials": Consequences(
        # client/resource_credentials.go, delete: PATCH client back to its defaults.
        delete="The client goes back to Auth0's usual way of authenticating, and its registered keys are deleted.",
    ),
    "Tenant": Consequences(
        # tenant/resource.go: delete is a no-op; create is a PATCH.
        delete="Nothing: Auth0 cannot delete tenant settings, and the provider does not try. They stay as they are.",
        create=overwrites("settings"),
        retained=RESTORED,
    ),
    "EmailProvider": Consequences(
        delete="No mail is sent through it any more; Auth0's own mailer takes over, which sends no customized mail and is not for production.",
        replace="Mails fail, or go through Auth0's own mailer, between the delete and the create.",
        create="An email provider that is there already is overwritten, and its credentials cannot be read back: nothing restores them.",
        retained=f"{RESTORED} Credentials that were replaced cannot be put back.",
    ),
    "EmailTemplate": Consequences(
        # email/resource_template.go, delete: PATCH enabled false; there is no DELETE.
        delete="The template is only switched off: its text stays, and Auth0's own mail is sent instead.",
        replace="The template is switched off for a moment: Auth0's own mail is sent meanwhile.",
        create=overwrites("this template, if somebody wrote one"),
        retained=RESTORED,
    ),
    "Pages": Consequences(
        # page/resource.go, delete: PATCH clients and tenant settings, enabled false.
        delete="Custom login, password and MFA pages are switched off and the error page is emptied; people see Auth0's own.",
        create=overwrites("pages"),
    ),
    "PhoneProvider": Consequences(
        delete="No text message is sent any more: whoever has only SMS as a second factor cannot log in.",
        replace="No text message is sent between the delete and the create.",
        # branding/resource_phone_provider.go, create: GET providers, PATCH the one that is there.
        create="A phone provider that is there already is overwritten, and its credentials cannot be read back: nothing restores them.",
        retained=f"{RESTORED} Ours goes then; credentials that were replaced cannot be put back.",
    ),
    "PhoneNotificationTemplate": Consequences(
        delete="Text messages of this kind have Auth0's own words again.",
        create=overwrites("these words, if somebody wrote some"),
        retained=RESTORED,
    ),
    "Branding": Consequences(
        # branding/resource.go, delete: removes the page template only.
        delete="Colours, logo and font stay; only a page template of one's own is deleted.",
        create=overwrites("branding"),
        retained=RESTORED,
    ),
    "PromptCustomText": Consequences(
        # prompt/resource_custom_text.go: PUT {}
        delete="All custom texts of this page in this language go, those of others too.",
        create=overwrites("texts for this page and language, if somebody wrote some"),
        retained=RESTORED,
    ),
    "AttackProtection": Consequences(
        # attackprotection/resource.go, delete: three PATCHes with enabled false; bot detection and captcha are left alone.
        delete="Brute force protection, suspicious IP throttling and breached password detection go off for the whole tenant.",
        replace="The tenant's defences go off before they come on again.",
        create=overwrites("defences"),
        retained=f"{RESTORED} Bot detection is among it.",
    ),
    "CustomDomain": Consequences(
        delete="The login domain stops answering at once: links in mails die, everybody is logged out there, and its cookies and passkeys are lost.",
        replace="The login domain stops answering until its DNS record is changed and verified again: links in mails die, everybody is logged out.",
    ),
    "CustomDomainVerification": Consequences(delete="Nothing: a domain that was verified stays so."),
}


def consequence(change: Change) -> str | None:
    """What the change really does; `None` where it is what anybody would expect."""
    found = BY_KIND.get(change.resource.kind)
    if change.operation == "delete" and change.retained:
        return (found.retained if found else None) or KEPT
    if found is None:
        return None
    if change.operation == "delete":
        return found.delete
    if change.operation == "replace":
        return found.replace or found.delete
    return found.create if change.operation == "create" else None
