"""The translation of a state into a Terraform configuration."""

import json
from typing import Any

import pytest

from tests.contract.clients.terraform_json import (
    CLIENT_SECRETS,
    SECRET,
    SIGNATURE,
    Configuration,
    NoCounterpart,
    translate,
)

DOMAIN = "first.example.com"
TEXT = {"type": "string", "optional": True}
SCHEMAS: dict[str, Any] = {
    "auth0_client": {
        "block": {
            "attributes": {
                "client_id": {"type": "string", "computed": True},
                "name": TEXT,
                "callbacks": {"type": ["list", "string"], "optional": True},
                "country_codes": {"type": ["set", ["object", {"only_from": ["list", "string"]}]], "optional": True},
                "client_metadata": {"type": ["map", "string"], "optional": True},
                "id": {"type": "string", "optional": True, "computed": True},
            },
            "block_types": {
                "jwt_configuration": {
                    "nesting_mode": "list",
                    "max_items": 1,
                    "block": {"attributes": {"alg": TEXT, "lifetime_in_seconds": {"type": "number"}}},
                },
                "password_history": {"nesting_mode": "list", "block": {"attributes": {"size": {"type": "number"}}}},
            },
        }
    },
    "auth0_client_credentials": {"block": {"attributes": {"client_id": TEXT, "authentication_method": TEXT}}},
    "auth0_action": {"block": {"attributes": {"code": TEXT, "note": TEXT}}},
}
ID = "AbCdEfGhIjKlMnOpQrStUvWxYz012345"


CLIENT = "auth0:index/client:Client"


def a_resource(name: str, kind: str = CLIENT, **changes: Any) -> dict[str, Any]:
    found = {"urn": f"urn:pulumi:local::guestlist::{kind}::{name}", "type": kind, "inputs": {}, "outputs": {}}
    return found | changes


def an_application(**inputs: Any) -> dict[str, Any]:
    return a_resource("application", inputs=inputs, outputs={"id": ID, "clientId": ID, **inputs})


def secret(value: Any) -> dict[str, Any]:
    return {SIGNATURE: SECRET, "plaintext": json.dumps(value)}


def an_action(near: dict[str, Any] | None = None, **inputs: Any) -> dict[str, Any]:
    urns = [near["urn"]] if near else []
    dependencies = {"dependencies": urns, "propertyDependencies": dict.fromkeys(inputs, urns)}
    return a_resource("require-mfa", "auth0:index/action:Action", inputs=inputs, **dependencies)


def translated(*resources: dict[str, Any]) -> Configuration:
    return translate({"deployment": {"resources": list(resources)}}, SCHEMAS, domain=DOMAIN)


def only(configuration: Configuration, kind: str = "auth0_client") -> dict[str, Any]:
    (resource,) = configuration.document["resource"][kind].values()
    return dict(resource)


def test_names_are_those_of_the_schema() -> None:
    resource = only(translated(an_application(name="app", clientMetadata={"keptAsItIs": "1"}, __defaults=[])))

    assert resource == {"name": "app", "client_metadata": {"keptAsItIs": "1"}}


def test_a_block_that_pulumi_flattened_is_a_list_again() -> None:
    resource = only(translated(an_application(jwtConfiguration={"alg": "RS256", "lifetimeInSeconds": 60})))

    assert resource["jwt_configuration"] == [{"alg": "RS256", "lifetime_in_seconds": 60}]


def test_plurals_of_pulumi_are_undone() -> None:
    resource = only(translated(an_application(passwordHistories=[{"size": 5}], callbacks=["https://a.example"])))

    assert resource == {"password_history": [{"size": 5}], "callbacks": ["https://a.example"]}


def test_an_attribute_that_holds_objects_is_no_block() -> None:
    resource = only(translated(an_application(countryCodes={"onlyFroms": ["DE"]})))

    assert resource["country_codes"] == [{"only_from": ["DE"]}]


def test_a_property_without_a_counterpart_is_an_error() -> None:
    with pytest.raises(NoCounterpart, match=r"auth0_client.application has 0 counterparts of 'shoeSize'"):
        translated(an_application(shoeSize=43))


