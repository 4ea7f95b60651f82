"""
The auth0 plugin that runs is the one that the pulumi-auth0 SDK was generated for.

A source-built plugin carries no Pulumi schema, so nothing else would notice a wrong name: the SDK would send an input that
the plugin ignores, or a secret would come back as plain text. The plugin tells its Terraform schema
(`--get-provider-info`); the SDK's sources tell names, required inputs and secrets. Both sides become `Field` trees here.
"""

import ast
import copy
import functools
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import toolchain

REPOSITORY = Path(__file__).resolve().parents[2]
FEWEST_RESOURCES = 70
LIST, SET = 5, 7  # shim.ValueType of the Terraform bridge


@dataclass(frozen=True, kw_only=True)
class Field:
    """One input, by the name it has on the wire."""

    required: bool
    secret: bool  # only known for the inputs of a resource itself: the SDK marks no nested ones
    nested: "dict[str, Field] | None"
    output_only: bool = False  # nested types serve inputs and outputs alike, so the SDK names these too


Fields = dict[str, Field]


# The plugin's side.


def wire_name(terraform_name: str, schema: Mapping[str, Any]) -> str:
    """`allowed_client` as a list becomes `allowedClients`: Pulumi's rule for names from Terraform."""
    head, *tail = terraform_name.split("_")
    name = head + "".join(part.capitalize() for part in tail)
    holds_many = schema.get("type") in (LIST, SET) and schema.get("maxItems") != 1
    return plural(name) if holds_many else name


def plural(name: str) -> str:
    if name.endswith("s"):
        return name
    if re.search(r"[^aeiou]y$", name):
        return name[:-1] + "ies"
    if re.search(r"(x|ch|sh)$", name):
        return name + "es"
    return name + "s"


def plugin_fields(schema: Mapping[str, Any], overrides: Mapping[str, Any]) -> Fields:
    fields: Fields = {}
    for terraform_name, attribute in schema.items():
        override = overrides.get(terraform_name) or {}
        element = attribute.get("element")
        # An object without attributes is `{}`; a list of plain values has `schema` here.
        attributes = None if element is None or "schema" in element else element.get("resource", {})
        fields[override.get("name") or wire_name(terraform_name, attribute)] = Field(
            required=bool(attribute.get("required")) and "default" not in override,
            secret=bool(attribute.get("sensitive")),
            nested=None if attributes is None else plugin_fields(attributes, override.get("fields") or {}),
            output_only=not (attribute.get("optional") or attribute.get("required")),
        )
    return fields


@pytest.fixture(scope="module")
def provider_info() -> dict[str, Any]:
    plugin = toolchain.ensure().auth0_plugin.path
    result = subprocess.run([plugin, "--get-provider-info"], capture_output=True, check=True, timeout=60)
    info: dict[str, Any] = json.loads(result.stdout)
    return info


def plugin_resources(info: Mapping[str, Any]) -> dict[str, Fields]:
    """`{token: inputs}`"""
    return {
        resource["tok"]: plugin_fields(info["provider"]["resources"][name], resource.get("fields") or {})
        for name, resource in info["resources"].items()
    }


# The SDK's side.


def sdk_folder() -> Path:
    spec = find_spec("pulumi_auth0")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


@functools.cache
def sdk_classes(file: Path) -> dict[str, ast.ClassDef]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


