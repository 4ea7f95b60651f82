"""
Error answers of the Authentication API: `{error, error_description}`.

Source: https://auth0.com/docs/api/authentication; docs/local-tenant-differences.md says which words nobody could confirm.
"""

from typing import Any


class OAuthError(Exception):
    """An error answer; `more` are further members of its body, such as `mfa_token`."""

    def __init__(self, status: int, error: str, description: str, *, uri: str | None = None, **more: Any) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description
        self.uri = uri
        self.more = more

    def body(self) -> dict[str, Any]:
        """The JSON body."""
        body: dict[str, Any] = {"error": self.error, "error_description": self.description, **self.more}
        return body if self.uri is None else {**body, "error_uri": self.uri}


def missing(parameter: str) -> OAuthError:
    """400 for a parameter that is needed."""
    return OAuthError(400, "invalid_request", f"Missing required parameter: {parameter}")


def invalid_grant(description: str) -> OAuthError:
    """403 for a code, a token or a password that does not count."""
    return OAuthError(403, "invalid_grant", description)


def not_emulated(what: str) -> OAuthError:
    """501 for what Auth0 has and this tenant lacks: never a guess."""
    return OAuthError(501, "not_emulated", f"The local tenant does not emulate {what}.")
