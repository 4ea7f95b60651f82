"""
Decrypts and encrypts an environment's secrets with the real Pulumi engine, in a temporary folder: no project, no state is touched.

The engine gets a copy of the ciphertexts alone, a throw-away local backend and a throw-away home, so that it neither selects a
stack nor logs in anywhere. Values go in and out through pipes: never an argument, never a file in plain text.

Not here: judging the values (`stacks.settings`), the environment files (`config_files.py`, `environment_new.py`).
Source: https://www.pulumi.com/docs/iac/concepts/secrets/ (providers), and the engine's `sdk/go/common/resource/config/crypt.go`,
read 2026-11-23: a passphrase's salt is `v1:SALT:v1:NONCE:SEALED`, PBKDF2-SHA256 with 1,000,000 rounds, AES-256-GCM of `pulumi`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from guestlist.config_files import StackFile
from guestlist.errors import EngineFailed, ToolchainMissing
from stacks.settings import LOCAL_ENVIRONMENT, LOCAL_PASSPHRASE

PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105 - the name of a variable
PASSPHRASE_FILE = "PULUMI_CONFIG_PASSPHRASE_FILE"  # noqa: S105
PATIENCE_SEC = 60
LONGEST_ANSWER = 200
NO_ENGINE = "the Pulumi engine is not on this machine: make setup"

_ROUNDS = 1_000_000
_WRONG_KEY = "incorrect passphrase"


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What decrypting came to."""

    values: Mapping[str, str] = field(default_factory=dict)  # secret's name -> value
    broken: tuple[str, ...] = ()  # names of those that the right key does not open
    not_checked: str = ""  # why nothing was decrypted

    def __repr__(self) -> str:
        return f"Opened(values of {sorted(self.values)}, broken={self.broken}, not_checked={self.not_checked!r})"


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A Pulumi engine to run, and what it needs in the environment."""

    program: Path
    environ: Mapping[str, str]


def find_engine() -> Engine | None:
    """Find the engine on this machine; makes and downloads nothing."""
    try:
        from toolchain import find
    except ImportError:
        found = None
    else:
        found = find()
    if found:
        return Engine(program=found.pulumi, environ=found.environment())
    on_path = shutil.which("pulumi")
    return Engine(program=Path(on_path), environ=os.environ) if on_path else None


def open_secrets(stack: StackFile, environ: Mapping[str, str]) -> Opened:
    """Decrypt what a file holds, if its key is at hand; else say why not. Never raises for a key that is absent or wrong."""
    if not stack.sealed:
        return Opened()
    key = passphrase_environ(stack.environment, environ)
    engine: Engine | None = None
    if not stack.encryption_salt and not stack.secrets_provider:
        reason = "encrypted by Pulumi Cloud, or its encryptionsalt is lost"
    elif not stack.secrets_provider and not key:
        reason = f"no passphrase at hand: set {PASSPHRASE} or {PASSPHRASE_FILE}"
    else:
        reason, engine = NO_ENGINE, find_engine()
    if engine is None:
        return Opened(not_checked=reason)
    try:
        with workshop(engine, stack.environment, key) as bench:
            bench.write_secrets(stack)
            bench.init(stack.secrets_provider)
            return bench.read_secrets(stack)
    except EngineFailed as error:
        wrong = f"the passphrase at hand is not that of {stack.environment}"
        return Opened(not_checked=wrong if _WRONG_KEY in error.message else error.message)


def passphrase_environ(environment: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Give the variables that hold the environment's passphrase: the public one for `local`, else the operator's."""
    if environment == LOCAL_ENVIRONMENT:
        return {PASSPHRASE: LOCAL_PASSPHRASE}
    if PASSPHRASE in environ:
        return {PASSPHRASE: environ[PASSPHRASE]}
    if environ.get(PASSPHRASE_FILE):
        return {PASSPHRASE_FILE: str(Path(environ[PASSPHRASE_FILE]).absolute())}
    return {}


