"""Rules for every mail template, read from its tokens: what a person wrote goes through `escape`, and only Auth0's Liquid is used."""

import re
from collections.abc import Iterator

import pytest

from stacks.settings_types import LANGUAGES

from .liquid import LiquidError, Token, render, tokens
from .mails import FOLDER, URL, a_known_user, an_invited_user, body, jinja, sent, subject

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
        pytest.param(
            a_known_user(user_metadata={"language": "de"}), "Guten Tag,", "Neues Passwort für Example", id="chosen"
        ),
        pytest.param(
            a_known_user(user_metadata={"language": "de-AT"}), "Guten Tag,", "Neues Passwort für Example", id="region"
        ),
        pytest.param(
            a_known_user(user_metadata={"language": "ar"}), "مرحبًا،", "كلمة مرور جديدة في Example", id="another comma"
        ),
        pytest.param(a_known_user(user_metadata={"language": "xx"}), "Hello,", ENGLISH_RESET, id="unknown"),
        pytest.param(a_known_user(), "Hello,", ENGLISH_RESET, id="none"),
    ],
)
def test_a_mail_is_in_one_language(user: dict[str, object], greeting: str, subject_line: str) -> None:
    mail = sent(BODY, user)
    assert greeting in mail
    assert mail.count("<html") == 1
    assert sent(SUBJECT, user) == subject_line


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_invitation_is_in_the_language_stored_with_the_invite(language: str) -> None:
    user = an_invited_user(app_metadata={"invite": {"by": "Grace", "language": language}})
    mail = sent(BODY, user)
    direction = "rtl" if language in {"ar", "he"} else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in mail
    for said in ("Example", "Grace", "ana@example.com", URL):
        assert said in mail


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text(language: str) -> None:
    def shape(words: object) -> object:
        return (
            {key: shape(value) for key, value in words.items() if key != "comma"} if isinstance(words, dict) else "text"
        )

    languages = jinja().get_template("words.jinja").module.languages  # type: ignore[attr-defined]
    found, english = ({**languages[code], "units": None} for code in (language, "en"))
    assert shape(found) == shape(english)
    for unit in ("day", "hour", "minute", "second"):
        assert {"one", "other"} <= languages[language]["units"][unit].keys()
    assert [
        text for text in _texts(languages[language]) if re.search("[\"'<>&]", text)
    ] == []  # autoescaping would change them


def _texts(words: object) -> Iterator[str]:
    if isinstance(words, dict):
        for value in words.values():
            yield from _texts(value)
    else:
        yield str(words)


@pytest.mark.parametrize(
    ("language", "link_ttl_sec", "words"),
    [
        ("de", 604_800, "7 Tage lang"),
        ("ar", 172_800, "خلال يومين من"),
        ("ar", 604_800, "خلال 7 أيام من"),
        ("ar", 2_592_000, "خلال 30 يومًا من"),
        ("ar", 36 * 3600, "خلال 36 ساعة من"),
        ("he", 7_200, "במשך שעתיים ממועד"),
        ("he", 604_800, "במשך 7 ימים ממועד"),
    ],
)
def test_a_language_counts_in_its_own_way(language: str, link_ttl_sec: int, words: str) -> None:
    assert words in sent(body(link_ttl_sec=link_ttl_sec), a_known_user(user_metadata={"language": language}))


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
