"""The wrong tenant is refused before any call, by `guestlist up` with exit 3 and by plain Pulumi with the same sentence."""

from dataclasses import replace

import pytest

from tests.e2e.harness import Project, succeeded

pytestmark = pytest.mark.xdist_group("wrong-tenant")  # one worker deploys, once

PROD_DOMAIN = "acme-prod.eu.auth0.com"
SENTENCE = "AUTH0_DOMAIN"


@pytest.fixture(scope="module")
def with_prod(project: Project) -> Project:
    """The shell is set up for the local tenant; `prod` is an environment of its own, with a passphrase of its own."""
    (project.directory / "config" / "Pulumi.prod.yaml").unlink()
    prod = replace(project, environ={**project.environ, "PULUMI_CONFIG_PASSPHRASE": "a passphrase that nobody knows"})
    succeeded(
        prod.guestlist(
            *("env", "new", "prod", "--domain", PROD_DOMAIN, "--friendly-name", "Acme"),
            *("--app-name", "Acme", "--app-url", "https://app.acme.example"),
            *("--profile-url", "https://profile.acme.example"),
            *("--from-address", "hello@acme.example", "--smtp-host", "smtp.acme.example"),
        )
    )
    succeeded(prod.pulumi("stack", "select", "prod", "--create"))
    return prod


def refusal(output: str) -> str:
    """The line that names the variable, without what comes before it on the line."""
    line = next(line for line in output.splitlines() if SENTENCE in line)
    return line[line.index(SENTENCE) :].strip()


def test_guestlist_up_is_refused_in_a_shell_of_the_local_tenant(with_prod: Project) -> None:
    with_prod.tenant.forget_requests()

    completed = with_prod.guestlist("up", "--env", "prod", "--yes", "--from-source")

    assert completed.returncode == 3, completed.stderr
    assert PROD_DOMAIN in completed.stderr
    assert with_prod.tenant.domain in completed.stderr
    assert with_prod.tenant.requests() == []


def test_plain_pulumi_up_is_refused_with_the_same_sentence(with_prod: Project) -> None:
    with_prod.tenant.forget_requests()
    ours = with_prod.guestlist("up", "--env", "prod", "--yes", "--from-source")

    theirs = with_prod.pulumi("up", "-s", "prod", "--yes")

    assert theirs.returncode not in (0, 7)
    assert refusal(ours.stderr) in theirs.stdout + theirs.stderr
    assert with_prod.tenant.requests() == []


def test_another_tenants_domain_in_the_environment_is_refused(deployed: Project) -> None:
    elsewhere = replace(deployed, environ={**deployed.environ, "AUTH0_DOMAIN": "other.eu.auth0.com"})
    deployed.tenant.forget_requests()

    completed = elsewhere.guestlist("up", "--env", "local", "--yes")

    assert completed.returncode == 3, completed.stderr
    assert "other.eu.auth0.com" in completed.stderr
    assert deployed.tenant.requests() == []


def test_a_state_made_against_another_tenant_is_refused(deployed: Project) -> None:
    moved = f"127.0.0.1:{deployed.tenant.domain.partition(':')[2]}"
    deployed.set_config("tenant", domain=moved)
    elsewhere = replace(deployed, environ={**deployed.environ, "AUTH0_DOMAIN": moved})
    deployed.tenant.forget_requests()

    ours = elsewhere.guestlist("up", "--env", "local", "--yes")
    theirs = elsewhere.pulumi("up", "-s", "local", "--yes")
    deployed.set_config("tenant", domain=deployed.tenant.domain)

    assert ours.returncode == 3, ours.stderr
    assert theirs.returncode not in (0, 7)
    assert deployed.tenant.domain in theirs.stdout + theirs.stderr
    assert [call for call in deployed.tenant.requests() if call["method"] != "GET"] == []
