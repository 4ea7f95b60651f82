"""
The tenant's memory: JSON documents in SQLite, one transaction per API request.

A document belongs to a kind (`clients`, `connections`, `actions`, …) and has an id; a kind keeps the order of creation.
Singletons (tenant settings, the email provider, …) are documents of the kind `singletons`.
`kill -9` loses no answered request: the write-ahead log is in the file before the answer leaves.
"""

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS types ON documents (kind, json_extract(body, '$.type')) WHERE kind = 'logs';
"""


class Store:
    """
    Documents by kind and id. Not thread-safe: the tenant serves from one event loop.

    Args:
        path: the database file; `None` keeps everything in memory, for tests.

    """

    def __init__(self, path: Path | None) -> None:
        self._connection = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute(
            "PRAGMA synchronous=NORMAL"
        )  # survives a killed process; a lost power line is no promise
        self._connection.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: an exception inside takes every write of the block back. Does not nest."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def get(self, kind: str, document_id: str) -> Document | None:
        """A copy of the document, or `None`."""
        row = self._connection.execute(
            "SELECT body FROM documents WHERE kind = ? AND id = ?", (kind, document_id)
        ).fetchone()
        return None if row is None else json.loads(row[0])

    def put(self, kind: str, document_id: str, body: Document) -> None:
        """Create or replace; a replaced document keeps its place in the order."""
        self._connection.execute(
            "INSERT INTO documents (kind, id, body) VALUES (?, ?, ?) "
            "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            (kind, document_id, json.dumps(body, ensure_ascii=False, separators=(",", ":"))),
        )

    def delete(self, kind: str, document_id: str) -> bool:
        """Whether there was something to delete."""
        cursor = self._connection.execute("DELETE FROM documents WHERE kind = ? AND id = ?", (kind, document_id))
        return cursor.rowcount > 0

    def keep_newest(self, kind: str, count: int) -> None:
        """Delete the oldest documents of a kind, all but `count`."""
        self._connection.execute(
            "DELETE FROM documents WHERE kind = ? AND position <= "
            "(SELECT position FROM documents WHERE kind = ? ORDER BY position DESC LIMIT 1 OFFSET ?)",
            (kind, kind, count),
        )

    def all(self, kind: str) -> list[Document]:
        """Every document of a kind, oldest first."""
        rows = self._connection.execute("SELECT body FROM documents WHERE kind = ? ORDER BY position", (kind,))
        return [json.loads(row[0]) for row in rows]

    def of_types(self, kind: str, types: Collection[str]) -> list[Document]:
        """Those whose field `type` is one of these, oldest first; the log has an index of them."""
        rows = self._connection.execute(
            "SELECT body FROM documents WHERE kind = 'logs' AND kind = ? "  # the first condition lets it use the index
            "AND json_extract(body, '$.type') IN (SELECT value FROM json_each(?)) ORDER BY position",
            (kind, json.dumps(sorted(types))),
        )
        return [json.loads(row[0]) for row in rows]

    def items(self, kind: str) -> list[tuple[str, Document]]:
        """Every id and document of a kind, oldest first."""
        rows = self._connection.execute("SELECT id, body FROM documents WHERE kind = ? ORDER BY position", (kind,))
        return [(row[0], json.loads(row[1])) for row in rows]

    def after(self, kind: str, document_id: str, limit: int) -> list[Document]:
        """Up to `limit` documents whose id is greater than `document_id`, in the order of their ids."""
        rows = self._connection.execute(
            "SELECT body FROM documents WHERE kind = ? AND id > ? ORDER BY id LIMIT ?", (kind, document_id, limit)
        )
        return [json.loads(row[0]) for row in rows]

    def next_serial(self) -> int:
        """A number that grows with every document ever created here."""
        row = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'documents'").fetchone()
        return 1 if row is None else int(row[0]) + 1

    def first(self, kind: str, **fields: object) -> Document | None:
        """The oldest document of a kind whose top-level fields have these values."""
        for document in self.all(kind):
            if all(document.get(name) == value for name, value in fields.items()):
                return document
        return None

    def clear(self) -> None:
        """Forget everything."""
        self._connection.execute("DELETE FROM documents")

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it."""
        self._connection.close()
