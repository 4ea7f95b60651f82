"""Tenant settings: what a fresh tenant has, and what a PATCH merges, replaces and deletes."""


def test_a_fresh_tenant_has_its_defaults(a_tenant):
    settings = a_tenant().get("/tenants/settings").json()
    assert settings["enabled_locales"] == ["en"]
    assert settings["flags"]["universal_login"] is True
    assert settings["sandbox_versions_available"] == ["22", "18"]


def test_a_new_tenant_has_the_unified_phone_experience(a_tenant):
    assert a_tenant().get("/tenants/settings").json()["phone_consolidated_experience"] is True


def test_flags_are_merged(a_tenant):
    tenant = a_tenant()
    before = tenant.get("/tenants/settings").json()["flags"]
    tenant.patch("/tenants/settings", json={"flags": {"enable_sso": False}})
    assert tenant.get("/tenants/settings").json()["flags"] == {**before, "enable_sso": False}


def test_lists_are_replaced(a_tenant):
    tenant = a_tenant()
    tenant.patch("/tenants/settings", json={"enabled_locales": ["de", "fr"]})
    assert tenant.get("/tenants/settings").json()["enabled_locales"] == ["de", "fr"]


def test_null_deletes(a_tenant):
    tenant = a_tenant()
    tenant.patch("/tenants/settings", json={"mtls": {"enable_endpoint_aliases": True}})
    tenant.patch("/tenants/settings", json={"mtls": None})
    assert "mtls" not in tenant.get("/tenants/settings").json()


def test_an_empty_default_redirection_uri_is_absent_and_an_empty_audience_is_not(a_tenant):
    tenant = a_tenant()
    tenant.patch("/tenants/settings", json={"default_redirection_uri": "https://example.com/login"})
    answer = tenant.patch("/tenants/settings", json={"default_redirection_uri": "", "default_audience": ""}).json()
    assert "default_redirection_uri" not in answer
    assert answer["default_audience"] == ""


def test_a_lifetime_in_minutes_is_shown_in_hours(a_tenant):
    answer = a_tenant().patch("/tenants/settings", json={"idle_ephemeral_session_lifetime_in_minutes": 15}).json()
    assert answer["idle_ephemeral_session_lifetime"] == 0.25
    assert "idle_ephemeral_session_lifetime_in_minutes" not in answer


def test_some_flags_show_in_the_answer_to_a_patch_only(a_tenant):
    tenant = a_tenant()
    flag = "enforce_client_authentication_on_passwordless_start"
    assert flag in tenant.patch("/tenants/settings", json={"friendly_name": "Example"}).json()["flags"]
    assert flag not in tenant.get("/tenants/settings").json()["flags"]


def test_fields_choose_what_is_shown(a_tenant):
    assert a_tenant().get("/tenants/settings?fields=sandbox_version").json() == {"sandbox_version": "22"}


def test_an_unknown_setting_is_refused(a_tenant):
    answer = a_tenant().patch("/tenants/settings", json={"no_such_setting": 1})
    assert answer.status_code == 400
    assert answer.json()["errorCode"] == "invalid_body"


def test_writing_needs_its_scope(a_tenant):
    reader = a_tenant().with_scopes("read:tenant_settings")
    assert reader.get("/tenants/settings").status_code == 200
    assert reader.patch("/tenants/settings", json={"friendly_name": "Example"}).status_code == 403


def test_a_change_tells_whether_the_login_pages_were_customized(a_tenant):
    tenant = a_tenant()
    body = {"friendly_name": "Example"}
    assert tenant.patch("/tenants/settings", json=body).json()["universal_login"]["is_custom_theme_set"] is False
    template = "<html>{%- auth0:head -%}{%- auth0:widget -%}</html>"
    tenant.put("/branding/templates/universal-login", json={"template": template})
    look = tenant.patch("/tenants/settings", json=body).json()["universal_login"]
    assert look["is_custom_template_set"] is True
    assert "is_custom_template_set" not in tenant.get("/tenants/settings").json()["universal_login"]


def test_colours_of_the_login_are_the_branding_s(a_tenant):
    tenant = a_tenant()
    colours = {"primary": "#0059d6", "page_background": "#000000"}

    assert tenant.patch("/tenants/settings", json={"universal_login": {"colors": colours}}).status_code == 200

    assert tenant.get("/tenants/settings").json()["universal_login"] == {"colors": colours}
    assert tenant.get("/branding").json()["colors"] == colours


def test_what_else_the_login_could_be_told_is_501(a_tenant):
    change = {"universal_login": {"passwordless": {"allow_magiclink_verify_without_session": True}}}

    answer = a_tenant().patch("/tenants/settings", json=change)

    assert answer.status_code == 501
    assert "universal_login.passwordless" in answer.text
