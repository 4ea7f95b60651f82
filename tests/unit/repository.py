"""Factory: a project in a git repository of its own."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

PROJECT = "name: guestlist\nruntime:\n  name: python\n  options:\n    virtualenv: .venv\n"


@dataclass(frozen=True, kw_only=True)
class Repository:
    """Its working tree."""

    root: Path

    def write(self, name: str, content: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def commit(self, tag: str) -> str:
        """Everything that is there; gives the commit's number."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", tag)
        self.git("tag", tag)
        return self.git("rev-parse", "HEAD")

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")
        command = ("git", "-C", str(self.root), *identity, *arguments)
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def a_repository(root: Path) -> Repository:
    """With a Pulumi.yaml and nothing committed."""
    root.mkdir(parents=True)
    repository = Repository(root=root.resolve())
    repository.git("init", "--quiet")
    repository.write("Pulumi.yaml", PROJECT)
    return repository
