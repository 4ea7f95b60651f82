"""The comment of a pull request: what is said, in which order, in how many bytes, and that no value does anything in it."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from guestlist.preview.change import Change, PropertyChange
from guestlist.preview.markdown import marker, render_markdown
from guestlist.preview.markdown_text import code, prose
from guestlist.preview.picture import PENDING, SECRET
from guestlist.preview.report import Report
from tests.unit.preview.hostile import ATTACKS, BREAK, DANGEROUS, changes, interpreted, reports, without_code
from tests.unit.preview.reports import (
    a_change,
    a_finding,
    a_problem,
    a_property,
    a_report,
    a_resource,
    an_allowance,
    urn_of,
)

BOUND = 65_536
LIVE = re.compile(  # links, and what makes a line a list or a heading: a number does with room after its dot, "0.0" does not
    r"(?i)://|www\.|gh-\d|\b[0-9a-f]{7,40}\b|^\s*(?:[-+=]|\d+[.)](?:\s|$))", re.MULTILINE
)


def an_action(before: str | None, after: str | None, name: str = "complete-profile") -> Change:
    nature = "added" if before is None else "changed"
    return a_change(
        PropertyChange(path="code", nature=nature, before=before, after=after),
        operation="create" if before is None else "update",
        resource=a_resource("Action", name),
    )


def test_the_first_line_finds_the_comment_again() -> None:
    first = render_markdown(a_report()).splitlines()[0]

    assert first == "<!-- guestlist:preview:guestlist:prod -->" == marker("guestlist", ["prod"])
    assert marker("guestlist", ["dev", "prod"]) == "<!-- guestlist:preview:guestlist:* -->"
    assert marker("a-->b", ["c --> d"]) == "<!-- guestlist:preview:a-b:c-d -->"


def test_the_headline_says_how_many_where_and_what_is_refused() -> None:
    report = a_report(a_change(), a_change(), a_change(), findings=(a_finding(),))

    assert "### 3 changes to **prod** (tenant `example.eu.auth0.com`), 1 refused by a rule\n" in render_markdown(report)


def test_what_is_lost_comes_before_what_changes() -> None:
    gone = a_change(operation="delete", resource=a_resource("Guardian", "guardian"))
    report = a_report(
        gone,
        a_change(),
        findings=(a_finding(),),
        consequences={gone.resource.urn: "Every factor is switched off, and the MFA policy is empty."},
    )
    shown = render_markdown(report)

    assert "- **Delete** `Guardian guardian`: Every factor is switched off, and the MFA policy is empty." in shown
    order = ["Refused by a rule", "Goes away", "#### Changes"]
    assert [shown.index(one) for one in order] == sorted(shown.index(one) for one in order)


def test_an_allowed_finding_says_until_when_and_why() -> None:
    shown = render_markdown(a_report(findings=(a_finding(allowance=an_allowance()),)))

    assert "refused" not in shown
    assert "Allowed until 2026-12-31: The open day, ticket SEC 17" in shown


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (a_property(), "- `name`: `Guests` → `People`"),
        (a_property(nature="added", before=None, after=True), "- `name`: added `true`"),
        (a_property(nature="removed", before=["a"], after=None), '- `name`: removed `["a"]`'),
        (a_property(before=SECRET, after=SECRET), "- `name`: (secret, changed)"),
        (a_property(nature="added", before=None, after=SECRET), "- `name`: (secret, added)"),
        (a_property(nature="moved", before=["a", "b"], after=["b", "a"]), "- `name`: order `a`, `b` → `b`, `a`"),
        (a_property(before="a", after=""), '- `name`: `a` → `""`'),
        (a_property(before="a`b", after="``"), "- `name`: ``a`b`` → ``` `` ```"),
        (a_property(before="a\tb", after="a b"), "- `name`: `a\\tb` → `a b`"),
    ],
)
def test_a_property_is_shown_before_and_after(change: PropertyChange, expected: str) -> None:
    assert expected in render_markdown(a_report(a_change(change))).splitlines()


def test_what_only_follows_is_one_line() -> None:
    bindings = a_change(a_property(path="actions", after=PENDING), resource=a_resource("TriggerActions", "post-login"))
    shown = render_markdown(a_report(a_change(), bindings))

    assert "Only follows from the above: `TriggerActions post-login` (`actions`)." in shown
    assert "**Update** `TriggerActions" not in shown


def test_what_the_program_keeps_for_itself_is_not_shown() -> None:
    assert "TenantBackup" not in render_markdown(a_report(a_change(resource=a_resource("TenantBackup", "backup"))))


def test_a_short_diff_is_open_and_a_long_one_is_not() -> None:
    few = "\n".join(f"line {number}" for number in range(5))
    many = "\n".join(f"line {number}" for number in range(100))

    assert "<details open><summary><code>code</code>: 1 line added, 1 removed" in render_markdown(
        a_report(an_action(few, few.replace("3", "three")))
    )
    assert "<details><summary><code>code</code>: 100 lines added" in render_markdown(a_report(an_action(None, many)))


def test_a_text_that_differs_in_line_ends_only_says_so() -> None:
    shown = render_markdown(a_report(an_action("a\nb\n", "a\r\nb\r\n")))

    assert "- `code`: only spaces, line ends or the order of keys differ" in shown


def test_a_problem_does_not_hide_what_is_known() -> None:
    shown = render_markdown(a_report(problems=(a_problem(),)))

    assert "### Could not tell everything for **prod**" in shown
    assert "1 change known" in shown
    assert "`Guests` → `People`" in shown


def test_the_lines_of_the_same_action_stand_once_for_all_environments() -> None:
    change = an_action("a\nb\n", "a\nc\n")
    shown = render_markdown([a_report(change, environment="staging"), a_report(change)])

    assert shown.count("```diff") == 1
    assert "the same as for **staging**" in shown


def test_a_secret_is_not_said_to_change_as_a_whole_and_in_part() -> None:
    whole = a_property(path="secrets", before=SECRET, after=SECRET)
    part = a_property(path="secrets[CLIENT_IDS].value", before=SECRET, after=SECRET)

    shown = render_markdown(a_report(a_change(whole, part)))

    assert shown.count("(secret, changed)") == 1
    assert "secrets[CLIENT_IDS].value" in shown


def test_a_list_that_is_not_known_whole_is_shown_without_calling_it_an_order() -> None:
    moved = a_property(path="actions", nature="moved", before=["a", "b"], after=[PENDING, "b"])

    assert "`actions`: `a`, `b` → (known after applying), `b`" in render_markdown(a_report(a_change(moved)))


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_known_attack_is_only_text(attack: str) -> None:
    for shown in (code(attack), prose(attack), f"- {prose(attack)}"):
        assert "\n" not in shown
        assert not DANGEROUS.search(interpreted(shown)), shown


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("Then run: guestlist up --env prod", "Then run: guestlist up --env prod"),
        ("It goes 1 -> 5. That is more.", "It goes 1 -> 5. That is more."),
        ("-> is an arrow", "`->` is an arrow"),
        ("1. is no list", "`1.` is no list"),
        ("0.0 is a number", "0.0 is a number"),
        ("--env is no line", "`--env` is no line"),
        ("`--env`: a quotation - 1) and a list", "`--env`: a quotation `-` 1) and a list"),
    ],
)
def test_only_where_a_line_begins_an_option_or_a_number_is_code(sentence: str, shown: str) -> None:
    assert prose(sentence) == shown


def test_a_long_word_is_read_once() -> None:
    """Whoever names a property chooses the word. In a process of its own: a pattern that tries every way to cut it has no end."""
    program = "from guestlist.preview.markdown_text import prose; print(prose('see ' + 'a' * 100 + '_'))"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)

    assert done.stdout == f"see `{'a' * 100}_`\n"


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(report=reports(), full=st.booleans())
def test_no_value_does_anything_in_a_comment(report: Report, full: bool) -> None:
    shown = render_markdown(report, full=full)

    left = BREAK.sub("", interpreted(shown))
    assert not DANGEROUS.search(left), left
    assert not LIVE.search(left), left
    assert shown.encode()


def hard_lines(number: int, *, seed: int = 1) -> str:
    chance = random.Random(seed)
    return "\n".join("😀" * chance.randint(1, 40) + f" {line}" for line in range(number))


def test_an_action_of_ten_thousand_lines_is_cut_between_lines_and_the_rest_is_counted() -> None:
    shown = render_markdown(a_report(an_action(None, hard_lines(10_000)), findings=(a_finding(),)))

    assert len(shown.encode()) < BOUND
    assert len(shown.encode()) > BOUND * 0.9
    cut = re.search(r"… ([\d,]+) more lines: see the job summary", shown)
    assert cut is not None
    fence = shown.split("```diff\n")[1].split("\n```")[0].splitlines()
    assert len(fence) + int(cut[1].replace(",", "")) == 10_001  # and the line that says where
    assert all(re.fullmatch(r"\+😀+ \d+", line) for line in fence[1:])
    assert "Anybody could sign up" in shown


def test_five_hundred_changes_fit_and_what_matters_stays() -> None:
    gone = [a_change(operation="delete", resource=a_resource("Client", f"gone-{n}")) for n in range(50)]
    others = [
        a_change(a_property(after="😀" * 100), resource=a_resource("Client", f"application-{n}")) for n in range(450)
    ]
    report = a_report(*gone, *others, findings=tuple(a_finding(resource=f"Client gone-{n}") for n in range(50)))

    shown = render_markdown(report)

    assert len(shown.encode()) < BOUND
    assert "### 500 changes to **prod**" in shown
    assert all(f"- **Delete** `Client gone-{n}`" in shown for n in range(50))
    assert all(f"`Client gone-{n}`: Anybody could sign up" in shown for n in range(50))


def test_more_than_can_be_named_is_counted() -> None:
    others = [a_change(resource=a_resource("Client", "😀" * 80 + str(n))) for n in range(500)]

    shown = render_markdown(a_report(*others))

    assert len(shown.encode()) < BOUND
    named = shown.count("**Update**")
    assert f"… {500 - named} more changes: see the job summary" in shown


def test_the_summary_is_not_cut() -> None:
    report = a_report(*(an_action(None, hard_lines(300, seed=n), f"action-{n}") for n in range(20)))

    assert "more line" in render_markdown(report)
    shown = render_markdown(report, full=True)
    assert "more line" not in shown
    assert shown.count("```diff") == 20


def test_one_endless_line_is_cut() -> None:
    shown = render_markdown(a_report(an_action("a\n", "a\n" + "x" * 300_000)))

    assert len(shown.encode()) < BOUND
    assert "… (299,500 more characters)" in shown


def test_ten_environments_share_the_room() -> None:
    several = [
        a_report(an_action(None, hard_lines(1_000, seed=n)), environment=f"env-{n}", findings=(a_finding(),))
        for n in range(10)
    ]
    shown = render_markdown(several)

    assert len(shown.encode()) < BOUND
    assert all(f"### 1 change to **env-{n}**" in shown for n in range(10))
    assert shown.count("```diff") == 10


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(change=changes(), finding_number=st.integers(0, 120), number=st.integers(1, 300))
@example(
    change=a_change(a_property(path=ATTACKS[1])), finding_number=0, number=1
)  # a tag in a code span closes nothing
def test_a_comment_is_never_too_long_and_no_fence_is_cut(change: Change, finding_number: int, number: int) -> None:
    long = an_action(hard_lines(50), hard_lines(2_000, seed=2))
    changed = [replace(change, resource=a_resource("Client", f"{'😀' * 60}{n}")) for n in range(number)]
    findings = tuple(a_finding(urn=urn_of("Client", str(n)), what="😀 " * 300) for n in range(finding_number))

    shown = render_markdown(a_report(long, *changed, findings=findings))

    assert len(shown.encode()) < BOUND
    assert shown.splitlines()[1].startswith("### ")
    read = without_code(shown)  # which refuses a fence that is not closed
    assert read.count("<details") == read.count("</details>")
