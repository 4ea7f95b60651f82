"""
Answers other than success, with the status, `errorCode` and words that Auth0 uses.

    ManagementError           any error of the Management API; the app turns it into the JSON body
    ├── not_found, conflict, …   made by the functions below, one per documented case
    NotEmulated               an operation that Auth0 has and this tenant lacks: 501, never a guess

Source: https://auth0.com/docs/api/management/v2 and the answers recorded in the provider's own tests (v1.54.1).
"""

from http import HTTPStatus
from typing import Any


class ManagementError(Exception):
    """An error answer of the Management API: `{statusCode, error, message, errorCode}`."""

    def __init__(
        self,
        status: int,
        message: str,
        error_code: str | None = None,
        *,
        headers: dict[str, str] | None = None,
        attributes: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.error_code = error_code
        self.headers = headers or {}
        self.attributes = attributes  # what the 401s of Auth0's framework carry besides

    def body(self) -> dict[str, Any]:
        """The JSON body as Auth0 sends it; `errorCode` is left out where Auth0 leaves it out."""
        body: dict[str, Any] = {
            "statusCode": self.status,
            "error": HTTPStatus(self.status).phrase,
            "message": self.message,
        }
        if self.error_code is not None:
            body["errorCode"] = self.error_code
        if self.attributes is not None:
            body["attributes"] = self.attributes
        return body


class NotEmulated(ManagementError):  # noqa: N818 - a state of the emulator, not a fault of the caller
    """The operation exists at Auth0 and is missing here: 501, so that no client retries it as it would a 500."""

    def __init__(self, method: str, path: str) -> None:
        super().__init__(501, f"The local tenant does not emulate {method} /api/v2{path}.", "not_emulated")


def invalid_body(message: str) -> ManagementError:
    """400 for a payload that the operation's schema refuses; `message` is everything after the common prefix."""
    return ManagementError(400, f"Payload validation error: {message}", "invalid_body")


def bad_request(message: str, error_code: str | None = None) -> ManagementError:
    """400 for a well-formed payload that makes no sense to the tenant."""
    return ManagementError(400, message, error_code)


def not_found(message: str, error_code: str) -> ManagementError:
    """404, e.g. `not_found("The user does not exist.", "inexistent_user")`."""
    return ManagementError(404, message, error_code)


def conflict(message: str, error_code: str | None = None) -> ManagementError:
    """409, e.g. a name or an address that is taken."""
    return ManagementError(409, message, error_code)
