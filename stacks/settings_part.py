"""The base of every group of settings. Not here: the groups (`settings_model.py` and its neighbours)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Part(BaseModel):
    """A group of settings: frozen, without unknown keys, written in camelCase."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    @property
    def is_given(self) -> bool:
        """Whether the environment says anything in this group."""
        return bool(self.model_fields_set)
