"""The browser that is installed, for tests of single pages; whole walks use `guestlist.journey.chromium`."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from guestlist.journey.chromium import find_browser


@contextmanager
def a_chromium() -> Iterator[Browser]:
    """A running browser. The tests that need one are skipped where there is none; while it runs, no other event loop does in this thread."""
    program = find_browser()
    if program is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
