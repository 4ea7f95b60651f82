"""What the applications, the profile page, the inviter and the drift check need of a stack; secrets as secrets."""

from collections.abc import Mapping

import pulumi

from .applications import Applications
from .client_secrets import ClientSecrets
from .configuration import Secrets
from .database import InvitedUsers
from .login_domain import LoginDomain, login_host
from .machine_clients import MachineClient
from .settings import Settings


def export_outputs(
    settings: Settings,
    secrets: Secrets,
    *,
    users: InvitedUsers,
    applications: Applications,
    machines: Mapping[str, MachineClient],
    client_secrets: ClientSecrets,
    login_domain: LoginDomain | None,
) -> None:
    """Export them. `page` is one secret object: everything the profile page is started with."""
    host = login_host(settings)
    pulumi.export("tenantDomain", settings.tenant.domain)
    pulumi.export("issuer", f"https://{host}/")
    pulumi.export("connectionName", users.connection.name)
    pulumi.export("connectionId", users.connection.id)
    for name, client_id in applications.client_ids.items():
        pulumi.export(f"{_camel(name)}ClientId", client_id)
    for name, machine in machines.items():
        pulumi.export(f"{_camel(name)}ClientId", machine.client.client_id)
    for name in [*applications.with_secret, *machines]:
        pulumi.export(f"{_camel(name)}ClientSecret", client_secrets.of(name))
    pulumi.export("applicationClientIds", dict(applications.client_ids))
    pulumi.export("profilePageUrl", settings.profile.page_url)
    if login_domain is not None:
        # What has to be written into the domain's DNS before `loginDomain.inUse`.
        pulumi.export("loginDomainVerification", login_domain.domain.verifications)
    page = {
        "tenantDomain": settings.tenant.domain,
        "continueUrl": f"https://{host}/continue",
        "pageUrl": settings.profile.page_url,
        "toPageSecret": secrets.to_page_secret,
        "previousToPageSecret": secrets.previous_to_page_secret,
        "fromPageSecret": secrets.from_page_secret,
    }
    present = {key: value for key, value in page.items() if value is not None}
    pulumi.export("page", pulumi.Output.secret(pulumi.Output.all(**present)))


def _camel(name: str) -> str:
    """`drift-reader` as `driftReader`."""
    first, *others = name.split("-")
    return first + "".join(word.capitalize() for word in others)