@functools.cache
def sdk_args(class_name: str, file: Path, secrets: frozenset[str] = frozenset()) -> Fields:
    """The inputs of an `…Args` class: wire names from its getters, required ones from its constructor."""
    node = sdk_classes(file)[class_name]
    functions = [item for item in node.body if isinstance(item, ast.FunctionDef)]
    constructor = next(function for function in functions if function.name == "__init__")
    defaults = constructor.args.kw_defaults
    required = {
        argument.arg for argument, default in zip(constructor.args.kwonlyargs, defaults, strict=True) if default is None
    }
    fields: Fields = {}
    for getter in functions:
        if not any(ast.unparse(decorator).startswith("pulumi.getter") for decorator in getter.decorator_list):
            continue
        explicit = next((call.keywords for call in getter.decorator_list if isinstance(call, ast.Call)), [])
        wire = next((ast.literal_eval(keyword.value) for keyword in explicit if keyword.arg == "name"), getter.name)
        nested = re.search(r"'(\w+Args)'", ast.unparse(getter.returns) if getter.returns else "")
        fields[wire] = Field(
            required=getter.name in required,
            secret=wire in secrets,
            nested=sdk_args(nested[1], sdk_folder() / "_inputs.py") if nested else None,
        )
    return fields


def sdk_resources() -> dict[str, tuple[str, Path]]:
    """`{token: (class, file)}`"""
    found = {}
    for file in sorted(sdk_folder().glob("*.py")):
        source = file.read_text(encoding="utf-8")
        for token, name in re.findall(r"'(auth0:index/\w+:(\w+))',\s*resource_name,", source):
            found[token] = (name, file)
    return found


def sdk_fields(class_name: str, file: Path) -> Fields:
    secrets = re.search(r"additional_secret_outputs=(\[[^]]*\])", file.read_text(encoding="utf-8"))
    # A resource whose Args name is taken by a nested type has InitArgs.
    args = f"{class_name}Args" if f"{class_name}Args" in sdk_classes(file) else f"{class_name}InitArgs"
    return sdk_args(args, file, frozenset(ast.literal_eval(secrets[1]) if secrets else ()))


# The comparison.


def differences(plugin: Fields, sdk: Fields, *, where: str, top: bool = True) -> Iterator[str]:
    for name in sorted(sdk.keys() - plugin.keys()):
        yield f"{where}.{name}: the SDK sends it, the plugin does not know it"
    for name in sorted(name for name in plugin.keys() - sdk.keys() if not plugin[name].output_only):
        yield f"{where}.{name}: the plugin has it, the SDK cannot send it"
    for name in sorted(plugin.keys() & sdk.keys()):
        ours, theirs = plugin[name], sdk[name]
        if top and ours.output_only:
            yield f"{where}.{name}: the SDK sends it, for the plugin it is an output"
        if ours.required != theirs.required:
            yield f"{where}.{name}: required is {ours.required} for the plugin, {theirs.required} for the SDK"
        if top and ours.secret != theirs.secret:
            yield f"{where}.{name}: secret is {ours.secret} for the plugin, {theirs.secret} for the SDK"
        if (ours.nested is None) != (theirs.nested is None):
            yield f"{where}.{name}: an object for one side only"
        elif ours.nested is not None and theirs.nested is not None:
            yield from differences(ours.nested, theirs.nested, where=f"{where}.{name}", top=False)


def names_used_by_the_program() -> set[str]:
    """`Client` for each `auth0.Client(…)` in stacks/."""
    used = set()
    for file in (REPOSITORY / "stacks").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and ast.unparse(node.func.value) in ("auth0", "pulumi_auth0")
            ):
                used.add(node.func.attr)
    return {name for name in used if name[0].isupper() and not name.endswith("Args") and name != "Provider"}


# The tests.


@pytest.fixture(scope="module")
def resources(provider_info: dict[str, Any]) -> dict[str, Fields]:
    return plugin_resources(provider_info)


def all_differences(resources: Mapping[str, Fields]) -> list[str]:
    found: list[str] = []
    for token, (name, file) in sdk_resources().items():
        if token in resources:
            found += differences(resources[token], sdk_fields(name, file), where=name)
    return found


def test_the_plugin_has_the_resources_of_the_sdk(resources: dict[str, Fields]) -> None:
    assert resources.keys() == sdk_resources().keys()
    assert len(resources) >= FEWEST_RESOURCES


