"""Whatever is in the file: settings or faults, never an exception, never a secret."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guestlist.config_files import check_file, read_bytes
from guestlist.config_yaml import UnreadableYaml, parse
from guestlist.environment_new import NewEnvironment, compose
from stacks.settings import SEALED, SettingsError, check, load_for_program
from stacks.settings_reference import rows
from tests.unit.environment_files import GOOD_KEYS, SALT, SEALED_TEXT, an_environment

EXAMPLES = int(os.environ.get("GUESTLIST_EXAMPLES", "60"))  # of each property; the full count is for `make soak`
PROFILE = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
VALID = an_environment().encode()
CANARY = "canary4kJ9"

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
PUBLIC_KEYS = [row.key.replace("[]", "") for row in rows() if "secret" not in row.kind]
SECRET_KEYS = [row.key for row in rows() if "secret" in row.kind]

GROUPS = st.sampled_from(sorted({key.partition(".")[0] for key in PUBLIC_KEYS}))
# What a person may well write in a wrong place: words that are the right ones elsewhere.
ORDINARY = st.sampled_from(
    [
        *(
            "own",
            "leave",
            "require",
            "sms",
            "auth0",
            "twilio",
            "custom",
            "ses",
            "mailgun",
            "afterProfile",
            "clients",
            "spa",
            "legacy",
        ),
        *(
            "https://a.example",
            "https://guestlist-qa.eu.auth0.example",
            "https://[",
            "login.guestlist.example",
            "{{code}}",
        ),
        *(True, False, 0, 1, 60, 2400, -1, 10**30, float("nan"), None),
        *(["https://a.example"], ["https://["], [["sms"]], ["de", "de"], {}, {"name": ["x"]}),
    ]
)
APPLICATIONS = st.fixed_dictionaries(
    {},
    optional={
        "name": ORDINARY | st.just("Guestlist app") | st.lists(st.text(max_size=3), max_size=2),
        "existing": ORDINARY,
        "kind": ORDINARY,
        "callbackUrls": ORDINARY,
        "logoutUrls": ORDINARY,
        "webOrigins": ORDINARY,
        "initiateLoginUri": ORDINARY,
    },
)


def find_faults(data: bytes, opened: dict[str, str] | None = None) -> list[str]:
    """Read and check a file's content; the lines of its faults, none if it has settings."""
    checked = check_file(read_bytes(data, environment="qa", file="config/Pulumi.qa.yaml"), opened)
    assert (checked.settings is None) == bool(checked.faults)
    lines = [str(fault) for fault in checked.faults]
    assert all(line.isprintable() for line in lines)
    return lines


@PROFILE
@given(st.binary(max_size=400))
def test_any_bytes_are_settings_or_faults(data: bytes) -> None:
    assert find_faults(data)


@PROFILE
@given(st.text(max_size=300))
def test_any_text_is_settings_or_faults(text: str) -> None:
    assert find_faults(text.encode("utf-8", "surrogatepass"))


@PROFILE
@given(st.integers(0, len(VALID)), st.integers(0, 60), st.binary(max_size=20))
def test_any_damage_to_a_valid_file_is_settings_or_faults(at: int, cut: int, put: bytes) -> None:
    find_faults(VALID[:at] + put + VALID[at + cut :])


@PROFILE
@given(TREES)
def test_any_tree_is_settings_or_faults(tree: object) -> None:
    assert find_faults(yaml.safe_dump(tree, allow_unicode=True).encode("utf-8", "surrogatepass"))


@PROFILE
@given(st.sampled_from(PUBLIC_KEYS), TREES)
def test_any_value_of_any_setting_is_settings_or_faults(key: str, value: object) -> None:
    config = _with(key.replace("KEY", "admin"), value)
    _check_both(config)


