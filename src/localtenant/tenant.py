"""
The tenant: its memory, its clock, its names, and what a fresh one contains.

A resource module says what a fresh tenant has of its kind:

    @on_fresh_tenant(order=20)
    def seed(tenant: Tenant) -> None:
        tenant.store.put("clients", client_id, {...})

Orders in use: 10 resource servers and tenant settings, 20 clients, 30 connections and everything else (the default), 90 the deployer.
Not here: documents on disk (`store.py`), what clients see of the log (`management/logs.py`).
"""

import random
import string
from collections.abc import Callable
from typing import Any, overload

from localtenant.clock import Clock
from localtenant.log_faults import LateEntries
from localtenant.store import Document, Store

ALPHANUMERIC = string.ascii_letters + string.digits
SINGLETONS = "singletons"
LOGS = "logs"
KEPT_BY_RESET = ("identity", "signing_keys")  # running shells hold the deployer's secret and tokens: both go on working

Seed = Callable[["Tenant"], None]
SEEDS: list[tuple[int, str, Seed]] = []


@overload
def on_fresh_tenant(seed: Seed, /) -> Seed: ...
@overload
def on_fresh_tenant(*, order: int = 30) -> Callable[[Seed], Seed]: ...
def on_fresh_tenant(seed: Seed | None = None, /, *, order: int = 30) -> Seed | Callable[[Seed], Seed]:
    """Run the function on every fresh tenant, lower `order` first, then by module name. With or without parentheses."""

    def register(function: Seed) -> Seed:
        SEEDS.append((order, f"{function.__module__}.{function.__qualname__}", function))
        return function

    return register if seed is None else register(seed)


class Tenant:
    """
    One tenant. Everything that an endpoint may touch hangs on it.

    Args:
        store: where documents live.
        domain: host and port as clients write them, e.g. `localhost:8443`.
        clock: the tenant's time.
        rng: the source of ids and secrets; a test passes a seeded one.

    """

    def __init__(
        self,
        store: Store,
        *,
        domain: str = "localhost:8443",
        clock: Clock | None = None,
        rng: random.Random | None = None,
    ) -> None:
        self.store = store
        self.domain = domain
        self.clock = clock or Clock()
        self.random = rng or random.SystemRandom()
        self.mail_port: int | None = None  # of the local mailbox, while its SMTP server runs
        self.late = LateEntries()

    @property
    def issuer(self) -> str:
        """`https://DOMAIN/`, with the slash, as in `iss`."""
        return f"https://{self.domain}/"

    @property
    def audience(self) -> str:
        """The Management API's identifier, which is also its base address."""
        return f"https://{self.domain}/api/v2/"

    def new_id(self, prefix: str, length: int) -> str:
        """The prefix (with its underscore or bar, e.g. `con_`, `auth0|`) and `length` letters and digits."""
        return prefix + "".join(self.random.choices(ALPHANUMERIC, k=length))

    def new_hex(self, length: int) -> str:
        """`length` hexadecimal digits, as in user ids and log ids."""
        return "".join(self.random.choices("0123456789abcdef", k=length))

    def new_secret(self, length: int = 64) -> str:
        """A client secret: letters, digits, `_` and `-`."""
        return "".join(self.random.choices(ALPHANUMERIC + "_-", k=length))

    def new_uuid(self) -> str:
        """A version 4 UUID from the tenant's own randomness (Actions, forms and bindings have such ids)."""
        digits = list(self.new_hex(32))
        digits[12] = "4"
        digits[16] = self.random.choice("89ab")
        text = "".join(digits)
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def singleton(self, name: str) -> Document | None:
        """A copy of a document of which a tenant has one (`tenant_settings`, `email_provider`, …), or `None`."""
        return self.store.get(SINGLETONS, name)

    def set_singleton(self, name: str, document: Document) -> Document:
        """Create or replace it; returns it."""
        self.store.put(SINGLETONS, name, document)
        return document

    def delete_singleton(self, name: str) -> bool:
        """Whether there was one."""
        return self.store.delete(SINGLETONS, name)

    def log(self, type: str, description: str, **fields: Any) -> Document:  # noqa: A002 - the log's own field name
        """
        Write a tenant log entry.

        Args:
            type: Auth0's code of the event: `sapi`, `fapi`, `s`, `scp`, …
            description: a sentence, empty where Auth0 leaves it so.
            fields: further top-level fields: `client_id`, `client_name`, `user_id`, `ip`, `user_agent`, `details`, `references`, …

        """
        now = self.clock.now()
        serial = self.store.next_serial()
        # The form of recorded ids, which sort as text: 900, the date to the microsecond, a counter.
        log_id = f"900{now:%Y%m%d%H%M%S%f}{1223372036854775807 + serial:033d}"
        entry: Document = {
            "date": self.clock.timestamp(),
            "type": type,
            "description": description,
            **fields,
            "tenant_name": self.domain.partition(":")[0].partition(".")[0],
            "_id": log_id,
            "log_id": log_id,
        }
        kept = self.late.meet(entry, now)
        if kept is not None:
            self.store.put(LOGS, log_id, kept)
        return entry

    def deliver_late_entries(self) -> None:
        """Put into the log what a fault kept back until now."""
        for entry in self.late.due(self.clock.now()):
            self.store.put(LOGS, entry["log_id"], entry)

    def seed(self) -> None:
        """Fill a fresh tenant with what a fresh Auth0 tenant has."""
        for _, _, seed in sorted(SEEDS, key=lambda entry: entry[:2]):
            seed(self)

    def is_fresh(self) -> bool:
        """Whether nothing was ever seeded here."""
        return self.singleton("seeded") is None

    def open(self) -> None:
        """Seed if this is a fresh tenant; otherwise leave everything as it is."""
        if self.is_fresh():
            with self.store.transaction():
                self._fill()

    def reset(self) -> None:
        """Empty the tenant and seed it again. The deployer keeps its client id and secret, tokens keep their key."""
        kept = {kind: self.store.items(kind) for kind in KEPT_BY_RESET}
        with self.store.transaction():
            self.store.clear()
            for kind, documents in kept.items():
                for document_id, document in documents:
                    self.store.put(kind, document_id, document)
            self._fill()

    def _fill(self) -> None:
        self.seed()
        self.set_singleton("seeded", {"at": self.clock.timestamp(), "domain": self.domain})
