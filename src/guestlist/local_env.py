"""
What a shell needs so that plain `pulumi`, Terraform or an SDK work on the local tenant; printed for `eval`.

The trust file holds the certificate authorities that programs on this machine trusted before, plus the local tenant's own: with the
latter alone the same shell could reach nothing else. Go on macOS reads the keychain and not this file.

Not here: starting the tenant (`local.py`), the toolchain (`toolchain/`).
"""

from __future__ import annotations

import os
import shlex
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import certifi

from guestlist.local import LocalTenant
from stacks.settings import LOCAL_ENVIRONMENT, LOCAL_PASSPHRASE
from toolchain import Toolchain

Shell = Literal["sh", "fish"]

TRUST_FILE = "trusted.pem"
LINUX_TRUST_FILES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


def backend_directory(root: Path) -> Path:
    """Where the states of this project's local stack live."""
    return root / ".guestlist" / "state"


def has_stack(root: Path, stack: str = LOCAL_ENVIRONMENT) -> bool:
    """Whether the local backend has this stack: a look at its files, the engine takes a quarter of a second for it."""
    return any((backend_directory(root) / ".pulumi" / "stacks" / "guestlist").glob(f"{stack}.json*"))


def variables(root: Path, tenant: LocalTenant, tools: Toolchain, environ: Mapping[str, str]) -> dict[str, str]:
    """
    {name: value} of everything that `guestlist local env` exports, PATH first. Makes the backend's folder and the trust file.

    Raises: LocalTenantFailed, when the tenant was never started.
    """
    deployer = tenant.deployer()
    backend = backend_directory(root)
    backend.mkdir(mode=0o700, parents=True, exist_ok=True)
    prepared = tools.environment(environ)
    names = ("PATH", *(name for name in tools.variables() if name != "PATH"))
    return {
        **{name: prepared[name] for name in names},
        "PULUMI_BACKEND_URL": f"file://{backend}",
        "PULUMI_CONFIG_PASSPHRASE": LOCAL_PASSPHRASE,
        "SSL_CERT_FILE": str(write_trust_file(tenant, environ)),
        "NODE_EXTRA_CA_CERTS": str(tenant.ca_file),
        "AUTH0_DOMAIN": deployer.domain,
        "AUTH0_CLIENT_ID": deployer.client_id,
        "AUTH0_CLIENT_SECRET": deployer.client_secret,
    }


def write_trust_file(tenant: LocalTenant, environ: Mapping[str, str]) -> Path:
    """Join what this machine trusts with the local tenant's authority; written anew, whole or not at all."""
    path = tenant.directory / TRUST_FILE
    trusted = trusted_before(environ, ours=path)
    own = tenant.ca_file.read_text(encoding="ascii")
    text = f"{trusted.read_text(encoding='utf-8', errors='replace').rstrip()}\n{own}" if trusted else own
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
    return path


def trusted_before(environ: Mapping[str, str], *, ours: Path) -> Path | None:
    """Find the file of authorities in use: the shell's own choice, the system's, else certifi's."""
    chosen = environ.get("SSL_CERT_FILE", "")
    system = ssl.get_default_verify_paths()
    for name in (chosen, system.openssl_cafile, *LINUX_TRUST_FILES, certifi.where()):
        path = Path(name) if name else None
        if path is not None and path.name != TRUST_FILE and path != ours and path.is_file():
            return path
    return None


def render(found: Mapping[str, str], shell: Shell = "sh") -> str:
    """Write the lines that set these variables in a shell."""
    if shell == "fish":
        return "\n".join(_fish(name, value) for name, value in found.items())
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in found.items())


def _fish(name: str, value: str) -> str:
    """Quote for fish, where PATH is a list and only the backslash and the single quote are special between single quotes."""
    values = value.split(os.pathsep) if name == "PATH" else [value]
    quoted = " ".join("'" + part.replace("\\", "\\\\").replace("'", "\\'") + "'" for part in values)
    return f"set -gx {name} {quoted}"
