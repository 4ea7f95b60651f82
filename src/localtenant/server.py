"""
The process: data directory, sockets, TLS, signals.

`DIR` holds everything: `tenant.db`, the certificates, `deployer.json` (credentials, owner only), `server.json` (address, process and mail port, while it
runs) and `lock`, which keeps a second server out.
"""

import contextlib
import errno
import fcntl
import json
import os
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from localtenant.action_builds import builds_of
from localtenant.app import App
from localtenant.certificates import ensure_certificates, write_private
from localtenant.deployer import KIND, credentials_of
from localtenant.management.entitlements import Plan
from localtenant.messages.mailbox import DEFAULT_PORT as DEFAULT_MAIL_PORT
from localtenant.messages.mailbox import Mailbox
from localtenant.rate_limits import Tier
from localtenant.store import Store
from localtenant.tenant import Tenant
from localtenant.transport import Protocol

BACKLOG = 2048  # as uvicorn has it
DEFAULT_PORT = 8443
INTERRUPTED = 130
GRACE_SECONDS = 2


class CannotServe(Exception):  # noqa: N818 - one sentence for the person who started it
    """The server cannot start; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What `python -m localtenant serve` was asked for."""

    data: Path
    port: int = DEFAULT_PORT  # 0: the data directory's own, or any free one
    tier: Tier = Tier.UNLIMITED
    plan: Plan = Plan.ENTERPRISE
    latency_ms: float = 0
    ready_file: Path | None = None
    mail_port: int | None = None  # None: 2525, or any free one if that is taken; 0: the one it had, or any free one


class Server(uvicorn.Server):
    """uvicorn, with exit codes instead of re-raised signals."""

    exit_code = 0

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None], app: App, mailbox: Mailbox) -> None:
        super().__init__(config)
        self._on_listening = on_listening
        self._app = app
        self._mailbox = mailbox

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets=sockets)
        if not self.should_exit:
            builds_of(self._app.tenant).wake()  # those that a crash interrupted
            await self._mailbox.start()
            self._on_listening()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let go of held requests, then stop."""
        self._app.runtime.faults.clear()
        await builds_of(self._app.tenant).stop()
        await self._mailbox.stop()
        await self._app.close()
        await super().shutdown(sockets=sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM ends with 0, SIGINT with 130; a second one does not wait for open connections."""
        handlers = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def _stop(self, number: int, _frame: Any) -> None:
        self.exit_code = INTERRUPTED if number == signal.SIGINT else 0
        self.force_exit = self.should_exit
        self.should_exit = True


def serve(options: Options) -> int:
    """
    Serve until a signal comes.

    Returns:
        The exit code.

    Raises:
        CannotServe: the port or the data directory is in use, or the directory belongs to another address.

    """
    os.umask(0o077)  # the database and its write-ahead log hold secrets
    options.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(options.data), contextlib.ExitStack() as stack:
        store = Store(options.data / "tenant.db")
        stack.callback(store.close)
        listeners = _listen(_port(options, store), stack)
        mailbox_listeners = _mail_listeners(options, store, stack)
        tenant = Tenant(store, domain=_domain(listeners[0].getsockname()[1]))
        mailbox = Mailbox(tenant, mailbox_listeners)
        certificates = ensure_certificates(options.data)
        app = App(tenant, tier=options.tier, plan=options.plan, latency_ms=options.latency_ms, ca_file=certificates.ca)
        _write_deployer(options.data, tenant)
        config = uvicorn.Config(
            app,
            http=Protocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            access_log=False,
            log_level="warning",
            server_header=False,
            date_header=False,  # the tenant's own clock says it (`app.py`)
            proxy_headers=False,
            ssl_certfile=str(certificates.server),
            ssl_version=ssl.PROTOCOL_TLS_SERVER,
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_keep_alive=400,  # auth0-deploy-cli computes for minutes between two calls on a slow machine, and takes a closed connection for a failure
        )
        server = Server(config, lambda: _announce(options, tenant, mailbox), app, mailbox)
        try:
            server.run(sockets=listeners)
        finally:
            (options.data / "server.json").unlink(missing_ok=True)
        return server.exit_code


def _port(options: Options, store: Store) -> int:
    seeded = store.get("singletons", "seeded")
    if seeded is None:
        return options.port
    known = int(seeded["domain"].partition(":")[2] or 443)
    if options.port in {0, known}:
        return known
    raise CannotServe(
        f"The tenant in {options.data} is https://{seeded['domain']}, and its APIs are named after that address: "
        f"serve it on --port {known}, or empty it first with: python -m localtenant reset --data {options.data}"
    )


def _domain(port: int) -> str:
    return "localhost" if port == 443 else f"localhost:{port}"


def _listen(port: int, stack: contextlib.ExitStack, *, option: str = "--port") -> list[socket.socket]:
    """127.0.0.1, and ::1 where there is one: `localhost` means either, and nobody else shall answer for it."""
    first = stack.enter_context(_bound(socket.AF_INET, "127.0.0.1", port, option=option))
    listeners = [first]
    if _has_ipv6_loopback():
        listeners.append(stack.enter_context(_bound(socket.AF_INET6, "::1", first.getsockname()[1], option=option)))
    return listeners


def _mail_listeners(options: Options, store: Store, stack: contextlib.ExitStack) -> list[socket.socket]:
    """Where mail is taken. Only a port that was asked for by its number has to be free."""
    known = int((store.get(KIND, "mailbox") or {"port": 0})["port"])
    wanted = DEFAULT_MAIL_PORT if options.mail_port is None else options.mail_port or known
    try:
        listeners = _listen(wanted, stack, option="--mail-port")
    except CannotServe:
        if options.mail_port:
            raise
        listeners = _listen(0, stack, option="--mail-port")
    store.put(KIND, "mailbox", {"port": listeners[0].getsockname()[1]})
    return listeners


def _bound(family: socket.AddressFamily, host: str, port: int, *, option: str) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)  # now: until somebody listens, two programs that start together may both have bound it
    except OSError as error:
        listener.close()
        reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise CannotServe(f"Port {port} {reason}: choose another with {option}.") from error
    return listener


def _has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@contextlib.contextmanager
def locked(directory: Path) -> Iterator[None]:
    """
    Hold the data directory.

    Raises:
        CannotServe: another process holds it.

    """
    with (directory / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotServe(
                f"Another local tenant serves {directory}: stop it first, or use another --data."
            ) from error
        yield


def _write_deployer(directory: Path, tenant: Tenant) -> None:
    credentials = {"domain": tenant.domain, **credentials_of(tenant)}
    write_private(directory / "deployer.json", json.dumps(credentials, indent=2).encode() + b"\n")


def _announce(options: Options, tenant: Tenant, mailbox: Mailbox) -> None:
    found = {"url": f"https://{tenant.domain}", "pid": os.getpid(), "mail_port": mailbox.port}
    address = json.dumps(found).encode() + b"\n"
    write_private(options.data / "server.json", address)
    if options.ready_file is not None:
        write_private(options.ready_file, address)
    print(f"local tenant listening on https://{tenant.domain}", flush=True)  # noqa: T201 - what callers wait for
    print(f"mail is taken on localhost:{mailbox.port}", flush=True)  # noqa: T201
    if options.mail_port is None and mailbox.port != DEFAULT_MAIL_PORT:
        print(f"another program has port {DEFAULT_MAIL_PORT}: mail that is sent there goes to it", flush=True)  # noqa: T201
