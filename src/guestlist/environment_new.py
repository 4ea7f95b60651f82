"""
Makes a new environment: a complete settings file with fresh secrets, or none at all.

The file is put together in memory, checked like any other, and linked into place last: nothing half-written is ever there, and
a file that is there already is never replaced.

Not here: asking a person (`cli/env.py`), encrypting (`config_secrets.py`).
"""

from __future__ import annotations

import json
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from guestlist.config_files import STACK_NAME, check_file, read_bytes
from guestlist.config_secrets import PASSPHRASE, PASSPHRASE_FILE, need_engine, workshop
from guestlist.config_yaml import resolve
from guestlist.environments import Project
from guestlist.errors import BadConfiguration, GuestlistError
from stacks.settings import LOCAL_ENVIRONMENT, LOCAL_PASSPHRASE, config_file, local_secret

SECRET_BYTES = 64
SHORTEST_PASSPHRASE = 16
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ._/:@+=?&%-]*")


@dataclass(frozen=True, kw_only=True)
class NewEnvironment:
    """What the file of a new environment is to say; what is None or empty is left to its default."""

    name: str
    settings: Mapping[str, Mapping[str, object]]  # group -> setting -> value
    protect: bool = True
    secrets_provider: str = ""  # awskms://…; empty for a passphrase
    smtp_password: str = ""

    def __repr__(self) -> str:
        return f"NewEnvironment(name={self.name!r}, secrets_provider={self.secrets_provider!r})"


def check_name(project: Project, name: str) -> None:
    """Refuse a name that cannot be a stack's, and one that is taken; raises `GuestlistError`."""
    if not STACK_NAME.fullmatch(name):
        raise GuestlistError(
            f"Cannot make the environment {name!r}: its name may hold letters, digits, - _ and . only, at most 100"
        )
    if os.path.lexists(project.config_path(name)):
        raise GuestlistError(
            f"Cannot make the environment {name}: {config_file(name)} exists and is never overwritten. "
            f"To check it run: guestlist env check {name}"
        )


def check_passphrase(passphrase: str, environment: str) -> None:
    """Refuse a passphrase that protects nothing; raises `GuestlistError`."""
    if environment == LOCAL_ENVIRONMENT:
        return
    if passphrase == LOCAL_PASSPHRASE:
        raise GuestlistError(
            f"Cannot encrypt the secrets of {environment}: the passphrase at hand is the local tenant's, which is public. "
            f"Open a new shell, or unset {PASSPHRASE}, and run the command again"
        )
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise GuestlistError(
            f"Cannot encrypt the secrets of {environment}: the passphrase has {len(passphrase)} characters, {SHORTEST_PASSPHRASE} "
            "is the least: who has the file can try guesses without end. To have one made run it with --new-passphrase-file FILE"
        )


def create_environment(
    project: Project,
    new: NewEnvironment,
    *,
    passphrase: str = "",
    random_secret: Callable[[], str] = lambda: secrets.token_urlsafe(SECRET_BYTES),
) -> Path:
    """
    Write the environment's file, and give its path.

    Raises `BadConfiguration` when what it says is wrong, `GuestlistError` when the file is there already.

    Args:
        project: where.
        new: what it says.
        passphrase: encrypts the secrets where there is no key service.
        random_secret: makes a secret.

    """
    check_name(project, new.name)
    values = _secret_values(new, random_secret)
    # Checked before the engine is asked, with ciphertexts that stand for those to come: a typing error costs no time.
    _check(
        new,
        compose(new, {"encryptionsalt": "v1:AA==:v1:AA==:AA=="}, dict.fromkeys(values, "v1:AAAAAAAAAAAAAAAA:AA==")),
        values,
    )
    if not new.secrets_provider:
        check_passphrase(passphrase, new.name)
    key = {} if new.secrets_provider else {PASSPHRASE: passphrase}
    with workshop(need_engine(), new.name, key) as bench:
        bench.init(new.secrets_provider)
        for name, value in values.items():
            bench.encrypt(name, value)
        sealed = read_bytes(bench.read_file(), environment=new.name, file=config_file(new.name))
        head = {
            "secretsprovider": sealed.secrets_provider,
            "encryptedkey": sealed.encrypted_key,
            "encryptionsalt": sealed.encryption_salt,
        }
        if set(sealed.sealed) != set(values) or dict(bench.read_secrets(sealed).values) != values:
            raise GuestlistError(
                f"Cannot make the environment {new.name}: the engine did not give back what it was given to encrypt"
            )
    text = compose(new, head, sealed.sealed)
    _check(new, text, values)
    return _put(project, new.name, text)


