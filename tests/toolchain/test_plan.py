"""Where each piece comes from, for each kind of machine."""

from pathlib import Path

import pytest

from toolchain.model import Origin, PieceName, ToolchainError
from toolchain.plan import Facts, FoundPulumi, OfficialSite, Version, make_plan, needs_official_site

PATH, NET, SRC = Origin.ON_PATH, Origin.OFFICIAL_DOWNLOAD, Origin.SOURCE_BUILD
YES = OfficialSite(reachable=True, detail="get.pulumi.com answers")
NO = OfficialSite(reachable=False, detail="get.pulumi.com did not answer within 3 s")
PLUGIN = Path("/home/ana/.pulumi/plugins/resource-auth0-v3.50.1/pulumi-resource-auth0")


def pulumi(version: Version | None = (3, 250, 0), *, host: bool = True) -> FoundPulumi:
    return FoundPulumi(
        path=Path("/usr/bin/pulumi"), version=version, language_host=Path("/usr/bin/x") if host else None
    )


def facts(**changes: object) -> Facts:
    nothing: dict[str, object] = {
        "pulumi": None,
        "installed_plugin": None,
        "official_site": NO,
        "downloaded": frozenset(),
        "from_source": None,
    }
    return Facts(**{**nothing, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (SRC, SRC, SRC)),
        ({"official_site": YES}, (NET, NET, NET)),
        ({"pulumi": pulumi()}, (PATH, PATH, SRC)),
        ({"pulumi": pulumi(), "official_site": YES}, (PATH, PATH, NET)),
        ({"pulumi": pulumi(), "installed_plugin": PLUGIN}, (PATH, PATH, PATH)),
        ({"pulumi": pulumi(host=False), "installed_plugin": PLUGIN}, (PATH, SRC, PATH)),
        ({"pulumi": pulumi(host=False), "official_site": YES}, (PATH, NET, NET)),
        ({"pulumi": pulumi((3, 227, 0))}, (PATH, PATH, SRC)),
        ({"pulumi": pulumi((3, 226, 9))}, (SRC, SRC, SRC)),
        ({"pulumi": pulumi((3, 226, 9)), "official_site": YES}, (NET, NET, NET)),
        ({"pulumi": pulumi(None)}, (SRC, SRC, SRC)),
        ({"installed_plugin": PLUGIN}, (SRC, SRC, SRC)),  # a source-built engine keeps out of the user's PULUMI_HOME
        ({"downloaded": frozenset({PieceName.ENGINE, PieceName.LANGUAGE_HOST})}, (NET, NET, SRC)),
        ({"pulumi": pulumi(), "installed_plugin": PLUGIN, "official_site": YES, "from_source": True}, (SRC, SRC, SRC)),
        ({"official_site": YES, "from_source": False}, (NET, NET, NET)),
    ],
)
def test_each_piece_comes_from_the_first_place_that_has_it(
    changes: dict[str, object], expected: tuple[Origin, Origin, Origin]
) -> None:
    assert tuple(choice.origin for choice in make_plan(facts(**changes)).choices) == expected


def test_the_reason_for_a_build_says_what_was_tried() -> None:
    reason = make_plan(facts(pulumi=pulumi((3, 100, 0)))).engine.reason
    assert reason == "pulumi 3.100.0 on PATH is older than 3.227.0, and get.pulumi.com did not answer within 3 s"


def test_without_builds_the_error_says_why_and_what_to_do() -> None:
    with pytest.raises(ToolchainError) as error:
        make_plan(facts(from_source=False))
    assert str(error.value).startswith(
        "Cannot get the official engine 3.253.0: no pulumi is on PATH, and get.pulumi.com did not answer within 3 s. "
    )
    assert str(error.value).endswith("python -m toolchain")


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({}, True),
        ({"pulumi": pulumi()}, True),
        ({"pulumi": pulumi(), "installed_plugin": PLUGIN}, False),
        ({"pulumi": pulumi(host=False), "installed_plugin": PLUGIN}, True),
        ({"from_source": True}, False),
        ({"downloaded": frozenset({PieceName.ENGINE, PieceName.LANGUAGE_HOST}), "installed_plugin": PLUGIN}, False),
    ],
)
def test_the_official_site_is_asked_only_when_it_matters(changes: dict[str, object], asked: bool) -> None:
    assert needs_official_site(facts(**changes)) is asked
