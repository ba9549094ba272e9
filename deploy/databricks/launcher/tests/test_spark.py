"""The parts of Spark's own places that need no Spark; what a real one does, test/real of the repository tries."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from probe_launcher.arguments import executors_asked
from probe_launcher.errors import LauncherError
from probe_launcher.spark import executors, on_executor, publish
from probe_launcher.spark.evidence import Attempt, Failure, RunFile, attempt_record
from probe_launcher.spark.failures import failure_of
from probe_launcher.spark.header import Header, header_in
from probe_launcher.spark.kafka import ends_in, kafka_source, options_of
from probe_launcher.spark.on_executor import BEGAN, ENDED, Job
from probe_launcher.spark.reading import NotTestable, Read
from probe_launcher.spark.settings import Resolver
from probe_launcher.spark.publish import Publisher
from probe_launcher.spark.source import Gathering
from probe_launcher.spark.sqlserver import JdbcTarget, property_in
from probe_launcher.spark.tasks import logged_in, proven, selection_in, without_selection

SQL = "com.microsoft.sqlserver.jdbc.SQLServerException"


class Throwable:
    """What py4j shows of a Java error."""

    def __init__(self, name: str, message: str, number: int = 0, state: str | None = None, cause: Any = None) -> None:
        self.known = (name, message, number, state, cause)

    def getClass(self) -> Any:
        return SimpleNamespace(getName=lambda: self.known[0])

    getMessage = lambda self: self.known[1]
    getErrorCode = lambda self: self.known[2]
    getSQLState = lambda self: self.known[3]
    getCause = lambda self: self.known[4]


class Raised(Exception):
    def __init__(self, thrown: Throwable) -> None:
        self.java_exception = thrown


ON_EXECUTOR = (
    "Job aborted due to stage failure: Task 0 in stage 1.0 failed 1 times, most recent failure: Lost task 0.0 in stage 1.0 (TID 1) "
    "(10.0.0.4 executor 0): com.microsoft.sqlserver.jdbc.SQLServerException: {}\n\tat com.microsoft.sqlserver.jdbc.Some.where(Some.java:1)"
)


@pytest.mark.parametrize(
    ("thrown", "cause", "number"),
    [
        (Throwable(SQL, "Login failed for user 'x'.", 18456, "S0001"), "login-rejected", 18456),
        (Throwable(SQL, "something new", 50123, "S0001"), "server-error", 50123),
        (Throwable("org.apache.spark.SparkException", ON_EXECUTOR.format("Login failed for user 'x'.")), "login-rejected", None),
        (Throwable("java.lang.Exception", "x", cause=Throwable("java.net.UnknownHostException", "db")), "name-not-found", None),
        (Throwable("java.net.SocketTimeoutException", "Connect timed out"), "connect-timeout", None),
        (Throwable("java.net.SocketTimeoutException", "no word that is known"), "request-timeout", None),
        (
            Throwable("java.util.concurrent.ExecutionException", "x", cause=Throwable("org.apache.kafka.common.errors.SaslAuthenticationException", "no")),
            "login-rejected",
            None,
        ),
        (Throwable("kafkashaded.org.apache.kafka.common.errors.SaslAuthenticationException", "no"), "login-rejected", None),
        (Throwable("org.example.NewException", "what nobody knows"), "unclassified", None),
    ],
)
def test_what_java_throws_is_named_by_number_then_class_then_text(thrown: Throwable, cause: str, number: int | None) -> None:
    found = failure_of(Raised(thrown))
    assert found is not None and (found.cause, found.number) == (cause, number)


def test_an_error_of_an_executor_is_said_to_be_one_and_a_lost_executor_is_our_own_trouble() -> None:
    found = failure_of(Raised(Throwable("org.apache.spark.SparkException", ON_EXECUTOR.format("Connection refused"))))
    assert found is not None and found.detail == "executor: Connection refused" and found.taint is None
    lost = failure_of(Raised(Throwable("org.apache.spark.SparkException", "Task 0 failed: ExecutorLostFailure (executor 1 exited)")))
    assert lost is not None and (lost.cause, lost.taint) == ("local-starvation", "starved")


def test_a_refusal_that_names_our_address_tells_where_we_come_from() -> None:
    said = "Cannot open server 'db' requested by the login. Client with IP address '198.51.100.7' is not allowed to access the server."
    found = failure_of(Raised(Throwable(SQL, said, 40615, "S0001")))
    assert found is not None and (found.cause, found.egress) == ("egress-refused", ("198.51.100.7",))


def test_an_error_that_spark_has_not_raised_is_a_defect() -> None:
    assert failure_of(TypeError("ours")) is None


def test_settings_are_resolved_and_what_they_refer_to_is_redacted(tmp_path: Path) -> None:
    (tmp_path / "pem").write_text("from a file\n")
    resolver = Resolver({"db/claims": "a long password"}, tmp_path, {"HOST": "claims.internal"})
    written = {"url": "jdbc:sqlserver://${env:HOST}", "password": "${secret:db/claims}", "more": ["$${x}", "${file:pem}"]}
    assert resolver.settings(written) == {
        "url": "jdbc:sqlserver://claims.internal",
        "password": "a long password",
        "more": ["${x}", "from a file"],
    }
    assert resolver.redact("a long password, a%20long%20password") == "[redacted], [redacted]"
    with pytest.raises(LauncherError, match="cannot be resolved"):
        resolver.settings("${env:MISSING}")


def test_kafka_properties_are_handed_on_and_those_of_spark_itself_are_not(tmp_path: Path) -> None:
    given = {"properties": {"bootstrap.servers": "b:1", "kafka.request.timeout.ms": 5, "group.id": "workload"}, "ca": {"pem": "PEM"}}
    options = options_of(given, Resolver({}, tmp_path))
    assert options["kafka.bootstrap.servers"] == "b:1"
    assert options["kafka.request.timeout.ms"] == "5"
    assert options["kafka.ssl.truststore.certificates"] == "PEM"
    assert "kafka.group.id" not in options
    assert options["failOnDataLoss"] == "false" and options["fetchOffset.numRetries"] == "1"


def test_the_end_of_the_log_is_what_the_progress_of_a_stream_says() -> None:
    assert ends_in({"sources": [{"endOffset": {"claims": {"0": 7}}}]}, "claims") == {"0": 7}
    assert ends_in({"sources": [{"endOffset": '{"claims":{"0":7}}'}]}, "claims") == {"0": 7}
    with pytest.raises(NotTestable):
        ends_in(None, "claims")


def test_the_last_property_of_a_url_counts() -> None:
    assert property_in("jdbc:sqlserver://a;encrypt=true;Encrypt = strict ;x=1", "encrypt") == "strict"
    assert property_in("jdbc:sqlserver://a", "encrypt") is None


def header(*names: str, logins: int = 400, standing: str = "untested", wall_ms: int = 600_000) -> Header:
    targets = [{"name": name, "servers": ["claims:1433"], "identity": "svc@claims:1433"} for name in names]
    context = {"name": "serverless", "vantage": "spark-source", "signs": {}, "process": {"index": 0, "of": 1}}
    run = {"record": "run", "run": "r-1", "at": "2026-11-25T03:13:15.248Z", "context": context, "invoker": {}, "targets": targets}
    limits = {"newConnectionsPerSecond": 4, "logins": logins, "wallTimeMs": wall_ms}
    planned = [{"name": name, "attempts": 10, "identityStanding": standing, "identityGroup": 0, "settings": {}} for name in names]
    return header_in({"run": run, "limits": limits, "folder": "/", "targets": planned})


class Source:
    differences = ()
    connections = 2
    logins = 2

    def __init__(self, *outcomes: Exception | None) -> None:
        self.outcomes = list(outcomes)
        self.reads = 0

    def read(self, spark: Any, client_name: str) -> Read:
        self.reads += 1
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome is not None:
            raise outcome
        return Read()


def gathered(tmp_path: Path, given: Header, **sources: Source) -> tuple[list[dict[str, Any]], list[float], Gathering]:
    waited: list[float] = []
    lines: list[str] = []
    file = RunFile(given.run, tmp_path / "local", lambda text: text, lines.append)
    clock = SimpleNamespace(now=0.0)

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        clock.now += seconds

    gathering = Gathering(None, given, file, lambda line: None, sleep, lambda: clock.now)
    gathering.all_of(sources)
    file.end(False)
    (local,) = (tmp_path / "local").iterdir()
    records = [json.loads(line) for line in local.read_text().splitlines()]
    assert [json.loads(line) for line in lines] == records[1:]
    return records, waited, gathering


REJECTED = Raised(Throwable(SQL, "Login failed", 18456))
DEAD = Raised(Throwable("java.net.ConnectException", "Connection refused"))


def stops_in(records: list[dict[str, Any]]) -> dict[str, str]:
    return {record["target"]: record["reason"] for record in records if record["record"] == "stop"}


def test_attempts_keep_the_pace_of_the_server_and_the_end_counts_the_records(tmp_path: Path) -> None:
    records, waited, _ = gathered(tmp_path, header("db"), db=Source())
    assert [record["n"] for record in records if record["record"] == "attempt"] == list(range(1, 11))
    # two connections of each attempt at four a second, and the margin of the agent
    assert waited == [2 / 4 * 1.25] * 9
    assert records[-1]["records"] == len(records) - 1
    assert stops_in(records) == {"db": "attempts"}


def test_a_login_that_is_rejected_before_any_success_stops_every_target_of_the_identity(tmp_path: Path) -> None:
    other = Source()
    records, _, _ = gathered(tmp_path, header("db", "other"), db=Source(REJECTED), other=other)
    assert stops_in(records) == {"db": "credential", "other": "credential"}
    assert other.reads == 0


def test_after_a_success_a_rejection_counts_like_any_failure(tmp_path: Path) -> None:
    records, _, _ = gathered(tmp_path, header("db"), db=Source(None, REJECTED))
    assert stops_in(records) == {"db": "attempts"}


@pytest.mark.parametrize(
    ("given", "source", "reason", "reads"),
    [
        (header("db"), Source(*[DEAD] * 10), "never-succeeded", 5),
        (header("db", logins=7), Source(), "logins", 3),
        (header("db", standing="rejected-twice-today"), Source(), "credential", 0),
        (header("db", wall_ms=1_000), Source(), "wall-time", 2),
        (header("db"), Source(NotTestable("empty")), "not-testable", 1),
        (header("db"), Source(TypeError("ours")), "defect", 1),
    ],
)
def test_a_target_is_tried_no_oftener_than_is_polite(tmp_path: Path, given: Header, source: Source, reason: str, reads: int) -> None:
    records, _, gathering = gathered(tmp_path, given, db=source)
    assert (stops_in(records), source.reads) == ({"db": reason}, reads)
    assert bool(gathering.defects) == (reason == "defect")


def test_two_accounts_whose_redacted_names_are_alike_do_not_stop_each_other(tmp_path: Path) -> None:
    given = header("db", "other")
    apart = Header(given.run, given.limits, given.folder, (given.targets[0], replace(given.targets[1], identity_group=1)))
    records, _, _ = gathered(tmp_path, apart, db=Source(REJECTED), other=Source())
    assert stops_in(records) == {"db": "credential", "other": "attempts"}


def test_the_pace_of_a_server_is_kept_from_one_target_to_the_next(tmp_path: Path) -> None:
    _, waited, _ = gathered(tmp_path, header("db", "other"), db=Source(), other=Source())
    assert waited == [2 / 4 * 1.25] * 19


def test_logins_that_show_only_at_the_first_read_count_all_the_same(tmp_path: Path) -> None:
    class Topic(Source):
        def read(self, spark: Any, client_name: str) -> Read:
            self.logins = 6
            return super().read(spark, client_name)

    topic = Topic()
    records, _, _ = gathered(tmp_path, header("topic", logins=13), topic=topic)
    assert (stops_in(records), topic.reads) == ({"topic": "logins"}, 2)


def test_a_target_that_spark_cannot_read_says_why_and_the_others_are_tried(tmp_path: Path) -> None:
    untestable = kafka_source({"propertiesFile": "client.properties"}, Resolver({}, tmp_path), tmp_path)
    records, _, _ = gathered(tmp_path, header("topic", "db"), topic=untestable, db=Source())
    assert stops_in(records) == {"topic": "not-testable", "db": "attempts"}
    assert "propertiesFile" in next(record for record in records if record["record"] == "attempt")["failure"]["detail"]


def test_a_silent_server_is_given_up_unless_the_url_says_how_long_to_wait() -> None:
    class Reader(SimpleNamespace):
        def options(self, **given: str) -> Any:
            self.given = given
            return self

        load = lambda self: self
        collect = lambda self: [self]
        asDict = lambda self: {"client_net_address": "192.0.2.1"}

    def asked(url: str) -> Any:
        reader = Reader()
        JdbcTarget({"url": url}, None).read(SimpleNamespace(read=SimpleNamespace(format=lambda _: reader)), "x")
        return reader.given

    assert asked("jdbc:sqlserver://a")["socketTimeout"] == "30000"
    assert "socketTimeout" not in asked("jdbc:sqlserver://a;SocketTimeout=90000")


def test_a_secret_with_line_feeds_is_cleared_before_they_go(tmp_path: Path) -> None:
    secret = "first  line\nsecond\tline"
    failed = Attempt("db", 1, "2026-11-25T03:13:15.248Z", 1.0, Failure("server-error", None, None, f"said {secret} twice"))
    record = attempt_record("r-1", failed, lambda text: text.replace(secret, "[redacted]"))
    assert record["failure"]["detail"] == "said [redacted] twice"


def run_of(folder: Path) -> list[list[dict[str, Any]]]:
    return [[json.loads(line) for line in path.read_text().splitlines()] for path in sorted(folder.iterdir())]


def test_a_run_leaves_a_trace_before_its_first_attempt_and_goes_out_in_parts(tmp_path: Path) -> None:
    said, volume = [], tmp_path / "volume"
    publisher = Publisher(header("db").run, volume, said.append)
    assert [[record["record"] for record in part] for part in run_of(volume)] == [["run"]]
    publisher.add('{"n":1}')
    publisher.add('{"n":2}')
    publisher.close()
    first, second = run_of(volume)
    assert first[0]["part"] == {"recordsBefore": 0, "everySeconds": 60.0}
    assert second[0]["part"]["recordsBefore"] == 0 and second[1:] == [{"n": 1}, {"n": 2}]
    assert said == []


def test_what_was_finished_goes_out_while_an_attempt_hangs(tmp_path: Path) -> None:
    publisher = Publisher(header("db").run, tmp_path / "volume", lambda line: None, every_seconds=0.05)
    publisher.add('{"n":1}')
    until = time.monotonic() + 10
    while len(list((tmp_path / "volume").iterdir())) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    publisher.close()
    parts = run_of(tmp_path / "volume")
    assert [part[1:] for part in parts] == [[], [{"n": 1}]]


def test_a_part_that_is_refused_goes_out_under_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "PAUSE_SECONDS", 0)
    publisher = Publisher(header("db").run, tmp_path / "volume", lambda line: None)
    publisher.add('{"n":1}')
    (first,) = (tmp_path / "volume").iterdir()
    taken = first.with_name(first.name.replace(".0001.", ".0002."))
    taken.write_text("broken off")
    publisher.close()
    assert run_of_last(tmp_path / "volume")[1:] == [{"n": 1}]
    publisher = Publisher({**header("db").run, "run": "r-2"}, tmp_path / "other", lambda line: None)
    publisher.add('{"n":1}')
    shutil.rmtree(tmp_path / "other")
    with pytest.raises(OSError):
        publisher.close()


def run_of_last(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in sorted(folder.iterdir())[-1].read_text().splitlines()]


@pytest.mark.parametrize(
    ("words", "selected", "options"),
    [
        ([], [], []),
        (["all", "--profile", "gate"], ["--profile", "gate"], ["--profile", "gate"]),
        (["run", "db", "--profile", "gate"], ["db", "--profile", "gate"], ["--profile", "gate"]),
        (["run", "--type", "kafka", "--scope", "run"], ["--type", "kafka", "--scope", "run"], ["--scope", "run"]),
        (["run", "--type=kafka"], ["--type=kafka"], []),
    ],
)
def test_the_plan_is_of_the_targets_that_are_asked_for(words: list[str], selected: list[str], options: list[str]) -> None:
    assert (selection_in(words), without_selection(words)) == (selected, options)


def test_a_half_seen_part_of_another_process_is_no_run(tmp_path: Path) -> None:
    given = job(tmp_path, 1)
    (Path(given.evidence) / "half.ndjson").write_text('{"record":"run","invoker":{"PROBE_JOB":"job-1"},"cont')
    (Path(given.evidence) / "denials-1.ndjson").write_text('{"record":"denial"}\n[]\n')
    assert executors.write_missing(header("db"), given, ["db"], lambda line: None) == [0]


def job(tmp_path: Path, of: int = 3) -> Job:
    notes, evidence = tmp_path / "notes", tmp_path / "evidence"
    notes.mkdir()
    evidence.mkdir()
    return Job("job-1", of, ("run", "db"), {}, {}, str(evidence), str(notes), 0)


def test_executors_log_in_only_where_the_driver_did_in_this_run(tmp_path: Path) -> None:
    records = [
        {"record": "run", "run": "r-1"},
        {"record": "attempt", "target": "worked", "hold": None, "outcome": "succeeded"},
        {"record": "attempt", "target": "rejected", "hold": None, "outcome": "failed"},
        {"record": "attempt", "target": "held", "hold": {"kind": "idle"}, "outcome": "succeeded"},
    ]
    (tmp_path / "a.ndjson").write_text("".join(f"{json.dumps(record)}\n" for record in records))
    assert logged_in(tmp_path) == {"worked"}
    assert proven(header("worked", "rejected", "held"), logged_in(tmp_path)) == ["worked"]
    with pytest.raises(LauncherError, match="no target is left"):
        proven(header("rejected"), logged_in(tmp_path))


def test_there_is_one_executor_at_least() -> None:
    assert executors_asked(["--executors", "3", "run"]) == (["run"], 3)
    for none in ("0", "-3"):
        with pytest.raises(LauncherError, match="1 or more"):
            executors_asked(["--executors", none])


def test_a_task_that_spark_repeats_tries_nothing_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []
    monkeypatch.setattr(on_executor, "_run_agent", lambda index, _job: ran.append(index) or {"exit": 0, "said": []})
    given = job(tmp_path, 1)
    assert list(on_executor.run_here(iter([0, 0]), given)) == [0, 0]
    assert ran == [0]


def test_a_second_process_on_one_executor_stands_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []
    monkeypatch.setattr(on_executor, "_run_agent", lambda index, _job: ran.append(index) or {"exit": 0, "said": []})
    given = job(tmp_path, 2)
    list(on_executor.run_here(iter([0, 1]), given))
    assert ran == [0]
    ended = on_executor.noted(Path(given.notes), ENDED)
    assert ended[1]["trouble"] == "did not start: Spark put it on the executor of process 0"


def test_each_process_that_left_no_run_is_written_down_with_what_is_known_of_it(tmp_path: Path) -> None:
    given, said = job(tmp_path, 4), []
    on_executor.note(Path(given.notes), BEGAN, 1, {"host": "worker-b"})
    on_executor.note(Path(given.notes), ENDED, 2, {"host": "worker-c", "trouble": "did not start: no agent"})
    there = {"record": "run", "invoker": {"PROBE_JOB": "job-1"}, "context": {"process": {"index": 0, "of": 4}}}
    (Path(given.evidence) / "there.ndjson").write_text(json.dumps(there) + "\n")
    assert executors.write_missing(header("db", "other"), given, ["db"], said.append) == [1, 2, 3]
    stubs = [json.loads(path.read_text()) for path in Path(given.evidence).glob("serverless-*.ndjson")]
    found = {stub["context"]["process"]["index"]: stub for stub in stubs}
    why = {index: stub["context"]["signs"][executors.NOT_STARTED] for index, stub in found.items()}
    assert why == {
        1: "was lost before its agent had written anything",
        2: "did not start: no agent",
        3: "did not start: Spark placed no task for it",
    }
    assert found[1]["context"]["host"] == {"hostname": "worker-b"}
    assert [target["name"] for target in found[1]["targets"]] == ["db"]
