"""A browser at the page, and one that is real where there is a Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chromium import a_chromium
from tests.pages.profile.people import Browser
from tests.pages.profile.site import Site, a_site


@pytest.fixture
def browser() -> Iterator[Browser]:
    opened = Browser()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """A real browser. The tests that need one are skipped where there is none."""
    with a_chromium() as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with a_site(folder, PROFILE_SUPPORT_EMAIL="help@northwind.test", PROFILE_TRIES_PER_MINUTE="0") as running:
        yield running
