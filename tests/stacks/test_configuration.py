"""Wrong settings and wrong tenants end the program with one error, before anything is registered."""

from typing import Any

import pulumi
import pytest

from tests.stacks import running
from tests.stacks.running import DOMAIN, run, run_in_this_environment


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Types of everything that reached the engine."""
    seen: list[str] = []
    original = running.RecordingMonitor.RegisterResource

    def recording(self: Any, request: Any) -> Any:
        if request.type != "pulumi:pulumi:Stack":
            seen.append(request.type)
        return original(self, request)

    monkeypatch.setattr(running.RecordingMonitor, "RegisterResource", recording)
    return seen


def test_credentials_for_another_tenant_are_refused(monkeypatch: pytest.MonkeyPatch, registered: list[str]) -> None:
    monkeypatch.setenv("AUTH0_DOMAIN", "somebody-else.eu.auth0.com")

    with pytest.raises(pulumi.RunError, match=r"somebody-else\.eu\.auth0\.com") as refusal:
        run_in_this_environment()

    assert "\n" not in str(refusal.value)
    assert registered == []


def test_credentials_for_this_tenant_are_taken(monkeypatch: pytest.MonkeyPatch, registered: list[str]) -> None:
    monkeypatch.setenv("AUTH0_DOMAIN", DOMAIN)

    run_in_this_environment()

    assert registered


def test_all_faults_of_the_settings_are_one_error(monkeypatch: pytest.MonkeyPatch, registered: list[str]) -> None:
    with pytest.raises(pulumi.RunError) as refusal:
        run(monkeypatch, invite={"linkTtlSec": 0}, profile={"pageUrl": "http://profile.localhost"}, surprise={"a": 1})

    lines = str(refusal.value).splitlines()
    assert len(lines) == 3
    assert all(line.startswith("config/Pulumi.local.yaml: guestlist:") for line in lines)
    assert registered == []


def test_a_missing_key_is_a_fault(monkeypatch: pytest.MonkeyPatch, registered: list[str]) -> None:
    with pytest.raises(pulumi.RunError, match="guestlist:toPageSecret"):
        run(monkeypatch, toPageSecret="")

    assert registered == []
