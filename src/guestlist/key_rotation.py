"""
Rotate the two keys of the profile page without a failed login: new ones beside the former, and later without them.

The environment's file is changed and nothing else: what is deployed changes when the person runs what is said next. A login may be on
the page for an hour, so the former keys leave an hour and a quarter after the tenant has the new ones.

Not here: which side has to learn a key first (docs/actions.md, "Rotating the keys"), asking the state (`cli/keys.py`).
"""

from __future__ import annotations

import os
import re
import secrets as randomness
import stat
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from guestlist.config_files import StackFile, check_file, read_bytes, read_file
from guestlist.config_secrets import need_engine, passphrase_environ, workshop
from guestlist.environments import Project
from guestlist.errors import BadConfiguration, GuestlistError, Refused
from guestlist.page_environment import OpenedEnvironment
from stacks.settings import LOCAL_ENVIRONMENT, config_file

KEYS = {"toPageSecret": "previousToPageSecret", "fromPageSecret": "previousFromPageSecret"}
SECRET_BYTES = 64
WAIT = timedelta(minutes=75)  # Auth0 ends a redirected login after an hour; a token lives for a quarter

Stage = Literal["begin", "finish"]


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """One stage: what the file is to hold afterwards. None takes a secret out."""

    environment: str
    stage: Stage
    changes: Mapping[str, str | None] = field(repr=False)

    def describe(self) -> list[str]:
        """Say what changes, without any key."""
        if self.stage == "begin":
            return [f"{name}: a new key; the former one is kept as {previous}" for name, previous in KEYS.items()]
        return [f"{previous}: taken out" for previous in KEYS.values() if previous in self.changes]

    def next_steps(self) -> list[str]:
        """Say what to run next, in this order."""
        env = self.environment
        if self.stage == "finish":
            return [f"guestlist up --env {env}", f"guestlist page env --env {env}   # and start the page with it"]
        return [
            f"guestlist page env --env {env} --before-up   # start the page with it: it takes both keys and signs with the former",
            f"guestlist up --env {env}   # Auth0 signs with the new key and takes both",
            f"guestlist page env --env {env}   # start the page with it: it signs with the new key",
            f"guestlist keys rotate --env {env} --finish   # an hour and a quarter later",
        ]


def plan(
    opened: OpenedEnvironment,
    stage: Stage,
    *,
    random_key: Callable[[], str] = lambda: randomness.token_urlsafe(SECRET_BYTES),
) -> Rotation:
    """Plan a stage. Raises: Refused, for a stage that is not next."""
    environment = opened.settings.environment
    if environment == LOCAL_ENVIRONMENT:
        raise Refused("Refused to rotate the keys of local: they are public, the same on every machine.")
    kept = [previous for previous in KEYS.values() if previous in opened.secrets]
    if stage == "begin":
        if kept:
            raise Refused(
                f"Refused to rotate the keys of {environment} again: a rotation is under way ({', '.join(kept)} in {config_file(environment)}), "
                f"and a third key would end the logins of the first. To end it run: guestlist keys rotate --env {environment} --finish"
            )
        new: dict[str, str | None] = {}
        for name, previous in KEYS.items():
            new |= {name: random_key(), previous: opened.secrets[name]}
        return Rotation(environment=environment, stage=stage, changes=new)
    if not kept:
        raise Refused(
            f"Refused to finish: no rotation of the keys of {environment} is under way. To begin one run: guestlist keys rotate --env {environment}"
        )
    return Rotation(environment=environment, stage=stage, changes=dict.fromkeys(kept))


