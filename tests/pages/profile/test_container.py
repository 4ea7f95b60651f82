"""The container file, its packages and docs/page.md agree with the page. Nothing is built here: docs/unverified.md."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
import yaml
from packaging.utils import canonicalize_name

from pages.profile.settings import VARIABLES
from tests.docs.pages import ROOT
from tests.pages.profile.container_lock import OF_THE_PAGE, lock, needed
from tests.pages.profile.people import environ

CONTAINERFILE = (ROOT / "pages" / "profile" / "Containerfile").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "page.md").read_text(encoding="utf-8")


def test_the_containers_packages_are_those_of_the_repositorys_lock() -> None:
    assert OF_THE_PAGE.read_text(encoding="utf-8") == lock(), "run: python -m tests.pages.profile.container_lock"


def test_the_page_needs_no_other_package() -> None:
    """It starts where nothing else can be imported."""
    from importlib.metadata import packages_distributions

    others = sorted(
        module
        for module, names in packages_distributions().items()
        if not {canonicalize_name(name) for name in names} & needed() and module not in {"pages", "_distutils_hack"}
    )
    code = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({[*others, 'guestlist', 'localtenant', 'stacks']!r}))\n"
        "from pages.profile import __main__, serve\n"
        "from pages.profile.app import create_app\n"
        "from pages.profile.settings import read_settings\n"
        f"create_app(read_settings({environ()!r}))\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert {"pulumi", "pydantic", "cryptography"} <= {*others}


def test_the_container_has_no_user_and_nothing_to_install_at_its_start() -> None:
    instructions = [line.split()[0] for line in CONTAINERFILE.splitlines() if re.match(r"[A-Z]+ ", line)]

    assert "USER 65532:65532" in CONTAINERFILE
    assert instructions[-1] == "FROM"  # without a target, the page
    assert instructions.count("USER") == 1
    assert "ADD" not in instructions
    assert "--require-hashes" in CONTAINERFILE
    assert not re.search(r"^(ENV|ARG) .*SECRET", CONTAINERFILE, re.MULTILINE)


def test_no_image_is_named_with_a_host() -> None:
    images = re.findall(r"^(?:FROM|ARG \w*IMAGE=)\s*(\S+)", CONTAINERFILE, re.MULTILINE)

    assert images
    assert not any("." in image.partition("/")[0] for image in images if "/" in image)


def table() -> str:
    """docs/page.md's table of variables."""
    rows = ["| Variable | Meaning | Default |", "|---|---|---|"]
    for variable in VARIABLES:
        default = (
            "needed"
            if variable.required
            else f"`{variable.default}`"
            if variable.default.isascii() and variable.default and " " not in variable.default
            else variable.default
        )
        rows.append(f"| `{variable.name}`{' (secret)' if variable.secret else ''} | {variable.meaning} | {default} |")
    return "\n".join(rows)


def test_the_table_of_variables_is_the_pages_own() -> None:
    written = PAGE.partition("<!-- variables: begin -->\n")[2].partition("\n<!-- variables: end -->")[0]

    assert written == table()


@pytest.mark.parametrize("language", ["json", "yaml"])
def test_what_is_to_be_copied_can_be_read(language: str) -> None:
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)

    assert blocks
    for block in blocks:
        documents = [json.loads(block)] if language == "json" else list(yaml.safe_load_all(block))
        assert all(documents)
        text = json.dumps(documents)
        assert "65532" in text
        assert '"readOnlyRootFilesystem": true' in text or '"readonlyRootFilesystem": true' in text
