"""Reads what an egress policy has dropped, where the system table may be read, and lays it among the evidence.

A dropped connection looks like silence to whoever opened it. The platform writes to `system.access.outbound_network` that it was its own
policy; the agent then gives such a failure the cause `egress-policy-denied`.
"""

from __future__ import annotations

import importlib
import json
import uuid
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from probe_launcher.run import Log, log
from probe_launcher.volume import write_new

TABLE = "system.access.outbound_network"
#: The table holds a year; older evidence does not count in a verdict.
QUERY = f"""
SELECT event_id, event_time, destination_type, destination
FROM {TABLE}
WHERE access_type = 'DROP' AND destination_type IN ('DNS', 'IP') AND event_time > current_timestamp() - INTERVAL 30 DAYS
ORDER BY event_time
"""
#: Each is one line; what is beyond is told, and no more of it is needed to name a cause.
MOST = 10_000


def spark() -> Any:
    """The session of this task: of Spark Connect on serverless compute, of the driver on a cluster."""
    return importlib.import_module("pyspark.sql").SparkSession.builder.getOrCreate()


def publish_denials(evidence: Path, say: Log = log) -> None:
    """That the table cannot be read changes no verdict: the cause is then what was seen from here."""
    try:
        rows = spark().sql(QUERY).collect()
    except Exception as error:
        say(f"launcher: {TABLE} cannot be read here ({type(error).__name__}); a denial by an egress policy looks like silence")
        return
    if len(rows) > MOST:
        say(f"launcher: {len(rows) - MOST} earlier denials are left out")
    try:
        known = _known(evidence)
        fresh = [line for line in map(_line, rows[-MOST:]) if line["event"] not in known]
        if fresh:
            _write(evidence, fresh)
            say(f"launcher: {len(fresh)} connections that an egress policy denied were added to the evidence")
    except OSError as error:
        say(f"launcher: denials cannot be written to {evidence} ({error.strerror or error})")


def _write(evidence: Path, lines: list[dict[str, str]]) -> None:
    at = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    text = "".join(f"{json.dumps(line, separators=(',', ':'))}\n" for line in lines)
    write_new(evidence / f"denials-{at}-{uuid.uuid4()}.ndjson", text.encode())


def _known(evidence: Path) -> set[str]:
    """The events that lie there already: each counts once, and is written once."""
    events: set[str] = set()
    for path in evidence.glob("denials-*.ndjson"):
        for text in path.read_text(encoding="utf-8").splitlines():
            try:
                events.add(json.loads(text)["event"])
            except (ValueError, KeyError, TypeError):
                continue
    return events


def _line(row: Any) -> dict[str, str]:
    return {
        "record": "denial",
        "event": str(row["event_id"]),
        "at": _utc(row["event_time"]),
        "destination": str(row["destination"]),
    }


def _utc(time: datetime) -> str:
    """Spark gives times in the zone of the session, without saying which: it is UTC on Databricks."""
    known = time if time.tzinfo is not None else time.replace(tzinfo=timezone.utc)
    return known.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