@PROFILE
@given(
    st.dictionaries(st.sampled_from(PUBLIC_KEYS), TREES | ORDINARY, max_size=8), st.sets(st.sampled_from(SECRET_KEYS))
)
def test_any_values_of_several_settings_are_settings_or_faults(changes: dict[str, object], secrets: set[str]) -> None:
    config: dict[str, Any] = yaml.safe_load(VALID)["config"]
    for key, value in changes.items():
        config = _with(key.replace("KEY", "admin"), value, config)
    _check_both({**config, **dict.fromkeys(secrets, SEALED)})


@PROFILE
@given(st.dictionaries(st.text(max_size=12) | st.integers() | st.booleans(), APPLICATIONS | TREES, max_size=4))
def test_any_applications_under_any_keys_are_settings_or_faults(others: dict[object, object]) -> None:
    _check_both(_with("guestlist:otherApplications", others))


@PROFILE
@given(GROUPS, TREES)
def test_any_tree_for_a_group_is_settings_or_faults(group: str, tree: object) -> None:
    _check_both(_with(group, tree))


def _with(key: str, value: object, config: dict[str, Any] | None = None) -> dict[str, Any]:
    """Give a valid configuration with one setting of another value, made where it is missing."""
    config = yaml.safe_load(VALID)["config"] if config is None else config
    *above, last = key.removeprefix("guestlist:").split(".")
    here, place = config, f"guestlist:{above[0] if above else last}"
    for name in (place, *above[1:]) if above else ():
        here[name] = dict(here[name]) if isinstance(here.get(name), dict) else {}
        here = here[name]
    here[last if above else place] = value
    return config


def _check_both(config: dict[str, Any]) -> None:
    """Whatever is in it, an environment has settings or faults that are one printable line each."""
    for environment in ("qa", "local"):
        checked = check({**config}, environment=environment)
        assert (checked.settings is None) == bool(checked.faults)
        assert all(str(fault).isprintable() for fault in checked.faults)


@PROFILE
@given(st.dictionaries(st.text(max_size=10) | st.sampled_from([*PUBLIC_KEYS, *SECRET_KEYS]), TREES, max_size=5))
def test_the_program_gets_one_error_for_any_wrong_configuration(config: dict[str, object]) -> None:
    with pytest.raises(SettingsError) as error:  # no tenant is named
        load_for_program(config, environment="qa", environ={})
    assert error.value.faults


def _with_canary(value: object) -> object:
    if isinstance(value, str):
        return value + CANARY
    if isinstance(value, list):
        return [_with_canary(inner) for inner in value] or [CANARY]
    if isinstance(value, dict):
        return {key: _with_canary(inner) for key, inner in value.items()} or {"a": CANARY}
    return CANARY


@PROFILE
@given(st.sampled_from([*SECRET_KEYS, "guestlist:toPageSecrt", "toPageSecret", "other:toPageSecret"]), TREES)
def test_no_fault_shows_what_is_at_a_secret_s_key_or_at_an_unknown_one(key: str, value: object) -> None:
    tree = yaml.safe_load(VALID)
    tree["config"][key] = _with_canary(value)
    assert CANARY not in "".join(find_faults(yaml.safe_dump(tree, allow_unicode=True).encode("utf-8", "surrogatepass")))


@PROFILE
@given(st.sampled_from(sorted(GOOD_KEYS)), st.text(max_size=100))
def test_no_fault_shows_a_decrypted_secret(name: str, value: str) -> None:
    lines = find_faults(VALID, {**GOOD_KEYS, name: value + CANARY})
    assert CANARY not in "".join(lines)


@PROFILE
@given(st.integers(0, len(VALID)), st.text("{}[]&*!|>'\"%@`#,:\t\n- ", min_size=1, max_size=4))
def test_no_damage_makes_a_fault_show_a_secret_in_plain_text(at: int, put: str) -> None:
    text = VALID.decode().replace(f"secure: {SEALED_TEXT}", CANARY)
    lines = find_faults((text[:at] + put + text[at:]).encode())
    assert CANARY not in "".join(lines)


TEXTS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\u2028\u2029\ufeff"),
    min_size=1,
    max_size=40,
)


