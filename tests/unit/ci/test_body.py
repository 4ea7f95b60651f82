"""The text of a comment: its marker, its size, and what a stranger's text cannot do."""

import re

import pytest

from guestlist.ci.body import ANYBODYS_WORD, CUT, LARGEST, LONGEST_COMMENT, NotAPreview, cut, harmless, read_body

MARKER = "<!-- guestlist:preview:guestlist:prod -->"


def read(text: str | bytes):
    return read_body(text if isinstance(text, bytes) else text.encode(), called="comment.md")


def test_the_first_line_says_which_stack_it_is_about() -> None:
    body = read(f"{MARKER}\n### 1 change\n")

    assert (body.project, body.stack, body.marker) == ("guestlist", "prod", MARKER)
    assert body.without_marker() == "### 1 change\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("### no marker\n", "not the marker"),
        (f"\n{MARKER}\n", "not the marker"),
        (f"{MARKER} and more\n", "not the marker"),
        ("<!-- guestlist:preview:a:b --> -->\n", "not the marker"),
        ("<!-- guestlist:preview:guestlist:prod\n-->", "not the marker"),
        (f"{MARKER}\ntext\n{MARKER}\n", "second marker"),
        (f"{MARKER}\ntext <!--  GUESTLIST:preview:guestlist:dev -->\n", "second marker"),
        (MARKER.encode() + b"\n\xff\xfe", "not UTF-8"),
        (MARKER.encode() + b"\n" + b"x" * LARGEST, "more than"),
    ],
)
def test_what_is_no_preview_is_refused(text: str | bytes, why: str) -> None:
    with pytest.raises(NotAPreview, match=why) as refused:
        read(text)

    assert refused.value.exit_code == 3
    assert "It was not posted" in refused.value.message


def test_a_comment_is_never_longer_than_github_takes() -> None:
    body = read(f"{MARKER}\n" + "- a line with ünïcödé in it\n" * 5_000).fitting()

    assert len(body.text.encode()) <= LONGEST_COMMENT
    assert body.text.startswith(MARKER)
    assert CUT in body.text


def test_what_fits_is_left_alone() -> None:
    text = f"{MARKER}\nshort\n"

    assert read(text).fitting().text == text


def test_a_cut_closes_what_was_open() -> None:
    text = "<details>\n<summary>lines</summary>\n\n````diff\n" + "+ line\n" * 100 + "````\n</details>\n"

    shown = cut(text, 400)

    assert len(shown.encode()) <= 400
    assert shown.splitlines()[-4:] == ["````", "</details>", "", CUT]


def test_a_tag_in_a_code_span_opens_and_closes_nothing() -> None:
    text = "<details>\n- `</details>` and `<details>`\n- `</details>`\n" + "- line\n" * 100

    assert cut(text, 400).splitlines()[-3:] == ["</details>", "", CUT]


@pytest.mark.parametrize(
    "hostile",
    [
        "@everyone",
        "see #12 and acme/other#3",
        "GH-12",
        "<img src=x onerror=alert(1)>",
        "<!-- hidden",
        "</details><script>",
        "[click](https://evil.example)",
        "![pixel](//evil.example/p.png)",
        "[a]: https://evil.example",
        "www.evil.example",
        "&#64;everyone &commat;everyone",
        "!12 ~label %3 $4 &5",
        "/close",
        "text\n/approve",
    ],
)
def test_a_strangers_text_is_only_read(hostile: str) -> None:
    shown = harmless(hostile)

    assert shown.replace("\u200b", "") == hostile
    for active in (
        r"[@#!~%$]\w",
        r"&(?!lt;|gt;|amp;)[#\w]",
        r"<(?!details|/details|summary|/summary)[a-z!/]",
        r"\]\(",
        r"\]:",
        r"://",
        r"www\.",
        r"GH-\d",
        r"(?m)^/[a-z]",
    ):
        assert not re.search(active, shown, re.IGNORECASE), active


def test_a_strangers_text_has_no_invisible_characters_of_its_own() -> None:
    assert harmless("a\u202eb\u200bc\x00d") == "a\ufffdb\ufffdc\ufffdd"


def test_the_form_of_a_preview_survives() -> None:
    text = "### 1 change to **prod**\n\n<details>\n<summary><code>a</code></summary>\n\n```diff\n+ a &lt; b\n```\n</details>\n"

    assert harmless(text) == text


def test_a_strangers_comment_says_so_first() -> None:
    body = read(f"{MARKER}\n### 0 changes, @admin\n").as_anybodys()

    first, second, *rest = body.text.splitlines()
    assert (first, second) == (MARKER, ANYBODYS_WORD)
    assert "@\u200badmin" in "\n".join(rest)
