"""One kind of bad configuration: a change to a valid file, and the exact line that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.unit.environment_files import GOOD_KEYS, SEALED_TEXT, an_environment, changed

NEW = "make one: python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"
SET = "pulumi config set --secret guestlist:{} --stack qa"


@dataclass(frozen=True)
class Bad:
    """One kind of bad configuration."""

    kind: str
    content: str | bytes
    line: str  # after `config/Pulumi.qa.yaml`
    secrets: dict[str, str] = field(default_factory=dict)  # as if their key were at hand
    environment: str = "qa"


def setting(kind: str, path: str, value: object, line: str) -> Bad:
    """One setting of a value that it must not have."""
    return Bad(kind, an_environment(changed(path, value)), f": guestlist:{line}")


def secret(kind: str, name: str, value: str, line: str, *more: tuple[str, object]) -> Bad:
    """One secret of a value that it must not have."""
    content = an_environment(changed(name, {"secure": SEALED_TEXT}), *more)
    return Bad(kind, content, f": guestlist:{line}", {**GOOD_KEYS, name: value})


def text(kind: str, content: str | bytes, line: str) -> Bad:
    """A file that cannot be read."""
    return Bad(kind, content, line)


SMTP_USER = changed("email/smtpUser", "guestlist")


def several(kind: str, line: str, *changes: tuple[str, object], **secrets: str) -> Bad:
    """Several settings that do not go together; `secrets` are there, decrypted."""
    sealed = [changed(name, {"secure": SEALED_TEXT}) for name in secrets]
    opened = {**GOOD_KEYS, **secrets} if secrets else {}
    return Bad(kind, an_environment(*changes, *sealed), f": guestlist:{line}", opened)
