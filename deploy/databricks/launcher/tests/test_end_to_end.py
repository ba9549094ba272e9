"""The launcher with the real agent, against the embedded lab, as a dedicated and as a serverless task."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import REPOSITORY, Ended, Lab, Workspace
from watching import Watch

pytestmark = pytest.mark.skipif(not (REPOSITORY / "dist/cli.js").exists(), reason="dist/cli.js is not built")
NewWorkspace = Callable[..., Workspace]
STARTED_AT = "2026-11-24T08:00:00"


def set_up(new: NewWorkspace, persona: str, lab: Lab, **over: object) -> Workspace:
    workspace = new(persona, secrets=lab.secrets, **over)
    workspace.configure(lab.config)
    return workspace


def private(lab: Lab) -> list[str]:
    """What nobody may see: of a key its lines, since a log shows line by line."""
    values = [value for name, value in lab.secrets.items() if not name.endswith(("_CA", "_CERT"))]
    return [line for value in values for line in value.splitlines() if len(line) > 8 and not line.startswith("-----")]


def texts_below(folder: Path) -> str:
    return "".join(path.read_text() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(("persona", "verdict", "exit_code"), [("dedicated", "pass", 0), ("serverless", "fail", 1)])
def test_gathering_returns_whatever_was_found_and_shows_no_secret(
    new_workspace: NewWorkspace, labs: dict[str, Lab], persona: str, verdict: str, exit_code: int
) -> None:
    lab = labs[persona]
    secrets = private(lab)
    assert len(secrets) >= 4
    workspace = set_up(new_workspace, persona, lab)
    with Watch(secrets) as watch:
        ended = workspace.gather("--job-id", "17", "--run-id", "4711", "--started-at", STARTED_AT)
    assert ended.returned, ended.output
    assert f"PROBE {verdict} exit={exit_code} report={workspace.volume}/evidence-reports/{persona}-" in ended.output
    assert watch.agents > 10
    assert watch.found == set()
    for place in (ended.output, texts_below(workspace.volume)):
        assert [secret for secret in secrets if secret in place] == []

    first, *_, last = workspace.records()
    assert first["context"]["kind"] == {"dedicated": "databricks-classic", "serverless": "databricks-serverless"}[persona]
    assert first["invoker"] == {"DATABRICKS_JOB_ID": "17", "DATABRICKS_RUN_ID": "4711"}
    assert first["requestedAt"] == f"{STARTED_AT}.000Z"
    assert last["record"] == "end"
    report = json.loads(next((workspace.volume / "evidence-reports").iterdir()).read_text())
    assert (report["verdict"], report["exitCode"]) == (verdict, exit_code)
    # nothing is left on the local disk
    assert list((workspace.folder / "local").iterdir()) == []

    gate = workspace.run("gate", "--config", str(workspace.volume / "probe.yaml"), "--evidence", str(workspace.evidence))
    if verdict == "pass":
        assert gate.returned, gate.output
    else:
        assert gate.raised.splitlines()[0].startswith(f"PROBE fail exit=1 report={workspace.volume}/evidence-reports/gate-")


def test_an_inconclusive_run_is_gathered_and_keeps_the_gate_closed(new_workspace: NewWorkspace, labs: dict[str, Lab]) -> None:
    workspace = set_up(new_workspace, "serverless", labs["dedicated"])
    ended = workspace.gather()
    assert ended.returned, ended.output
    assert "PROBE inconclusive exit=3 report=" in ended.output
    gate = workspace.run("gate", "--config", str(workspace.volume / "probe.yaml"), "--evidence", str(workspace.evidence))
    assert gate.raised.startswith("PROBE inconclusive exit=3 report=")


def test_the_ambient_token_is_judged_by_its_end(new_workspace: NewWorkspace) -> None:
    ends_in = 600
    claims = base64.urlsafe_b64encode(json.dumps({"exp": int(time.time()) + ends_in}).encode()).rstrip(b"=").decode()
    token = f"e30.{claims}.c2lnbmF0dXJl"
    workspace = new_workspace("serverless", token=token)
    workspace.configure(
        """
version: 1
targets:
  task-token: { type: token, source: { type: value, value: "${secret:databricks/ambient-token}" } }
workloads:
  nightly: { uses: [task-token], connectsFrom: driver, duration: 40m }