def test_the_id_of_another_resource_becomes_a_reference_within_a_text_too() -> None:
    application = an_application(name="app")
    resource = only(translated(application, an_action(application, code=ID, note=f"{ID},$")), "auth0_action")

    reference = "${auth0_client.application.client_id}"
    assert (resource["code"], resource["note"]) == (reference, f"{reference},$")
    assert resource["depends_on"] == ["auth0_client.application"]


def test_an_id_is_none_where_nothing_depends_on_it() -> None:
    configuration = translated(an_application(name="app"), an_action(code=ID))

    assert only(configuration, "auth0_action")["code"] == ID


def test_what_terraform_would_read_as_a_template_is_escaped() -> None:
    resource = only(translated(an_action(code="`${name}` %{ if } {{ x }} {% y %}")), "auth0_action")

    assert resource["code"] == "`$${name}` %%{ if } {{ x }} {% y %}"


def test_a_dollar_before_a_reference_does_not_escape_it() -> None:
    application = an_application(name="app")
    resource = only(translated(application, an_action(application, code=f"${ID}")), "auth0_action")

    assert resource["code"] == '${"$"}${auth0_client.application.client_id}'


def test_the_tenants_domain_is_a_variable() -> None:
    resource = only(translated(an_application(callbacks=[f"https://{DOMAIN}/api"])))

    assert resource["callbacks"] == ["https://${var.domain}/api"]


def test_a_secret_is_a_sensitive_variable_and_its_value_stands_beside_the_document() -> None:
    application = an_application(name="app")
    configuration = translated(application, an_action(application, code=secret(f"shh:{ID}")))

    (name,) = configuration.secrets
    assert configuration.secrets == {name: "shh:"}
    assert configuration.document["variable"][name] == {"type": "string", "sensitive": True}
    code = only(configuration, "auth0_action")["code"]
    assert code == f"${{var.{name}}}${{auth0_client.application.client_id}}"
    assert "shh" not in json.dumps(configuration.document)
    assert "shh" not in repr(configuration)


def test_all_within_a_secret_is_secret() -> None:
    configuration = translated(
        an_application(passwordHistories=secret([{"size": 5}]), clientMetadata=secret({"a": "b"}))
    )

    assert sorted(configuration.secrets.values()) == ["5", "b"]


def test_an_encrypted_secret_is_an_error() -> None:
    with pytest.raises(ValueError, match="neither a plain value nor a decrypted secret"):
        translated(an_action(code={SIGNATURE: SECRET, "ciphertext": "v1:…"}))


def test_ignored_changes_are_ignored() -> None:
    resource = only(translated(an_application(name="app") | {"ignoreChanges": ["passwordHistories"]}))

    assert resource["lifecycle"] == {"ignore_changes": ["password_history"]}


def test_what_a_resource_of_ours_depends_on_is_passed_on() -> None:
    application = an_application(name="app")
    ours = a_resource("backup", "pulumi-python:dynamic/guestlist:Backup", dependencies=[application["urn"]])
    resource = only(translated(application, ours, an_action(ours, code="1")), "auth0_action")

    assert resource["depends_on"] == ["auth0_client.application"]


def the_client_secrets(**client_ids: str) -> dict[str, Any]:
    return a_resource("client-secrets", CLIENT_SECRETS, inputs={"__provider": "…", "client_ids": client_ids})


def test_client_secrets_become_credentials_with_an_output_for_each_client() -> None:
    application = an_application(name="app") | {"id": ID}
    configuration = translated(application, the_client_secrets(application=ID))

    assert only(configuration, "auth0_client_credentials") == {
        "client_id": "${auth0_client.application.client_id}",
        "authentication_method": "client_secret_post",
    }
    assert configuration.document["output"] == {
        "application-secret": {
            "value": "${auth0_client_credentials.application-secret.client_secret}",
            "sensitive": True,
        }
    }


def test_the_secret_of_a_client_that_is_not_declared_is_an_error() -> None:
    with pytest.raises(NoCounterpart, match="no client 'elsewhere' is declared"):
        translated(the_client_secrets(elsewhere=ID))
