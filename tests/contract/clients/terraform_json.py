"""
What the Pulumi program declared, as a Terraform configuration in JSON: plain data in, plain data out.

Driven by two things alone: the state of a stack, secrets decrypted, and the provider's own schema. Types, properties, nested blocks,
references between resources, `depends_on` and `ignore_changes` are translated for whatever the program declares; something that has no
counterpart is an error, never left out in silence. Secrets become sensitive variables; their values stand beside the document.

Left out, on purpose: dynamic resources of ours (`guestlist:*`), which Terraform has no counterpart for: the backup of the tenant, the
refusal of a takeover, taking our Actions out of the trigger, closing the application's other connections. One of them has: a
`ClientSecrets` becomes an `auth0_client_credentials` for each client, that pins how it authenticates and shows its secret, with an output.
`protect` and `retainOnDelete` are left out too, so that `destroy` tries every delete of the provider.

Source: https://opentofu.org/docs/language/syntax/json/, pulumi-terraform-bridge v3.135.0 (names: `pkg/tfbridge/names.go`).
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

SIGNATURE = "4dabf18193072939515e22adb298388d"  # marks what is no plain value in a state
SECRET = "1b47061264138c4ac30d75fd1eb44270"
CLIENT_SECRETS = "pulumi-python:dynamic/guestlist:ClientSecrets"
SHORTEST_ID = 8  # a shorter text is no identifier that Auth0 made

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """`document` is a `*.tf.json` without a secret; `secrets` are the values of its sensitive variables, by name."""

    document: Json
    secrets: dict[str, str] = field(repr=False)


class NoCounterpart(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """The provider's schema has nothing of that name."""


def translate(state: Json, schemas: Mapping[str, Json], *, domain: str) -> Configuration:
    """
    The configuration of everything that the auth0 provider manages in `state`.

    Args:
        state: `pulumi stack export --show-secrets`.
        schemas: resource schemas by type, `tofu providers schema -json`.
        domain: of the tenant that `state` was made against; it becomes `var.domain`.

    """
    return _Translation(state, schemas, domain).configuration()


