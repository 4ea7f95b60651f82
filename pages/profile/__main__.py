"""`python -m pages.profile`: serve the page with what the environment says."""

from __future__ import annotations

import os
import sys

from .serve import serve
from .settings import SettingsError, read_settings


def main() -> None:
    """Serve, or say everything that is wrong and end with 1."""
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        sys.exit(str(error))
    serve(settings)


if __name__ == "__main__":
    main()
