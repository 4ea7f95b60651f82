"""What the suite itself relies on."""

import pytest


@pytest.mark.xdist_group("grouped")
def test_a_group_is_known_to_the_scheduler(request: pytest.FixtureRequest) -> None:
    """Else each worker deploys for itself what a group is to deploy once; nothing fails, everything takes twice as long."""
    if not hasattr(request.config, "workerinput"):
        pytest.skip("there is one process only")

    assert request.node.nodeid.endswith("@grouped")