def is_public_passphrase(encryption_salt: str) -> bool:
    """Whether a file is encrypted with the local tenant's passphrase. Takes a third of a second, and no engine."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        _, salt, _, nonce, sealed = encryption_salt.split(":")
        key = hashlib.pbkdf2_hmac("sha256", LOCAL_PASSPHRASE.encode(), base64.b64decode(salt, validate=True), _ROUNDS)
        AESGCM(key).decrypt(base64.b64decode(nonce, validate=True), base64.b64decode(sealed, validate=True), None)
    except (ValueError, InvalidTag):
        return False
    return True


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """A temporary project of one stack, in which the engine encrypts and decrypts."""

    engine: Engine
    environment: str
    folder: Path
    key: Mapping[str, str]

    @property
    def _stack_file(self) -> Path:
        return self.folder / f"Pulumi.{self.environment}.yaml"

    def write_secrets(self, stack: StackFile) -> None:
        """Put the ciphertexts of a file there, and what belongs to their key."""
        document: dict[str, object] = {
            "secretsprovider": stack.secrets_provider,
            "encryptedkey": stack.encrypted_key,
            "encryptionsalt": stack.encryption_salt,
        }
        document = {key: value for key, value in document.items() if value}
        document["config"] = {f"guestlist:{name}": {"secure": ciphertext} for name, ciphertext in stack.sealed.items()}
        self._stack_file.write_text(yaml.safe_dump(document), encoding="utf-8")

    def init(self, secrets_provider: str) -> None:
        """Make the stack; with a file there, its key is used."""
        self._run("stack", "init", self.environment, "--secrets-provider", secrets_provider or "passphrase")

    def encrypt(self, name: str, value: str) -> None:
        """Put one secret into the stack's file, encrypted."""
        self._run("config", "set", "--secret", f"guestlist:{name}", "--stack", self.environment, stdin=value)

    def read_file(self) -> bytes:
        """Give the stack's file as the engine wrote it."""
        return self._stack_file.read_bytes()

    def read_secrets(self, stack: StackFile) -> Opened:
        """Decrypt all secrets; when one is broken, find out which."""
        try:
            listed = json.loads(self._run("config", "--show-secrets", "--json", "--stack", self.environment))
            return Opened(values={name: listed[f"guestlist:{name}"]["value"] for name in stack.sealed})
        except EngineFailed as error:
            if "decrypt" not in error.message:
                raise
        except (ValueError, KeyError, TypeError):
            raise EngineFailed("the engine's answer cannot be read") from None
        values: dict[str, str] = {}
        for name in stack.sealed:
            try:
                one = json.loads(self._run("config", "get", "--json", f"guestlist:{name}", "--stack", self.environment))
                values[name] = one["value"]
            except (EngineFailed, ValueError, KeyError, TypeError):
                continue
        return Opened(values=values, broken=tuple(name for name in stack.sealed if name not in values))

    def _run(self, *arguments: str, stdin: str = "") -> str:
        """Run the engine; its own last error line is the message of `EngineFailed`."""
        environ = {name: value for name, value in self.engine.environ.items() if not name.startswith("PULUMI_")}
        environ |= {
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": (self.folder / "state").as_uri(),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            **self.key,
        }
        command = [str(self.engine.program), *arguments, "--non-interactive", "--color", "never"]
        try:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=environ,
                input=stdin,
                capture_output=True,
                text=True,
                timeout=PATIENCE_SEC,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise EngineFailed(f"the engine did not answer within {PATIENCE_SEC} s") from None
        except OSError as error:
            raise EngineFailed(f"the engine does not start: {error.strerror}") from None
        if done.returncode:
            said = [line.removeprefix("error: ") for line in done.stderr.splitlines() if line.startswith("error: ")]
            # Key services answer in paragraphs.
            raise EngineFailed(
                " ".join((said[-1] if said else f"exit code {done.returncode}").split())[:LONGEST_ANSWER]
            )
        return done.stdout


@contextmanager
def workshop(engine: Engine, environment: str, key: Mapping[str, str]) -> Iterator[Workshop]:
    """Open a temporary project for one stack; it is gone afterwards, after Ctrl-C too."""
    with tempfile.TemporaryDirectory(prefix="guestlist-secrets-") as name:
        folder = Path(name)
        (folder / "state").mkdir()
        (folder / "Pulumi.yaml").write_text("name: guestlist\nruntime: python\n", encoding="utf-8")
        yield Workshop(engine=engine, environment=environment, folder=folder, key=key)


def need_engine() -> Engine:
    """Find the engine, or raise `ToolchainMissing`."""
    engine = find_engine()
    if engine is None:
        raise ToolchainMissing(f"Cannot encrypt secrets: {NO_ENGINE}")
    return engine
