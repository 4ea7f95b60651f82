"""What the application, the profile page, the inviter and the drift check need of a stack; secrets as secrets."""

import pulumi

from .applications import Application, MachineClient
from .configuration import Secrets
from .database import InvitedUsers
from .settings import Settings


def export_outputs(
    settings: Settings,
    secrets: Secrets,
    *,
    users: InvitedUsers,
    application: Application,
    inviter: MachineClient,
    reader: MachineClient,
) -> None:
    """Export them. `page` is one secret object: everything the profile page is started with."""
    domain = settings.tenant.domain
    pulumi.export("tenantDomain", domain)
    pulumi.export("issuer", f"https://{domain}/")
    pulumi.export("connectionName", users.connection.name)
    pulumi.export("connectionId", users.connection.id)
    pulumi.export("applicationClientId", application.client.client_id)
    pulumi.export("applicationClientSecret", pulumi.Output.secret(application.secret.client_secret))
    pulumi.export("inviterClientId", inviter.client.client_id)
    pulumi.export("inviterClientSecret", pulumi.Output.secret(inviter.secret.client_secret))
    pulumi.export("driftReaderClientId", reader.client.client_id)
    pulumi.export("driftReaderClientSecret", pulumi.Output.secret(reader.secret.client_secret))
    pulumi.export("profilePageUrl", settings.profile.page_url)
    page = {
        "tenantDomain": domain,
        "continueUrl": f"https://{domain}/continue",
        "pageUrl": settings.profile.page_url,
        "toPageSecret": secrets.to_page_secret,
        "previousToPageSecret": secrets.previous_to_page_secret,
        "fromPageSecret": secrets.from_page_secret,
    }
    present = {key: value for key, value in page.items() if value is not None}
    pulumi.export("page", pulumi.Output.secret(pulumi.Output.all(**present)))
