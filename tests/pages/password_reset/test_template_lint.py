"""Rules for every mail template, read from its tokens: what a person wrote goes through `escape`, and only Auth0's Liquid is used."""

import json
import re

import pytest
from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader

from .liquid import LiquidError, Token, render, tokens
from .mails import FOLDER, a_known_user, an_invited_user, body, jinja, sent, subject

# Source: https://auth0.com/docs/customize/email/email-templates/supported-liquid-syntax (2026-08-20)
TAGS = {"if", "elsif", "else", "endif", "unless", "endunless", "assign"}
TRUSTED_IN_HTML = {"url"}  # made by Auth0; `&` in it must stay as it is
TRUSTED_IN_SUBJECT = {"friendly_name"}  # ours, from the tenant's settings; a subject is plain text

ENGLISH_RESET = "Choose a new password for Example"
SUBJECT = subject()
BODY = body()


def outputs(template: str) -> list[str]:
    return [token.text for token in tokens(template) if token.kind == "output"]


def unescaped(template: str, trusted: set[str]) -> list[str]:
    """The outputs that neither end in `escape` nor are trusted."""
    found = []
    for output in outputs(template):
        variable, *filters = (part.strip() for part in output.split("|"))
        if variable not in trusted and filters[-1:] != ["escape"]:
            found.append(output)
    return found


def with_german() -> Environment:
    """The templates as they would be with a second language: nothing but its words is added."""
    source = (FOLDER / "words.jinja").read_text(encoding="utf-8")
    english = jinja().get_template("words.jinja").module.languages["en"]  # type: ignore[attr-defined]
    german = {**english, "greeting": "Guten Tag", "reset": {**english["reset"], "subject": "Neues Passwort"}}
    opening = "[% set languages = {"
    assert opening in source
    added = source.replace(opening, f'{opening}\n"de": {json.dumps(german)},')
    environment = jinja()
    environment.loader = ChoiceLoader([DictLoader({"words.jinja": added}), FileSystemLoader(FOLDER)])
    return environment


def test_every_output_of_the_body_is_escaped() -> None:
    assert outputs(BODY)
    assert unescaped(BODY, TRUSTED_IN_HTML) == []


def test_every_output_of_the_subject_is_ours() -> None:
    assert set(outputs(SUBJECT)) <= TRUSTED_IN_SUBJECT


@pytest.mark.parametrize(
    "output",
    [
        "{{ user.name }}",
        "{{user.user_metadata.x}}",
        "{{ user.name | escape | upcase }}",
        "{{ user.app_metadata.invite.by|upcase }}",
    ],
)
def test_the_lint_finds_an_output_that_is_not_escaped(output: str) -> None:
    assert unescaped(f"<p>{output}</p>", TRUSTED_IN_HTML)


def test_assigned_values_are_never_written_out() -> None:
    for template in (BODY, SUBJECT):
        assigned = {token.text.split()[1] for token in tokens(template) if token.text.startswith("assign ")}
        assert not {output.split("|")[0].strip() for output in outputs(template)} & assigned


@pytest.mark.parametrize("template", [BODY, SUBJECT], ids=["body", "subject"])
def test_only_tags_that_auth0_supports_are_used(template: str) -> None:
    assert {token.text.split()[0] for token in tokens(template) if token.kind == "tag"} <= TAGS


@pytest.mark.parametrize("template", [BODY, SUBJECT], ids=["body", "subject"])
def test_both_branches_exist(template: str) -> None:
    tags = [token.text for token in tokens(template) if token.kind == "tag"]
    assert "if invited" in tags
    assert "else" in tags[tags.index("if invited") :]


@pytest.mark.parametrize("template", [BODY, SUBJECT], ids=["body", "subject"])
def test_nothing_of_the_deploy_time_half_is_left(template: str) -> None:
    assert not re.search(r"\[\[|\]\]|\[%|%\]|\[#|#\]", template)


def test_the_subject_is_one_line() -> None:
    assert SUBJECT.strip() == SUBJECT
    assert "\n" not in SUBJECT


@pytest.mark.parametrize("file", ["reset_email.html", "subject.txt", "words.jinja"])
def test_no_template_holds_an_address_of_the_web(file: str) -> None:
    without_comments = re.sub(r"\[#.*?#\]", "", (FOLDER / file).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"https?:|//\w", without_comments)


@pytest.mark.parametrize(
    ("user", "greeting", "subject_line"),
    [
        pytest.param(a_known_user(user_metadata={"language": "de"}), "Guten Tag", "Neues Passwort", id="chosen"),
        pytest.param(a_known_user(user_metadata={"language": "xx"}), "Hello", ENGLISH_RESET, id="unknown"),
        pytest.param(a_known_user(), "Hello", ENGLISH_RESET, id="none"),
    ],
)
def test_a_language_is_added_by_its_words_alone(user: dict[str, object], greeting: str, subject_line: str) -> None:
    german = with_german()
    mail = sent(german.get_template("reset_email.html").render(link_ttl_sec=60), user)
    assert f"{greeting}," in mail
    assert mail.count("<html") == 1
    assert sent(german.get_template("subject.txt").render(), user) == subject_line


def test_an_invitation_is_in_the_language_stored_with_the_invite() -> None:
    user = an_invited_user(app_metadata={"invite": {"by": "Grace", "language": "de"}})
    assert "Guten Tag," in sent(with_german().get_template("reset_email.html").render(link_ttl_sec=60), user)


@pytest.mark.parametrize(
    "template",
    [
        "{% if a %}",
        "{% endif %}",
        "{% for a in b %}{% endfor %}",
        "{{ a | upcase }}",
        "{% if a contains b %}{% endif %}",
    ],
)
def test_the_reader_refuses_what_it_does_not_know(template: str) -> None:
    with pytest.raises(LiquidError):
        render(template, {"a": "x"})


def test_tokens_come_in_their_order() -> None:
    assert list(tokens("a{{ b }}{% if c %}d{% endif %}")) == [
        Token(kind="text", text="a"),
        Token(kind="output", text="b"),
        Token(kind="tag", text="if c"),
        Token(kind="text", text="d"),
        Token(kind="tag", text="endif"),
    ]
