"""What taking an environment down means."""

from typing import Any

from guestlist.destroy import describe, plan_teardown, protection_refusal
from tests.unit.operator_state import DOMAIN, a_resource, a_state


def a_backup(*saved: str, cannot_restore: tuple[str, ...] = ()) -> dict[str, Any]:
    outputs = {"saved": dict.fromkeys(saved, "{}"), "cannot_restore": list(cannot_restore)}
    return a_resource(
        "TenantBackup", "tenant-backup", type="pulumi-python:dynamic/guestlist:TenantBackup", outputs=outputs
    )


def test_what_goes_says_what_people_lose() -> None:
    teardown = plan_teardown(a_state(a_resource("Connection", "invited-users"), a_resource("Action", "require-mfa")))

    assert teardown.deleted == ("Connection invited-users (with every user in it)", "Action require-mfa")


def test_a_retained_thing_that_was_saved_is_put_back() -> None:
    teardown = plan_teardown(a_state(a_backup("guardian"), a_resource("Guardian", "guardian", retainOnDelete=True)))

    assert (teardown.deleted, teardown.restored, teardown.stays) == ((), ("Guardian guardian",), ())


def test_a_retained_thing_that_was_not_saved_stays() -> None:
    teardown = plan_teardown(a_state(a_backup(), a_resource("Guardian", "guardian", retainOnDelete=True)))

    assert (teardown.restored, teardown.stays) == ((), ("Guardian guardian",))


def test_what_cannot_be_put_back_is_said() -> None:
    sentence = "email-provider: Auth0 never shows its credentials."

    teardown = plan_teardown(a_state(a_backup("email-provider", cannot_restore=(sentence,))))

    assert teardown.lost == (sentence,)
    assert sentence in describe(teardown, environment="dev", domain=DOMAIN)


def test_protected_resources_are_refused_with_the_option_that_says_so() -> None:
    teardown = plan_teardown(a_state(a_resource("Connection", "invited-users", protect=True)))

    refused = protection_refusal(teardown, environment="dev")

    assert refused is not None
    assert refused.exit_code == 3
    assert "Connection invited-users: with every user in it" in refused.message
    assert "--delete-protected" in refused.message


def test_nothing_protected_is_no_refusal() -> None:
    assert protection_refusal(plan_teardown(a_state(a_resource())), environment="dev") is None
