"""Taking the program down puts back what was there."""

from typing import Any

from tests.e2e.harness import LocalTenant, Project, kill_whole, succeeded

# Everything of a tenant that this program or its provider could have touched, as a reader of the Management API sees it.
READ = (
    "/clients",
    "/client-grants",
    "/connections",
    "/resource-servers",
    "/actions/actions",
    "/actions/triggers/post-login/bindings",
    "/guardian/factors",
    "/guardian/policies",
    "/emails/provider",
    "/email-templates/reset_email",
    "/tenants/settings",
    "/prompts",
    "/branding",
    "/attack-protection/brute-force-protection",
    "/attack-protection/breached-password-detection",
    "/attack-protection/suspicious-ip-throttling",
    "/users",
)
EMPTY = ("", None, {}, [])
# An absent flag counts as this; the API has no way to make it absent again. Message types cannot be unset while the factor is off.
DEFAULTS = {
    "enable_client_connections": True,
    "customize_mfa_in_postlogin_action": False,
    "includeEmailInRedirect": False,
}


def contents(tenant: LocalTenant) -> dict[str, Any]:
    """What the tenant answers to each of `READ`, without times and without keys that hold nothing."""
    answers = {path: tenant.api.get(path) for path in READ}
    connections = answers["/connections"].json()
    answers |= {
        f"clients of {connection['name']}": tenant.api.get(f"/connections/{connection['id']}/clients")
        for connection in connections
    }
    return {
        name: significant(answer.json()) if answer.status_code == 200 else answer.status_code
        for name, answer in answers.items()
    }


def significant(value: Any) -> Any:
    """An absent key and an empty one mean the same to Auth0; the time of the last write is not a setting."""
    if isinstance(value, dict):
        kept = {key: significant(inner) for key, inner in value.items() if key not in {"updated_at", "created_at"}}
        return {key: inner for key, inner in kept.items() if inner not in EMPTY and inner != DEFAULTS.get(key)}
    return [significant(inner) for inner in value] if isinstance(value, list) else value


def test_destroy_leaves_a_fresh_tenant_as_it_was(own_project: Project) -> None:
    before = contents(own_project.tenant)
    own_project.up()
    assert contents(own_project.tenant) != before

    succeeded(own_project.guestlist("destroy", "--env", "local", "--yes"))

    after = contents(own_project.tenant)
    # Auth0 has no delete for an email template: it stays, disabled.
    assert before.pop("/email-templates/reset_email") == 404
    assert after.pop("/email-templates/reset_email")["enabled"] is False
    assert {name: (before[name], after[name]) for name in before if after[name] != before[name]} == {}
    assert after.keys() == before.keys()


def test_plain_pulumi_destroy_restores_as_well(own_project: Project) -> None:
    tenant = own_project.tenant
    tenant.write("PATCH", "/tenants/settings", {"friendly_name": "Before Guestlist", "default_redirection_uri": ""})
    tenant.write("PUT", "/guardian/factors/otp", {"enabled": True})
    tenant.write("PUT", "/guardian/policies", ["confidence-score"])
    own_project.set_config("ownership", tenantSettings="own", mfa="own")
    own_project.up()
    assert tenant.get("/tenants/settings")["friendly_name"] != "Before Guestlist"

    succeeded(own_project.pulumi("destroy", "-s", "local", "--yes", "--skip-preview"))

    assert tenant.get("/tenants/settings")["friendly_name"] == "Before Guestlist"
    assert tenant.get("/guardian/policies") == ["confidence-score"]
    assert {factor["name"]: factor["enabled"] for factor in tenant.get("/guardian/factors")}["otp"] is True
    assert tenant.get("/actions/triggers/post-login/bindings")["bindings"] == []


def test_an_interrupted_first_up_still_restores_the_original_values(own_project: Project) -> None:
    tenant = own_project.tenant
    tenant.write("PATCH", "/tenants/settings", {"friendly_name": "Before Guestlist"})
    own_project.set_config("ownership", tenantSettings="own")
    tenant.hang_after_commit("POST", "/actions/actions")
    run = own_project.start("pulumi", "up", "-s", "local", "--yes", "--skip-preview", "--non-interactive")
    tenant.wait_until_a_call_hangs(run)
    kill_whole(run)
    tenant.clear_faults()
    succeeded(own_project.guestlist("recover", "--env", "local", "--yes"))
    own_project.up()

    succeeded(own_project.guestlist("destroy", "--env", "local", "--yes"))

    assert tenant.get("/tenants/settings")["friendly_name"] == "Before Guestlist"
