"""The password that whoever walks through the demo chooses."""

from unittest.mock import patch

from guestlist.journey import demo
from localtenant.management.password_policy import check_password

STRICTEST = {
    "passwordPolicy": "excellent",
    "password_dictionary": {"enable": True},
    "password_no_personal_info": {"enable": True},
}


def test_whatever_chance_gives_the_password_is_taken() -> None:
    """Each pair of characters that can come, and so each that can be beside another."""
    ana = {"email": demo.ADDRESS, "given_name": "Ana", "family_name": "Lopes"}
    for value in range(256):
        with patch.object(demo.secrets, "token_hex", return_value=f"{value:02x}"):
            check_password(STRICTEST, demo._password(), ana)


def test_no_two_are_the_same() -> None:
    assert len({demo._password() for _ in range(100)}) == 100
