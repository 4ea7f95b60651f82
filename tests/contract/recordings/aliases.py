"""
Which of our ids stands for which recorded one.

An id is known by its shape, and by standing where the other side has one of the same shape. From then on the two are one: a recorded id
that meets a second id of ours is a disagreement, and requests are sent with our ids in the place of the recorded ones.
"""

import re
from typing import Any
from urllib.parse import quote

SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",  # Actions, forms, factors
        r"[a-z]{2,4}_[A-Za-z0-9]{10,22}",  # con_, rol_, cgr_, …
        r"auth0\|[0-9a-f]{24}",
        r"[0-9a-f]{24}",  # resource servers, the second half of a user id
        r"[A-Za-z0-9]{32}",  # clients, themes
    )
)


class Aliases:
    """Recorded ids and ours, both ways. One recording has one."""

    def __init__(self) -> None:
        self._ours: dict[str, str] = {}
        self._recorded: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None

    def bind(self, recorded: str, ours: str) -> None:
        """From now on these two are the same."""
        for theirs, mine in ((recorded, ours), (quote(recorded, safe=""), quote(ours, safe=""))):
            self._ours[theirs] = mine
            self._recorded[mine] = theirs
        if "|" in recorded and "|" in ours:
            self.bind(recorded.rpartition("|")[2], ours.rpartition("|")[2])
        longest_first = sorted(self._ours, key=len, reverse=True)
        self._pattern = re.compile("|".join(re.escape(text) for text in longest_first))

    def same_id(self, recorded: str, ours: str) -> bool:
        """Whether the two are one id; two unknown ids of one shape become one."""
        if recorded in self._ours or ours in self._recorded:
            return self._ours.get(recorded) == ours
        if not any(shape.fullmatch(recorded) and shape.fullmatch(ours) for shape in SHAPES):
            return False
        self.bind(recorded, ours)
        return True

    def knows(self, recorded: str) -> bool:
        """Whether this recorded text has a counterpart."""
        return recorded in self._ours

    def text(self, recorded: str) -> str:
        """The text with our ids in it."""
        return recorded if self._pattern is None else self._pattern.sub(lambda found: self._ours[found[0]], recorded)

    def value(self, recorded: Any) -> Any:
        """The JSON value with our ids in it, in keys too."""
        match recorded:
            case str():
                return self.text(recorded)
            case list():
                return [self.value(item) for item in recorded]
            case dict():
                return {self.text(key): self.value(item) for key, item in recorded.items()}
            case _:
                return recorded