def refuse_too_early(
    opened: OpenedEnvironment, deployed: Mapping[str, object], *, since: datetime, now: datetime
) -> None:
    """
    Refuse to drop keys that a login may still need.

    Args:
        opened: the environment's file.
        deployed: the output `page` of the stack.
        since: when the stack's state was last written.
        now: the time.

    Raises: Refused.

    """
    environment = opened.settings.environment
    if any(deployed.get(name) != opened.secrets[name] for name in KEYS):
        raise Refused(
            f"Refused to finish: the tenant of {environment} does not have the new keys yet. Run first: guestlist up --env {environment}"
        )
    left = since + WAIT - now
    if left > timedelta(0):
        minutes = -(-int(left.total_seconds()) // 60)
        raise Refused(
            f"Refused to finish: {environment} was deployed less than an hour and a quarter ago, and somebody may be on the page with the "
            f"former keys. Wait {minutes} more minutes."
        )


def write(project: Project, rotation: Rotation, *, environ: Mapping[str, str] | None = None) -> Path:
    """
    Change the environment's file: these secrets and not a byte else. Gives its path.

    Raises: BadConfiguration, EngineFailed, GuestlistError; then the file is as it was.
    """
    path = project.config_path(rotation.environment)
    before = path.read_bytes()
    stack = read_file(project.root, rotation.environment)
    sealed = _seal(stack, rotation, os.environ if environ is None else environ)
    text = before.decode("utf-8")
    for name, ciphertext in sealed.items():
        text = _without(text, name) if ciphertext is None else _with(text, name, ciphertext)
    _check(stack, text, rotation, sealed)
    _replace(path, before, text.encode("utf-8"))
    return path


def _seal(stack: StackFile, rotation: Rotation, environ: Mapping[str, str]) -> dict[str, str | None]:
    """Encrypt what is new, with the key of the file."""
    sealed: dict[str, str | None] = dict.fromkeys(name for name, value in rotation.changes.items() if value is None)
    values = {name: value for name, value in rotation.changes.items() if value is not None}
    if not values:
        return sealed
    with workshop(need_engine(), stack.environment, passphrase_environ(stack.environment, environ)) as bench:
        bench.write_secrets(stack)
        bench.init(stack.secrets_provider)
        for name, value in values.items():
            bench.encrypt(name, value)
        written = read_bytes(bench.read_file(), environment=stack.environment, file=stack.file)
        read_back = bench.read_secrets(written).values
        if any(read_back.get(name) != value for name, value in values.items()):
            raise GuestlistError(
                f"Cannot rotate the keys of {stack.environment}: the engine did not give back what it was given to encrypt"
            )
    return {**{name: written.sealed[name] for name in values}, **sealed}


def _block(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"^(?P<indent>[ ]+)(?P<key>['\"]?guestlist:{name}['\"]?):[ ]*\r?\n[ ]+secure:[ ]*\S+[ ]*(?:\r?\n|\Z)",
        re.MULTILINE,
    )


def _with(text: str, name: str, ciphertext: str) -> str:
    """Put a ciphertext in its place, or after the key that it precedes in time."""
    there = _block(name).search(text)
    if there is not None:
        block = f"{there['indent']}guestlist:{name}:\n{there['indent']}  secure: {ciphertext}\n"
        return text[: there.start()] + block + text[there.end() :]
    newer = next((key for key, previous in KEYS.items() if previous == name), "")
    beside = _block(newer).search(text)
    if beside is None:
        return text  # `_check` finds out
    head = text[: beside.end()]
    block = f"{beside['indent']}guestlist:{name}:\n{beside['indent']}  secure: {ciphertext}\n"
    return head + ("" if head.endswith("\n") else "\n") + block + text[beside.end() :]


def _without(text: str, name: str) -> str:
    return _block(name).sub("", text, count=1)


def _check(stack: StackFile, text: str, rotation: Rotation, sealed: Mapping[str, str | None]) -> None:
    """The file says what is wanted and all else as before, or it is not written."""
    after = read_bytes(text.encode("utf-8"), environment=stack.environment, file=stack.file)
    wanted = {key: value for key, value in stack.config.items() if key.removeprefix("guestlist:") not in sealed}
    wanted |= {f"guestlist:{name}": {"secure": value} for name, value in sealed.items() if value is not None}
    same_key = (after.encryption_salt, after.encrypted_key, after.secrets_provider) == (
        stack.encryption_salt,
        stack.encrypted_key,
        stack.secrets_provider,
    )
    if after.config != wanted or not same_key:
        raise GuestlistError(
            f"Cannot rotate the keys of {stack.environment}: {stack.file} writes its secrets in a way that this command does not change. "
            "Use pulumi config set --secret, as config/README.md says."
        )
    values = {name: value for name, value in rotation.changes.items() if value is not None}
    faults = check_file(after, values).faults
    if faults:
        raise BadConfiguration([str(fault) for fault in faults])


def _replace(path: Path, before: bytes, after: bytes) -> None:
    """Replace the file in one step, unless somebody changed it meanwhile."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(after)
            os.fchmod(stream.fileno(), stat.S_IMODE(path.stat().st_mode))
            stream.flush()
            os.fsync(stream.fileno())
        if path.read_bytes() != before:
            raise GuestlistError(f"Cannot write {path.name}: it was changed meanwhile. Run the command again")
        Path(draft).replace(path)
    finally:
        with suppress(FileNotFoundError):
            Path(draft).unlink()
