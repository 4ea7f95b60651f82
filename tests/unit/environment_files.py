"""Factories: a valid environment file, and the same with one thing changed."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

SALT = "v1:2g2sZ1z768M=:v1:AAAAAAAAAAAAAAAA:R6i5UJ203HEb5Z9VW+THHnrzomzLOg=="  # well formed; no passphrase opens it
SEALED_TEXT = "v1:AAAAAAAAAAAAAAAA:c2VhbGVk"
GOOD_KEYS = {
    "toPageSecret": "hVbzHq0Tn3xX2k9mQy7Rw4sLd8FjPa1CgZuEoKiYtBvNcMfDlWJrSpAeU5G6IhOx",
    "fromPageSecret": "Qm8Zs5Xc2Vb7Nn4Kj1Hg9Fd6Sa3Po0Iu8Yt5Re2Wq7Lk4Mj1Nh9Bg6Vf3Cd0Xs",
}
A_THIRD_KEY = "t7Jp2Rk9Wd4Zx1Vc6Bn3Mq8Ls5Hg0Fy7Ue2Ti9Oa4Pj1Kd6Sf3Gl8Zh5Xv0CbNm"

_VALID: dict[str, Any] = {
    "encryptionsalt": SALT,
    "config": {
        "guestlist:tenant": {"domain": "guestlist-qa.eu.auth0.example", "friendlyName": "Guestlist"},
        "guestlist:application": {
            "name": "Guestlist app",
            "callbackUrls": ["https://app.guestlist.example/callback"],
            "logoutUrls": ["https://app.guestlist.example"],
            "initiateLoginUri": "https://app.guestlist.example/login",
        },
        "guestlist:profile": {"pageUrl": "https://profile.guestlist.example"},
        "guestlist:email": {"fromAddress": "invitations@guestlist.example", "smtpHost": "smtp.guestlist.example"},
        "guestlist:toPageSecret": {"secure": SEALED_TEXT},
        "guestlist:fromPageSecret": {"secure": SEALED_TEXT},
    },
}

_REMOVED = object()


def an_environment(*changes: tuple[str, object]) -> str:
    """
    Write the text of a valid file, with changes.

    Args:
        changes: path and value, `("config/guestlist:invite/linkTtlSec", 0)`; a list's item by its index.

    """
    tree = copy.deepcopy(_VALID)
    for path, value in changes:
        *above, last = path.split("/")
        here: Any = tree
        for part in above:
            here = here[int(part)] if isinstance(here, list) else here.setdefault(part, {})
        if value is _REMOVED:
            del here[last]
        elif isinstance(here, list):
            here[int(last) : int(last) + 1] = [value]
        else:
            here[last] = value
    return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=1000)


def changed(path: str, value: object) -> tuple[str, object]:
    """Change a setting: `changed("invite/linkTtlSec", 0)`."""
    return f"config/guestlist:{path}", value


def without(path: str) -> tuple[str, object]:
    """Leave a setting out."""
    return changed(path, _REMOVED)


def a_project(folder: Path, **environments: str | bytes) -> Path:
    """Make a project in a folder, with an environment per keyword: its file's content."""
    (folder / "Pulumi.yaml").write_text("name: guestlist\nruntime: python\n")
    (folder / "config").mkdir()
    for name, content in environments.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / "config" / f"Pulumi.{name}.yaml").write_bytes(data)
    return folder
