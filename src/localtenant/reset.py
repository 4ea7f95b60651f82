"""Emptying a tenant: through its server where one runs, in the data directory where none does."""

import json
import ssl
import urllib.error
import urllib.request
from pathlib import Path

import localtenant.deployer  # noqa: F401 - declares what a fresh tenant gets
from localtenant.management.dispatch import load_endpoints
from localtenant.server import CannotServe, locked
from localtenant.store import Store
from localtenant.tenant import Tenant


def reset(directory: Path) -> int:
    """
    Make the tenant a fresh one.

    Raises:
        CannotServe: there is none, or its server does not answer.

    """
    if not (directory / "tenant.db").exists():
        raise CannotServe(f"There is no tenant in {directory}.")
    try:
        with locked(directory):
            _reset_here(directory)
    except CannotServe:
        _reset_running(directory)
    print(f"The tenant in {directory} is a fresh one.")  # noqa: T201 - a command line
    return 0


def _reset_here(directory: Path) -> None:
    load_endpoints()
    store = Store(directory / "tenant.db")
    try:
        seeded = store.get("singletons", "seeded")
        if seeded is not None:  # else it will be seeded by the first start
            Tenant(store, domain=seeded["domain"]).reset()
    finally:
        store.close()


def _reset_running(directory: Path) -> None:
    try:
        url = json.loads((directory / "server.json").read_text(encoding="utf-8"))["url"]
        request = urllib.request.Request(f"{url}/_local/reset", method="POST")  # noqa: S310 - always https
        trust = ssl.create_default_context(cafile=str(directory / "ca.pem"))
        with urllib.request.urlopen(request, context=trust, timeout=10):  # noqa: S310
            pass
    except (OSError, ValueError, KeyError, urllib.error.URLError) as error:
        raise CannotServe(f"The tenant in {directory} is in use, and its server does not answer: {error}") from error
