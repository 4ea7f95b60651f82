"""What a stranger's job left is read with bounds, in memory, and only what it is looked for."""

import io
import zipfile

import pytest

from guestlist.ci.artifact import LARGEST_DOCUMENT, read_artifact, read_document
from guestlist.ci.body import NotAPreview
from tests.ci.runner import zipped


def test_two_files_are_taken_and_the_others_left() -> None:
    left = read_artifact(
        zipped({"comment.md": b"c", "preview.json": b'{"a": 1}', "../../evil": b"x"}), called="stand-in"
    )

    assert (left.comment, left.document) == (b"c", {"a": 1})


def test_a_comment_alone_is_enough() -> None:
    assert read_artifact(zipped({"comment.md": b"c"}), called="stand-in").document == {}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 cut off",
        zipped({"comment.md": b"c"})[:-30],
        zipped({"x/comment.md": b"c"}),
        zipped({"comment.md": b"\0" * 50_000_000}),
        zipped({"comment.md": b"c", "preview.json": b" " * (LARGEST_DOCUMENT + 1)}),
        zipped({f"{number}": b"" for number in range(60)} | {"comment.md": b"c"}),
    ],
    ids=["empty", "cut", "no end", "elsewhere", "bomb", "long document", "many"],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotAPreview):
        read_artifact(data, called="stand-in")


def test_what_is_encrypted_is_refused() -> None:
    data = bytearray(zipped({"comment.md": b"c"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    assert zipfile.is_zipfile(io.BytesIO(data))

    with pytest.raises(NotAPreview):
        read_artifact(bytes(data), called="stand-in")


@pytest.mark.parametrize("data", [b"", b"[]", b"[" * 100_000, b"\xff", b"3"])
def test_a_document_that_is_none_is_an_empty_one(data: bytes) -> None:
    assert read_document(data) == {}