def test_the_plugin_has_the_version_of_the_sdk(provider_info: dict[str, Any]) -> None:
    plugin_json = json.loads((sdk_folder() / "pulumi-plugin.json").read_text(encoding="utf-8"))
    assert provider_info["version"] == plugin_json["version"]


def test_the_data_sources_are_the_functions_of_the_sdk(provider_info: dict[str, Any]) -> None:
    in_sdk = set()
    for file in sdk_folder().glob("get_*.py"):
        in_sdk |= set(
            re.findall(
                r"__ret__ = pulumi\.runtime\.invoke(?:_output)?\('(auth0:index/\w+:\w+)'",
                file.read_text(encoding="utf-8"),
            )
        )
    assert {source["tok"] for source in provider_info["dataSources"].values()} == in_sdk


def test_the_program_uses_only_resources_that_the_plugin_has(resources: dict[str, Fields]) -> None:
    used = names_used_by_the_program()
    assert len(used) >= 8, "the program's calls were not found"
    assert used <= {token.rsplit(":", 1)[1] for token in resources}


def test_every_input_of_every_resource_agrees(resources: dict[str, Fields]) -> None:
    assert all_differences(resources) == []


def test_the_inputs_of_the_provider_agree(provider_info: dict[str, Any]) -> None:
    plugin = plugin_fields(provider_info["provider"]["schema"], {})
    assert list(differences(plugin, sdk_fields("Provider", sdk_folder() / "provider.py"), where="Provider")) == []


def broken(resources: Mapping[str, Fields], token: str, path: list[str], **changes: Any) -> list[str]:
    """The differences after one input of the plugin was changed, or removed when nothing is given."""
    changed = copy.deepcopy(dict(resources))
    fields = changed[token]
    for step in path[:-1]:
        nested = fields[step].nested
        assert nested is not None
        fields = nested
    old = fields.pop(path[-1])
    if changes:
        fields[path[-1]] = Field(**{**vars(old), **changes})
    return all_differences(changed)


CLIENT = "auth0:index/client:Client"


def test_a_removed_input_is_noticed(resources: dict[str, Fields]) -> None:
    assert broken(resources, CLIENT, ["callbacks"]) == [
        "Client.callbacks: the SDK sends it, the plugin does not know it"
    ]


def test_a_removed_nested_input_is_noticed(resources: dict[str, Fields]) -> None:
    found = broken(resources, CLIENT, ["refreshToken", "rotationType"])
    assert found == ["Client.refreshToken.rotationType: the SDK sends it, the plugin does not know it"]


def test_a_changed_requirement_is_noticed(resources: dict[str, Fields]) -> None:
    assert broken(resources, CLIENT, ["callbacks"], required=True) == [
        "Client.callbacks: required is True for the plugin, False for the SDK"
    ]


def test_a_secret_that_is_none_is_noticed(resources: dict[str, Fields]) -> None:
    assert broken(resources, "auth0:index/clientCredentials:ClientCredentials", ["clientSecret"], secret=False) == [
        "ClientCredentials.clientSecret: secret is False for the plugin, True for the SDK"
    ]


def test_an_unknown_input_of_the_plugin_is_noticed(resources: dict[str, Fields]) -> None:
    changed = copy.deepcopy(resources)
    changed[CLIENT]["newThing"] = Field(required=False, secret=False, nested=None)
    assert all_differences(changed) == ["Client.newThing: the plugin has it, the SDK cannot send it"]


@pytest.mark.parametrize(
    ("terraform_name", "schema", "expected"),
    [
        ("is_first_party", {"type": 1}, "isFirstParty"),
        ("callbacks", {"type": LIST}, "callbacks"),
        ("identity", {"type": SET}, "identities"),
        ("refresh_token", {"type": LIST, "maxItems": 1}, "refreshToken"),
        ("mailbox", {"type": LIST}, "mailboxes"),
    ],
)
def test_wire_names_follow_pulumis_rule(terraform_name: str, schema: dict[str, Any], expected: str) -> None:
    assert wire_name(terraform_name, schema) == expected
