"""
`kill -9` between Auth0's commit and its answer, once for each kind of write that can be made twice, then `guestlist recover`.

With GUESTLIST_ALL_KILLS=1 once for every kind of write; `make soak` kills after each single one.
"""

import os
from collections import Counter

import pytest

from tests.e2e.harness import LocalTenant, Project, kill_whole, succeeded

# Every kind of write that the first `up` makes; the last test of this file holds the list to what is observed.
WRITES = [
    ("PATCH", "/tenants/settings"),
    ("POST", "/connections"),
    ("PATCH", "/connections/{id}/clients"),
    ("POST", "/clients"),
    ("POST", "/client-grants"),
    ("POST", "/actions/actions"),
    ("POST", "/actions/actions/{id}/deploy"),
    ("PATCH", "/actions/triggers/{triggerId}/bindings"),
    ("PUT", "/guardian/policies"),
    ("PUT", "/guardian/factors/{name}"),
    ("PUT", "/guardian/factors/phone/message-types"),
    ("POST", "/emails/provider"),
    ("POST", "/email-templates"),
]

# What is written again in place cannot be there twice: the first of its kind stands for the others.
TRIED = (
    WRITES
    if os.environ.get("GUESTLIST_ALL_KILLS")
    else [one for one in WRITES if one[0] == "POST" or one == ("PATCH", "/tenants/settings")]
)
OTHERS_THAT_CREATE = ("/custom-domains", "/branding/phone/providers", "/branding/phone/templates")
TWILIO = {"provider": "twilio", "twilioSid": "AC" + "0" * 32, "fromNumber": "+4915123456789"}


def names(tenant: LocalTenant) -> dict[str, list[str]]:
    """The natural keys of everything that a run can create twice."""
    return {
        "clients": sorted(client["name"] for client in tenant.get("/clients")),
        "connections": sorted(connection["name"] for connection in tenant.get("/connections")),
        "actions": sorted(action["name"] for action in tenant.get("/actions/actions")["actions"]),
        "domains": sorted(domain["domain"] for domain in tenant.get("/custom-domains")),
        "phone providers": sorted(one["name"] for one in tenant.get("/branding/phone/providers")["providers"]),
        "phone templates": sorted(one["type"] for one in tenant.get("/branding/phone/templates")["templates"]),
        "grants": sorted(f"{grant['client_id']} {grant['audience']}" for grant in tenant.get("/client-grants")),
    }


def kill_after_the_commit(project: Project, method: str, path: str) -> None:
    """Begin the first `up`; the call is carried out, its answer never comes."""
    tenant = project.tenant
    tenant.hang_after_commit(method, path)
    run = project.start("pulumi", "up", "-s", "local", "--yes", "--skip-preview", "--non-interactive")
    tenant.wait_until_a_call_hangs(run)
    kill_whole(run)
    tenant.clear_faults()


def converges(project: Project) -> None:
    """`recover`, then `up`: clean, and nothing is there twice."""
    succeeded(project.guestlist("recover", "--env", "local", "--yes"))
    project.up()
    project.expects_no_changes()
    repeated = {
        kind: [key for key, times in Counter(keys).items() if times > 1] for kind, keys in names(project.tenant).items()
    }
    assert repeated == {kind: [] for kind in repeated}


def assert_sign_up_was_never_open(tenant: LocalTenant) -> None:
    """Every recorded write of the program's connection kept sign-up shut."""
    written = [
        entry["details"]["request"]
        for entry in tenant.get("/logs", per_page=100)
        if entry["type"] == "sapi" and "/connections" in entry["details"]["request"]["path"]
    ]
    bodies = [
        request["body"] for request in written if isinstance(request.get("body"), dict) and "options" in request["body"]
    ]
    assert bodies
    assert [body for body in bodies if body["options"].get("disable_signup") is not True] == []


@pytest.mark.parametrize(("method", "path"), TRIED, ids=[f"{method} {path}" for method, path in TRIED])
def test_a_run_killed_after_the_commit_converges_without_a_duplicate(
    own_project: Project, method: str, path: str
) -> None:
    kill_after_the_commit(own_project, method, path)

    converges(own_project)
    assert_sign_up_was_never_open(own_project.tenant)


@pytest.mark.parametrize("path", OTHERS_THAT_CREATE)
def test_a_run_killed_after_it_created_what_only_some_environments_have_converges(
    own_project: Project, path: str
) -> None:
    own_project.set_config("loginDomain", name="login.localhost")
    own_project.set_config("phone", enrollmentText="{{code}} to join", verificationText="{{code}} to log in", **TWILIO)
    token = ("--secret", "guestlist:twilioAuthToken", "a-token-of-twilio")
    succeeded(own_project.pulumi("config", "set", *token, "-s", "local"))
    kill_after_the_commit(own_project, "POST", path)

    converges(own_project)


def test_the_list_names_every_kind_of_write_of_the_first_up(deployed: Project) -> None:
    assert set(deployed.tenant.writes()) == set(WRITES)


def test_a_run_killed_while_it_wrote_beside_the_state_is_mended(own_project: Project) -> None:
    own_project.up()
    beside = own_project.directory / ".guestlist/state/.pulumi/stacks/guestlist/local.json.attrs"
    beside.write_text("")

    refused = own_project.guestlist("up", "--env", "local", "--yes")
    succeeded(own_project.guestlist("recover", "--env", "local", "--yes"))

    assert refused.returncode == 1
    assert "guestlist recover --env local" in refused.stderr
    own_project.expects_no_changes()
