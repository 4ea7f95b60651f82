"""`guestlist.invites` as an application's backend has it."""

import subprocess
import sys

import guestlist.invites


def test_the_library_needs_no_engine() -> None:
    program = "import sys; sys.modules.update(pulumi=None, pulumi_auth0=None, click=None); import guestlist.invites"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_it_offers_is_there() -> None:
    assert all(hasattr(guestlist.invites, name) for name in guestlist.invites.__all__)
