"""What a delete, a replacement or a first write really does, said for every kind."""

from __future__ import annotations

import pytest

from guestlist.preview.consequences import BY_KIND, KEPT, consequence
from guestlist.preview.picture import Operation
from tests.unit.preview.pictures import a_change

# By kind: what has to be said of a delete and of a replacement.
SAID: list[tuple[Operation, str, str]] = [
    ("delete", "Connection", "All users of the connection are deleted with it"),
    ("replace", "Connection", "every invitation has to be sent again"),
    ("delete", "Guardian", "Every second factor of the tenant goes off"),
    ("replace", "Guardian", "before it comes on again"),
    ("delete", "Action", "cannot be deleted (409)"),
    ("replace", "Action", "It takes two ups"),
    ("delete", "TriggerActions", "other people's Actions included"),
    ("replace", "TriggerActions", "meets no Action, MFA included"),
    ("delete", "TriggerAction", "others keep their place"),
    ("delete", "Client", "A new one has another id"),
    ("replace", "Client", "cannot log anybody in until it is given them"),
    ("delete", "ClientGrant", "24 hours for the Management API"),
    ("delete", "ClientCredentials", "usual way of authenticating"),
    ("delete", "Tenant", "Nothing: Auth0 cannot delete tenant settings"),
    ("delete", "EmailProvider", "Auth0's own mailer takes over"),
    ("delete", "EmailTemplate", "only switched off: its text stays"),
    ("delete", "Pages", "switched off"),
    ("delete", "PhoneProvider", "cannot log in"),
    ("delete", "PhoneNotificationTemplate", "Auth0's own words"),
    ("delete", "Branding", "Colours, logo and font stay"),
    ("delete", "PromptCustomText", "those of others too"),
    ("delete", "AttackProtection", "go off for the whole tenant"),
    ("delete", "CustomDomain", "links in mails die"),
    ("replace", "CustomDomain", "verified again"),
    ("delete", "CustomDomainVerification", "stays so"),
    ("delete", "ConnectionClients", "nobody can log in"),
    ("delete", "ApplicationConnections", "Nothing changes in the tenant"),
    ("delete", "TenantBackup", "put back as it was before the first up"),
    ("delete", "PostLoginBackup", "taken out of the login's list"),
    ("delete", "ClientSecrets", "Nothing changes in Auth0"),
    ("delete", "ExistingApplications", "Nothing changes in Auth0"),
]


@pytest.mark.parametrize(("operation", "kind", "words"), SAID, ids=lambda one: str(one)[:30])
def test_what_follows_is_said(operation: Operation, kind: str, words: str) -> None:
    said = consequence(a_change(operation, f"{kind} one"))

    assert said is not None
    assert words in said


def test_every_kind_is_tried() -> None:
    assert {kind for _, kind, _ in SAID} == set(BY_KIND)


def test_a_guardian_that_is_retained_stays_on_until_the_backup_is_put_back() -> None:
    said = consequence(a_change("delete", "Guardian guardian", retained=True))

    assert said is not None
    assert "where MFA was off then, it is off again" in said
    assert "goes off" not in said


def test_what_is_retained_stays() -> None:
    assert consequence(a_change("delete", "ClientGrant inviter-grant", retained=True)) == KEPT
    assert consequence(a_change("delete", "Unknown thing", retained=True)) == KEPT


@pytest.mark.parametrize(
    "kind", ["Tenant", "Guardian", "EmailProvider", "EmailTemplate", "Branding", "AttackProtection"]
)
def test_the_first_write_of_what_is_there_already_overwrites_it(kind: str) -> None:
    said = consequence(a_change("create", f"{kind} one"))

    assert said is not None
    assert "overwrit" in said


@pytest.mark.parametrize("kind", ["Client", "Connection", "ClientGrant", "Action", "Unknown"])
def test_what_is_new_overwrites_nothing(kind: str) -> None:
    assert consequence(a_change("create", f"{kind} one")) is None


def test_an_update_is_what_it_says() -> None:
    assert all(consequence(a_change("update", f"{kind} one", {"a": 1}, before={"a": 2})) is None for kind in BY_KIND)


def test_a_replacement_without_words_of_its_own_is_a_delete() -> None:
    replaced, deleted = (consequence(a_change(one, "PhoneNotificationTemplate one")) for one in ("replace", "delete"))

    assert replaced == deleted
    assert replaced is not None


def test_what_follows_is_one_to_three_sentences() -> None:
    for found in BY_KIND.values():
        for said in (found.delete, found.replace, found.create, found.retained):
            assert said is None or (said.endswith(".") and said.count(". ") <= 2), said