def camel(name: str) -> str:
    """`client_id` as Pulumi spells it, `clientId`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def plurals(name: str) -> set[str]:
    """How Pulumi may spell the name of a list: `acrValuesSupporteds`, `passwordHistories`."""
    return {f"{name}s", f"{name}es", f"{name[:-1]}ies"}


def counterpart(name: str, candidates: Iterable[str], *, of: str) -> str:
    """
    The Terraform name of a Pulumi name.

    Raises: NoCounterpart.
    """
    known = list(candidates)
    exact = [found for found in known if camel(found) == name]
    found = exact or [found for found in known if name in plurals(camel(found))]
    if len(found) != 1:
        raise NoCounterpart(f"{of} has {len(found)} counterparts of {name!r}")
    return found[0]


class _Translation:
    def __init__(self, state: Json, schemas: Mapping[str, Json], domain: str) -> None:
        self._schemas = schemas
        self._domain = domain
        self._by_urn: dict[str, Json] = {found["urn"]: found for found in state["deployment"]["resources"]}
        kinds = {urn: found["type"] for urn, found in self._by_urn.items() if _is_managed(found["type"])}
        self._addresses = {urn: (self._kind(kind), urn.rpartition("::")[2]) for urn, kind in kinds.items()}
        self._resources: dict[str, dict[str, Json]] = {}
        self._secrets: dict[str, str] = {}
        self._outputs: dict[str, Json] = {}

    def configuration(self) -> Configuration:
        for urn in self._addresses:
            self._add_resource(urn)
        for urn, resource in self._by_urn.items():
            if resource["type"] == CLIENT_SECRETS:
                self._add_client_secrets(urn)
        variables: dict[str, Json] = {name: {"type": "string", "sensitive": True} for name in self._secrets}
        document = {
            "terraform": {"required_providers": {"auth0": {"source": "auth0/auth0"}}},
            "provider": {"auth0": {"domain": "${var.domain}"}},  # credentials come from the environment
            "variable": {"domain": {"type": "string"}, **variables},
            "resource": self._resources,
            "output": self._outputs,
        }
        return Configuration(document=document, secrets=self._secrets)

    def _kind(self, token: str) -> str:
        module = token.split(":")[1].removeprefix("index/")
        known = {name.removeprefix("auth0_"): name for name in self._schemas}
        return known[counterpart(module, known, of="the provider")]

    def _add_resource(self, urn: str) -> None:
        (kind, name), resource = self._addresses[urn], self._by_urn[urn]
        block = self._schemas[kind]["block"]
        translated: Json = {}
        for key, value in _plain(resource["inputs"]).items():
            if value is None:
                continue
            near = self._texts(resource.get("propertyDependencies", {}).get(key, []))
            translated |= self._property(key, value, block, _Place(path=(kind, name), texts=near, secret=False))
        if ignored := resource.get("ignoreChanges"):
            known = [*block.get("attributes", {}), *block.get("block_types", {})]
            translated["lifecycle"] = {"ignore_changes": [counterpart(key, known, of=kind) for key in ignored]}
        if earlier := sorted(
            ".".join(self._addresses[found]) for found in self._managed(resource.get("dependencies", []))
        ):
            translated["depends_on"] = earlier
        self._put(kind, name, translated)

    def _add_client_secrets(self, urn: str) -> None:
        """A resource for each client, that pins how it authenticates and shows its secret."""
        by_id = {self._by_urn[client]["id"]: address for client, address in self._addresses.items()}
        for name, client_id in _plain(self._by_urn[urn]["inputs"])["client_ids"].items():
            if client_id not in by_id:
                raise NoCounterpart(f"no client {name!r} is declared")
            reference = f"${{{'.'.join(by_id[client_id])}.client_id}}"
            # What Auth0 gives a confidential client that nobody asked otherwise for.
            content = {"client_id": reference, "authentication_method": "client_secret_post"}
            self._put("auth0_client_credentials", f"{name}-secret", content)
            address = f"auth0_client_credentials.{name}-secret"
            self._outputs[f"{name}-secret"] = {"value": f"${{{address}.client_secret}}", "sensitive": True}

    def _put(self, kind: str, name: str, content: Json) -> None:
        of_kind = self._resources.setdefault(kind, {})
        if name in of_kind:
            raise ValueError(f"two resources are called {kind}.{name}")
        of_kind[name] = content

    def _managed(self, urns: Iterable[str]) -> list[str]:
        """Those of the provider among them; through ours, those that ours depend on."""
        found: dict[str, None] = {}
        waiting, seen = list(urns), set[str]()
        while waiting:
            urn = waiting.pop(0)
            if urn in self._addresses:
                found[urn] = None
            elif urn not in seen and urn in self._by_urn:
                seen.add(urn)
                waiting += self._by_urn[urn].get("dependencies", [])
        return list(found)

    def _texts(self, urns: Iterable[str]) -> dict[str, str]:
        """Texts that mean something else in another tenant, with the expressions that say what: the domain, ids of these resources."""
        texts = {self._domain: "var.domain"}
        for urn in self._managed(urns):
            (kind, name), resource = self._addresses[urn], self._by_urn[urn]
            attributes = self._schemas[kind]["block"]["attributes"]
            made = [found for found, of in attributes.items() if of.get("computed") and not of.get("optional")]
            for attribute in [*made, "id"]:  # client_id says more than id
                value = resource.get("outputs", {}).get(camel(attribute))
                if isinstance(value, str) and len(value) >= SHORTEST_ID:
                    texts.setdefault(value, f"{kind}.{name}.{attribute}")
        return texts

    def _property(self, key: str, value: Any, block: Json, place: "_Place") -> Json:
        attributes, blocks = block.get("attributes", {}), block.get("block_types", {})
        name = counterpart(key, [*attributes, *blocks], of=".".join(place.path))
        inner = place.within(name)
        if name in attributes:
            return {name: self._attribute(value, attributes[name]["type"], inner)}
        value, inner = inner.opened(value)
        items = value if isinstance(value, list) else [value]  # Pulumi flattens a list of at most one
        nested = [self._block(item, blocks[name]["block"], inner.within(index)) for index, item in enumerate(items)]
        return {name: nested[0] if blocks[name]["nesting_mode"] == "single" else nested}

    def _block(self, value: Any, block: Json, place: "_Place") -> Json:
        value, place = place.opened(value)
        translated: Json = {}
        for key, found in _plain(value).items():
            if found is not None:
                translated |= self._property(key, found, block, place)
        return translated

    def _attribute(self, value: Any, kind: Any, place: "_Place") -> Any:
        value, place = place.opened(value)
        match kind:
            case ["list" | "set", of]:
                items = value if isinstance(value, list) else [value]
                return [self._attribute(item, of, place.within(index)) for index, item in enumerate(items)]
            case ["map", of]:
                return {_escaped(key): self._attribute(item, of, place.within(key)) for key, item in value.items()}
            case ["object", fields]:
                names = {key: counterpart(key, fields, of=".".join(place.path)) for key in _plain(value)}
                return {
                    name: self._attribute(value[key], fields[name], place.within(name)) for key, name in names.items()
                }
        return self._leaf(value, place)

    def _leaf(self, value: Any, place: "_Place") -> Any:
        if not isinstance(value, str):
            return self._variable(json.dumps(value), place) if place.secret else value
        pieces = re.split(f"({'|'.join(map(re.escape, place.texts))})", value)
        written = ""
        for piece in filter(None, pieces):
            if piece in place.texts:
                written = re.sub(r"([$%])$", r'${"\1"}', written)  # or it would escape the reference
                written += f"${{{place.texts[piece]}}}"
            else:
                written += self._variable(piece, place) if place.secret else _escaped(piece)
        return written

    def _variable(self, value: str, place: "_Place") -> str:
        stem = re.sub(r"\W+", "_", "_".join(place.path)).removeprefix("auth0_")
        name, number = stem, 1
        while name in self._secrets:
            number += 1
            name = f"{stem}_{number}"
        self._secrets[name] = value
        return f"${{var.{name}}}"


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where a value stands."""

    path: tuple[str, ...]
    texts: Mapping[str, str]
    secret: bool

    def within(self, step: str | int) -> "_Place":
        return _Place(path=(*self.path, str(step)), texts=self.texts, secret=self.secret)

    def opened(self, value: Any) -> tuple[Any, "_Place"]:
        """The value itself; once secret, all within is."""
        if not (isinstance(value, dict) and SIGNATURE in value):
            return value, self
        if value[SIGNATURE] != SECRET or "plaintext" not in value:
            raise ValueError(f"{'.'.join(self.path)} is neither a plain value nor a decrypted secret")
        return json.loads(value["plaintext"]), _Place(path=self.path, texts=self.texts, secret=True)


def _is_managed(token: str) -> bool:
    return token.startswith("auth0:")


def _plain(inputs: Json) -> Json:
    return {key: value for key, value in inputs.items() if not key.startswith("__")}


def _escaped(text: str) -> str:
    return re.sub(r"([$%])\{", r"\1\1{", text)
