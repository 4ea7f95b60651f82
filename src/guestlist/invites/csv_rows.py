"""
A file of people to invite: read whole, judged whole, before anybody gets a mail.

    address,language,first_name
    ana@example.com,pt,Ana

UTF-8 with or without a byte order mark; comma or semicolon; quoted values; lines that end as on any system. The first line names the columns.
Every fault is one line `people.csv:12: address "ana" is no address such as ana@example.com`, and all of them are told at once.

Not here: what an address, a name or a phone number may be (`wish.py`), inviting the rows (`bulk.py`).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from guestlist.errors import BadWish, GuestlistError
from guestlist.invites.wish import Wish, address_problem, clean_address

COLUMNS = ("address", "language", "first_name", "by", "phone", "role")
LONGEST_SHOWN = 60
MOST_FAULTS_SHOWN = 500
MOST_BYTES = 20 * 1024 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
SOMEBODY = "somebody@example.com"  # stands in while another value is judged
SAVE_AS_UTF_8 = "save the file as UTF-8 (a spreadsheet calls it CSV UTF-8)"


@dataclass(frozen=True, kw_only=True)
class Row:
    """Somebody to invite, and where the file says so."""

    line: int
    wish: Wish

    @property
    def address(self) -> str:
        """As Auth0 keeps it."""
        return self.wish.address


class BadRows(GuestlistError):  # noqa: N818 - reads as a sentence where it is raised
    """The file has faults, and nobody was invited; `lines` holds each as `file:line: fault`."""

    def __init__(self, lines: Sequence[str], *, file: str) -> None:
        self.lines = tuple(lines)
        count = "1 fault" if len(self.lines) == 1 else f"{len(self.lines):,} faults"
        shown = list(self.lines[:MOST_FAULTS_SHOWN])
        if len(self.lines) > len(shown):
            shown.append(f"… and {len(self.lines) - len(shown):,} more")
        super().__init__(
            "\n  ".join([f"{file} has {count}, and nobody was invited:", *shown])
            + "\nCorrect the file and run the same command again."
        )


@dataclass(frozen=True, kw_only=True)
class _Table:
    """The file's lines as fields; `first_line` of a record is where it begins."""

    header_line: int
    header: tuple[str, ...]
    records: tuple[tuple[int, tuple[str, ...]], ...]


def read_rows(file: Path) -> tuple[Row, ...]:
    """Raises: BadRows; GuestlistError, when the file cannot be read."""
    try:
        if file.stat().st_size > MOST_BYTES:
            limit = MOST_BYTES // 1024 // 1024
            raise BadRows([f"{file.name}:1: the file is larger than {limit} MB: split it"], file=file.name)
        content = file.read_bytes()
    except OSError as error:
        raise GuestlistError(f"Cannot read {file}: {error.strerror or type(error).__name__}.") from error
    return parse_rows(content, name=file.name)


def parse_rows(content: bytes, *, name: str) -> tuple[Row, ...]:
    """
    Read the content of a file.

    Args:
        content: the file's bytes.
        name: what the file is called in the faults.

    Raises:
        BadRows: every fault of the file, in the order of its lines.

    """
    name = _escaped(name)
    faults: list[tuple[int, str]] = []
    text = _decoded(content, faults)
    table = _table(text, faults) if text is not None else None
    rows = _rows(table, faults) if table is not None else ()
    if faults:
        told = [f"{name}:{line}: {fault}" for line, fault in sorted(dict.fromkeys(faults), key=lambda one: one[0])]
        raise BadRows(told, file=name)
    return rows


def hash_of(rows: Sequence[Row], *more: str) -> str:
    """What tells this list of people, for this purpose, from every other: the order and the form of the file do not matter."""
    said = sorted(json.dumps(asdict(row.wish), sort_keys=True) for row in rows)
    return hashlib.sha256(json.dumps([said, *more]).encode()).hexdigest()[:16]


def shown(value: str) -> str:
    """A value of the file in a message: quoted, shortened, nothing in it that a terminal obeys."""
    short = value if len(value) <= LONGEST_SHOWN else f"{value[: LONGEST_SHOWN - 1]}…"
    return f'"{_escaped(short)}"'


def _escaped(text: str) -> str:
    r"""Control, format and unpaired characters as `\\x1b` or `\\u202e`: they would rewrite the terminal's line."""
    return "".join(
        character.encode("unicode_escape").decode()
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        else character
        for character in text
    )


def _decoded(content: bytes, faults: list[tuple[int, str]]) -> str | None:
    """The text, with `�` for what is no UTF-8: those lines are faults already, the others are still looked at."""
    if content.startswith(UTF_16):
        faults.append((1, f"the file is UTF-16: {SAVE_AS_UTF_8}"))
        return None
    content = content.removeprefix(BYTE_ORDER_MARK)
    if not content.strip():
        faults.append((1, f"the file is empty: its first line names the columns ({', '.join(COLUMNS)})"))
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        for number, line in enumerate(content.splitlines(), start=1):
            try:
                line.decode()
            except UnicodeDecodeError as error:
                bad = f"0x{line[error.start]:02x}"
                faults.append((number, f"byte {error.start + 1} of the line ({bad}) is no UTF-8: {SAVE_AS_UTF_8}"))
    return content.decode(errors="replace")


