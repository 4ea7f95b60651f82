"""
    python -m sampleapp [--host 127.0.0.1] [--port 3000]

Serves plain HTTP behind something that speaks https: the local tenant (`PUT /_local/hosts`), a proxy, a platform.
Prints `sample application listening on http://…` when it answers. Exit codes: 0 or 130 ended, 1 bad settings, 64 wrong usage.
"""

import argparse
import os
import socket
import sys
from typing import NoReturn

WRONG_USAGE = 64


class Parser(argparse.ArgumentParser):
    """argparse, with 64 for wrong usage: its own 2 means "differences" in this house."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave."""
        self.print_usage(sys.stderr)
        self.exit(WRONG_USAGE, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal comes."""
    parser = Parser(prog="python -m sampleapp", description="The application that invited people log in to.")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=3000, help="0: any free one (default 3000)")
    options = parser.parse_args(arguments)

    import uvicorn

    from sampleapp.app import create_app
    from sampleapp.settings import BadSettings, Settings

    try:
        settings = Settings.from_environment(os.environ)
        listener = socket.create_server((options.host, options.port))
    except BadSettings as bad:
        for fault in bad.faults:
            print(f"Error: {fault}", file=sys.stderr)  # noqa: T201 - a command line
        return 1
    except OSError as error:
        print(f"Error: cannot listen on {options.host}:{options.port}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 1
    host, port = listener.getsockname()[:2]
    print(f"sample application listening on http://{host}:{port}", flush=True)  # noqa: T201 - what callers wait for
    # The access log would hold codes and states.
    config = uvicorn.Config(create_app(settings), access_log=False, log_level="warning", server_header=False)
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
