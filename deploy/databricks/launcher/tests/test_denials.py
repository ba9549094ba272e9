"""Denials of an egress policy, with a SQL engine that stands in for Spark's."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from probe_launcher.denials import MOST, TABLE, publish_denials

NOW = datetime.now(timezone.utc).replace(microsecond=0)


class Engine:
    """Spark's session with the table; SQLite reads the same query but for how it writes a span of time."""

    def __init__(self) -> None:
        self._database = sqlite3.connect(":memory:")
        self._database.row_factory = sqlite3.Row
        self._database.execute("CREATE TABLE outbound (event_id, event_time, access_type, destination_type, destination)")
        self.fetched = 0

    def hold(self, rows: Sequence[tuple[str | None, datetime, str, str, str | None]]) -> None:
        written = [(event, time.isoformat(), *rest) for event, time, *rest in rows]
        self._database.executemany("INSERT INTO outbound VALUES (?, ?, ?, ?, ?)", written)

    def sql(self, query: str) -> Engine:
        since = (NOW - timedelta(days=30)).isoformat()
        query = query.replace(TABLE, "outbound").replace("current_timestamp() - INTERVAL 30 DAYS", f"'{since}'")
        self._rows = self._database.execute(query).fetchall()
        return self

    def collect(self) -> Sequence[Any]:
        self.fetched = len(self._rows)
        return [{**row, "event_time": datetime.fromisoformat(row["event_time"])} for row in map(dict, self._rows)]


class GivenRows:
    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def sql(self, _query: str) -> GivenRows:
        return self

    def collect(self) -> Sequence[Any]:
        return self._rows


def give(monkeypatch: pytest.MonkeyPatch, session: Any) -> None:
    module: Any = ModuleType("pyspark.sql")
    module.SparkSession = type("SparkSession", (), {"builder": type("Builder", (), {"getOrCreate": lambda: session})})
    monkeypatch.setitem(sys.modules, "pyspark", ModuleType("pyspark"))
    monkeypatch.setitem(sys.modules, "pyspark.sql", module)


def denied(event: str | None, ago: timedelta, access: str = "DROP", kind: str = "DNS", to: str | None = "x.example") -> Any:
    return (event, NOW - ago, access, kind, to)


def row(**over: Any) -> dict[str, Any]:
    return {"event_id": "e", "event_time": NOW, "destination": "x.example", **over}


def events_in(folder: Path) -> list[str]:
    lines = [line for path in sorted(folder.glob("denials-*-*.ndjson")) for line in path.read_text().splitlines()]
    return [json.loads(line)["event"] for line in lines]


def test_what_was_dropped_lately_is_laid_among_the_evidence_in_order_of_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine()
    engine.hold(
        [
            denied("late", timedelta(minutes=1)),
            denied("early", timedelta(days=2), kind="IP"),
            denied("old", timedelta(days=31)),
            denied("let-through", timedelta(minutes=2), access="ALLOW"),
            denied("of-storage", timedelta(minutes=2), kind="STORAGE"),
        ]
    )
    give(monkeypatch, engine)
    said: list[str] = []
    publish_denials(tmp_path, said.append)
    assert events_in(tmp_path) == ["early", "late"]
    assert said == ["launcher: 2 connections that an egress policy denied were added to the evidence"]


def test_of_too_many_denials_only_the_latest_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine()
    engine.hold([denied(f"e-{n}", timedelta(seconds=n)) for n in range(MOST + 50)])
    give(monkeypatch, engine)
    said: list[str] = []
    publish_denials(tmp_path, said.append)
    assert engine.fetched == MOST + 1
    assert events_in(tmp_path) == [f"e-{n}" for n in reversed(range(MOST))]
    assert said[0] == "launcher: only the latest 10000 denials are read; at least one earlier is left out"


def test_a_denial_is_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, GivenRows([row(), row(), row(event_id="other")]))
    said: list[str] = []
    publish_denials(tmp_path, said.append)
    publish_denials(tmp_path, said.append)
    assert events_in(tmp_path) == ["e", "other"]
    assert len(said) == 1


@pytest.mark.parametrize("lacking", ["event_id", "event_time", "destination"])
def test_a_row_that_lacks_something_is_left_out_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacking: str) -> None:
    give(monkeypatch, GivenRows([row(**{lacking: None}), row(event_id="whole")]))
    said: list[str] = []
    publish_denials(tmp_path, said.append)
    assert events_in(tmp_path) == ["whole"]
    assert said[0] == "launcher: denials left out, since their event, time or destination is missing: 1"


ODD = [b"\xff\xfe{}\n", b"[]\n", b"1\n", b'"event"\n', b"null\n", b'{"event":["e"]}\n', b'{"event":null}\n', b'{"eve', b"[" * 99_999]


@pytest.mark.parametrize("content", ODD, ids=lambda content: repr(content[:16]))
def test_whatever_lies_there_already_keeps_no_denial_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    give(monkeypatch, GivenRows([row()]))
    (tmp_path / "denials-.ndjson").write_bytes(content)
    publish_denials(tmp_path, lambda _: None)
    assert events_in(tmp_path) == ["e"]


def test_what_lies_there_and_cannot_be_read_keeps_no_denial_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, GivenRows([row()]))
    (tmp_path / "denials-.ndjson").mkdir()
    publish_denials(tmp_path, lambda _: None)
    assert events_in(tmp_path) == ["e"]


@pytest.mark.parametrize(
    ("rows", "why"),
    [([{}], r"KeyError: 'event_id'"), ([row(event_time="today")], "AttributeError"), (None, "TypeError")],
)
def test_a_defect_fails_no_task_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: Any, why: str) -> None:
    give(monkeypatch, GivenRows(rows))
    said: list[str] = []
    publish_denials(tmp_path, said.append)
    assert len(said) == 1 and said[0].startswith(f"launcher: a defect of the launcher keeps denials out of {tmp_path} ({why}")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, GivenRows([row()]))
    said: list[str] = []
    publish_denials(tmp_path / "nowhere", said.append)
    assert said == [f"launcher: denials cannot be written to {tmp_path / 'nowhere'} (No such file or directory)"]
