"""
In which settings two environments' files differ; and the same file with some of them taken from the other.

A setting is a member of a group (`guestlist:tenant.domain`), or what is no group (`guestlist:protect`). A secret differs where only one file has
it: what it holds is nobody's business here. Of `otherApplications` each application's settings are told apart, where both files have it.

Not here: what a difference of settings changes in a tenant (`causes.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from stacks.settings import PROJECT
from stacks.settings_secrets import SECRETS_BY_NAME

Config = Mapping[str, object]  # full key -> value, as in an environment's file
Path = tuple[str, ...]  # ("guestlist:tenant", "domain")

MAPPINGS = frozenset({f"{PROJECT}:otherApplications"})  # their members are groups of the person's own naming

_APPLICATION = ("callbackUrls", "logoutUrls", "webOrigins", "initiateLoginUri")

# What every environment has of its own: its tenant, its addresses, its accounts with others, its guards. `*` stands for a name of one's own.
OWN = frozenset(
    {
        *(f"tenant.{name}" for name in ("domain", "friendlyName", "supportEmail", "supportUrl", "plan")),
        *(f"application.{name}" for name in _APPLICATION),
        *(f"otherApplications.*.{name}" for name in _APPLICATION),
        "profile.pageUrl",
        *(f"email.{name}" for name in ("fromAddress", "smtpHost", "smtpPort", "smtpUser")),
        *(f"email.{name}" for name in ("domain", "accessKeyId", "tenantId", "clientId")),
        "smtpPassword",
        *(f"phone.{name}" for name in ("twilioSid", "fromNumber", "messagingServiceSid", "webhookUrl")),
        "loginDomain.name",
        "previousToPageSecret",  # a rotation of keys is under way
        "previousFromPageSecret",
        "protect",
        "allow",
    }
)


def is_own(path: Path) -> bool:
    """Whether a difference in this setting is expected between any two environments."""
    written = shown(path).removeprefix(f"{PROJECT}:")
    return any(fnmatchcase(written, own) for own in OWN)


def shown(path: Path) -> str:
    """As people write it: `guestlist:tenant.domain`."""
    return ".".join(path)


def differing(before: Config, after: Config) -> tuple[Path, ...]:
    """The settings that are not the same in both, in the order of the files."""
    return tuple(path for key in dict.fromkeys([*before, *after]) for path in _of_key(key, before, after))


def with_settings(before: Config, after: Config, taken: Iterable[Path]) -> Config:
    """The first file with these settings as in the second; what that leaves out is left out."""
    found: dict[str, Any] = {key: _copied(value) for key, value in before.items()}
    for path in taken:
        _take(found, after, path)
    return {key: value for key, value in found.items() if value != {} or key in before}


def _of_key(key: str, before: Config, after: Config) -> Iterator[Path]:
    if key.removeprefix(f"{PROJECT}:") in SECRETS_BY_NAME:
        if (key in before) != (key in after):
            yield (key,)
        return
    old, new = before.get(key), after.get(key)
    if not _are_groups(old, new):
        if old != new:
            yield (key,)
        return
    for path in _of_groups((key,), old or {}, new or {}):
        yield from _of_members(path, old or {}, new or {}) if key in MAPPINGS else (path,)


def _of_members(path: Path, old: Any, new: Any) -> Iterator[Path]:
    name = path[-1]
    if isinstance(old.get(name), Mapping) and isinstance(new.get(name), Mapping):
        yield from _of_groups(path, old[name], new[name])
    else:
        yield path


def _of_groups(path: Path, old: Any, new: Any) -> Iterator[Path]:
    for name in dict.fromkeys([*old, *new]):
        if (name in old) != (name in new) or old.get(name) != new.get(name):
            yield (*path, name)


def _are_groups(old: object, new: object) -> bool:
    return any(isinstance(one, Mapping) for one in (old, new)) and all(
        one is None or isinstance(one, Mapping) for one in (old, new)
    )


def _copied(value: object) -> object:
    return {name: _copied(one) for name, one in value.items()} if isinstance(value, Mapping) else value


def _take(found: dict[str, Any], after: Config, path: Path) -> None:
    *above, last = path
    here, there = found, after
    for name in above:
        here = here.setdefault(name, {})
        beyond = there.get(name)
        there = beyond if isinstance(beyond, Mapping) else {}
    if last in there:
        here[last] = _copied(there[last])
    else:
        here.pop(last, None)
