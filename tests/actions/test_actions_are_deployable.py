"""What Auth0 asks of an Action's code and secrets, and what this repository asks on top of it."""

import json
import re
from pathlib import Path

import pytest

from .node import node

ROOT = Path(__file__).parents[2]
ACTIONS = tuple(sorted((ROOT / "actions").rglob("*.js")))

# Source: https://auth0.com/docs/customize/actions/limitations (code 100 kB, 30 secrets an Action)
MAX_CODE_BYTES = 100_000
MAX_SECRETS = 30

SECRETS = {
    "require-mfa": {"CLIENT_IDS", "CONNECTION_NAME", "FACTORS"},
    "complete-profile": {
        "CLIENT_IDS",
        "CONNECTION_NAME",
        "PROFILE_APPLIES_TO",
        "PROFILE_PAGE_URL",
        "TO_PAGE_SECRET",
        "FROM_PAGE_SECRET",
        "PREVIOUS_FROM_PAGE_SECRET",
        "PROFILE_STORE",
        "TENANT_DOMAIN",
        "PROFILE_WRITER_CLIENT_ID",
        "PROFILE_WRITER_CLIENT_SECRET",
    },
    "phone-webhook": {"WEBHOOK_URL", "WEBHOOK_SECRET"},
}
# By trigger, then by Action.
HANDLERS = {
    "post-login": {
        "require-mfa": ["onExecutePostLogin"],
        "complete-profile": ["onContinuePostLogin", "onExecutePostLogin"],
    },
    "custom-phone-provider": {"phone-webhook": ["onExecuteCustomPhoneProvider"]},
    "send-phone-message": {"phone-webhook": ["onExecuteSendPhoneMessage"]},
}

every_action = pytest.mark.parametrize("action", ACTIONS, ids=lambda path: f"{path.parent.name}/{path.stem}")
every_login_action = pytest.mark.parametrize(
    "action", [path for path in ACTIONS if path.parent.name == "post-login"], ids=lambda path: path.stem
)


def code_of(action: Path) -> str:
    """The source without its comments (which may name Auth0's documentation)."""
    source = action.read_text(encoding="utf-8")
    without_blocks = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    return re.sub(r"(^|\s)// .*$", "", without_blocks, flags=re.MULTILINE)


def test_a_folder_is_a_trigger_and_a_file_an_action() -> None:
    named = {f"{trigger}/{action}.js" for trigger, actions in HANDLERS.items() for action in actions}
    assert {path.relative_to(ROOT / "actions").as_posix() for path in ACTIONS} == named


@every_action
def test_an_action_parses(action: Path) -> None:
    done = node("--check", action)
    assert done.returncode == 0, done.stderr


@every_action
def test_an_action_exports_the_handlers_of_its_trigger_only(action: Path) -> None:
    done = node("-p", f"JSON.stringify(Object.keys(require({json.dumps(str(action))})).sort())")
    assert json.loads(done.stdout) == HANDLERS[action.parent.name][action.stem]


@every_action
def test_an_action_fits_auth0s_limit_for_code(action: Path) -> None:
    assert action.stat().st_size < MAX_CODE_BYTES


@every_action
def test_an_action_needs_no_module(action: Path) -> None:
    assert not re.search(r"\brequire\s*\(|\bimport\b|\beval\b|\bFunction\s*\(|\bprocess\b", code_of(action))


@every_action
def test_an_action_holds_no_url_and_no_tenant(action: Path) -> None:
    assert not re.search(r"https?://\w|auth0\.com|\w@\w", code_of(action))


@every_action
def test_an_action_keeps_no_state_between_users(action: Path) -> None:
    top_level = [line for line in code_of(action).splitlines() if re.match(r"(let|var|const)\b", line)]
    constant = re.compile(r"const [A-Z_]+ = (Object\.freeze\(|\d+;|'\w+';)")
    assert [line for line in top_level if not constant.match(line)] == []


@every_action
def test_an_action_logs_a_reason_and_nothing_of_the_event(action: Path) -> None:
    logged = re.findall(r"console\.\w+\(.*", code_of(action))
    by_trigger = {"post-login": "console.log(`guestlist denied a login: ${reason}`);"}
    assert logged == [
        by_trigger.get(action.parent.name, "console.log(`guestlist did not send a message: ${outcome}`);")
    ]


@every_action
def test_an_action_uses_the_secrets_it_documents(action: Path) -> None:
    code = code_of(action)
    _, _, listed = action.read_text(encoding="utf-8").split("*/")[0].partition("* Secrets: ")
    used = set(re.findall(r"\b[A-Z_]{4,}\b", code)) & (set().union(*SECRETS.values()))
    documented = set(re.findall(r"\b[A-Z_]{4,}\b", listed))
    assert used == documented == SECRETS[action.stem]
    assert len(used) <= MAX_SECRETS


def test_what_both_web_hooks_share_is_word_for_word_the_same() -> None:
    shared = {path.read_text().split("// ---- From here on")[1] for path in ACTIONS if path.stem == "phone-webhook"}
    assert len(shared) == 1


@every_login_action
def test_the_handbook_has_every_sentence_that_a_user_may_read(action: Path) -> None:
    handbook = (ROOT / "docs" / "actions.md").read_text(encoding="utf-8")
    sentences = re.findall(r"^  (\w+): '(.+)',$", code_of(action), flags=re.MULTILINE)
    assert len(sentences) >= 4
    rows = [line for line in handbook.splitlines() if line.startswith("| `")]
    for reason, sentence in sentences:
        assert any(f"`{reason}`" in row and f"| {sentence} |" in row for row in rows), reason


@every_action
def test_the_handbook_has_every_secret(action: Path) -> None:
    handbook = (ROOT / "docs" / "actions.md").read_text(encoding="utf-8")
    part = handbook.partition("## Text messages by a web hook")[2 if action.stem == "phone-webhook" else 0]
    column = {"require-mfa": 2, "complete-profile": 3, "phone-webhook": 2}[action.stem]
    rows = [line.split("|") for line in part.splitlines() if line.startswith("| `")]
    documented = {row[1].strip(" `") for row in rows if re.fullmatch(r" `[A-Z_]+` ", row[1]) and row[column].strip()}
    assert documented == SECRETS[action.stem]
