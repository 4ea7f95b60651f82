"""
Which settings make a difference, found out by trying: the first environment is resolved again with a setting taken from the second, and what no
longer differs is explained by it.

What no single setting explains may need several at once (a sender made of a name and an address; a provider with its account). Then the smallest
set is looked for among those that matter. What differs even with all settings equal is explained by none.

Not here: taking settings over (`settings.py`), resolving (`compare.py` hands in how).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from guestlist.environment_diff.differences import Difference, Picture, by_urn, differences_of
from guestlist.environment_diff.settings import Path, is_own

Resolve = Callable[[tuple[Path, ...]], Picture | None]
Settings = tuple[Path, ...]


@dataclass(frozen=True, kw_only=True)
class Explained:
    """
    A difference with its causes: each of them alone takes it away. A cause of more than one setting takes them all together.

    None at all: it is there with all settings equal.
    """

    difference: Difference
    causes: tuple[Settings, ...]

    @property
    def is_own(self) -> bool:
        """
        Whether any two environments may be expected to differ here.

        A resource that only one of them has is never expected, whatever the setting.
        """
        settings = [path for cause in self.causes for path in cause]
        return self.difference.only is None and bool(settings) and all(is_own(path) for path in settings)


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """All of it; `without_effect` are settings that differ and change nothing of what is declared."""

    differences: tuple[Explained, ...]
    without_effect: Settings = ()


def explain(before: Picture, after: Picture, settings: Sequence[Path], resolve_with: Resolve) -> Explanation:
    """
    Find the causes of everything that differs.

    Args:
        before: what the first environment declares.
        after: what the second one does.
        settings: in which their files differ.
        resolve_with: what the first one declares with some of them taken from the second; `None` if they are not valid together.

    """
    tried = _Tried(after, resolve_with)
    differences = differences_of(before, after)
    found = tuple(Explained(difference=one, causes=tuple(_causes(one, settings, tried))) for one in differences)
    named = {path for one in found for cause in one.causes for path in cause}
    idle = [path for path in settings if path not in named and tried.resolved((path,)) == before]
    return Explanation(differences=found, without_effect=tuple(idle))


class _Tried:
    """What was resolved already: every difference asks for the same."""

    def __init__(self, after: Picture, resolve_with: Resolve) -> None:
        self._after = after
        self._resolve_with = resolve_with
        self._pictures: dict[frozenset[Path], Picture | None] = {}
        self._differences: dict[frozenset[Path], dict[str, tuple[Difference, ...]]] = {}

    def resolved(self, settings: Settings) -> Picture | None:
        key = frozenset(settings)
        if key not in self._pictures:
            self._pictures[key] = self._resolve_with(settings)
        return self._pictures[key]

    def differences(self, settings: Settings) -> dict[str, tuple[Difference, ...]] | None:
        """What still differs; `None` if the settings are not valid together."""
        picture = self.resolved(settings)
        if picture is None:
            return None
        key = frozenset(settings)
        if key not in self._differences:
            self._differences[key] = by_urn(differences_of(picture, self._after))
        return self._differences[key]

    def explains(self, difference: Difference, settings: Settings) -> bool:
        still = self.differences(settings)
        return still is not None and not difference.is_still_in(still)

    def touches(self, difference: Difference, setting: Path) -> bool:
        """Whether one setting alone makes it another difference; one that is not valid alone may."""
        still = self.differences((setting,))
        return still is None or difference not in still.get(difference.resource.urn, ())


def _causes(difference: Difference, settings: Sequence[Path], tried: _Tried) -> Iterator[Settings]:
    alone = [(path,) for path in settings if tried.explains(difference, (path,))]
    if alone:
        yield from alone
        return
    for candidate in _candidates(difference, settings, tried):
        if tried.explains(difference, candidate):
            yield _smallest(difference, candidate, tried)
            return


def _candidates(difference: Difference, settings: Sequence[Path], tried: _Tried) -> Iterator[Settings]:
    """Sets that may explain it together, the likeliest first."""
    touching = tuple(path for path in settings if tried.touches(difference, path))
    yield tuple(path for path in touching if tried.resolved((path,)) is not None)
    for group in dict.fromkeys(path[0] for path in settings):
        yield tuple(path for path in settings if path[0] == group)
    yield touching
    yield tuple(settings)


def _smallest(difference: Difference, settings: Settings, tried: _Tried) -> Settings:
    """The same without what is not needed: whole groups first, then one setting after the other."""
    parts = [
        tuple(path for path in settings if path[0] == group) for group in dict.fromkeys(one[0] for one in settings)
    ]
    for part in [*parts, *((path,) for path in settings)]:
        rest = tuple(path for path in settings if path not in part)
        if rest and len(rest) < len(settings) and tried.explains(difference, rest):
            settings = rest
    return settings
