"""Fixtures of the end-to-end tests: each module has its own tenant and project, brought up once where a test asks for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import LocalTenant, Project, a_local_tenant, a_project
from toolchain import Toolchain, ensure


@pytest.fixture(scope="session")
def tools() -> Toolchain:
    return ensure()


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalTenant]:
    with a_local_tenant(tmp_path_factory.mktemp("tenant")) as running:
        yield running


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, tenant: LocalTenant, tools: Toolchain) -> Project:
    """A project that was never deployed."""
    return a_project(tmp_path_factory.mktemp("project") / "guestlist", tenant, tools)


@pytest.fixture(scope="module")
def deployed(project: Project) -> Project:
    """The same project after its first `pulumi up`."""
    project.up()
    return project


@pytest.fixture
def own_tenant(tmp_path: Path) -> Iterator[LocalTenant]:
    """A tenant of this test's own, for the tests that break it."""
    directory = tmp_path / "tenant"
    directory.mkdir()
    with a_local_tenant(directory) as running:
        yield running


@pytest.fixture
def own_project(tmp_path: Path, own_tenant: LocalTenant, tools: Toolchain) -> Project:
    return a_project(tmp_path / "project", own_tenant, tools)
