"""What a preview of one environment takes for a secret."""

from guestlist.preview.environment import secrets_of_shell


def test_the_public_passphrase_of_the_local_tenant_is_no_secret() -> None:
    """It is the name of that environment too, which would be hidden in every heading and in the comment's marker."""
    assert secrets_of_shell({"PULUMI_CONFIG_PASSPHRASE": "local"}) == frozenset()
    assert secrets_of_shell({"PULUMI_CONFIG_PASSPHRASE": "one of our own"}) == {"one of our own"}
