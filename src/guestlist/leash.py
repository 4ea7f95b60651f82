"""
    python -m guestlist.leash MODULE [ARGUMENT]…

Runs a module as `python -m` does, and ends it when its standard input ends: the pipe that its parent holds closes with the parent, however that
one ended.
"""

import os
import runpy
import signal
import sys
import threading


def _end_with_the_parent() -> None:
    while sys.stdin.buffer.read(1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """See the module."""
    module = sys.argv[1]
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
