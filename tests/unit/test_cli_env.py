"""`guestlist env` with the real engine: environments are made, listed and checked; nothing half-written is ever left."""

from __future__ import annotations

import base64
import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from guestlist import config_secrets, environment_new, environments
from guestlist.cli.main import cli
from guestlist.config_secrets import Engine, find_engine
from guestlist.errors import EngineFailed
from stacks.settings import local_secret
from tests.unit.environment_files import SEALED_TEXT, a_project, an_environment

PASSPHRASE = "a passphrase of one's own, 2026"
OPTIONS = {
    "domain": "guestlist-qa.eu.auth0.example",
    "friendly-name": "Guestlist",
    "app-name": "Guestlist app",
    "app-url": "https://app.guestlist.example",
    "profile-url": "https://profile.guestlist.example",
    "from-address": "invitations@guestlist.example",
    "smtp-host": "smtp.guestlist.example",
}


@pytest.fixture(autouse=True)
def nothing_of_this_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell set up for some environment must not change what these tests see."""
    for name in [name for name in os.environ if name.startswith(("PULUMI_CONFIG", "AUTH0_", "GUESTLIST_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def engine() -> Engine:
    """The real engine; `make test` has it ready."""
    found = find_engine()
    if found is None:
        pytest.skip("no Pulumi engine on this machine: make setup")
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty project."""
    folder = tmp_path / "clone"
    folder.mkdir()
    return a_project(folder)


