"""What somebody changes through the Management API is found by `pulumi preview --refresh`, and `up --refresh` heals it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import json
import pytest

from tests.e2e.harness import LocalTenant, Project, succeeded


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One change by hand, the resource it belongs to, and how to see whether it is still there."""

    resource: str  # logical name in the program
    make: Callable[[LocalTenant], object]
    is_there: Callable[[LocalTenant], bool]


def client(tenant: LocalTenant, name: str) -> dict[str, Any]:
    return next(item for item in tenant.get("/clients") if item["name"] == name)
