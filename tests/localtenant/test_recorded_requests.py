"""
Every request that the real API took from the provider's own tests must pass here.

The recordings lie in the Go module cache once the toolchain has built the provider; they are read there, never copied.
"""

import json
import os
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
import yaml

from localtenant.errors import ManagementError
from localtenant.management.dispatch import load_endpoints
from localtenant.management.operations import exists_besides, find
from localtenant.management.validation import check_body, check_query

PROVIDER = "github.com/auth0/terraform-provider-auth0@v1.54.1/test/data/recordings"


def _module_cache():
    if "GOMODCACHE" in os.environ:
        return Path(os.environ["GOMODCACHE"])
    return Path(os.environ.get("GOPATH", Path.home() / "go")) / "pkg" / "mod"


def _interactions():
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for recording in sorted((_module_cache() / PROVIDER).rglob("*.yaml")):
        cassette = yaml.load(recording.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader
        for interaction in cassette.get("interactions", []):
            address = urlsplit(interaction["request"]["url"])
            if address.path.startswith("/api/v2/") and interaction["response"]["code"] < 400:
                yield interaction, address


@pytest.mark.skipif(not (_module_cache() / PROVIDER).is_dir(), reason="the provider's module is not in the Go cache")
def test_whatever_auth0_accepted_is_accepted_here():
    load_endpoints()
    refused = Counter()
    seen = 0
    for interaction, address in _interactions():
        request = interaction["request"]
        segments = [unquote(segment) for segment in address.path.split("/")[3:]]
        match = find(request["method"], segments)
        if match is None:
            if not exists_besides(segments):
                refused[f"{request['method']} {address.path}: unknown path"] += 1
            continue
        seen += 1
        query = {name: (value,) for name, value in parse_qsl(address.query, keep_blank_values=True)}
        try:
            check_query(match.operation, query)
            if request["method"] != "GET":
                check_body(match.operation, json.loads(request["body"] or "{}"))
        except ManagementError as error:
            refused[f"{match.operation.method} {match.operation.path}: {error.message}"] += 1
    assert not refused
    assert seen > 7000
