"""A handoff as the jobs make it: one row appended to a Delta table in one context, and read in another.

Written as evidence of a target of type `storage`, so that `probe decide` matches what one context wrote with what another has read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from probe_launcher.errors import LauncherError
from probe_launcher.spark.reading import Read

#: So many of other contexts are read in a run, the newest of each context first.
MOST_READ = 8
#: Whose context runs no more deletes nothing more: from then on anyone does.
ABANDONED = timedelta(days=7)
NAME = re.compile(r"^[A-Za-z_][\w]*(\.[A-Za-z_][\w]*){0,2}$")

DIFFERENCES = (
    "A row is appended to a Delta table once a run, and read back at every attempt; files at the path of the target are not touched.",
    "DELETE leaves files of the table behind until VACUUM; the table itself is ours, and stays.",
)


@dataclass(frozen=True)
class Row:
    context: str
    run: str
    #: When it was appended, by the clock of who did; none in a row that does not say.
    at: str | None = None

    @property
    def payload(self) -> str:
        """It follows from whose it is, and since when: who reads it can tell whether it is whole without having seen what was written."""
        since = {} if self.at is None else {"at": self.at}
        return json.dumps({"canary": "preflight-probe", "context": self.context, "run": self.run, **since}, separators=(",", ":"))

    def is_abandoned(self, now: datetime) -> bool:
        began = _time_of(self.at)
        return began is not None and now - began > ABANDONED

    @property
    def digest(self) -> str:
        return "sha256:" + hashlib.sha256(self.payload.encode()).hexdigest()


class TableTarget:
    """The first attempt is the whole handoff: append, read back, read what others have left, delete. Those after it read back."""

    differences = DIFFERENCES
    #: What Spark asks its storage for is not counted: it is the way of every query.
    connections = 1
    logins = 0

    def __init__(self, table: str, own: Row) -> None:
        if NAME.fullmatch(table) is None:
            raise LauncherError(f"{table} is no name of a table\nWrite it as catalog.schema.table, in plain letters.")
        self._table = table
        self._own = replace(own, at=_now().isoformat(timespec="seconds"))
        self._n = 0

    def read(self, spark: Any, client_name: str) -> Read:
        self._n += 1
        if self._n == 1:
            columns = "context STRING, run STRING, payload STRING"
            spark.sql(f"CREATE TABLE IF NOT EXISTS {self._table} ({columns}) USING DELTA")
            self._append(spark)
        rows = [row.asDict() for row in spark.table(self._table).collect()]
        back = [row for row in rows if (row["context"], row["run"]) == (self._own.context, self._own.run)]
        if not back:
            # another run of this context has come between
            self._append(spark)
        # once a run: what other contexts leave here meanwhile is the next run's
        found = found_in(rows, self._own, _now()) if self._n == 1 else NOTHING
        self._delete(spark, found.stale)
        return Read(observation=self._observation(back, found))

    def _append(self, spark: Any) -> None:
        values = ", ".join(_text(value) for value in (self._own.context, self._own.run, self._own.payload))
        spark.sql(f"INSERT INTO {self._table} VALUES ({values})")

    def _delete(self, spark: Any, rows: Sequence[Row]) -> None:
        """The row of this run stays, and so do those of other contexts, for every other context to read."""
        if rows:
            conditions = (f"(context = {_text(row.context)} AND run = {_text(row.run)})" for row in rows)
            spark.sql(f"DELETE FROM {self._table} WHERE {' OR '.join(conditions)}")

    def _observation(self, back: Sequence[Mapping[str, Any]], found: Found) -> dict[str, Any]:
        same = any(row["payload"] == self._own.payload for row in back)
        return {
            "wrote": self._own.digest,
            "back": "same" if same else "gone",
            "listed": bool(back),
            "read": [{"context": row.context, "run": row.run, "digest": row.digest} for row in found.read],
            "damaged": found.damaged,
            "deletes": True if found.stale else None,
            "serverCertificate": None,
        }


@dataclass(frozen=True)
class Found:
    #: Of other contexts, whole.
    read: tuple[Row, ...]
    damaged: int
    #: Of this context, from earlier runs, and of contexts that run no more.
    stale: tuple[Row, ...]


NOTHING = Found((), 0, ())


def found_in(rows: Sequence[Mapping[str, Any]], own: Row, now: datetime) -> Found:
    read: dict[Row, None] = {}
    stale: dict[Row, None] = {}
    damaged = 0
    for row in rows:
        if not isinstance(row["context"], str) or not isinstance(row["run"], str):
            damaged += 1
            continue
        left = Row(row["context"], row["run"], _at_in(row))
        is_own = left.context == own.context
        if (is_own and left.run != own.run) or (not is_own and left.is_abandoned(now)):
            stale[left] = None
        if is_own:
            continue
        if row["payload"] == left.payload:
            read[left] = None
        else:
            damaged += 1
    return Found(tuple(newest_of_each(read))[:MOST_READ], damaged, tuple(stale))


def newest_of_each(rows: Iterable[Row]) -> list[Row]:
    """The newest of each context, then the next of each: one that has left many would hide the others."""
    newest = sorted(rows, key=lambda row: row.at or "", reverse=True)
    rank: dict[str, int] = {}
    ranked: list[tuple[int, Row]] = []
    for row in newest:
        rank[row.context] = rank.get(row.context, -1) + 1
        ranked.append((rank[row.context], row))
    return [row for _, row in sorted(ranked, key=lambda each: each[0])]


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _at_in(row: Mapping[str, Any]) -> str | None:
    """As the payload of a row of ours says it; any other row has no age, and so is never deleted for it."""
    try:
        said = json.loads(str(row["payload"]))
    except (ValueError, RecursionError):
        return None
    is_ours = isinstance(said, dict) and said.get("canary") == "preflight-probe"
    if not is_ours or (said.get("context"), said.get("run")) != (row["context"], row["run"]):
        return None
    at = said.get("at")
    return at if isinstance(at, str) and _time_of(at) is not None else None


def _time_of(at: str | None) -> datetime | None:
    try:
        time = None if at is None else datetime.fromisoformat(at)
    except ValueError:
        return None
    return time if time is not None and time.tzinfo is not None else None


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
