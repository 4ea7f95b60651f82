"""Where a person can stand on the way into the application. Not here: how it is told (`invite.py`), what follows (`decisions.py`)."""

from __future__ import annotations

from typing import Literal

Standing = Literal[
    "new",  # no user in the connection
    "unsent",  # a user of ours; no mail has left
    "in_doubt",  # a mail may have left: the run that sent it, or the answer to it, was lost
    "pending",  # the link works
    "expired",  # the link does not work any more
    "active",  # a password was chosen, or somebody has logged in
    "revoked",  # taken back by us
    "blocked",  # by somebody else
    "foreign",  # a user whom we have not invited, and who has never logged in
]
