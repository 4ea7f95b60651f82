"""
Rules for every mail template, read from its syntax tree: what a person wrote goes through `escape`, and only Auth0's Liquid is used.

Not here: that names do no harm once they are filled in (`test_hostile_names.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from liquid import BoundTemplate, RenderContext
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.assign_tag import AssignNode

from localtenant.messages.liquid import LiquidFailed, parse, render
from stacks.reset_email import mail_words, reset_email_language
from stacks.settings_types import LANGUAGES

from .mails import body, subject, text

TRUSTED_IN_HTML = {
    "url"
}  # Auth0 makes it and percent-encodes it; its own templates write it bare, and `&` has to stay a link's
# A subject and a text are no HTML. The names in the text are cleaned first (parts.jinja), the rest is ours.
OURS_IN_SUBJECT = {"friendly_name"}
OURS_IN_TEXT = {"url", "friendly_name", "support_email", "support_url", "first_name", "inviter", "address", "time"}
RAW = {"user", "invite", "application", "organization", "request_language"}  # never written out without being cleaned
END_TAG = re.compile(r"\{%-?\s*(end\w+|else)\b([^%]*)%")

BODY, SUBJECT, TEXT = body(), subject(), text()
EVERY = pytest.mark.parametrize(
    "template", [BODY, SUBJECT, TEXT, reset_email_language()], ids=["body", "subject", "text", "language"]
)


def nodes(template: str) -> Iterator[Node]:
    """The whole tree, each node before its children."""
    parsed = parse(template)
    context = RenderContext(parsed)

    def walk(node: Node) -> Iterator[Node]:
        yield node
        for child in node.children(context, include_partials=False):
            yield from walk(child)

    for node in parsed.nodes:
        yield from walk(node)


def outputs(template: str) -> list[Any]:
    return [node.expression for node in nodes(template) if isinstance(node, OutputNode)]


def is_escaped(expression: Any) -> bool:
    """Whether `escape` is the last thing that happens to the value; `a if b else c` has more than one end and is never."""
    filters = expression.filters if isinstance(expression, FilteredExpression) else []
    return bool(filters) and filters[-1].name == "escape"


def variable(expression: Any) -> str | None:
    """The name of a plain variable."""
    is_plain = isinstance(expression, FilteredExpression) and isinstance(expression.left, Path)
    return str(expression.left) if is_plain else None


def unescaped(template: str, trusted: set[str]) -> list[str]:
    """The outputs that neither end in `escape` nor are trusted."""
    return [
        str(expression)
        for expression in outputs(template)
        if not is_escaped(expression) and not (variable(expression) in trusted and not expression.filters)
    ]


def test_every_output_of_the_body_is_escaped() -> None:
    assert len(outputs(BODY)) > 100
    assert unescaped(BODY, TRUSTED_IN_HTML) == []


def test_the_subject_and_the_text_write_out_nothing_but_what_is_ours_or_clean() -> None:
    assert unescaped(SUBJECT, OURS_IN_SUBJECT) == []
    assert unescaped(TEXT, OURS_IN_TEXT) == []
    assert outputs(reset_email_language()) == []


@EVERY
def test_no_raw_value_of_a_person_is_written_out(template: str) -> None:
    assert [str(one) for one in outputs(template) if str(getattr(one, "left", "")).partition(".")[0] in RAW] == []


@EVERY
def test_what_a_person_wrote_is_cut_before_anything_else(template: str) -> None:
    """A name of 64 kB never becomes a mail of 64 kB, nor the work of cleaning it."""
    assigned = [
        node
        for node in nodes(template)
        if isinstance(node, AssignNode) and node.name in {"first_name", "inviter", "address"}
    ]
    raw = [node.expression for node in assigned if str(node.expression.left).partition(".")[0] in RAW]
    assert [one for one in raw if one.filters[-1].name != "truncate"] == []
    assert len(raw) == (3 if assigned else 0)


ESCAPES = [match.start() for match in re.finditer(r" \| escape(?= }})", BODY)]


@pytest.mark.parametrize("at", range(0, len(ESCAPES), max(1, len(ESCAPES) // 24)))
def test_taking_one_escape_away_is_found(at: int) -> None:
    mutant = BODY[: ESCAPES[at]] + BODY[ESCAPES[at] + len(" | escape") :]
    assert len(unescaped(mutant, TRUSTED_IN_HTML)) == 1


def test_every_escape_counts() -> None:
    """Each output but the links has exactly one, and there are none elsewhere: taking any away is what the test above takes away."""
    assert len(ESCAPES) == len(outputs(BODY)) - sum(variable(one) == "url" for one in outputs(BODY))


@pytest.mark.parametrize(
    "output",
    [
        "{{ user.name }}",
        "{{user.user_metadata.x}}",
        "{{ user.name | escape | upcase }}",
        "{{ user.app_metadata.invite.by|upcase }}",
        "{% if a %}{% else %}{{ user.name }}{% endif %}",
        "{% for a in user.x %}{{ a }}{% endfor %}",
        "{% case a %}{% when 1 %}{{ user.name }}{% endcase %}",
        "{% unless a %}{{ user['name'] }}{% endunless %}",
        "{{ request_language }}",
        "{{ url | append: user.name }}",
        "{{ 'a' }}",
    ],
)
def test_the_lint_finds_an_output_that_is_not_escaped(output: str) -> None:
    assert unescaped(f"<p>{output}</p>", TRUSTED_IN_HTML)


@pytest.mark.parametrize("mark", ["raw", "tablerow x in y"])
def test_nothing_is_written_out_by_anything_but_an_output(mark: str) -> None:
    assert mark not in BODY


@EVERY
def test_the_template_is_auth0s_liquid(template: str) -> None:
    assert isinstance(parse(template), BoundTemplate)  # the parser knows Auth0's tags and filters alone
    render(template, {})


@pytest.mark.parametrize("template", ["{{ a | shout }}", "{% capture a %}{% endcapture %}", "{% if a %}"])
def test_what_auth0_does_not_know_fails(template: str) -> None:
    with pytest.raises(LiquidFailed):
        render(template, {})


@EVERY
def test_a_tag_that_ends_a_block_says_nothing_else(template: str) -> None:
    """Python's Liquid forgives `{% endif %] … %}`; LiquidJS, which is Auth0's, does not."""
    assert [match[0] for match in END_TAG.finditer(template) if match[2].strip(" -")] == []


@EVERY
def test_nothing_of_the_deploy_time_half_is_left(template: str) -> None:
    assert not re.search(r"\[\[|\]\]|\[%|%\]|\[#|#\]|%\(\w+\)", template)


def test_the_subject_is_one_line() -> None:
    assert SUBJECT.strip() == SUBJECT
    assert "\n" not in SUBJECT


def test_there_are_words_for_each_language_of_the_tenant() -> None:
    assert set(mail_words()) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_its_blanks_and_no_mark_of_html_or_liquid(language: str) -> None:
    def shape(words: object) -> object:
        if isinstance(words, dict):
            return {key: shape(value) for key, value in words.items() if key not in {"first_day", "units", "left"}}
        if isinstance(words, list):
            return len(words)
        return sorted(re.findall(r"%\((\w+)\)s", str(words)))

    words = mail_words()[language]
    assert shape(words) == shape(mail_words()["en"])
    for unit in ("day", "hour", "minute", "second"):
        assert {"one", "other"} <= words["units"][unit].keys()
    for unit in ("day", "hour"):
        assert "other" in words["left"][unit]
    assert [one for one in _texts(words) if re.search("[\"'<>&{}]", one)] == []


def _texts(words: object) -> Iterator[str]:
    if isinstance(words, dict):
        for value in words.values():
            yield from _texts(value)
    elif isinstance(words, list):
        yield from words
    else:
        yield str(words)
