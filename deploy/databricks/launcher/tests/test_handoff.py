"""Whose rows of the table are read, and which are deleted."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from probe_launcher.spark.handoff import Row, found_in

NOW = datetime(2026, 11, 20, tzinfo=timezone.utc)
OWN = Row("serverless", "run-0", NOW.isoformat())


def left(context: str, run: str, **ago: float) -> Row:
    return Row(context, run, (NOW - timedelta(**ago)).isoformat())


def stored(*rows: Row) -> list[dict[str, str]]:
    return [{"context": row.context, "run": row.run, "payload": row.payload} for row in rows]


def test_rows_of_other_contexts_are_read_and_stay() -> None:
    others = [left("dedicated", "run-1", hours=1), left("pod", "run-2", hours=2)]

    found = found_in(stored(OWN, *others), OWN, NOW)

    assert found.read == tuple(others)
    assert (found.damaged, found.stale) == (0, ())


def test_what_its_own_context_has_left_in_earlier_runs_is_deleted_and_not_read() -> None:
    earlier = left("serverless", "run-1", minutes=1)

    found = found_in(stored(OWN, earlier), OWN, NOW)

    assert (found.read, found.damaged, found.stale) == ((), 0, (earlier,))


def test_what_another_context_has_left_goes_after_a_week() -> None:
    young, old = left("dedicated", "run-1", days=6.9), left("dedicated", "run-2", days=7.1)

    found = found_in(stored(OWN, young, old), OWN, NOW)

    assert found.read == (young, old)
    assert found.stale == (old,)


def test_the_newest_of_each_context_come_before_all_others() -> None:
    many = [left("dedicated", f"run-{n}", hours=n) for n in range(1, 10)]
    pod = left("pod", "run-10", days=2)

    found = found_in(stored(*reversed(many), pod, OWN), OWN, NOW)

    assert found.read == (many[0], pod, *many[1:7])


def test_a_row_that_does_not_say_since_when_is_whole_and_stays() -> None:
    silent = Row("dedicated", "run-1")

    found = found_in(stored(silent), OWN, NOW)

    assert (found.read, found.damaged, found.stale) == ((silent,), 0, ())


@pytest.mark.parametrize(
    "payload",
    [
        "another text",
        "[]",
        None,
        Row("dedicated", "run-2", NOW.isoformat()).payload,
        Row("dedicated", "run-1", "yesterday").payload,
        # old, and not of ours: no age is known of it
        '{"at":"2020-01-01T00:00:00+00:00","amount":5}',
        "[" * 100_000,
        # of no time zone
        Row("dedicated", "run-1", "2026-01-01T00:00:00").payload,
        left("dedicated", "run-1", hours=1).payload[:-1],
    ],
)
def test_a_row_that_is_not_as_it_was_written_is_damaged_and_stays_to_be_looked_at(payload: str | None) -> None:
    found = found_in([{"context": "dedicated", "run": "run-1", "payload": payload}], OWN, NOW)

    assert (found.read, found.damaged, found.stale) == ((), 1, ())


def test_a_row_that_is_of_no_context_is_damaged_and_stays() -> None:
    old = left("dedicated", "run-1", days=30).payload
    found = found_in([{"context": None, "run": "run-1", "payload": old}], OWN, NOW)

    assert (found.read, found.damaged, found.stale) == ((), 1, ())
