"""What jobs handed over: each read by itself, what is wrong with one told and not forgotten."""

from pathlib import Path

import pytest

from guestlist.ci.body import NotAPreview, read_body
from guestlist.ci.comments import DESTROY, SECURITY, Comment, outdated
from guestlist.ci.posting import post
from guestlist.ci.received import Received, from_files
from tests.ci.forge import BOT, Forge, a_forge
from tests.unit.ci.test_forges import of_event

DEV, PROD = ("<!-- guestlist:preview:guestlist:dev -->", "<!-- guestlist:preview:guestlist:prod -->")


def a_preview(marker: str, said: str = "### 1 change") -> bytes:
    return f"{marker}\n{said}\n".encode()


def test_one_that_cannot_be_read_stops_none_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "empty.md").touch()
    (tmp_path / "good.md").write_bytes(a_preview(DEV))
    (tmp_path / "good.json").write_text("[")

    received = from_files([tmp_path / "none.md", tmp_path / "empty.md", tmp_path / "good.md"], [tmp_path / "good.json"])

    assert [body.stack for body in received.bodies] == ["dev"]
    assert received.documents == [{}]
    assert [fault.message.split(". ")[0] for fault in received.faults] == [
        f"Cannot post {tmp_path / 'none.md'}: No such file or directory",
        f"Cannot post {tmp_path / 'empty.md'}: its first line is not the marker of a preview",
    ]


def test_a_comment_about_another_stack_is_a_fault_and_its_document_is_not_believed() -> None:
    bodies = [read_body(a_preview(marker), called="x") for marker in (DEV, PROD)]
    received = Received(bodies=bodies, documents=[{"previews": []}]).only("dev")

    assert [body.stack for body in received.bodies] == ["dev"]
    assert received.documents == []
    assert "about dev only" in received.faults[0].message


def a_comment(text: str, author: str = BOT, number: int = 1) -> Comment:
    return Comment(id=number, author=author, text=text)


@pytest.mark.parametrize(
    ("comment", "stack", "expected"),
    [
        (a_comment(f"{PROD}\n### No changes"), None, ["prod"]),
        (a_comment(f"{PROD}\r\n### No changes"), None, ["prod"]),
        (a_comment(f"{DEV}\n### No changes"), None, []),  # which has one of this push
        (a_comment(f"{PROD}\n### No changes"), "local", []),
        (a_comment(f"{PROD}\n### No changes", author="mallory"), None, []),
        (a_comment("me too"), None, []),
    ],
)
def test_what_is_there_of_an_earlier_push_is_found(comment: Comment, stack: str | None, expected: list[str]) -> None:
    assert [body.stack for body in outdated([comment], me=BOT, posted={DEV}, stack=stack)] == expected


def test_what_replaces_it_is_found_again_and_says_nothing_about_changes() -> None:
    [body] = outdated([a_comment(f"{PROD}\n### No changes")], me=BOT, posted=set())

    assert read_body(body.text.encode(), called="it") == body
    assert "No preview of `prod`" in body.text
    assert "No changes" not in body.text


def posted(tmp_path: Path, forge: Forge, received: Received, *, replacing: bool) -> list[str]:
    github = of_event(forge, tmp_path, {}, [])
    return list(post(github, received, untrusted=False, replacing=replacing))


def test_whoever_has_all_previews_of_a_push_replaces_the_others(tmp_path: Path) -> None:
    with a_forge() as forge:
        for marker in (DEV, PROD):
            forge.comment(f"{marker}\n### No changes")
        received = Received(bodies=[read_body(a_preview(DEV), called="x")], documents=[{"previews": []}])

        said = posted(tmp_path, forge, received, replacing=True)

        assert said[:2] == [
            "The comment about guestlist/dev was edited.",
            "The comment about guestlist/prod says that there is no preview of this push.",
        ]
        assert forge.labels == [DESTROY, SECURITY]
        before = list(forge.writes)
        posted(tmp_path, forge, received, replacing=True)
        assert forge.writes == before  # there is nothing more to do


def test_whoever_has_one_of_several_leaves_the_others_alone(tmp_path: Path) -> None:
    with a_forge() as forge:
        forge.comment(f"{PROD}\n### No changes")

        posted(tmp_path, forge, Received(bodies=[read_body(a_preview(DEV), called="x")]), replacing=False)

        assert forge.ours() == [f"{PROD}\n### No changes", a_preview(DEV).decode()]


def test_a_preview_that_could_not_be_read_gets_both_labels(tmp_path: Path) -> None:
    with a_forge() as forge:
        posted(tmp_path, forge, Received(faults=[NotAPreview("empty")]), replacing=False)

        assert forge.labels == [DESTROY, SECURITY]
