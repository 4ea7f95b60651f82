"""`kill -9` between Auth0's commit and its answer, once for each kind of write, then `guestlist recover`."""

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


def names(tenant: LocalTenant) -> dict[str, list[str]]:
    """The natural keys of everything that a run can create twice."""
    return {
        "clients": sorted(client["name"] for client in tenant.get("/clients")),
        "connections": sorted(connection["name"] for connection in tenant.get("/connections")),
        "actions": sorted(action["name"] for action in tenant.get("/actions/actions")["actions"]),
        "grants": sorted(f"{grant['client_id']} {grant['audience']}" for grant in tenant.get("/client-grants")),
    }


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


@pytest.mark.parametrize(("method", "path"), WRITES, ids=[f"{method} {path}" for method, path in WRITES])
def test_a_run_killed_after_the_commit_converges_without_a_duplicate(
    own_project: Project, method: str, path: str
) -> None:
    tenant = own_project.tenant
    tenant.hang_after_commit(method, path)
    run = own_project.start("pulumi", "up", "-s", "local", "--yes", "--skip-preview", "--non-interactive")
    tenant.wait_until_a_call_hangs(run)
    kill_whole(run)
    tenant.clear_faults()

    succeeded(own_project.guestlist("recover", "--env", "local", "--yes"))
    own_project.up()

    own_project.expects_no_changes()
    repeated = {
        kind: [key for key, times in Counter(keys).items() if times > 1] for kind, keys in names(tenant).items()
    }
    assert repeated == {kind: [] for kind in repeated}
    assert_sign_up_was_never_open(tenant)


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
