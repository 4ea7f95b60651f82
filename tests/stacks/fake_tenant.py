"""
The few operations of the Management API that our dynamic resources use, in memory, behind an httpx transport.

Not here: a true tenant (`localtenant`, on which `tests/e2e` runs the same resources in the real engine).
"""

import copy
import json
from collections.abc import Callable
from typing import Any

import httpx

from stacks.management import ManagementClient

DOMAIN = "tenant.example.auth0.com"
CODE = "{{code}} is your verification code for {{tenant.friendly_name}}"

# What every tenant has once, by path, as it is on a fresh one: PATCH merges, PUT replaces.
DOCUMENTS: dict[str, Any] = {
    "branding": {"colors": {"primary": "#0059d6", "page_background": "#000000"}},
    **{f"prompts/reset-password/custom-text/{language}": {} for language in ("ar", "de", "en", "es", "fr", "he")},
    "attack-protection/brute-force-protection": {
        "enabled": True,
        "shields": ["user_notification", "block"],
        "mode": "count_per_identifier_and_ip",
        "allowlist": [],
        "max_attempts": 10,
    },
    "attack-protection/suspicious-ip-throttling": {
        "enabled": True,
        "shields": ["block", "admin_notification"],
        "allowlist": [],
        "stage": {"pre-login": {"max_attempts": 100, "rate": 864000}},
    },
    "attack-protection/breached-password-detection": {
        "enabled": False,
        "shields": [],
        "admin_notification_frequency": [],
        "method": "standard",
        "stage": {"pre-user-registration": {"shields": []}, "pre-change-password": {"shields": []}},
    },
    "attack-protection/bot-detection": {
        "challenge_password_policy": "never",
        "challenge_passwordless_policy": "never",
        "challenge_password_reset_policy": "never",
        "allowlist": [],
        "bot_detection_level": "medium",
        "monitoring_mode_enabled": False,
    },
    "guardian/factors/sms/providers/twilio": {
        "sid": None,
        "from": None,
        "messaging_service_sid": None,
        "auth_token": None,
    },
    "guardian/factors/sms/selected-provider": {"provider": "auth0"},
    "guardian/factors/sms/templates": {
        "enrollment_message": f"{CODE}. Please enter this code to verify your enrollment.",
        "verification_message": CODE,
    },
}


