"""
How the sending of a mail can fail, for whoever has to know whether to try again.

Not here: what the person at the terminal is told of it (`explained.py`).
"""

from __future__ import annotations


class NothingLeft(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """
    No mail left. The message is the reason, in words that hold no link and no address.

    `wait_seconds`: how long to wait before trying again. `links_died`: the earlier links stopped working all the same.
    """

    def __init__(self, reason: str, *, wait_seconds: float = 0.0, links_died: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait_seconds = wait_seconds
        self.links_died = links_died


class NobodyKnows(Exception):  # noqa: N818
    """The mail may have left: the answer was lost, or was no answer. The message is the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
