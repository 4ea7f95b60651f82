"""Prompts: settings, custom texts, partials, rendering."""

RENDERING = "/prompts/login-id/screen/login-id/rendering"


def test_a_fresh_tenant_has_the_new_universal_login(a_tenant):
    assert a_tenant().get("/prompts").json()["universal_login_experience"] == "new"


def test_prompts_are_changed_in_part(a_tenant):
    tenant = a_tenant()
    tenant.patch("/prompts", json={"identifier_first": True})
    assert tenant.get("/prompts").json() == {
        "universal_login_experience": "new",
        "identifier_first": True,
        "webauthn_platform_first_factor": False,
    }


def test_custom_text_is_kept_by_prompt_and_language_and_replaced_whole(a_tenant):
    tenant = a_tenant()
    assert tenant.get("/prompts/login/custom-text/en").json() == {}
    tenant.put("/prompts/login/custom-text/en", json={"login": {"title": "Welcome", "description": "Hello"}})
    tenant.put("/prompts/login/custom-text/en", json={"login": {"title": "Welcome"}})
    assert tenant.get("/prompts/login/custom-text/en").json() == {"login": {"title": "Welcome"}}
    assert tenant.get("/prompts/login/custom-text/de").json() == {}


def test_partials_are_replaced_whole_without_their_empty_screens(a_tenant):
    tenant = a_tenant()
    tenant.put("/prompts/signup/partials", json={"signup": {"form-content-start": "<p>Hello</p>"}})
    assert tenant.get("/prompts/signup/partials").json() == {"signup": {"form-content-start": "<p>Hello</p>"}}
    assert tenant.put("/prompts/signup/partials", json={"signup": {}}).json() == {}
    assert tenant.get("/prompts/signup/partials").json() == {}


def test_an_untouched_screen_is_rendered_in_the_standard_mode(a_tenant):
    assert a_tenant().get(RENDERING).json()["rendering_mode"] == "standard"


def test_a_change_of_rendering_answers_what_was_sent(a_tenant):
    tenant = a_tenant()
    change = {"rendering_mode": "advanced", "context_configuration": ["screen.texts"]}
    assert tenant.patch(RENDERING, json=change).json() == change
    assert tenant.get(RENDERING).json()["context_configuration"] == ["screen.texts"]
    assert tenant.patch(RENDERING, json={"filters": None}).json() == {}


def test_renderings_are_changed_together(a_tenant):
    tenant = a_tenant()
    configs = [{"prompt": "login", "screen": "login", "rendering_mode": "advanced", "context_configuration": []}]
    tenant.patch("/prompts/rendering", json={"configs": configs})
    assert tenant.get("/prompts/login/screen/login/rendering").json()["rendering_mode"] == "advanced"
    assert tenant.get("/prompts/rendering?include_totals=true").json()["total"] == 1