def read_passphrase(environ: Mapping[str, str]) -> str | None:
    """Give the operator's passphrase from the environment, as the engine would read it; None if there is none."""
    if PASSPHRASE in environ:
        return environ[PASSPHRASE]
    if not environ.get(PASSPHRASE_FILE):
        return None
    path = Path(environ[PASSPHRASE_FILE])
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise GuestlistError(
            f"Cannot read the passphrase: {PASSPHRASE_FILE} names {path}, which cannot be read"
        ) from None


def write_passphrase_file(project: Project, path: Path) -> str:
    """
    Make a passphrase, write it to a file that only its owner can read, and give it. It is never printed.

    Raises `GuestlistError` when the file exists, or would be in the project, where it would be committed.
    """
    passphrase = secrets.token_urlsafe(32)
    if path.resolve().is_relative_to(project.root):
        raise GuestlistError(
            f"Cannot write the passphrase to {path}: it would be in the project, beside what it opens. Choose another folder"
        )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise GuestlistError(
            f"Cannot write the passphrase to {path}: the file exists and is never overwritten"
        ) from None
    except OSError as error:
        raise GuestlistError(f"Cannot write the passphrase to {path}: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(passphrase + "\n")
    return passphrase


def compose(new: NewEnvironment, head: Mapping[str, str], ciphertexts: Mapping[str, str]) -> str:
    """Write the file's text: only what differs from the defaults, in the order of the reference."""
    lines = [f"# The environment {new.name}. What each key means, and those that are left out: config/README.md"]
    lines += [f"{key}: {_scalar(value)}" for key, value in head.items() if value]
    lines.append("config:")
    for group, settings in new.settings.items():
        given = {key: value for key, value in settings.items() if value is not None and value != ()}
        if not given:
            continue
        lines.append(f"  guestlist:{group}:")
        for key, value in given.items():
            if isinstance(value, tuple):
                lines += [f"    {key}:", *(f"      - {_scalar(item)}" for item in value)]
            else:
                lines.append(f"    {key}: {_scalar(value)}")
    if not new.protect:
        lines.append("  guestlist:protect: false")
    for name, ciphertext in ciphertexts.items():
        lines += [f"  guestlist:{name}:", f"    secure: {ciphertext}"]
    return "\n".join(lines) + "\n"


def _scalar(value: object) -> str:
    """Write a value so that every YAML reader takes it for the same."""
    if not isinstance(value, str):
        return json.dumps(value)
    plain = _PLAIN.fullmatch(value) and ": " not in value and not value.endswith((":", " ")) and resolve(value) == value
    # YAML 1.1 readers, linters among them, take these for true and false.
    return (
        value
        if plain and value.lower() not in {"y", "n", "yes", "no", "on", "off"}
        else json.dumps(value, ensure_ascii=False)
    )


def _secret_values(new: NewEnvironment, random_secret: Callable[[], str]) -> dict[str, str]:
    names = ("toPageSecret", "fromPageSecret")
    values = {name: local_secret(name) if new.name == LOCAL_ENVIRONMENT else random_secret() for name in names}
    return values | ({"smtpPassword": new.smtp_password} if new.smtp_password else {})


def _check(new: NewEnvironment, text: str, values: Mapping[str, str]) -> None:
    stack = read_bytes(text.encode(), environment=new.name, file=config_file(new.name))
    faults = check_file(stack, values).faults
    if faults:
        raise BadConfiguration([str(fault) for fault in faults])


def _put(project: Project, name: str, text: str) -> Path:
    """Put the file in its place in one step; whoever was faster keeps theirs."""
    path = project.config_path(name)
    try:
        path.parent.mkdir(exist_ok=True)
        descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(text)
                os.fchmod(stream.fileno(), 0o644)
                stream.flush()
                os.fsync(stream.fileno())
            os.link(draft, path)
        finally:
            with suppress(FileNotFoundError):
                Path(draft).unlink()
    except FileExistsError:
        check_name(project, name)
        raise GuestlistError(
            f"Cannot make the environment {name}: {config_file(name)} is being made by another run"
        ) from None
    except OSError as error:
        raise GuestlistError(f"Cannot write {config_file(name)}: {error.strerror}. Nothing was left behind") from None
    return path
