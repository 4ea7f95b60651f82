"""
The machine of a job: a fresh clone, what `make setup` would put beside it, a shell. Or, with `stubs`, programs that only end as they are told.

What is there instead of `make setup`: the clone's `.venv` has the packages of the Python that runs the tests, by links, and the clone itself, as
`pip install --editable` puts it there; it counts as ready, so that `make` has nothing left to install. The toolchain is looked for as ever.

Not here: what is run on it (`runner.py`, `gitlab.py`), the repository (`place.py`).
"""

import io
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STEP_SEC = 300
NOT_FOR_JOBS = ("AUTH0_", "PULUMI_", "GITHUB_", "GUESTLIST_", "SSL_CERT_", "AWS_", "AZURE_", "CI_", "GITLAB_")

# Writes down how it was called. Ends with FAILS_WITH if it is the call that FAILS_AT counts to, else as the variable of the command's name says; before
# that it writes what it was told to save.
STUB = """#!/bin/bash
echo "${0##*/} $*" >> "$STUBS/called"
command="$1"
if [ "$1 $2" = "ci identity" ]; then echo 'export IDENTITY=here'; fi
mapfile -t called < "$STUBS/called"
[ "${#called[@]}" = "${FAILS_AT:-0}" ] && exit "${FAILS_WITH:-1}"
while [ $# -gt 0 ]; do
  [ "$1" = --save ] && echo "<!-- guestlist:preview:guestlist:dev -->" > "$2"
  shift
done
ends="ENDS_${command//[^a-z]/}"
exit "${!ends:-0}"
"""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A folder that holds it. `stubs`: `guestlist`, `make` and `git` are stubs, and nothing is checked out."""

    folder: Path
    origin: Path  # the repository, bare
    stubs: bool = False

    @property
    def workspace(self) -> Path:
        return self.folder / "work"

    def called(self) -> list[str]:
        """What the stubs were called with, in order."""
        file = self.folder / "stubs" / "called"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    def check_out(self, commit: str, *, whole: bool) -> None:
        """As actions/checkout does; `whole`: every branch and all of its history."""
        if self.stubs:
            self._put_stubs()
            return
        git("init", "--quiet", cwd=self.workspace)
        git("remote", "add", "origin", self.origin.as_uri(), cwd=self.workspace)
        # The objects are not copied; what is reachable is what is fetched.
        (self.workspace / ".git" / "objects" / "info" / "alternates").write_text(f"{self.origin / 'objects'}\n")
        wanted = ("+refs/heads/*:refs/remotes/origin/*", commit) if whole else ("--depth=1", commit)
        git("fetch", "--quiet", "origin", *wanted, cwd=self.workspace)
        git("checkout", "--quiet", "--detach", commit, cwd=self.workspace)
        a_venv(self.workspace)

    def _put_stubs(self) -> None:
        for file in (
            self.workspace / ".venv" / "bin" / "guestlist",
            *(self.folder / "stubs" / name for name in ("make", "git")),
        ):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(STUB, encoding="utf-8")
            file.chmod(0o755)

    def shell(self, script: str, environ: Mapping[str, str]) -> tuple[int, str]:
        """Run it as both forges do: what fails ends it, in a pipe too. Answers exit code and what it said."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(NOT_FOR_JOBS)}
        if self.stubs:
            own |= {"STUBS": str(self.folder / "stubs"), "PATH": f"{self.folder / 'stubs'}:{own['PATH']}"}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.workspace,
            env={**own, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=STEP_SEC,
            check=False,
        )
        return done.returncode, done.stdout


def a_venv(clone: Path) -> None:
    """What `make setup` would have made: this Python with its packages and the clone's own, younger than the lock."""
    folder = clone / ".venv"
    (folder / "bin").mkdir(parents=True)
    for name in ("python", "python3"):  # the engine looks for the latter
        (folder / "bin" / name).symlink_to(sys.executable)
    script = folder / "bin" / "guestlist"
    script.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -P -m guestlist "$@"\n')
    script.chmod(0o755)
    venv = Path(sys.executable).parents[1]
    (folder / "pyvenv.cfg").symlink_to(venv / "pyvenv.cfg")
    packages = Path(sysconfig.get_path("purelib"))
    ours = folder / packages.relative_to(venv)
    ours.mkdir(parents=True)
    for entry in packages.iterdir():
        (ours / entry.name).symlink_to(entry)
    editable = ours / "_guestlist.pth"
    editable.unlink()
    editable.write_text(f"{clone}\n{clone / 'src'}\n", encoding="utf-8")
    (folder / ".ready").touch()


def zipped(files: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def git(*arguments: str, cwd: Path) -> str:
    program = shutil.which("git")
    assert program is not None
    environ = {**os.environ, **{f"GIT_{who}_{what}": text for who in ("AUTHOR", "COMMITTER") for what, text in _WHO}}
    done = subprocess.run([program, *arguments], cwd=cwd, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr}"
    return done.stdout.strip()


_WHO = (("NAME", "Tests"), ("EMAIL", "tests@example.com"), ("DATE", "2026-11-23T00:00:00Z"))
