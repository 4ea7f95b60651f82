"""
Guestlist's own Actions in a `World`, with code, secrets, order and MFA policy as the program declares them; and the page at the other end.

Not here: what is asserted (`test_our_actions.py`, `test_our_actions_root_store.py`).
"""

import base64
import hmac
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from localtenant.actions.steps import Step
from localtenant.management import clients
from tests.stacks.running import Ran, run_in_this_environment

from .conftest import TIMESTAMP, World

PASSWORD = {"name": "pwd", "timestamp": TIMESTAMP}
SMS = {"name": "mfa", "type": "phone", "timestamp": TIMESTAMP}
INVITE = {"id": "inv_1", "by": "Grace"}


@dataclass
class Guestlist:
    """An environment of Guestlist on a tenant, and its profile page."""

    world: World
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)  # by Action

    def deploy(self, *, more_secrets: dict[str, str] | None = None, **settings: Any) -> None:
        """What the program would deploy with these settings; ids and secrets of clients are this tenant's."""
        program = _declared(json.dumps(settings))
        known = {"CLIENT_IDS": self.world.client_id, **(more_secrets or {})}
        ids = []
        for bound in program.named("post-login", "TriggerActions").plain["actions"]:
            action = program.named(bound["displayName"], "Action").plain
            declared = {secret["name"]: secret["value"] for secret in action["secrets"]}
            self.secrets[action["name"]] = {name: known.get(name, value) for name, value in declared.items()}
            ids.append(self.world.deploy(action["name"], action["code"], self.secrets[action["name"]]))
        self.world.bind(*ids)
        guardian = program.named("guardian").plain
        self.world.switch_on(*({"phone": "sms", "otp": "otp"}[name] for name in ("phone", "otp") if name in guardian))
        self.world.tenant.put("/guardian/policies", json=[guardian["policy"]])

    def invite(self, **more: Any) -> None:
        """Ana is invited."""
        app_metadata = {"invite": INVITE, **more}
        self.world.tenant.patch(f"/users/{self.world.user_id}", json={"app_metadata": app_metadata})

    def complete(self) -> None:
        """Ana has accepted long ago: phone and names are there."""
        self.invite(profile_completed_at=TIMESTAMP)
        names = {"given_name": "Ana", "family_name": "Lima"}
        self.world.tenant.patch(f"/users/{self.world.user_id}", json={"user_metadata": names})
        self.world.enroll()

    def foreign_client(self) -> dict[str, Any]:
        """An application that is not ours, as it is stored."""
        made = self.world.tenant.post("/clients", json={"name": "Somebody else's"}).json()
        stored: dict[str, Any] = self.world.tenant.tenant.store.get(clients.KIND, made["client_id"])
        return stored

    def told(self, step: Any) -> dict[str, Any]:
        """What the page learns: the claims of the token in the address."""
        claims = dict(parse_qsl(urlsplit(step.url).query))["session_token"].split(".")[1]
        decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(claims + "=="))
        return decoded

    def answer(self, step: Any, *, change: dict[str, Any] | None = None, **names: str) -> Step:
        """The person fills in the page, which POSTs its token to /continue."""
        now = int(self.world.tenant.clock.seconds())
        state = dict(parse_qsl(urlsplit(step.url).query))["state"]
        claims = {
            "sub": self.told(step)["sub"],
            "iss": "https://profile.localhost",
            "aud": "guestlist:complete-profile",
            "purpose": "names-given",
            "iat": now,
            "exp": now + 120,
            "state": state,
            **(names or {"given_name": "Ana", "family_name": "Lima"}),
            **(change or {}),
        }
        key = self.secrets["complete-profile"]["FROM_PAGE_SECRET"]
        signed = ".".join(_base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
        token = f"{signed}.{_base64url(hmac.digest(key.encode(), signed.encode(), 'sha256'))}"
        return self.world.come_back(step, session_token=token)


@cache
def _declared(settings: str) -> Ran:
    return run_in_this_environment(**json.loads(settings))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
