"""
    python -m localtenant serve --data DIR [--port 8443] [--tier free|paid|unlimited]
                                 [--plan free|essentials|professional|enterprise] [--latency MS] [--ready-file FILE]
                                 [--mail-port 2525]
    python -m localtenant reset --data DIR
    python -m localtenant env --data DIR         lines for a shell: eval "$(python -m localtenant env --data DIR)"

Exit codes: 0 done, 1 cannot, 64 wrong usage, 130 interrupted.
"""

import argparse
import sys
from pathlib import Path
from typing import NoReturn

WRONG_USAGE = 64
PLANS = ("free", "essentials", "professional", "enterprise")  # those of `entitlements.Plan`


class Parser(argparse.ArgumentParser):
    """argparse, with 64 for wrong usage: its own 2 means "differences" in this house."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave."""
        self.print_usage(sys.stderr)
        self.exit(WRONG_USAGE, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code comes back."""
    options = _parser().parse_args(arguments)
    # Late: --help and a typing mistake need no server.
    from localtenant.management.entitlements import Plan
    from localtenant.rate_limits import Tier
    from localtenant.server import CannotServe, Options, serve

    try:
        if options.command == "reset":
            from localtenant.reset import reset

            return reset(options.data)
        if options.command == "env":
            from localtenant.shell import print_environment

            return print_environment(options.data)
        return serve(
            Options(
                data=options.data,
                port=options.port,
                tier=Tier(options.tier),
                plan=Plan(options.plan),
                latency_ms=options.latency,
                ready_file=options.ready_file,
                mail_port=options.mail_port,
            )
        )
    except CannotServe as reason:
        print(f"Error: {reason}", file=sys.stderr)  # noqa: T201 - a command line
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m localtenant", description="An Auth0 tenant on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="serve the tenant over HTTPS, on loopback only")
    serving.add_argument("--data", type=Path, required=True, help="where the tenant lives; made if missing")
    serving.add_argument("--port", type=_port, default=8443, help="0: the one it had, or any free one (default 8443)")
    serving.add_argument("--tier", choices=("free", "paid", "unlimited"), default="unlimited", help="rate limits")
    serving.add_argument("--plan", choices=PLANS, default="enterprise", help="features; what it lacks is a 403")
    serving.add_argument("--latency", type=_milliseconds, default=0, metavar="MS", help="delay of every API answer")
    serving.add_argument(
        "--mail-port", type=_port, help="of the local mailbox; 0: any free one (default 2525, or any free one)"
    )
    serving.add_argument("--ready-file", type=Path, help="written with the address once it answers")
    emptying = commands.add_parser("reset", help="make it a fresh tenant; the deployer keeps its credentials")
    emptying.add_argument("--data", type=Path, required=True, help="where the tenant lives")
    printing = commands.add_parser("env", help="print what a shell needs to use it")
    printing.add_argument("--data", type=Path, required=True, help="where the tenant lives")
    return parser


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"must be 0 to 65535, got {number}")
    return number


def _milliseconds(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 60_000:
        raise argparse.ArgumentTypeError(f"must be 0 to 60000, got {text}")
    return number


if __name__ == "__main__":
    sys.exit(main())
