"""A file of people to invite: what is read from it, and what is said of its faults."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guestlist.errors import GuestlistError
from guestlist.invites import csv_rows
from guestlist.invites.csv_rows import COLUMNS, BadRows, Row, hash_of, parse_rows, read_rows, shown
from guestlist.invites.wish import Wish

ANA = Row(line=2, wish=Wish(address="ana@example.com", first_name="Ana, the first", language="pt"))


def faults(content: bytes) -> list[str]:
    with pytest.raises(BadRows) as bad:
        parse_rows(content, name="people.csv")
    return list(bad.value.lines)


@pytest.mark.parametrize(
    "content",
    [
        b'address,first_name,language\nana@example.com,"Ana, the first",pt\n',
        b'address,first_name,language\r\nana@example.com,"Ana, the first",pt\r\n',
        b'address,first_name,language\rana@example.com,"Ana, the first",pt\r',
        b'\xef\xbb\xbfaddress,first_name,language\nana@example.com,"Ana, the first",pt',
        b"address;language;first_name;by\nana@example.com;pt;Ana, the first;\n",
        b' Address , LANGUAGE,"first_name"\n ANA@example.com , pt ,"Ana, the first"\n\n,,\n',
    ],
)
def test_a_file_is_read_whatever_program_has_written_it(content: bytes) -> None:
    assert parse_rows(content, name="people.csv") == (ANA,)


def test_every_column_becomes_what_the_invite_is_made_from() -> None:
    content = "address,language,first_name,by,phone,role\nana@example.com,de,Zoë,Bo,+351 912-345 678,rol_a rol_b\n"
    (row,) = parse_rows(content.encode(), name="people.csv")
    assert row.wish == Wish(
        address="ana@example.com",
        language="de",
        first_name="Zoë",
        by="Bo",
        phone="+351912345678",
        roles=("rol_a", "rol_b"),
    )


def test_lines_are_counted_as_an_editor_does() -> None:
    content = b'address,by\n\nana@example.com,"B\no"\nx,\n\nbo@example.com,Bo\ny,\n'
    assert [fault.split()[0] for fault in faults(content)] == ["people.csv:3:", "people.csv:5:", "people.csv:8:"]


def test_all_faults_are_told_at_once_each_with_its_line_column_and_value() -> None:
    content = (
        b"address,language,first_name,phone\n"
        b"ana,german!,Ana,\n"
        b"bo@example.com,,<b>,12\n"
        b",de,,\n"
        b"Cy@example.com,,,,x\n"
        b"cy@EXAMPLE.com,,,\n"
        b"d\xe9@example.com,,,\n"
        b'e@example.com,"a"b,,\n'
        b"\xc3\xa9\xe9\n"
    )
    assert faults(content) == [
        'people.csv:2: address "ana" must be an address such as ana@example.com',
        'people.csv:2: language "german!" must be a language code such as de or pt-BR',
        'people.csv:3: first_name "<b>" must be a name, without <, >, links or template marks such as {{',
        'people.csv:3: phone "12" must be a number such as +4915123456789: + and 7 to 15 digits',
        "people.csv:4: address is missing: write one such as ana@example.com",
        "people.csv:5: there are 5 values for 4 columns: quote a value that holds the delimiter",
        'people.csv:6: address "cy@EXAMPLE.com" is in line 5 too: leave one of them out',
        "people.csv:7: byte 2 of the line (0xe9) is no UTF-8: save the file as UTF-8 (a spreadsheet calls it CSV UTF-8)",
        'people.csv:8: a quote (") stands inside a value: quote the whole value and double the quotes in it',
        "people.csv:9: byte 3 of the line (0xe9) is no UTF-8: save the file as UTF-8 (a spreadsheet calls it CSV UTF-8)",
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "people.csv:1: the file is empty"),
        (b"\xef\xbb\xbf \r\n", "people.csv:1: the file is empty"),
        (b"address,by\n\n", "people.csv:1: there is nobody below the first line"),
        (b"ana@example.com,pt\n", 'there is no column address: .* this one is "ana@example.com, pt"'),
        (b"address,e-mail\na@example.com,\n", f'column "e-mail" is unknown: the columns are {", ".join(COLUMNS)}'),
        (b"address,by,By\na@example.com,\n", "column by is there 2 times"),
        ("address\nana@example.com\n".encode("utf-16"), "the file is UTF-16: save the file as UTF-8"),
        (b'address,by\na@example.com,"Bo\n', r"people.csv:2: a quote \(\"\) is opened here and never closed"),
        (b"address\n" + b"a" * 70_000 + b"@example.com\n", 'people.csv:2: address "a{59}…" must have'),
        (b"address\n" + b"a" * 140_000 + b"\n", "people.csv:2: a value is longer than 131,072 characters"),
        (b"address\na\x00\x1b[2J\n", r'people.csv:2: address "a\\x00\\x1b\[2J" must be'),
        ("address\n\u202emoc.elpmaxe@ana\n".encode(), r'address "\\u202emoc.elpmaxe@ana"'),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(content: bytes, fault: str) -> None:
    assert re.search(fault, faults(content)[0])
    assert len(faults(content)) == 1


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(GuestlistError, match=r"Cannot read .*people\.csv: No such file or directory"):
        read_rows(tmp_path / "people.csv")
    (tmp_path / "people.csv").write_bytes(b"address\nana@example.com\n")
    assert len(read_rows(tmp_path / "people.csv")) == 1
    monkeypatch.setattr(csv_rows, "MOST_BYTES", 10)
    with pytest.raises(BadRows, match=r"people\.csv:1: the file is larger than"):
        read_rows(tmp_path / "people.csv")


def test_thousands_of_faults_are_counted_and_not_all_shown() -> None:
    with pytest.raises(BadRows, match=r"has 2,000 faults, and nobody was invited:[\s\S]*… and 1,500 more") as bad:
        parse_rows(b"address\n" + b"x\n" * 2000, name="people.csv")
    assert len(bad.value.message.splitlines()) == 503


def test_the_same_people_are_the_same_file_whatever_its_form() -> None:
    def key(content: bytes, *more: str) -> str:
        return hash_of(parse_rows(content, name="x"), *more)

    first = key(b"address,by\na@example.com,Bo\nb@example.com,\n")
    assert key(b'\xef\xbb\xbfby;address\r\n\r\n;B@example.com\r\n"Bo";a@example.com') == first
    assert key(b"address,by\na@example.com,Bo\nb@example.com,Bo\n") != first
    assert key(b"address,by\na@example.com,Bo\nb@example.com,\n", "another tenant") != first


@given(st.text())
def test_a_value_in_a_message_is_short_and_moves_no_cursor(value: str) -> None:
    told = shown(value)
    assert told.isprintable() or not any(ord(character) < 32 or character in "\u2028\u202e\x7f" for character in told)
    assert "\n" not in told


CELLS = st.one_of(
    st.sampled_from(
        ["ana@example.com", "ANA@example.com", "bo@example.com", "de", "x", '"', '""', '"a', 'a"b', "", " "]
    ),
    st.text(max_size=8),
)
LINES = st.lists(CELLS, max_size=4).flatmap(lambda cells: st.sampled_from([",".join(cells), ";".join(cells)]))
FILES = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=100).map(lambda tail: b"address,by\nana@example.com,Bo\n" + tail),
    st.tuples(st.lists(LINES, max_size=6), st.sampled_from(["\n", "\r\n", "\r"])).map(
        lambda parts: parts[1].join(["address,language,by", *parts[0]]).encode(errors="replace")
    ),
)


@given(FILES)
def test_any_bytes_are_rows_or_faults_that_name_a_line(content: bytes) -> None:
    try:
        rows = parse_rows(content, name="people.csv")
    except BadRows as bad:
        last = max(1, len(content.splitlines()))
        for line in bad.lines:
            named = re.match(r"people\.csv:([0-9]+): \S", line)
            assert named, line
            assert 1 <= int(named[1]) <= last
            assert line.isprintable() or not re.search(r"[\x00-\x1f\x7f]", line)
    else:
        assert rows
        assert len({row.address for row in rows}) == len(rows)
        assert [row.line for row in rows] == sorted({row.line for row in rows})