"""
    )
    with Watch([token]) as watch:
        ended = workspace.gather()
    assert ended.returned, ended.output
    assert "launcher: the ambient token of this task ends 20" in ended.output
    assert "PROBE fail exit=1" in ended.output and "token-ends-before-job" in ended.output
    assert watch.found == set() and token not in ended.output + texts_below(workspace.volume)


def test_decide_sets_a_task_value_for_each_workload(new_workspace: NewWorkspace, labs: dict[str, Lab]) -> None:
    workspace = set_up(new_workspace, "serverless", labs["serverless"])
    assert workspace.gather().returned
    config = str(workspace.volume / "probe.yaml")
    ended = workspace.run("decide", "--config", config, "--evidence", str(workspace.evidence))
    assert ended.returned, ended.output
    values = workspace.task_values()
    assert set(values) == {"claims_ingest", "claims_stream", "eligibility_check", "member_360"}
    # the lab's serverless compute is unfit, and the dedicated one was never tried
    assert values["claims_ingest"] == "undetermined"
    cell = ["--workload", "claims-ingest", "--context", "serverless"]
    gate = workspace.run("gate", "--config", config, "--evidence", str(workspace.evidence), *cell)
    assert gate.raised.startswith("PROBE fail exit=1 report=")


def test_a_volume_without_append_and_rename_is_enough(
    new_workspace: NewWorkspace, labs: dict[str, Lab], plain_volume: Callable[[Path], dict[str, str]]
) -> None:
    workspace = set_up(new_workspace, "serverless", labs["dedicated"])
    workspace.environment.update(plain_volume(workspace.volume))
    ended = workspace.gather()
    assert ended.returned, ended.output
    assert "cannot" not in "\n".join(line for line in ended.output.splitlines() if line.startswith(("launcher:", "probe:")))
    assert workspace.records()[-1]["record"] == "end"


def test_a_missing_volume_stops_the_task_before_anything_is_tried(new_workspace: NewWorkspace, labs: dict[str, Lab]) -> None:
    workspace = set_up(new_workspace, "serverless", labs["dedicated"])
    words = ["run", "--config", str(workspace.volume / "probe.yaml"), "--evidence", "/Volumes/no/such/volume/evidence"]
    ended = workspace.run("main", *words)
    assert ended.raised.startswith("PROBE error exit=2 report=none")
    assert "there is no /Volumes/no/such/volume" in ended.output


def test_a_volume_that_is_lost_meanwhile_fails_the_task_and_keeps_the_evidence(
    new_workspace: NewWorkspace, labs: dict[str, Lab]
) -> None:
    workspace = set_up(new_workspace, "serverless", labs["dedicated"])
    started = workspace.start("main", *workspace.gathering())
    wait_for(lambda: workspace.evidence.exists() and any(workspace.evidence.iterdir()), started)
    for path in workspace.evidence.iterdir():
        path.unlink()
    workspace.evidence.rmdir()
    output, _ = started.communicate(timeout=120)
    raised = Ended(started.returncode == 0, output).raised
    assert raised.startswith("PROBE ") and "is not all in" in raised
    kept = list((workspace.folder / "local").rglob("*.ndjson"))
    assert json.loads(kept[0].read_text().splitlines()[-1])["record"] == "end"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_cancelled_task_leaves_no_probe_behind(new_workspace: NewWorkspace, labs: dict[str, Lab], how: signal.Signals) -> None:
    workspace = set_up(new_workspace, "serverless", labs["dedicated"])
    started = workspace.start("main", *workspace.gathering("--profile", "strict"))
    wait_for(lambda: any((workspace.folder / "local").rglob("*.ndjson")), started)
    agent = agents_of(workspace)
    assert len(agent) == 1
    began = time.monotonic()
    started.send_signal(how)
    wait_for(lambda: not agents_of(workspace), None, seconds=6)
    assert time.monotonic() - began < 6
    started.communicate(timeout=20)
    assert started.returncode != 0
    # what was found until then lies on the volume, and is never taken for a clean run
    last = workspace.records()[-1]
    assert last["record"] == "end" and last["interrupted"] is True


def agents_of(workspace: Workspace) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"--end-with-stdin" in command and str(workspace.evidence).encode() in command:
            found.append(int(process.name))
    return found


def wait_for(holds: Callable[[], bool], started: subprocess.Popen[str] | None, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert started is None or started.poll() is None, started.communicate()[0]
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.02)


def test_a_disk_that_is_read_only_is_named(new_workspace: NewWorkspace, labs: dict[str, Lab]) -> None:
    """In a mount namespace of its own: root may write anywhere else."""
    workspace = set_up(new_workspace, "serverless", labs["dedicated"])
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode != 0:
        pytest.skip("unshare: no mount namespace may be made here")
    local = workspace.folder / "local"
    script = "import sys, probe_launcher.local_disk as disk; disk.places = lambda: sys.argv[1].split(':')"
    inner = f"{script}; import probe_launcher; probe_launcher.main(sys.argv[2:])"
    mount = f"mount -t tmpfs -o ro none {local} && mount -t tmpfs -o ro none /var/tmp"
    command = ["sh", "-c", f'{mount} && exec "$@"', "sh"]
    python = [sys.executable, "-c", inner, f"{local}:/var/tmp", *workspace.gathering()]
    workspace._write_stand_ins()
    ended = subprocess.run(
        ["unshare", "-m", *command, *python],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{workspace.folder / 'installed'}:{workspace.folder / 'stand-ins'}"},
    )
    assert ended.returncode != 0
    assert "no local disk can be used" in ended.stderr and "Read-only file system" in ended.stderr


def test_denials_of_the_platform_lie_beside_the_evidence_once(new_workspace: NewWorkspace, labs: dict[str, Lab]) -> None:
    rows = [{"event_id": "e-1", "event_time": "2026-11-24T08:00:00.123", "destination_type": "DNS", "destination": "x.example"}]
    workspace = set_up(new_workspace, "serverless", labs["dedicated"], denials=rows)
    assert workspace.gather().returned
    config = str(workspace.volume / "probe.yaml")
    for _ in range(2):
        workspace.run("gate", "--config", config, "--evidence", str(workspace.evidence))
    denials = [record for record in workspace.records() if record["record"] == "denial"]
    assert denials == [{"record": "denial", "event": "e-1", "at": "2026-11-24T08:00:00.123Z", "destination": "x.example"}]
