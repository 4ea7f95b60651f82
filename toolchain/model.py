"""
The result: which pieces a toolchain has, where each came from, and the environment that makes programs use it.

Not here: how the pieces are found or made (`bootstrap.py`).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class ToolchainError(Exception):
    """The toolchain cannot be had. The message is one sentence: what failed, why, what to run next."""


class Origin(StrEnum):
    """Where a piece came from. Real tenants get official binaries only: everything but `SOURCE_BUILD`."""

    ON_PATH = "on_path"  # it was on this machine already
    OFFICIAL_DOWNLOAD = "official_download"
    SOURCE_BUILD = "source_build"


class PieceName(StrEnum):
    """The three programs of a toolchain, in the order in which they are made."""

    ENGINE = "engine"
    LANGUAGE_HOST = "language host"
    AUTH0_PLUGIN = "auth0 plugin"


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One program."""

    name: PieceName
    version: str
    origin: Origin
    path: Path  # the executable


@dataclass(frozen=True, kw_only=True)
class Toolchain:
    """A complete toolchain."""

    engine: Piece
    language_host: Piece
    auth0_plugin: Piece
    pulumi_home: Path | None  # our own, when the plugin is source-built; None: the user's

    @property
    def pulumi(self) -> Path:
        """The engine's executable."""
        return self.engine.path

    @property
    def pieces(self) -> tuple[Piece, Piece, Piece]:
        return (self.engine, self.language_host, self.auth0_plugin)

    @property
    def path_entries(self) -> tuple[Path, ...]:
        """Folders to put before PATH; those that are on it already are left out."""
        ours = (piece.path.parent for piece in (self.engine, self.language_host) if piece.origin is not Origin.ON_PATH)
        return tuple(dict.fromkeys(ours))

    @property
    def is_official(self) -> bool:
        """Whether every piece is an official binary, as a real tenant wants."""
        return all(piece.origin is not Origin.SOURCE_BUILD for piece in self.pieces)

    def variables(self) -> dict[str, str]:
        """What `environment` sets besides PATH."""
        variables = {"PULUMI_SKIP_UPDATE_CHECK": "true"}
        if self.pulumi_home is not None:
            variables["PULUMI_HOME"] = str(self.pulumi_home)
            # The plugin is there; looking for another one on the network would only hang where there is none.
            variables["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
        return variables

    def environment(self, base: Mapping[str, str] | None = None) -> dict[str, str]:
        """
        A whole environment for a child process.

        Args:
            base: the environment to start from; this process's own when left out.

        """
        environment = dict(os.environ if base is None else base)
        ours = [str(entry) for entry in self.path_entries]
        others = [entry for entry in environment.get("PATH", os.defpath).split(os.pathsep) if entry not in ours]
        environment["PATH"] = os.pathsep.join([*ours, *others])
        environment.update(self.variables())
        return environment
