"""Plain Pulumi runs this file as a script, with `stacks/` as its directory: put the repository's root on the path and call the program."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from stacks.program import program

program()
