"""
A program that ends when whoever started it ends, however that one ended: Ctrl-C, a crash, `kill -9`.

    python -m guestlist.tethered MODULE [ARGUMENT…]      with a pipe as standard input, which nothing is written to

The pipe ends when the last process that could write to it is gone; the program is then asked to end (SIGTERM), and made to a little later.
Nothing else would do on every system: the parent's number may be given to another process, and Linux alone can be told to send a signal.

Names below `localhost` are this machine for it, as they are for the browser beside it (`this_machine.py`).

Not here: who starts such programs (`stage.py`).
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

from guestlist.this_machine import resolve_names_below_localhost

GRACE_SECONDS = 3
TOO_LATE = 1


def main() -> None:
    """Run the module as `python -m MODULE` would."""
    module, *arguments = sys.argv[1:]
    threading.Thread(target=_end_with_the_pipe, args=(sys.stdin.fileno(),), daemon=True).start()
    resolve_names_below_localhost()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with_the_pipe(pipe: int) -> None:
    while os.read(pipe, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(TOO_LATE)


if __name__ == "__main__":
    main()
