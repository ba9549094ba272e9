"""A handoff as the jobs make it: one row appended to a Delta table in one context, and read in another.

Written as evidence of a target of type `storage`, so that `probe decide` matches what one context wrote with what another has read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from probe_launcher.errors import LauncherError
from probe_launcher.spark.reading import Read

#: Rows beyond are of runs that nobody has come to read.
MOST_READ = 8
NAME = re.compile(r"^[A-Za-z_][\w]*(\.[A-Za-z_][\w]*){0,2}$")

DIFFERENCES = (
    "A row is appended to a Delta table once a run, and read back at every attempt; files at the path of the target are not touched.",
    "DELETE leaves files of the table behind until VACUUM; the table itself is ours, and stays.",
)


@dataclass(frozen=True)
class Row:
    context: str
    run: str

    @property
    def payload(self) -> str:
        """It follows from whose it is: who reads it can tell whether it is whole without having seen what was written."""
        return json.dumps({"canary": "preflight-probe", "context": self.context, "run": self.run}, separators=(",", ":"))

    @property
    def digest(self) -> str:
        return "sha256:" + hashlib.sha256(self.payload.encode()).hexdigest()


class TableTarget:
    """The first attempt is the whole handoff: append, read back, take over what others have left, delete. Those after it read."""

    differences = DIFFERENCES
    #: What Spark asks its storage for is not counted: it is the way of every query.
    connections = 1
    logins = 0

    def __init__(self, table: str, own: Row) -> None:
        if NAME.fullmatch(table) is None:
            raise LauncherError(f"{table} is no name of a table\nWrite it as catalog.schema.table, in plain letters.")
        self._table = table
        self._own = own
        self._n = 0

    def read(self, spark: Any, client_name: str) -> Read:
        self._n += 1
        if self._n == 1:
            columns = "context STRING, run STRING, payload STRING"
            spark.sql(f"CREATE TABLE IF NOT EXISTS {self._table} ({columns}) USING DELTA")
            self._append(spark)
        rows = [row.asDict() for row in spark.table(self._table).collect()]
        back = [row for row in rows if Row(row["context"], row["run"]) == self._own]
        if not back:
            # a reader of another context has come between
            self._append(spark)
        # once a run: what other contexts leave here meanwhile is the next run's
        found = taken_over(rows, self._own) if self._n == 1 else NOTHING
        gone = [*found.read, *found.stale]
        self._delete(spark, gone)
        return Read(observation=self._observation(back, found, bool(gone)))

    def _append(self, spark: Any) -> None:
        values = ", ".join(_text(value) for value in (self._own.context, self._own.run, self._own.payload))
        spark.sql(f"INSERT INTO {self._table} VALUES ({values})")

    def _delete(self, spark: Any, rows: Sequence[Row]) -> None:
        """What was read, and what this context has left in earlier runs; the row of this run stays, for another context to read."""
        if rows:
            conditions = (f"(context = {_text(row.context)} AND run = {_text(row.run)})" for row in rows)
            spark.sql(f"DELETE FROM {self._table} WHERE {' OR '.join(conditions)}")

    def _observation(self, back: Sequence[Mapping[str, Any]], found: Found, deleted: bool) -> dict[str, Any]:
        same = any(row["payload"] == self._own.payload for row in back)
        return {
            "wrote": self._own.digest,
            "back": "same" if same else "gone",
            "listed": bool(back),
            "read": [{"context": row.context, "run": row.run, "digest": row.digest} for row in found.read],
            "damaged": found.damaged,
            "deletes": True if deleted else None,
            "serverCertificate": None,
        }


@dataclass(frozen=True)
class Found:
    #: Of other contexts, whole.
    read: tuple[Row, ...]
    damaged: int
    #: Of this context, from earlier runs.
    stale: tuple[Row, ...]


NOTHING = Found((), 0, ())


def taken_over(rows: Sequence[Mapping[str, Any]], own: Row) -> Found:
    read: dict[Row, None] = {}
    stale: dict[Row, None] = {}
    damaged = 0
    for row in rows:
        left = Row(row["context"], row["run"])
        if left.context == own.context:
            stale |= {} if left == own else {left: None}
        elif row["payload"] == left.payload:
            read[left] = None
        else:
            damaged += 1
    return Found(tuple(read)[-MOST_READ:], damaged, tuple(stale))


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
