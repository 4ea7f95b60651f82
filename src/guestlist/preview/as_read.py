"""
What the tenant holds, in place of what the program declared last, where the engine read the tenant first (`preview --refresh`).

A refresh leaves the inputs of the state as they are: what somebody changed in the dashboard stands in the outputs alone, and the engine's list of touched
properties is about those (engine 3.253.0 with the provider of 3.50.1, tried 2026-11-26). Without this, an Action that somebody bound is missing from the picture.

    step_of(as_read(metadata))

Not here: reading a step (`picture.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


def as_read(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same `metadata` of a `resourcePreEvent` with the live values of touched properties as the inputs before; only updates have any."""
    old, new = metadata.get("old") or {}, metadata.get("new") or {}
    outputs = old.get("outputs") or {}
    names = {re.split(r"[.\[]", str(path), maxsplit=1)[0] for path in metadata.get("detailedDiff") or {}}
    if metadata.get("op") != "update" or not names & set(outputs):
        return metadata
    before, after = old.get("inputs") or {}, new.get("inputs") or {}
    live = {
        name: _as_declared(before.get(name, after.get(name)), outputs[name])
        for name in sorted(names & set(outputs) & {*before, *after})
    }
    return {**metadata, "old": {**old, "inputs": {**before, **live}}}


def _as_declared(declared: Any, live: Any) -> Any:
    """The live value without what nobody declares: the provider's outputs hold every property that there is."""
    if isinstance(declared, Mapping) and isinstance(live, Mapping):
        return {name: _as_declared(declared[name], live[name]) for name in declared if name in live}
    if isinstance(declared, list) and isinstance(live, list):
        known = [one for one in declared if isinstance(one, Mapping)]
        names = {name for one in known for name in one}
        return [
            {name: one[name] for name in names if name in one} if isinstance(one, Mapping) and known else one
            for one in live
        ]
    return live
