"""
The pinned Pulumi engine, Python language host and auth0 plugin: found on this machine, downloaded, or built from Go modules.

`ensure()` prepares them, `find()` only looks; both answer a `Toolchain`. On the command line: `python -m toolchain`.
Only the standard library is used, so that this runs before any dependency is installed.
"""

from toolchain.bootstrap import ensure, find
from toolchain.model import Origin, Piece, PieceName, Toolchain, ToolchainError

__all__ = ["Origin", "Piece", "PieceName", "Toolchain", "ToolchainError", "ensure", "find"]
