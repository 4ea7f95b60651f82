"""
The drift reader of what is deployed: the credentials that docs/ci.md has set for a check.

Not here: the job that checks with them (`conftest.py`).
"""

import json
from collections.abc import Mapping

from tests.ci.machine import Machine

OUTPUTS = """
import json
from pathlib import Path
from guestlist.deployment import open_environment
from guestlist.environments import Project
found = open_environment(Project(root=Path.cwd()), "local", say=print).engine.outputs_with_secrets()
names = ("driftReaderClientId", "driftReaderClientSecret")
Path("../outputs.json").write_text(json.dumps({name: found[name] for name in names}))
"""


def reader_of(machine: Machine, expressions: Mapping[str, str], trusting: Mapping[str, str]) -> Mapping[str, str]:
    """As somebody looks them up who may open the state: what the environment of a check holds instead of the deployer's."""
    (machine.folder / "outputs.py").write_text(OUTPUTS, encoding="utf-8")
    deployers = {
        name.partition(".")[2]: value for name, value in expressions.items() if name.startswith(("vars.", "secrets."))
    }
    code, said = machine.shell(
        ".venv/bin/python -P ../outputs.py", {**trusting, **{name: value for name, value in deployers.items() if value}}
    )
    assert code == 0, said
    found: dict[str, str] = json.loads((machine.folder / "outputs.json").read_text(encoding="utf-8"))
    return {
        "vars.AUTH0_CLIENT_ID": found["driftReaderClientId"],
        "secrets.AUTH0_CLIENT_SECRET": found["driftReaderClientSecret"],
        "vars.GUESTLIST_DEPLOYER_CLIENT_ID": expressions["vars.AUTH0_CLIENT_ID"],
    }
