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

WEBHOOK_SECRETS = {"WEBHOOK_URL", "WEBHOOK_SECRET"}
SECRETS = {
    "custom-phone-provider/phone-webhook": WEBHOOK_SECRETS,
    "send-phone-message/phone-webhook": WEBHOOK_SECRETS,
    "post-login/require-mfa": {"CLIENT_IDS", "CONNECTION_NAME", "FACTORS"},
    "post-login/complete-profile": {
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
}
# What each exports.
HANDLERS = {
    "custom-phone-provider/phone-webhook": ["onExecuteCustomPhoneProvider"],
    "send-phone-message/phone-webhook": ["onExecuteSendPhoneMessage"],
    "post-login/require-mfa": ["onExecutePostLogin"],
    "post-login/complete-profile": ["onContinuePostLogin", "onExecutePostLogin"],
}

LOG_LINES = {
    "custom-phone-provider": "console.log(`guestlist did not send a text message: ${reason}`);",
    "send-phone-message": "console.log(`guestlist did not send a text message: ${reason}`);",
    "post-login": "console.log(`guestlist denied a login: ${reason}`);",
}
HANDBOOK = (ROOT / "docs" / "actions.md").read_text(encoding="utf-8")


def name_of(action: Path) -> str:
    """Trigger and name: two triggers may have an Action of one name."""
    return f"{action.parent.name}/{action.stem}"


LOGIN_ACTIONS = [path for path in ACTIONS if path.parent.name == "post-login"]
WEBHOOKS = [path for path in ACTIONS if path.stem == "phone-webhook"]
every_action = pytest.mark.parametrize("action", ACTIONS, ids=name_of)
every_login_action = pytest.mark.parametrize("action", LOGIN_ACTIONS, ids=name_of)
every_webhook = pytest.mark.parametrize("action", WEBHOOKS, ids=name_of)


def code_of(action: Path) -> str:
    """The source without its comments (which may name Auth0's documentation)."""
    source = action.read_text(encoding="utf-8")
    without_blocks = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    return re.sub(r"(^|\s)// .*$", "", without_blocks, flags=re.MULTILINE)


def rows_of(heading: str) -> list[list[str]]:
    """The cells of a section's table rows, of those that begin with code."""
    _, _, behind = HANDBOOK.partition(f"\n## {heading}\n")
    section = re.split(r"^## ", behind, maxsplit=1, flags=re.MULTILINE)[0]
    return [row.split("|") for row in section.splitlines() if row.startswith("| `")]


def secret_names(rows: list[list[str]]) -> set[str]:
    return {row[1].strip(" `") for row in rows if re.fullmatch(r" `[A-Z_]+` ", row[1])}


def test_there_are_these_actions() -> None:
    assert {path.relative_to(ROOT / "actions").as_posix() for path in ACTIONS} == {
        "custom-phone-provider/phone-webhook.js",
        "post-login/complete-profile.js",
        "post-login/require-mfa.js",
        "send-phone-message/phone-webhook.js",
    }


@every_action
def test_an_action_parses(action: Path) -> None:
    done = node("--check", action)
    assert done.returncode == 0, done.stderr


@every_action
def test_an_action_exports_the_handlers_of_its_trigger_only(action: Path) -> None:
    done = node("-p", f"JSON.stringify(Object.keys(require({json.dumps(str(action))})).sort())")
    assert json.loads(done.stdout) == HANDLERS[name_of(action)]


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
    """A container outlives a login. A regular expression counts as a constant without `g` and `y`, which remember a place."""
    code = code_of(action).replace(" =\n ", " =")
    top_level = [line for line in code.splitlines() if re.match(r"(let|var|const)\b", line)]
    constant = re.compile(r"const [A-Z_]+ = (Object\.freeze\(|\d+;|'\w+';|/.+/[imsu]*;)")
    assert [line for line in top_level if not constant.match(line)] == []


@every_action
def test_an_action_logs_a_reason_and_nothing_of_the_event(action: Path) -> None:
    logged = re.findall(r"console\.\w+\(.*", code_of(action))
    assert logged == [LOG_LINES[action.parent.name]]


@every_action
def test_an_action_uses_the_secrets_it_documents(action: Path) -> None:
    code = code_of(action)
    _, _, listed = action.read_text(encoding="utf-8").split("*/")[0].partition("* Secrets: ")
    used = set(re.findall(r"\b[A-Z_]{4,}\b", code)) & (set().union(*SECRETS.values()))
    documented = set(re.findall(r"\b[A-Z_]{4,}\b", listed))
    assert used == documented == SECRETS[name_of(action)]
    assert len(used) <= MAX_SECRETS


@every_login_action
def test_the_handbook_has_every_sentence_that_a_user_may_read(action: Path) -> None:
    sentences = re.findall(r"^  (\w+): '(.+)',$", code_of(action), flags=re.MULTILINE)
    assert len(sentences) >= 4
    rows = [line for line in HANDBOOK.splitlines() if line.startswith("| `")]
    for reason, sentence in sentences:
        assert any(f"`{reason}`" in row and f"| {sentence} |" in row for row in rows), reason


@every_login_action
def test_the_handbook_has_every_secret_of_a_login_action(action: Path) -> None:
    column = {"require-mfa": 2, "complete-profile": 3}[action.stem]
    documented = secret_names([row for row in rows_of("Secrets") if row[column].strip()])
    assert documented == SECRETS[name_of(action)]


@every_webhook
def test_the_handbook_has_every_secret_of_a_web_hook(action: Path) -> None:
    assert secret_names(rows_of("Text messages by a web hook")) == SECRETS[name_of(action)]


@every_webhook
def test_the_handbook_has_every_reason_of_a_web_hook(action: Path) -> None:
    reasons = set(re.findall(r"reason: ['`](\w+)", code_of(action)))
    assert len(reasons) == 6
    assert {reason for reason in reasons if f"| `{reason}`" not in HANDBOOK} == set()


@every_webhook
def test_a_web_hook_throws_nothing_but_its_reason(action: Path) -> None:
    thrown = re.findall(r"\bthrow\b.*", code_of(action))
    expected = ["throw new Error(`The text message was not sent: ${failure.reason}`);"]
    assert thrown == (expected if action.parent.name == "send-phone-message" else [])
