"""Secrets do not survive in what is shown."""

import pytest

from guestlist.scrubbing import MASK, backend_shown, scrubber

CANARY = "canary-0123456789-secret"


@pytest.mark.parametrize(
    "text",
    [
        f"client {CANARY} refused",
        f'{{"client_secret":"{CANARY}"}}',
        "Authorization: Bearer eyJhbGciOi.canary.sig",
        "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.canarysignature",
        "https://acme.eu.auth0.com/lo/reset?ticket=canary0123#",
        "https://localhost/continue?state=abc&session_token=canary",
        "smtpPassword: canary123",
        "postgres://user:canary123@db/state",
    ],
)
def test_a_secret_is_masked(text: str) -> None:
    scrubbed = scrubber({"AUTH0_CLIENT_SECRET": CANARY})(text)

    assert "canary" not in scrubbed.replace("https://acme", "")
    assert MASK in scrubbed


def test_ordinary_sentences_stay() -> None:
    text = "Cannot deploy local: the tenant https://localhost:8443 answered 404 to GET /api/v2/clients/AbC"

    assert scrubber({"PULUMI_CONFIG_PASSPHRASE": "local"})(text) == text


def test_the_place_of_the_state_is_shown_without_its_password() -> None:
    shown = backend_shown(
        {"PULUMI_BACKEND_URL": "postgres://guestlist:hunter2-and-more@db.example:5432/pulumi?sslmode=verify-full"}
    )

    assert shown == f"postgres://guestlist:{MASK}@db.example:5432/pulumi?sslmode=verify-full"