class FakeTenant:
    """State as plain attributes; every call is written down in `calls`, as `METHOD /path`."""

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {"enabled_locales": ["en"], "flags": {"revoke_refresh_token_grant": False}}
        self.factors = {"sms": False, "otp": True, "email": False, "webauthn-roaming": False}
        self.documents = copy.deepcopy(DOCUMENTS)
        self.lists: dict[str, list[dict[str, Any]]] = {  # by path; each item has an id
            "branding/phone/providers": [],
            "branding/phone/templates": [],
            "custom-domains": [],
        }
        self.message_types: list[str] | None = None
        self.policies: list[str] = []
        self.provider: dict[str, Any] | None = None
        self.template: dict[str, Any] | None = None
        self.bindings: list[tuple[str, str]] = []  # action id, display name
        self.actions: list[dict[str, Any]] = []  # those that are not bound
        self.clients: dict[str, str] = {"app": "the-secret-of-app"}
        self.names: dict[str, str] = {}  # of clients, by id
        self.public: set[str] = set()  # clients that show no secret of their own
        self.shows_secrets = True
        self.connections: dict[str, set[str]] = {"con_users": set(), "con_default": {"app"}, "con_google": {"app"}}
        self.calls: list[str] = []
        self.refuse: Callable[[httpx.Request], bool] = lambda _request: False

    @property
    def writes(self) -> list[str]:
        return [call for call in self.calls if not call.startswith(("GET ", "POST /oauth/token"))]

    def connect(self, domain: str = DOMAIN) -> ManagementClient:
        return ManagementClient(
            domain,
            client_id="deployer",
            client_secret="deployer-secret",
            transport=httpx.MockTransport(self.answer),
            sleep=lambda _seconds: None,
        )

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v2")
        self.calls.append(f"{request.method} {path}")
        if self.refuse(request):
            raise httpx.ReadError("killed", request=request)
        if path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "a-token", "expires_in": 86400})
        body = json.loads(request.content) if request.content else None
        status, answer = self._answer(request.method, path, body)
        return httpx.Response(status, json=answer) if answer is not None else httpx.Response(status)

    def _answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:  # noqa: C901, PLR0911, PLR0912 - one case an operation
        place = path.strip("/")
        if place in self.documents:
            return 200, self._document(method, place, body)
        match (method, place.split("/")):
            case ("GET", _) if place in self.lists:
                named = {place.rpartition("/")[2]: self.lists[place]}
                return 200, self.lists[place] if place == "custom-domains" else named
            case (_, ["branding", "phone", _, id_]):
                return self._item(method, place.rpartition("/")[0], id_, body)
            case ("GET", ["clients"]):
                return 200, {"clients": [self._listed(client_id) for client_id in self.clients]}
            case ("PATCH", ["clients", client_id]):
                self.public -= {client_id} if body["token_endpoint_auth_method"] != "none" else set()
                return 200, {}
            case ("GET", ["tenants", "settings"]):
                return 200, self.settings
            case ("PATCH", ["tenants", "settings"]):
                self._patch_settings(body)
                return 200, self.settings
            case ("GET", ["guardian", "factors"]):
                return 200, [{"name": name, "enabled": enabled} for name, enabled in self.factors.items()]
            case ("PUT", ["guardian", "factors", "phone", "message-types"]):
                if not self.factors["sms"]:
                    return 400, {"statusCode": 400, "message": "The factor is not enabled"}
                self.message_types = body["message_types"]
                return 200, body
            case ("GET", ["guardian", "factors", "phone", "message-types"]):
                return (404, {}) if self.message_types is None else (200, {"message_types": self.message_types})
            case ("PUT", ["guardian", "factors", name]):
                self.factors[name] = body["enabled"]
                return 200, body
            case (_, ["guardian", "policies"]):
                self.policies = body if method == "PUT" else self.policies
                return 200, self.policies
            case (_, ["emails", "provider"]):
                return self._email_provider(method)
            case (_, ["email-templates", "reset_email"]):
                return self._template(method, body)
            case (_, ["actions", "triggers", "post-login", "bindings"]):
                return 200, self._bindings(method, body)
            case ("GET", ["actions", "actions"]):
                return 200, {"actions": self.actions}
            case ("GET", ["clients", client_id, "connections"]):
                if client_id not in self.clients:
                    return 404, {"message": "The client does not exist", "errorCode": "inexistent_client"}
                return 200, {"connections": [{"id": id_} for id_, who in self.connections.items() if client_id in who]}
            case ("PATCH", ["connections", connection_id, "clients"]):
                for entry in body:
                    change = set.add if entry["status"] else set.discard
                    change(self.connections[connection_id], entry["client_id"])
                return 204, None
        return 501, {"message": f"not faked: {method} {path}"}

    def _patch_settings(self, body: dict[str, Any]) -> None:
        for key, value in body.items():
            if value is None:
                self.settings.pop(key, None)
            elif key == "flags":
                self.settings["flags"] = {**self.settings["flags"], **value}
            else:
                self.settings[key] = value

    def _email_provider(self, method: str) -> tuple[int, Any]:
        if self.provider is None:
            return 404, {
                "message": "There is not a configured email provider",
                "errorCode": "inexistent_email_provider",
            }
        if method == "DELETE":
            self.provider = None
            return 204, None
        return 200, self.provider

    def _template(self, method: str, body: Any) -> tuple[int, Any]:
        if self.template is None:
            return 404, {"message": "Template not found"}
        if method == "PATCH":
            self.template = {**self.template, **body}
        return 200, self.template

    def _bindings(self, method: str, body: Any) -> Any:
        if method == "PATCH":
            self.bindings = [(entry["ref"]["value"], entry["display_name"]) for entry in body["bindings"]]
        return {
            "bindings": [{"action": {"id": id_, "name": name}, "display_name": name} for id_, name in self.bindings]
        }

    def _listed(self, client_id: str) -> dict[str, Any]:
        method = "none" if client_id in self.public else "client_secret_post"
        shown = {"client_secret": self.clients[client_id]} if self.shows_secrets else {}
        return {
            "client_id": client_id,
            "name": self.names.get(client_id, client_id),
            "token_endpoint_auth_method": method,
            **shown,
        }

    def _document(self, method: str, place: str, body: Any) -> Any:
        if method == "PUT":
            self.documents[place] = body
        elif method == "PATCH":
            merged = {**self.documents[place], **body}
            self.documents[place] = {key: value for key, value in merged.items() if value is not None}
        return self.documents[place]

    def _item(self, method: str, place: str, id_: str, body: Any) -> tuple[int, Any]:
        found = next((item for item in self.lists[place] if item["id"] == id_), None)
        if found is None:
            return 404, {"message": "Not found"}
        if method == "DELETE":
            self.lists[place].remove(found)
            return 204, None
        found.update(body)
        return 200, found
