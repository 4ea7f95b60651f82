"""What the engine's words mean. The texts are the engine's own (3.253.0) and the provider's (3.50.1)."""

import pytest

from guestlist.engine_errors import NoStack, ProgramFailed, StateLocked, classify
from guestlist.errors import EngineFailed, GuestlistError, Refused, TenantFailed, ToolchainMissing, WrongTenant

LOCKED = """error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.
  file:///state/.pulumi/locks/organization/guestlist/dev/1b21.json?no_tmp_dir=true: created by ci@runner-7 (pid 472) at 2026-11-23T23:47:25Z"""

SAID = [
    (LOCKED, StateLocked, "guestlist recover --env dev"),
    ("error: [409] Conflict: Another update is currently in progress.", StateLocked, "guestlist recover --env dev"),
    (
        "error: getting stack configuration: get stack secrets manager: incorrect passphrase",
        EngineFailed,
        "PULUMI_CONFIG_PASSPHRASE",
    ),
    (
        (
            "error: getting stack configuration: get stack secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or "
            "PULUMI_CONFIG_PASSPHRASE_FILE environment variables"
        ),
        EngineFailed,
        "PULUMI_CONFIG_PASSPHRASE_FILE",
    ),
    ("error: no stack named 'dev' found", NoStack, "pulumi stack init dev"),
    ("error: failed to load checkpoint: EOF", EngineFailed, "guestlist recover --env dev"),
    (
        "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
        EngineFailed,
        "PULUMI_BACKEND_URL",
    ),
    (
        "error: unable to open bucket file:///nonexistent/x?no_tmp_dir=true: stat /nonexistent/x: no such file or directory",
        EngineFailed,
        "no such file or directory",
    ),
    (
        "error: no resource plugin 'pulumi-resource-auth0' found in the workspace at version v3.50.1",
        ToolchainMissing,
        "make setup",
    ),
    (
        'Post "https://localhost:8443/oauth/token": dial tcp 127.0.0.1:8443: connect: connection refused',
        TenantFailed,
        "guestlist local start",
    ),
    (
        'Get "https://acme.eu.auth0.com/": dial tcp: lookup acme.eu.auth0.com: no such host',
        TenantFailed,
        "guestlist doctor --env dev",
    ),
    ("tls: failed to verify certificate: x509: certificate signed by unknown authority", TenantFailed, "not trusted"),
    ("429 Too Many Requests: Global limit has been reached", TenantFailed, "rate limit"),
    ("503 Service Unavailable: upstream connect error", TenantFailed, "guestlist doctor --env dev"),
    ("403 Forbidden: Insufficient scope, expected any of: create:clients", TenantFailed, "create:clients"),
    ("409 Conflict: A connection with the same name already exists", TenantFailed, "docs/recover.md"),
    ("401 Unauthorized: Invalid token", TenantFailed, "guestlist doctor --env dev"),
    (
        (
            'error: resource "urn:pulumi:dev::guestlist::auth0:index/connection:Connection::invited-users" cannot be deleted\n'
            "because it is protected."
        ),
        Refused,
        "invited-users",
    ),
    (
        "Traceback (most recent call last):\n  File x\nstacks.settings_faults.SettingsError: config/Pulumi.dev.yaml: bad",
        ProgramFailed,
        "config/Pulumi.dev.yaml: bad",
    ),
    ("error: something new\nerror: update failed", EngineFailed, "something new"),
    ("", EngineFailed, "without a reason"),
]


@pytest.mark.parametrize(("text", "kind", "remedy"), SAID, ids=[text[:40] or "nothing" for text, *_ in SAID])
def test_each_ending_has_its_sentence_and_remedy(text: str, kind: type[GuestlistError], remedy: str) -> None:
    error = classify(text, environment="dev", doing="deploy dev")

    assert type(error) is kind
    assert remedy in error.message
    assert error.message.startswith("Cannot deploy dev: ")


def test_a_lock_names_its_owner() -> None:
    error = classify(LOCKED, environment="dev", doing="deploy dev")

    assert isinstance(error, StateLocked)
    assert "ci@runner-7 (pid 472) since 2026-11-23T23:47:25Z" in error.message
    assert [owner.pid for owner in error.owners] == [472]


def test_the_programs_own_refusal_is_passed_on() -> None:
    sentence = "Refused to touch the tenant a.eu.auth0.com: the credentials in the environment are for b.eu.auth0.com (AUTH0_DOMAIN)."

    error = classify(f"Traceback (most recent call last):\n{sentence}", environment="dev", doing="deploy dev")

    assert isinstance(error, WrongTenant)
    assert error.message == sentence


def test_exit_codes_follow_the_kind() -> None:
    assert classify(LOCKED, environment="dev", doing="x").exit_code == 1
    assert classify("cannot be deleted\nbecause it is protected", environment="dev", doing="x").exit_code == 3


def test_a_takeover_that_nobody_decided_is_a_refusal_with_every_line() -> None:
    said = "Refused to take over a.eu.auth0.com: 2 things are to be decided.\n  - mfa: one\n  - postLogin: two"

    error = classify(
        f"Exception calling application: {said}\n    error: update failed", environment="dev", doing="deploy dev"
    )

    assert isinstance(error, Refused)
    assert error.message == said


def test_a_state_of_another_tenant_is_the_wrong_tenant() -> None:
    said = "this state was made against the tenant a.eu.auth0.com, and guestlist:tenant names b.eu.auth0.com. Nothing was touched."

    error = classify(f"error: resource is invalid: {said}", environment="dev", doing="deploy dev")

    assert isinstance(error, WrongTenant)
    assert error.message == said
