"""`python -m toolchain`: prepare the toolchain and print what it is. Progress goes to standard error."""

import argparse
import json
import os
import shlex
import sys
from collections.abc import Sequence
from typing import NoReturn

from toolchain.bootstrap import ensure
from toolchain.model import Toolchain, ToolchainError

EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 1, 64, 130


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(EXIT_USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; answers the exit code."""
    parser = _Parser(
        prog="python -m toolchain",
        description="Find or make the Pulumi engine, the Python language host and the auth0 plugin.",
    )
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print the toolchain as JSON")
    output.add_argument("--env", action="store_true", help='print export lines: eval "$(python -m toolchain --env)"')
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--from-source", action="store_true", help="build everything from Go modules (local tenant only)"
    )
    source.add_argument("--official", action="store_true", help="never build: what a real tenant wants")
    options = parser.parse_args(arguments)
    from_source = True if options.from_source else False if options.official else None
    try:
        toolchain = ensure(from_source=from_source)
    except ToolchainError as error:
        print(error, file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        print("\nInterrupted. What is finished is kept; to continue run: python -m toolchain", file=sys.stderr)
        return EXIT_INTERRUPTED
    if options.json:
        print(json.dumps(as_json(toolchain), indent=2))
    elif options.env:
        print(as_exports(toolchain))
    else:
        print(as_text(toolchain))
    return 0


def as_json(toolchain: Toolchain) -> dict[str, object]:
    """The toolchain for programs."""
    return {
        "pieces": {
            piece.name.value: {"version": piece.version, "origin": piece.origin.value, "path": str(piece.path)}
            for piece in toolchain.pieces
        },
        "official": toolchain.is_official,
        "path_entries": [str(entry) for entry in toolchain.path_entries],
        "variables": toolchain.variables(),
    }


def as_exports(toolchain: Toolchain) -> str:
    """Lines for a POSIX shell."""
    exports = [f"export {name}={shlex.quote(value)}" for name, value in sorted(toolchain.variables().items())]
    if entries := os.pathsep.join(str(entry) for entry in toolchain.path_entries):
        exports.insert(0, f'export PATH={shlex.quote(entries)}:"$PATH"')
    return "\n".join(exports)


def as_text(toolchain: Toolchain) -> str:
    """The toolchain for people."""
    lines = [f"{piece.name.value:14} {piece.version:10} {piece.origin:18} {piece.path}" for piece in toolchain.pieces]
    if not toolchain.is_official:
        lines.append("Source builds are for the local tenant; a real tenant gets official binaries only.")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
