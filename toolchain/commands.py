"""Run a program of the preparation: its output goes to a log in the cache, its last lines into the error."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from toolchain.model import ToolchainError
from toolchain.progress import Progress

_SHOWN_LINES = 12
_TICK_SECONDS = 1.0
_GRACE_SECONDS = 5.0


def run_logged(
    arguments: Sequence[str | Path],
    *,
    failure: str,
    log: Path,
    progress: Progress,
    environment: Mapping[str, str],
    directory: Path | None = None,
    timeout_seconds: float | None = None,
) -> None:
    """
    Run to the end. `failure` begins the error's sentence ("Cannot build the engine 3.253.0"); the reason is added.

    Raises:
        ToolchainError: it could not be started, failed, or took too long.

    """
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [str(argument) for argument in arguments]
    with log.open("ab") as output:
        output.write(f"$ {' '.join(command)}\n".encode())
        output.flush()
        try:
            process = subprocess.Popen(
                command,
                cwd=directory,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise ToolchainError(f"{failure}: {command[0]} does not start ({error.strerror})") from error
        code = _wait(process, progress, timeout_seconds)
    if code is None:
        raise ToolchainError(f"{failure}: {Path(command[0]).name} was not done in {timeout_seconds:.0f} s. Log: {log}")
    if code != 0:
        raise ToolchainError(
            f"{failure}: {Path(command[0]).name} ended with exit code {code}. Log: {log}. Its last lines:\n"
            f"{last_lines(log)}\nTo try again (finished parts are kept) run: python -m toolchain"
        )


def _wait(process: subprocess.Popen[bytes], progress: Progress, timeout_seconds: float | None) -> int | None:
    waited = 0.0
    try:
        while timeout_seconds is None or waited < timeout_seconds:
            try:
                return process.wait(timeout=_TICK_SECONDS)
            except subprocess.TimeoutExpired:
                waited += _TICK_SECONDS
                progress.tick()
    finally:  # also on Ctrl-C: leave no child behind that writes on
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    return None


def ask(
    arguments: Sequence[str | Path], *, environment: Mapping[str, str], timeout_seconds: float = 20.0
) -> str | None:
    """The trimmed standard output of a short question such as `pulumi version`; None when it fails."""
    try:
        result = subprocess.run(
            [str(argument) for argument in arguments],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return result.stdout.strip() if result.returncode == 0 else None


def last_lines(log: Path) -> str:
    """The end of a log, indented."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(f"  {line}" for line in lines[-_SHOWN_LINES:])
