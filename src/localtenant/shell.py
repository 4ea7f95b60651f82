"""What a shell needs so that SDKs, Terraform and other clients find the tenant and trust it."""

import json
import shlex
from pathlib import Path

from localtenant.server import CannotServe


def environment(directory: Path) -> dict[str, str]:
    """
    The variables, by name. `SSL_CERT_FILE` serves Go, OpenSSL and Python, `REQUESTS_CA_BUNDLE` requests, `NODE_EXTRA_CA_CERTS` Node.

    Raises:
        CannotServe: no tenant was ever served from the directory.

    """
    try:
        deployer = json.loads((directory / "deployer.json").read_text(encoding="utf-8"))
    except OSError as error:
        raise CannotServe(
            f"There is no tenant in {directory}: start one with: python -m localtenant serve --data {directory}"
        ) from error
    authority = str((directory / "ca.pem").resolve())
    return {
        "AUTH0_DOMAIN": deployer["domain"],
        "AUTH0_CLIENT_ID": deployer["client_id"],
        "AUTH0_CLIENT_SECRET": deployer["client_secret"],
        "SSL_CERT_FILE": authority,
        "REQUESTS_CA_BUNDLE": authority,
        "NODE_EXTRA_CA_CERTS": authority,
    }


def print_environment(directory: Path) -> int:
    """Print them as `export` lines."""
    for name, value in environment(directory).items():
        print(f"export {name}={shlex.quote(value)}")  # noqa: T201 - a command line
    return 0
