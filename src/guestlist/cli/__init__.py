"""The command line: `main.py` and one file per noun. Errors become exit codes in `main.py` only."""
