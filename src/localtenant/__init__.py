"""An Auth0 tenant on this machine: `python -m localtenant serve --data DIR`. See README.md beside this file."""
