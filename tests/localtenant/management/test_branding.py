"""Branding, its template and theme, custom domains."""

PAGE = "<html><head>{%- auth0:head -%}</head><body>{%- auth0:widget -%}</body></html>"
TEMPLATE = "/branding/templates/universal-login"
COLOURS = dict.fromkeys(
    (
        "body_text",
        "error",
        "header",
        "icons",
        "input_background",
        "input_border",
        "input_filled_text",
        "input_labels_placeholders",
        "links_focused_components",
        "primary_button",
        "primary_button_label",
        "secondary_button_border",
        "secondary_button_label",
        "success",
        "widget_background",
        "widget_border",
    ),
    "#000000",
)
THEME = {
    "borders": {
        "button_border_radius": 3,
        "button_border_weight": 1,
        "buttons_style": "rounded",
        "input_border_radius": 3,
        "input_border_weight": 1,
        "inputs_style": "rounded",
        "show_widget_shadow": True,
        "widget_border_weight": 0,
        "widget_corner_radius": 5,
    },
    "colors": COLOURS,
    "fonts": {
        "font_url": "",
        "links_style": "normal",
        "reference_text_size": 16,
        **{name: {"bold": False, "size": 100} for name in ("body_text", "buttons_text", "input_labels")},
        **{name: {"bold": False, "size": 100} for name in ("links", "subtitle", "title")},
    },
    "page_background": {"background_color": "#000000", "background_image_url": "", "page_layout": "center"},
    "widget": {
        "header_text_alignment": "center",
        "logo_height": 52,
        "logo_position": "center",
        "logo_url": "",
        "social_buttons_layout": "bottom",
    },
}


def test_branding_is_changed_in_part_and_null_deletes(a_tenant):
    tenant = a_tenant()
    font = {"font": {"url": "https://example.com/font.woff"}}
    tenant.patch("/branding", json={**font, "colors": {"primary": "#0059d6", "page_background": "#ffffff"}})
    assert tenant.patch("/branding", json={"font": None}).json() == {
        "colors": {"primary": "#0059d6", "page_background": "#ffffff"}
    }


def test_a_gradient_replaces_a_colour(a_tenant):
    tenant = a_tenant()
    gradient = {"type": "linear-gradient", "start": "#000000", "end": "#ffffff", "angle_deg": 35}
    tenant.patch("/branding", json={"colors": {"page_background": gradient}})
    colours = tenant.get("/branding").json()["colors"]
    assert colours == {"primary": "#0059d6", "page_background": gradient}


def test_the_colours_show_in_the_tenant_settings_too(a_tenant):
    tenant = a_tenant()
    tenant.patch("/branding", json={"colors": {"primary": "#123456", "page_background": "#ffffff"}})
    assert tenant.get("/tenants/settings").json()["universal_login"]["colors"]["primary"] == "#123456"


def test_the_template_is_a_404_until_somebody_writes_it(a_tenant):
    answer = a_tenant().get(TEMPLATE)
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "inexistent_templates_universal_login")


def test_the_template_is_created_once_and_replaced_after_that(a_tenant):
    tenant = a_tenant()
    first = tenant.put(TEMPLATE, json=PAGE)
    assert (first.status_code, first.json()) == (201, {})
    assert tenant.put(TEMPLATE, json=PAGE).status_code == 204
    assert tenant.get(TEMPLATE).json() == {"body": PAGE}


def test_the_template_may_come_as_an_object_or_as_plain_html(a_tenant):
    tenant = a_tenant()
    tenant.put(TEMPLATE, json={"template": PAGE})
    assert tenant.get(TEMPLATE).json() == {"body": PAGE}
    assert tenant.put(TEMPLATE, content=PAGE, headers={"content-type": "text/html"}).status_code == 204
    assert tenant.get(TEMPLATE).json() == {"body": PAGE}


def test_a_template_without_the_widget_is_refused(a_tenant):
    assert a_tenant().put(TEMPLATE, json="<html></html>").status_code == 400


def test_there_is_no_theme_until_somebody_makes_one(a_tenant):
    answer = a_tenant().get("/branding/themes/default")
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "theme_not_found")


def test_a_theme_lives_and_dies(a_tenant):
    tenant = a_tenant()
    answer = tenant.post("/branding/themes", json=THEME)
    assert answer.status_code == 200
    theme_id = answer.json()["themeId"]
    assert tenant.get("/branding/themes/default").json()["colors"] == COLOURS
    tenant.patch(f"/branding/themes/{theme_id}", json={**THEME, "displayName": "Dark"})
    assert tenant.get(f"/branding/themes/{theme_id}").json()["displayName"] == "Dark"
    assert tenant.delete(f"/branding/themes/{theme_id}").status_code == 204
    assert tenant.get("/branding/themes/default").status_code == 404


def test_custom_domains_are_a_bare_list_without_take_and_an_object_with_it(a_tenant):
    tenant = a_tenant()
    assert tenant.get("/custom-domains").json() == []
    assert tenant.get("/custom-domains?take=5").json() == {"custom_domains": []}


def test_a_domain_waits_for_its_verification(a_tenant):
    tenant = a_tenant()
    answer = tenant.post("/custom-domains", json={"domain": "login.example.com", "type": "auth0_managed_certs"})
    assert answer.status_code == 201
    domain_id = answer.json()["custom_domain_id"]
    assert tenant.post(f"/custom-domains/{domain_id}/verify").json()["status"] == "pending_verification"
    refusal = tenant.patch("/custom-domains/default", json={"domain": "login.example.com"})
    assert refusal.json()["message"] == "The domain must be verified before it can be set as default."


def test_a_domain_below_localhost_is_ready_once_verified(a_tenant):
    tenant = a_tenant()
    domain = {"domain": "login.localhost", "type": "auth0_managed_certs"}
    domain_id = tenant.post("/custom-domains", json=domain).json()["custom_domain_id"]
    assert tenant.post(f"/custom-domains/{domain_id}/verify").json()["status"] == "ready"
    assert tenant.patch("/custom-domains/default", json={"domain": "login.localhost"}).json()["is_default"] is True
    assert tenant.delete(f"/custom-domains/{domain_id}").status_code == 204
    assert tenant.get("/custom-domains/default").json() == {"domain": "localhost:8443"}


def test_domain_metadata_is_merged(a_tenant):
    tenant = a_tenant()
    domain = {"domain": "a.example.com", "type": "auth0_managed_certs", "domain_metadata": {"one": "1", "two": "2"}}
    domain_id = tenant.post("/custom-domains", json=domain).json()["custom_domain_id"]
    change = {"domain_metadata": {"one": "3", "two": None}}
    assert tenant.patch(f"/custom-domains/{domain_id}", json=change).json()["domain_metadata"] == {"one": "3"}