def guestlist(root: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> Result:
    """Run the tool in this process, in a project."""
    return CliRunner().invoke(cli, ["--project", str(root), *arguments], env=environ)


def new(root: Path, *more: str, name: str = "qa", environ: Mapping[str, str] | None = None, **changes: str) -> Result:
    """Run `guestlist env new` with all it needs."""
    options = OPTIONS | {option.replace("_", "-"): value for option, value in changes.items()}
    given = [word for option, value in options.items() if value for word in (f"--{option}", value)]
    return guestlist(
        root,
        "env",
        "new",
        name,
        *given,
        *more,
        environ={"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE} if environ is None else environ,
    )


def files_in(root: Path) -> list[str]:
    """List the files of a project, hidden ones too."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def decrypted(root: Path, name: str, environ: Mapping[str, str]) -> Mapping[str, str]:
    """Decrypt a file's secrets as the check does."""
    stack = environments.read_file(root, name)
    return config_secrets.open_secrets(stack, environ).values


@pytest.mark.usefixtures("engine")
def test_a_new_environment_passes_the_check_with_its_secrets(root: Path) -> None:
    made = new(root)
    assert made.exit_code == 0, made.output
    assert made.stdout.splitlines() == [
        "Wrote config/Pulumi.qa.yaml, with fresh secrets encrypted by your passphrase.",
        "Next:",
        "  guestlist env check qa",
        "  guestlist up --env qa",
    ]
    checked = guestlist(root, "env", "check", environ={"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE})
    assert (checked.stdout, checked.exit_code) == ("qa: ok, 2 secrets checked\n", 0)


@pytest.mark.usefixtures("engine")
def test_a_new_environment_has_two_secrets_of_64_random_bytes(root: Path) -> None:
    new(root)
    new(root, name="other")
    environ = {"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}
    secrets = [*decrypted(root, "qa", environ).values(), *decrypted(root, "other", environ).values()]
    assert len(set(secrets)) == 4
    assert {len(base64.urlsafe_b64decode(secret + "==")) for secret in secrets} == {64}


@pytest.mark.usefixtures("engine")
def test_no_secret_and_no_passphrase_is_printed_or_written_in_plain_text(root: Path) -> None:
    made = new(
        root,
        "--smtp-user",
        "ana",
        environ={"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE, "GUESTLIST_SMTP_PASSWORD": "canary-4kJ9"},
    )
    secrets = decrypted(root, "qa", {"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE})
    assert secrets["smtpPassword"] == "canary-4kJ9"
    written = (root / "config" / "Pulumi.qa.yaml").read_text()
    assert not [value for value in (*secrets.values(), PASSPHRASE) if value in written + made.output]


@pytest.mark.usefixtures("engine")
def test_a_new_environment_says_only_what_differs_from_the_defaults(root: Path) -> None:
    new(root, "--smtp-port", "2525", "--no-protect")
    config = yaml.safe_load((root / "config" / "Pulumi.qa.yaml").read_text())["config"]
    assert config["guestlist:email"] == {
        "fromAddress": "invitations@guestlist.example",
        "smtpHost": "smtp.guestlist.example",
        "smtpPort": 2525,
    }
    assert config["guestlist:protect"] is False
    assert "guestlist:invite" not in config


@pytest.mark.usefixtures("engine")
def test_an_existing_environment_is_never_overwritten(root: Path) -> None:
    path = root / "config" / "Pulumi.qa.yaml"
    path.write_text("mine")
    made = new(root)
    assert made.exit_code == 1
    assert made.stderr == (
        "Error: Cannot make the environment qa: config/Pulumi.qa.yaml exists and is never overwritten. "
        "To check it run: guestlist env check qa\n"
    )
    assert path.read_text() == "mine"


@pytest.mark.usefixtures("engine")
def test_of_two_runs_at_once_the_second_loses_and_leaves_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = root / "config" / "Pulumi.qa.yaml"
    check_name = environment_new.check_name
    monkeypatch.setattr(environment_new, "_check", lambda *_: path.write_text("theirs"))
    made = new(root)
    assert made.exit_code == 1
    assert "exists and is never overwritten" in made.stderr
    assert path.read_text() == "theirs"
    assert files_in(root) == ["Pulumi.yaml", "config/Pulumi.qa.yaml"]
    assert check_name is environment_new.check_name


@pytest.mark.parametrize(
    "ends", [KeyboardInterrupt(), EngineFailed("boom"), OSError(28, "No space left on device")], ids=repr
)
@pytest.mark.usefixtures("engine")
def test_whatever_stops_it_nothing_is_left(
    root: Path, tmp_path: Path, ends: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise ends

    monkeypatch.setattr(os, "link", stop)
    monkeypatch.setattr(config_secrets.tempfile, "tempdir", str(tmp_path))
    made = new(root, "--new-passphrase-file", str(tmp_path / "passphrase"), environ={})
    assert made.exit_code in {1, 130}
    assert files_in(root) == ["Pulumi.yaml"]
    assert [path.name for path in tmp_path.iterdir()] == ["clone"]


@pytest.mark.usefixtures("engine")
def test_a_made_passphrase_is_in_its_file_only_and_readable_by_its_owner_only(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    made = new(root, "--new-passphrase-file", str(path), environ={})
    assert made.exit_code == 0, made.output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().strip() not in made.output
    assert f"export PULUMI_CONFIG_PASSPHRASE_FILE={path}" in made.stdout
    checked = guestlist(root, "env", "check", environ={"PULUMI_CONFIG_PASSPHRASE_FILE": str(path)})
    assert checked.stdout == "qa: ok, 2 secrets checked\n"


def test_a_passphrase_is_not_written_into_the_project(root: Path) -> None:
    made = new(root, "--new-passphrase-file", str(root / "passphrase"), environ={})
    assert "it would be in the project, beside what it opens" in made.stderr
    assert files_in(root) == ["Pulumi.yaml"]


def test_a_passphrase_file_is_never_overwritten(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    path.write_text("mine")
    made = new(root, "--new-passphrase-file", str(path), environ={})
    assert made.exit_code == 1
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("passphrase", "sentence"), [("local", "is the local tenant's, which is public"), ("short", "16 is the least")]
)
def test_a_passphrase_that_protects_nothing_is_refused(root: Path, passphrase: str, sentence: str) -> None:
    made = new(root, environ={"PULUMI_CONFIG_PASSPHRASE": passphrase})
    assert made.exit_code == 1
    assert sentence in made.stderr
    assert files_in(root) == ["Pulumi.yaml"]


def test_without_a_terminal_all_missing_options_are_named_at_once(root: Path) -> None:
    made = guestlist(root, "env", "new", "qa", "--domain", "a.example", environ={})
    assert made.exit_code == 64
    assert (
        "Missing options: --friendly-name, --app-name, --app-url, --profile-url, --from-address, --smtp-host"
        in made.stderr
    )


def test_without_a_terminal_a_missing_passphrase_is_wrong_usage(root: Path) -> None:
    made = new(root, environ={})
    assert made.exit_code == 64
    assert "PULUMI_CONFIG_PASSPHRASE" in made.stderr


def test_a_wrong_option_gives_the_line_of_the_check_before_the_engine_is_asked(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment_new, "need_engine", lambda: pytest.fail("the engine was asked"))
    made = new(root, domain="https://a.eu.auth0.com", app_url="http://app.guestlist.example")
    assert made.exit_code == 1
    assert "the configuration has 4 faults:" in made.stderr
    assert "guestlist:tenant.domain must be a host name without https://" in made.stderr
    assert files_in(root) == ["Pulumi.yaml"]


@pytest.mark.parametrize("name", ["../x", "a/b", "", "-x", "ä", "a b", "x" * 101])
def test_a_name_that_no_stack_can_have_is_refused(root: Path, name: str) -> None:
    made = guestlist(root, "env", "new", "--", name)
    assert made.exit_code == 1
    assert "its name may hold letters, digits, - _ and . only" in made.stderr
    assert files_in(root) == ["Pulumi.yaml"]


def test_without_an_engine_it_says_how_to_get_one(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config_secrets, "find_engine", lambda: None)
    made = new(root)
    assert made.stderr == "Error: Cannot encrypt secrets: the Pulumi engine is not on this machine: make setup\n"
    assert made.exit_code == 1


def test_without_an_engine_secrets_are_not_checked(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "config" / "Pulumi.qa.yaml").write_text(an_environment())
    monkeypatch.setattr(config_secrets, "find_engine", lambda: None)
    checked = guestlist(root, "env", "check", environ={"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE})
    assert checked.stdout == "qa: ok; secrets not checked (the Pulumi engine is not on this machine: make setup)\n"
    assert checked.exit_code == 0


def test_without_the_key_secrets_are_not_checked(root: Path) -> None:
    (root / "config" / "Pulumi.qa.yaml").write_text(an_environment())
    checked = guestlist(root, "env", "check")
    assert (
        checked.stdout
        == "qa: ok; secrets not checked (no passphrase at hand: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE)\n"
    )
    assert checked.exit_code == 0


@pytest.mark.usefixtures("engine")
def test_a_wrong_passphrase_is_said_and_is_no_fault(root: Path) -> None:
    new(root)
    checked = guestlist(root, "env", "check", environ={"PULUMI_CONFIG_PASSPHRASE": "another passphrase"})
    assert checked.stdout == "qa: ok; secrets not checked (the passphrase at hand is not that of qa)\n"
    assert checked.exit_code == 0


def test_a_passphrase_file_that_is_not_there_is_said_and_is_no_fault(root: Path, engine: Engine) -> None:
    del engine
    (root / "config" / "Pulumi.qa.yaml").write_text(an_environment())
    checked = guestlist(root, "env", "check", environ={"PULUMI_CONFIG_PASSPHRASE_FILE": "/nowhere/passphrase"})
    assert "secrets not checked (" in checked.stdout
    assert checked.exit_code == 0


def test_secrets_of_pulumi_cloud_are_not_checked(root: Path) -> None:
    (root / "config" / "Pulumi.qa.yaml").write_text(an_environment().split("\n", 1)[1])
    checked = guestlist(root, "env", "check")
    assert checked.stdout == "qa: ok; secrets not checked (encrypted by Pulumi Cloud, or its encryptionsalt is lost)\n"


@pytest.mark.usefixtures("engine")
def test_a_cut_secret_is_named(root: Path) -> None:
    new(root)
    path = root / "config" / "Pulumi.qa.yaml"
    tree = yaml.safe_load(path.read_text())
    tree["config"]["guestlist:fromPageSecret"]["secure"] = SEALED_TEXT
    path.write_text(yaml.safe_dump(tree))
    before = path.read_bytes()
    checked = guestlist(root, "env", "check", "--json", environ={"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE})
    [environment] = json.loads(checked.stdout)["environments"]
    assert [fault["text"] for fault in environment["faults"]] == [
        "config/Pulumi.qa.yaml: guestlist:fromPageSecret cannot be decrypted with this environment's key (it was cut, or copied from elsewhere: pulumi config set --secret guestlist:fromPageSecret --stack qa)"
    ]
    assert environment["secrets"] == {"checked": ["toPageSecret"], "notChecked": [], "reason": None}
    assert path.read_bytes() == before


@pytest.mark.usefixtures("engine")
def test_the_local_environment_is_checked_with_its_public_passphrase(root: Path) -> None:
    local = {
        "domain": "localhost:8443",
        "app_url": "https://app.localhost:8443",
        "profile_url": "https://profile.localhost:8443",
    }
    assert new(root, name="local", environ={}, **local).exit_code == 0
    assert guestlist(root, "env", "check").stdout == "local: ok, 2 secrets checked\n"
    assert decrypted(root, "local", {})["toPageSecret"] == local_secret("toPageSecret")


@pytest.mark.usefixtures("engine")
def test_the_local_environment_under_another_name_is_refused(root: Path) -> None:
    local = {
        "domain": "localhost:8443",
        "app_url": "https://app.localhost:8443",
        "profile_url": "https://profile.localhost:8443",
    }
    new(root, name="local", environ={}, **local)
    text = (root / "config" / "Pulumi.local.yaml").read_text()
    for host in ("app", "profile"):
        text = text.replace(f"{host}.localhost:8443", f"{host}.guestlist.example")
    (root / "config" / "Pulumi.qa.yaml").write_text(text.replace("localhost:8443", "guestlist-qa.eu.auth0.example"))
    checked = guestlist(root, "env", "check", "qa", environ={"PULUMI_CONFIG_PASSPHRASE": "local"})
    lines = [line.strip().partition(" (")[0] for line in checked.stderr.splitlines()[1:]]
    assert lines == [
        "config/Pulumi.qa.yaml: guestlist:toPageSecret is a key of the local tenant, which is public, got 86 characters",
        "config/Pulumi.qa.yaml: guestlist:fromPageSecret is a key of the local tenant, which is public, got 86 characters",
        "config/Pulumi.qa.yaml: encryptionsalt is made with the public passphrase of the local tenant",
    ]
    assert checked.exit_code == 1


class KeyService(BaseHTTPRequestHandler):
    """HashiCorp Vault's transit engine, as far as Pulumi asks it: reverses instead of encrypting."""

    def do_PUT(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "/encrypt/" in self.path:
            data: dict[str, Any] = {"ciphertext": "vault:v1:" + asked["plaintext"][::-1]}
        else:
            data = {"plaintext": asked["ciphertext"].removeprefix("vault:v1:")[::-1]}
        answer = json.dumps({"data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_PUT  # noqa: N815 - the base class's form

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def key_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[HTTPServer]:
    """A key service on this machine, and its credentials in the environment."""
    server = HTTPServer(("127.0.0.1", 0), KeyService)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    for name in ("VAULT_ADDR", "VAULT_SERVER_URL"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.server_port}")
    for name in ("VAULT_TOKEN", "VAULT_SERVER_TOKEN"):
        monkeypatch.setenv(name, "a token")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.usefixtures("engine", "key_service")
def test_a_key_service_encrypts_and_opens_an_environment_s_secrets(root: Path) -> None:
    made = new(root, "--secrets-provider", "hashivault://guestlist", environ={})
    assert made.exit_code == 0, made.output
    tree = yaml.safe_load((root / "config" / "Pulumi.qa.yaml").read_text())
    assert tree["secretsprovider"] == "hashivault://guestlist"
    assert tree["encryptedkey"]
    assert "encryptionsalt" not in tree
    assert guestlist(root, "env", "check").stdout == "qa: ok, 2 secrets checked\n"
    assert "hashivault://guestlist" in guestlist(root, "env", "list").stdout


@pytest.mark.usefixtures("engine")
def test_a_key_service_that_does_not_answer_leaves_secrets_unchecked(root: Path, key_service: HTTPServer) -> None:
    new(root, "--secrets-provider", "hashivault://guestlist", environ={})
    key_service.shutdown()
    key_service.server_close()
    checked = guestlist(root, "env", "check")
    assert "qa: ok; secrets not checked (could not create secrets manager" in checked.stdout
    assert checked.exit_code == 0


@pytest.mark.parametrize("provider", ["vault://x", "file:///x", "passphrase"])
def test_an_unknown_key_service_is_wrong_usage(root: Path, provider: str) -> None:
    made = new(root, "--secrets-provider", provider)
    assert made.exit_code == 64
    assert "awskms://, azurekeyvault://, gcpkms://, hashivault://" in made.stderr


def test_list_says_tenant_provider_and_state(root: Path) -> None:
    (root / "config" / "Pulumi.qa.yaml").write_text(an_environment())
    (root / "config" / "Pulumi.bad.yaml").write_text("")
    listed = guestlist(root, "env", "list")
    assert [line.split() for line in listed.stdout.splitlines()] == [
        ["NAME", "TENANT", "SECRETS", "STATE"],
        ["bad", "?", "unknown", "1", "fault"],
        ["qa", "guestlist-qa.eu.auth0.example", "passphrase", "secrets", "not", "checked"],
    ]
    assert listed.exit_code == 0


def test_check_json_has_the_documented_shape(root: Path) -> None:
    (root / "config" / "Pulumi.dev.yaml").write_text(an_environment(("config/guestlist:invite/linkTtlSec", 0)))
    checked = guestlist(root, "env", "check", "--json")
    readme = (Path(__file__).resolve().parents[2] / "config" / "README.md").read_text()
    documented = json.loads(readme.split("```json\n")[1].split("```")[0])
    assert _shape(json.loads(checked.stdout)) == _shape(documented)
    assert json.loads(checked.stdout)["environments"][0]["faults"] == documented["environments"][0]["faults"]
    assert checked.exit_code == 1


def _shape(value: object) -> object:
    if isinstance(value, dict):
        return {key: _shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shape(inner) for inner in value]
    return type(value).__name__


def test_a_project_without_environments_says_how_to_make_one(root: Path) -> None:
    checked = guestlist(root, "env", "check")
    assert checked.exit_code == 1
    assert "To make one run: guestlist env new NAME" in checked.stderr


def test_the_script_itself_exits_with_1_for_a_fault_and_0_without(root: Path) -> None:
    path = root / "config" / "Pulumi.qa.yaml"
    script = Path(sys.executable).parent / "guestlist"
    for content, exit_code in ((an_environment(), 0), ("config: [", 1)):
        path.write_text(content)
        done = subprocess.run(
            [script, "env", "check"], cwd=root / "config", capture_output=True, text=True, check=False
        )
        assert done.returncode == exit_code
        assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("engine")
def test_plain_pulumi_reads_a_new_environment(root: Path, tmp_path: Path, engine: Engine) -> None:
    source = Path(__file__).resolve().parents[2] / "Pulumi.yaml"
    (root / "Pulumi.yaml").write_bytes(source.read_bytes())
    new(root)
    (tmp_path / "state").mkdir()
    environ = {
        **{name: value for name, value in engine.environ.items() if not name.startswith("PULUMI_")},
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }

    def pulumi(*arguments: str) -> str:
        return subprocess.run(
            [engine.program, *arguments], cwd=root, env=environ, capture_output=True, text=True, check=True
        ).stdout

    before = (root / "config" / "Pulumi.qa.yaml").read_bytes()
    pulumi("stack", "init", "qa", "--non-interactive")
    listed = json.loads(pulumi("config", "--stack", "qa", "--json"))
    assert listed["guestlist:tenant"]["objectValue"]["domain"] == "guestlist-qa.eu.auth0.example"
    assert listed["guestlist:toPageSecret"] == {"secret": True}
    assert (root / "config" / "Pulumi.qa.yaml").read_bytes() == before


def test_on_a_terminal_what_is_missing_is_asked_for(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[environment_new.NewEnvironment] = []
    passphrases: list[str] = []

    def create(_: object, wanted: environment_new.NewEnvironment, *, passphrase: str) -> Path:
        asked.append(wanted)
        passphrases.append(passphrase)
        return root / "config" / "Pulumi.qa.yaml"

    monkeypatch.setattr("guestlist.cli.env.on_a_terminal", lambda: True)
    monkeypatch.setattr(environment_new, "create_environment", create)
    answers = [*OPTIONS.values(), "smtp password", PASSPHRASE, "a slip", PASSPHRASE, PASSPHRASE]
    made = CliRunner().invoke(
        cli, ["--project", str(root), "env", "new", "qa", "--smtp-user", "ana"], input="\n".join(answers) + "\n"
    )
    assert made.exit_code == 0, made.output
    assert asked[0].settings["tenant"]["domain"] == OPTIONS["domain"]
    assert asked[0].smtp_password == "smtp password"
    assert passphrases == [PASSPHRASE]
    assert PASSPHRASE not in made.output
    assert "smtp password" not in made.output


def test_ctrl_c_ends_the_engine_and_leaves_nothing(root: Path, tmp_path: Path) -> None:
    running, temporary = tmp_path / "running", tmp_path / "temporary"
    os.mkfifo(running)
    temporary.mkdir()
    engine = tmp_path / "engine"
    engine.write_text(f"#!/bin/sh\necho > {running}\nexec sleep 60\n")
    engine.chmod(0o755)
    code = (
        "import os; from pathlib import Path; from guestlist import config_secrets; from guestlist.cli.main import main\n"
        f"config_secrets.find_engine = lambda: config_secrets.Engine(program=Path({str(engine)!r}), environ=os.environ)\n"
        "main()"
    )
    options = [word for option, value in OPTIONS.items() for word in (f"--{option}", value)]
    environ = {**os.environ, "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE, "TMPDIR": str(temporary)}
    run = subprocess.Popen(
        [sys.executable, "-c", code, "--project", str(root), "env", "new", "qa", *options],
        env=environ,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    running.read_text()  # until the engine runs
    os.killpg(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=30)
    assert (run.returncode, said.strip()) == (130, "Interrupted.")
    assert files_in(root) == ["Pulumi.yaml"]
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--live",), "--live looks at one tenant"),
        (("--live", "qa", "dev"), "--live looks at one tenant"),
        (("qa", "--save", "before.json"), "--save goes with --live"),
    ],
)
def test_a_live_check_is_of_one_tenant(root: Path, arguments: tuple[str, ...], said: str) -> None:
    result = guestlist(root, "env", "check", *arguments)

    assert result.exit_code == 64
    assert said in result.stderr


def test_a_live_check_with_the_credentials_of_another_tenant_is_refused(root: Path) -> None:
    (root / "config" / "Pulumi.qa.yaml").write_text(an_environment())

    result = guestlist(root, "env", "check", "qa", "--live", environ={"AUTH0_DOMAIN": "other.eu.auth0.com"})

    assert result.exit_code == 3
    assert "nothing was touched" in result.stderr


def test_a_live_check_without_credentials_cannot_tell(root: Path) -> None:
    (root / "config" / "Pulumi.qa.yaml").write_text(an_environment())
    none = dict.fromkeys(("AUTH0_DOMAIN", "AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET", "AUTH0_API_TOKEN"), "")

    result = guestlist(root, "env", "check", "qa", "--live", environ=none)

    assert result.exit_code == 1
    assert "AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET not set" in result.stderr
