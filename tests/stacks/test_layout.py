"""How the program may be imported: as `stacks`, as part of a wheel, by the engine's process of dynamic resources."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

STACKS = Path(__file__).resolve().parents[2] / "stacks"
MODULES = sorted([*STACKS.glob("*.py"), *STACKS.glob("[a-z]*/*.py")])
DYNAMIC = (
    "tenant_backup",
    "application_connections",
    "client_secrets",
    "existing_applications",
    "post_login_backup",
)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(STACKS)))
def test_imports_inside_the_program_are_relative(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    absolute = [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").split(".")[0] == "stacks")
        or (isinstance(node, ast.Import) and any(name.name.split(".")[0] == "stacks" for name in node.names))
    ]

    assert module.name == "__main__.py" or absolute == []


def test_every_dynamic_resource_is_in_this_list() -> None:
    providers = re.compile(r"^class \w+Provider\(TenantResourceProvider\)", re.MULTILINE)

    assert {module.stem for module in MODULES if providers.search(module.read_text(encoding="utf-8"))} == set(DYNAMIC)


def test_the_process_of_dynamic_resources_loads_nothing_that_is_slow_to_import() -> None:
    # Pulumi's own SDK has loaded yaml by then: of that, ours may only not ask for it.
    code = (
        f"import sys, {', '.join(f'stacks.{module}' for module in DYNAMIC)}\n"
        "slow = {'pulumi_auth0', 'pydantic', 'jinja2'} & set(sys.modules)\n"
        "yaml = {name for name, one in sys.modules.items() if name.startswith('stacks') and hasattr(one, 'yaml')}\n"
        "print(sorted(slow | yaml))"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"


def test_the_engine_finds_the_virtual_environment_beside_the_program() -> None:
    link = STACKS / ".venv"

    assert link.is_symlink()
    assert str(link.readlink()) == "../.venv"


def test_the_program_stays_short() -> None:
    assert len((STACKS / "program.py").read_text(encoding="utf-8").splitlines()) <= 110