@PROFILE
@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=3), st.integers(-(10**9), 10**9), st.booleans())
def test_what_env_new_writes_every_reader_takes_for_the_same(
    text: str, items: list[str], number: int, protect: bool
) -> None:
    values = {"text": text, "list": tuple(items), "number": number}
    written = compose(
        NewEnvironment(name="qa", settings={"group": values}, protect=protect), {"encryptionsalt": SALT}, {}
    )
    expected: dict[str, Any] = {"guestlist:group": {"text": text, "list": items, "number": number}}
    expected |= {} if protect else {"guestlist:protect": False}
    assert parse(written.encode()) == ({"encryptionsalt": SALT, "config": expected}, [])
    assert yaml.safe_load(written) == {"encryptionsalt": SALT, "config": expected}


@PROFILE
@given(TREES)
def test_the_reader_agrees_with_pyyaml_or_refuses(tree: object) -> None:
    written = yaml.safe_dump(tree, allow_unicode=True, default_style='"').encode("utf-8", "surrogatepass")
    try:
        ours, _ = parse(written)
    except UnreadableYaml:
        return
    assert _as_texts(ours) == _as_texts(yaml.safe_load(written))


def _as_texts(value: object) -> object:
    """Compare shapes and texts: numbers are read by YAML 1.2 on one side and 1.1 on the other."""
    if isinstance(value, dict):
        return {str(key): _as_texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_texts(inner) for inner in value]
    return value if isinstance(value, str) else ""


@PROFILE
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "guestlist:invite": st.fixed_dictionaries({"linkTtlSec": st.integers(1, 2592000)}),
            "guestlist:connection": st.fixed_dictionaries({}, optional={"passwordMinLength": st.integers(8, 72)}),
            "guestlist:mfa": st.fixed_dictionaries(
                {"enabled": st.booleans()},
                optional={"factors": st.sampled_from([["sms"], ["otp", "sms"], ["webauthn"]])},
            ),
            "guestlist:otherApplications": st.dictionaries(
                st.sampled_from(["admin", "back-office"]),
                st.text("abc", min_size=1, max_size=8).map(lambda name: {"name": name, "existing": True}),
                max_size=1,
            ),
            "guestlist:languages": st.lists(st.sampled_from(["de", "en", "he"]), unique=True),
            "guestlist:sessions": st.fixed_dictionaries({}, optional={"lifetimeHours": st.integers(1, 8760)}),
            "guestlist:branding": st.fixed_dictionaries({}, optional={"primaryColor": st.just("#0059d6")}),
            "guestlist:attackProtection": st.fixed_dictionaries(
                {"suspiciousIpThrottling": st.booleans()},
                optional={
                    "botDetection": st.sampled_from(["off", "high"]),
                    "allowedIps": st.lists(st.ip_addresses().map(str), unique=True, max_size=3),
                },
            ),
            "guestlist:phone": st.fixed_dictionaries(
                {}, optional={"verificationText": st.just("{{code}} is your code"), "provider": st.just("auth0")}
            ),
            "guestlist:loginDomain": st.fixed_dictionaries({"name": st.just("login.guestlist.example")}),
            "guestlist:protect": st.booleans(),
        },
    )
)
def test_the_program_reads_what_env_check_has_read(changes: dict[str, Any]) -> None:
    config = {**yaml.safe_load(VALID)["config"], **changes}
    public = {key: value for key, value in config.items() if not key.endswith("Secret")}
    stack = read_bytes(yaml.safe_dump({"config": config, "encryptionsalt": SALT}).encode(), environment="qa", file="x")
    # As the engine hands them over: every value a text, objects and switches as JSON.
    handed = {key: json.dumps(value) for key, value in public.items()}
    handed |= {f"guestlist:{name}": value for name, value in GOOD_KEYS.items()}
    assert load_for_program(handed, environment="qa", environ={}) == check_file(stack, GOOD_KEYS).settings
