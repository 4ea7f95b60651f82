"""
Where a login can be begun anew: the application's `initiate_login_uri`, else the tenant's `default_redirection_uri`.

Not here: placeholders of custom domains and organizations in these addresses.
Source: https://auth0.com/docs/authenticate/login/auth0-universal-login/configure-default-login-routes
"""

from localtenant.authentication.visit import Visit, with_query
from localtenant.store import Document


def login_route(visit: Visit, client: Document | None) -> str | None:
    """The address, with `iss`, or `None` if nobody has set one."""
    route = (client or {}).get("initiate_login_uri") or visit.settings().get("default_redirection_uri")
    return with_query(str(route), iss=visit.issuer) if route else None
