"""How the program may be imported: as `stacks`, as part of a wheel, by the engine's process of dynamic resources."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

STACKS = Path(__file__).resolve().parents[2] / "stacks"
MODULES = sorted([*STACKS.glob("*.py"), *STACKS.glob("tenant_wide/*.py")])


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_imports_inside_the_program_are_relative(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    absolute = [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").split(".")[0] == "stacks")
        or (isinstance(node, ast.Import) and any(name.name.split(".")[0] == "stacks" for name in node.names))
    ]

    assert module.name == "__main__.py" or absolute == []


def test_the_process_of_dynamic_resources_does_not_load_the_provider_sdk() -> None:
    code = (
        "import sys, stacks.tenant_backup, stacks.application_connections, stacks.client_secrets, stacks.existing_applications, stacks.post_login_backup\n"
        "print(sorted({'pulumi_auth0', 'pydantic', 'jinja2', 'stacks.settings_model'} & set(sys.modules)))"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"


def test_the_engine_finds_the_virtual_environment_beside_the_program() -> None:
    link = STACKS / ".venv"

    assert link.is_symlink()
    assert str(link.readlink()) == "../.venv"


def test_the_program_stays_short() -> None:
    assert len((STACKS / "program.py").read_text(encoding="utf-8").splitlines()) <= 110
