"""What a stand-in keeps of an environment, what it replaces, and that none of its secrets is in it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from guestlist.ci.stand_in import StandIn, stand_in, write_stand_in
from guestlist.environments import Project, check_environment
from guestlist.errors import BadConfiguration, GuestlistError
from tests.ci.runner import ROOT


def of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "config" / f"Pulumi.{name}.yaml").read_text())["config"]
    return found


def a_stand_in(**changes: Any) -> StandIn:
    return stand_in({**of("prod"), **{f"guestlist:{name}": value for name, value in changes.items()}}, of("local"))


def test_what_people_notice_stays_and_the_place_is_replaced() -> None:
    config = a_stand_in(mfa={"factors": ["otp"]}, tokens={"idTokenSec": 60}).config

    assert config["guestlist:mfa"] == {"factors": ["otp"]}
    assert config["guestlist:tokens"] == {"idTokenSec": 60}
    assert config["guestlist:tenant"]["friendlyName"] == "Guestlist"
    assert config["guestlist:tenant"]["domain"] == "localhost:8443"
    assert config["guestlist:profile"]["pageUrl"] == "https://profile.localhost:8443"
    assert config["guestlist:email"]["smtpHost"] == "localhost"
    assert config["guestlist:email"]["fromAddress"] == "invitations@guestlist.example"


def test_a_callback_that_is_added_can_be_seen() -> None:
    urls = a_stand_in().config["guestlist:application"]["callbackUrls"]

    assert urls == ["https://app.localhost:8443/callback", "https://app.guestlist.example/callback"]


def test_other_peoples_things_are_left_out_and_named() -> None:
    made = a_stand_in(
        actions={"postLogin": ["corp-risk", "@require-mfa", "@complete-profile"]},
        otherApplications={"crm": {"name": "CRM", "existing": True}},
        ownership={"mfa": "require"},
        loginDomain={"name": "login.guestlist.example"},
        phone={"provider": "custom", "webhookUrl": "https://sms.example"},
    )

    assert made.config["guestlist:actions"] == {"postLogin": ["@require-mfa", "@complete-profile"]}
    for group in ("otherApplications", "ownership", "loginDomain", "phone"):
        assert f"guestlist:{group}" not in made.config
        assert any(one.startswith(group) for one in made.replaced), group


def test_no_sealed_secret_comes_along() -> None:
    made = a_stand_in(smtpPassword={"secure": "v1:x:y"}, previousToPageSecret={"secure": "v1:x:y"})

    assert "secure" not in str(made.config)
    assert made.secrets == ("toPageSecret", "fromPageSecret", "previousToPageSecret")
    assert "smtpPassword" in made.replaced


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "config").mkdir()
    for name in ("local", "prod"):
        (tmp_path / "config" / f"Pulumi.{name}.yaml").write_text((ROOT / "config" / f"Pulumi.{name}.yaml").read_text())
    return Project(root=tmp_path)


def test_what_is_written_is_an_environment_that_opens_without_a_key(project: Project) -> None:
    before = project.config_path("prod").read_text()

    write_stand_in(project, "prod")

    report = check_environment(project, "local", environ={})
    assert report.faults == ()
    assert report.checked == ("toPageSecret", "fromPageSecret")
    assert project.config_path("prod").read_text() == before


def test_faults_are_those_of_the_environment(project: Project) -> None:
    project.config_path("prod").write_text("config:\n  guestlist:tenant: 3\n")

    with pytest.raises(BadConfiguration, match=r"Pulumi\.prod\.yaml"):
        write_stand_in(project, "prod")
    with pytest.raises(GuestlistError, match="on the local tenant already"):
        write_stand_in(project, "local")
