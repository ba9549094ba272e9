"""Reads what an egress policy has dropped, where the system table may be read, and lays it among the evidence.

A dropped connection looks like silence to whoever opened it. The platform writes to `system.access.outbound_network` that it was its own
policy; the agent then gives such a failure the cause `egress-policy-denied`.
"""

from __future__ import annotations

import importlib
import json
import uuid
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from probe_launcher.run import Log, log
from probe_launcher.volume import write_new

TABLE = "system.access.outbound_network"
#: Each is one line, and no more of it is needed to name a cause.
MOST = 10_000
#: The table holds a year; older evidence does not count in a verdict. One more than is written tells that there are more.
QUERY = f"""
SELECT event_id, event_time, destination FROM (
  SELECT event_id, event_time, destination
  FROM {TABLE}
  WHERE access_type = 'DROP' AND destination_type IN ('DNS', 'IP') AND event_time > current_timestamp() - INTERVAL 30 DAYS
  ORDER BY event_time DESC
  LIMIT {MOST + 1}
) AS latest
ORDER BY event_time
"""


def spark() -> Any:
    """The session of this task: of Spark Connect on serverless compute, of the driver on a cluster."""
    return importlib.import_module("pyspark.sql").SparkSession.builder.getOrCreate()


def publish_denials(evidence: Path, say: Log = log) -> None:
    """Nothing here fails a task: without denials the cause is what was seen from here."""
    try:
        rows = spark().sql(QUERY).collect()
    except Exception as error:
        say(f"launcher: {TABLE} cannot be read here ({type(error).__name__}); a denial by an egress policy looks like silence")
        return
    try:
        _publish(rows, evidence, say)
    except OSError as error:
        say(f"launcher: denials cannot be written to {evidence} ({error.strerror or error})")
    except Exception as error:
        say(f"launcher: a defect of the launcher keeps denials out of {evidence} ({type(error).__name__}: {error})")


def _publish(rows: Sequence[Any], evidence: Path, say: Log) -> None:
    latest = rows[-MOST:]
    if len(rows) > len(latest):
        say(f"launcher: only the latest {MOST} denials are read; at least one earlier is left out")
    lines = [line for line in map(_line, latest) if line is not None]
    if len(lines) < len(latest):
        say(f"launcher: denials left out, since their event, time or destination is missing: {len(latest) - len(lines)}")
    known = _known(evidence)
    fresh = {line["event"]: line for line in lines if line["event"] not in known}
    if fresh:
        _write(evidence, list(fresh.values()))
        say(f"launcher: {len(fresh)} connections that an egress policy denied were added to the evidence")


def _write(evidence: Path, lines: list[dict[str, str]]) -> None:
    at = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    text = "".join(f"{json.dumps(line, separators=(',', ':'))}\n" for line in lines)
    write_new(evidence / f"denials-{at}-{uuid.uuid4()}.ndjson", text.encode())


def _known(evidence: Path) -> set[str]:
    """The events that lie there already. What cannot be read holds none: one that is written twice counts once."""
    return {event for path in evidence.glob("denials-*.ndjson") for text in _lines(path) if (event := _event(text)) is not None}


def _lines(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().splitlines()
    except OSError:
        return []


def _event(text: bytes) -> str | None:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    event = record.get("event") if isinstance(record, dict) else None
    return event if isinstance(event, str) else None


def _line(row: Any) -> dict[str, str] | None:
    event, time, destination = row["event_id"], row["event_time"], row["destination"]
    if event is None or time is None or destination is None:
        return None
    return {"record": "denial", "event": str(event), "at": _utc(time), "destination": str(destination)}


def _utc(time: datetime) -> str:
    """Spark gives times in the zone of the session, without saying which: it is UTC on Databricks."""
    known = time if time.tzinfo is not None else time.replace(tzinfo=timezone.utc)
    return known.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
