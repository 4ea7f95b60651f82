"""
What our dynamic resources have in common: a Management API client from the environment, and the tenant they were made against.

The engine keeps a pickle of the provider in the state and loads it in a process of its own (`python -m pulumi.dynamic`). Ours pickle by
reference, as the name of their class and nothing else: the same text under a plain and an inline run and under every Python from 3.11
to 3.13, and no value of ours in it. Credentials are read from the environment of that process.

Not here: pulumi_auth0, settings (this module must import fast, it is loaded on every preview).
Source: https://www.pulumi.com/docs/iac/concepts/resources/dynamic-providers/ and pulumi/dynamic/__main__.py of 3.253.0.
"""

import threading
from collections.abc import Callable
from typing import Any

from pulumi.dynamic import CheckFailure, CheckResult, ReadResult, ResourceProvider

from .management import ManagementClient

Properties = dict[str, Any]
Connect = Callable[[str], ManagementClient]

_clients: dict[str, ManagementClient] = {}
_clients_lock = threading.Lock()


def connect_from_environment(domain: str) -> ManagementClient:
    """One client, hence one access token, for all our resources of a run: machine-to-machine tokens are counted by Auth0's plans."""
    with _clients_lock:
        if domain not in _clients:
            _clients[domain] = ManagementClient.from_environment(domain)
        return _clients[domain]


class TenantResourceProvider(ResourceProvider):
    """
    A dynamic provider whose resources belong to one tenant, named by the input `tenant`.

    Args:
        connect: from a domain to a client; tests give their own. It is not pickled.

    """

    serialize_as_secret_always = False  # a class name is no secret, and a readable state is worth having

    def __init__(self, connect: Connect = connect_from_environment) -> None:
        super().__init__()
        self.connect = connect

    def __reduce__(self) -> tuple[type["TenantResourceProvider"], tuple[()]]:
        return type(self), ()

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Refuse a state that was made against another tenant, before anything that depends on this resource is touched."""
        made_against, asked_for = _olds.get("tenant"), news.get("tenant")
        if made_against is not None and made_against != asked_for:
            reason = (
                f"this state was made against the tenant {made_against}, and guestlist:tenant names {asked_for}. "
                "Nothing was touched. Name the old tenant again, or make a new environment: guestlist env new NAME"
            )
            return CheckResult(news, [CheckFailure("tenant", reason)])
        return CheckResult(news, [])

    def read(self, id_: str, props: Properties) -> ReadResult:
        """What is recorded stays recorded: a refresh changes nothing."""
        return ReadResult(id_, props)