def _table(text: str, faults: list[tuple[int, str]]) -> _Table | None:
    """The fields, by the delimiter that makes sense of the first line."""
    readings = {delimiter: _records(text, delimiter) for delimiter in ",;"}
    known = {
        delimiter: sum(_column(field) in COLUMNS for field in records[0][1]) if records else 0
        for delimiter, (records, _) in readings.items()
    }
    records, broken = readings[";" if known[";"] > known[","] else ","]
    faults += broken
    if not records:
        if not broken:
            faults.append((1, f"the file is empty: its first line names the columns ({', '.join(COLUMNS)})"))
        return None
    (line, header), *rest = records
    return _Table(header_line=line, header=tuple(_column(field) for field in header), records=tuple(rest))


def _records(text: str, delimiter: str) -> tuple[list[tuple[int, tuple[str, ...]]], list[tuple[int, str]]]:
    """Each record with the line that it begins in, and what could not be read; lines without anything are no records."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[tuple[int, tuple[str, ...]]] = []
    faults: list[tuple[int, str]] = []
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return records, faults
        except csv.Error as error:
            faults.append((line, _unreadable(error)))
            continue
        if any(field.strip() for field in fields):
            records.append((line, tuple(fields)))


def _unreadable(error: csv.Error) -> str:
    said = str(error)
    if "unexpected end of data" in said:
        return 'a quote (") is opened here and never closed: close it, or double it where it is part of the value'
    if "field limit" in said:
        return f'a value is longer than {csv.field_size_limit():,} characters: is a quote (") missing?'
    return 'a quote (") stands inside a value: quote the whole value and double the quotes in it'


def _column(field: str) -> str:
    return field.strip().lower()


def _rows(table: _Table, faults: list[tuple[int, str]]) -> tuple[Row, ...]:
    faults += [(table.header_line, fault) for fault in _header_faults(table.header)]
    if "address" not in table.header:
        return ()
    if not table.records and not faults:
        faults.append((table.header_line, "there is nobody below the first line: write one line for each person"))
    unread = {line for line, _ in faults if line != table.header_line}
    rows: list[Row] = []
    first_lines: dict[str, int] = {}
    for line, fields in table.records:
        if line in unread:
            continue
        values = dict(zip(table.header, (field.strip() for field in fields), strict=False))
        said = {column: values[column] for column in COLUMNS if values.get(column)}
        found = list(_row_faults(said, fields, table.header))
        address = clean_address(said.get("address", ""))
        if address is not None:
            before = first_lines.setdefault(address, line)
            if before != line:
                found.append(f"address {shown(said['address'])} is in line {before} too: leave one of them out")
        faults += [(line, fault) for fault in found]
        if not found:
            rows.append(Row(line=line, wish=_wish(**said)))
    return tuple(rows)


def _header_faults(header: Sequence[str]) -> Iterator[str]:
    known = ", ".join(COLUMNS)
    if "address" not in header:
        yield f"there is no column address: the first line names the columns ({known}), this one is {shown(', '.join(header))}"
    else:
        for column in dict.fromkeys(header):
            if column not in COLUMNS:
                yield f"column {shown(column)} is unknown: the columns are {known}"
    for column in COLUMNS:
        if header.count(column) > 1:
            yield f"column {column} is there {header.count(column)} times: leave one"


def _row_faults(said: Mapping[str, str], fields: Sequence[str], header: Sequence[str]) -> Iterator[str]:
    if any(field.strip() for field in fields[len(header) :]):
        yield f"there are {len(fields)} values for {len(header)} columns: quote a value that holds the delimiter"
    if "address" not in said:
        yield "address is missing: write one such as ana@example.com"
    elif clean_address(said["address"]) is None:
        yield f"address {shown(said['address'])} {address_problem(said['address'])}"
    for column, value in said.items():
        if column != "address":
            try:
                _wish(SOMEBODY, **{column: value})
            except BadWish as bad:
                yield f"{column} {shown(value)} {bad.problem}"


def _wish(
    address: str,
    *,
    language: str | None = None,
    first_name: str | None = None,
    by: str | None = None,
    phone: str | None = None,
    role: str | None = None,
) -> Wish:
    """
    A row's values as a wish. Phone numbers are taken as people write them, several roles with spaces between.

    Raises: BadWish.
    """
    return Wish(
        address=address,
        language=language,
        first_name=first_name,
        by=by,
        phone=re.sub(r"[\s().\-/]", "", phone) if phone else None,
        roles=tuple(role.split()) if role else (),
    )
