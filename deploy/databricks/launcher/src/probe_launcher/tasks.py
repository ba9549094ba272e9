"""The tasks of a job. Gathering succeeds whenever evidence was written, whatever it says; the gate alone raises for what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from probe_launcher.agent import Agent, find_agent
from probe_launcher.arguments import Parameters, given, parse
from probe_launcher.dbutils import the_dbutils
from probe_launcher.denials import publish_denials
from probe_launcher.errors import GateClosed, LauncherError
from probe_launcher.local_disk import LocalFolder, local_folder
from probe_launcher.outcome import PLACEMENT_VERDICTS, Outcome, keep, read_json
from probe_launcher.run import log, run_agent
from probe_launcher.secrets import resolve
from probe_launcher.self_test import run_self_test
from probe_launcher.volume import is_published

SELF_TEST = "--self-test"
#: Of the agent, what stands alone; every other option is followed by its value.
FLAGS = frozenset({"--", "--secrets-stdin", "--end-with-stdin"})


def main(arguments: Sequence[str] | None = None) -> None:
    """`run --config FILE --context NAME --evidence DIR …`: tries every target, and publishes the evidence."""
    words = list(given() if arguments is None else arguments)
    if SELF_TEST in words:
        run_self_test([word for word in words if word != SELF_TEST])
        return
    parameters = parse("main", words)
    with local_folder() as local:
        outcome, run = gather_here(parameters, local)
        if run is None:
            raise LauncherError(f"{outcome.line}\nThe agent wrote no report; what it said stands in the log.")
        if not _is_published(parameters, run):
            local.kept = True
            raise LauncherError(
                f"{outcome.line}\nThe evidence of run {run} is not all in {parameters.evidence[0]}. "
                f"All of it is in {local.path / 'evidence'} of this machine, as long as there is one."
            )
        log(outcome.line)


def decide(arguments: Sequence[str] | None = None) -> None:
    """Decides from all evidence, and sets one task value per workload: the context it may go to, `undetermined` or `none`."""
    parameters = parse("decide", given() if arguments is None else arguments)
    publish_denials(parameters.evidence[0])
    with local_folder() as local:
        outcome, decision = _decision(parameters, local)
        if outcome.exit_code != 0 or decision is None:
            raise LauncherError(f"PROBE error exit={outcome.exit_code} report=none\nNothing was decided; the log says why.")
        values = task_values(decision)
        task_value = the_dbutils("a task value").jobs.taskValues.set
        for key, value in values.items():
            task_value(key=key, value=value)
            log(f"launcher: task value {key} = {value}")
        log(f"PROBE decided exit=0 report={outcome.report or 'none'}")


def gate(arguments: Sequence[str] | None = None) -> None:
    """Raises unless the evidence of a context passes; with `--workload`, unless that workload may go there."""
    parameters = parse("gate", given() if arguments is None else arguments)
    if len(parameters.workload) > 1 or (not parameters.workload and len(parameters.evidence) > 1):
        raise LauncherError("gate answers for one workload, from any number of folders, or for one folder\nMake it a task for each.")
    publish_denials(parameters.evidence[0])
    with local_folder() as local:
        outcome = _decision(parameters, local)[0] if parameters.workload else _judgement(parameters, local)
    if outcome.exit_code in (1, 3):
        raise GateClosed(f"{outcome.line}\nThe report and the log say why, and what to do.")
    if outcome.exit_code != 0:
        raise LauncherError(f"PROBE error exit={outcome.exit_code} report={outcome.report or 'none'}\nThe log says why.")
    log(outcome.line)


def self_test(arguments: Sequence[str] | None = None) -> None:
    run_self_test(list(given() if arguments is None else arguments))


def gather_here(parameters: Parameters, local: LocalFolder) -> tuple[Outcome, str | None]:
    agent = _agent(local)
    secrets = resolve(text_of(parameters.config))
    report = local.path / "report.json"
    folders = ["--evidence", str(local.path / "evidence"), "--publish", str(parameters.evidence[0])]
    streams = ["--report", f"json={report}", "--report", "table", "--secrets-stdin", "--end-with-stdin"]
    started = [] if parameters.started_at is None else ["--requested-at", parameters.started_at]
    words = [*_command(parameters.others), *agent_options(parameters), *folders, *streams, *started]
    exit_code = run_agent([*agent.command, *words], secrets, invoker(parameters))
    found = read_json(report)
    if found is None:
        return Outcome("error", exit_code, None), None
    # the report names the latest run that counts, which may be another one
    run = _run_in(local.path / "evidence")
    if run is None:
        return Outcome("error", exit_code, None), None
    name = f"{_plain(parameters.context or 'context')}-{_plain(run['at'])}-{run['run']}.json"
    return Outcome(found["verdict"], exit_code, keep(report, parameters.reports, name)), run["run"]


def _run_in(evidence: Path) -> dict[str, Any] | None:
    """The record that begins the only run of a local folder."""
    for file in sorted(evidence.glob("*.ndjson")):
        with file.open(encoding="utf8") as lines:
            first: dict[str, Any] = json.loads(lines.readline() or "{}")
        if first.get("record") == "run":
            return first
    return None


def _command(others: Sequence[str]) -> list[str]:
    """`run` without the name of a target is all of them, and so is no word at all."""
    words = list(others)
    if not words or words[0].startswith("-"):
        return ["all", *words]
    return ["all", *words[1:]] if words[0] == "run" and not _is_of_some(words[1:]) else words


def _is_of_some(words: Sequence[str]) -> bool:
    """Whether they name a target or a type, before or after whatever else."""
    left = iter(words)
    for word in left:
        option, equals, _ = word.partition("=")
        if not word.startswith("-") or option == "--type":
            return True
        if not equals and option not in FLAGS:
            next(left, None)
    return False


def _decision(parameters: Parameters, local: LocalFolder) -> tuple[Outcome, dict[str, Any] | None]:
    exit_code, report = _judged("decide", parameters, local, [str(folder) for folder in parameters.evidence])
    decision = read_json(report)
    kept = None if decision is None else keep(report, parameters.reports, f"decision-{_now()}.json")
    return Outcome(PLACEMENT_VERDICTS.get(exit_code, "error"), exit_code, kept), decision


def _judgement(parameters: Parameters, local: LocalFolder) -> Outcome:
    exit_code, report = _judged("judge", parameters, local, [str(parameters.evidence[0])])
    found = read_json(report)
    if found is None:
        return Outcome("error", exit_code, None)
    name = f"gate-{_plain(parameters.context or 'context')}-{_now()}.json"
    return Outcome(found["verdict"], exit_code, keep(report, parameters.reports, name))


def _judged(command: str, parameters: Parameters, local: LocalFolder, folders: Sequence[str]) -> tuple[int, Path]:
    """A command that needs neither network nor secrets."""
    report = local.path / f"{command}.json"
    streams = ["--report", f"json={report}", "--report", "table"]
    agent = _agent(local)
    return run_agent([*agent.command, command, *folders, *agent_options(parameters), *parameters.others, *streams]), report


def _agent(local: LocalFolder) -> Agent:
    agent = find_agent(local.path)
    log(f"launcher: the agent is {agent.found}")
    return agent


def agent_options(parameters: Parameters) -> list[str]:
    context = [] if parameters.context is None else ["--context", parameters.context]
    workloads = [word for name in parameters.workload for word in ("--workload", name)]
    return ["--config", str(parameters.config), *context, *workloads]


def invoker(parameters: Parameters) -> dict[str, str]:
    named = {"DATABRICKS_JOB_ID": parameters.job_id, "DATABRICKS_RUN_ID": parameters.run_id}
    return {name: value for name, value in named.items() if value is not None}


def text_of(config: Path) -> str:
    try:
        return config.read_text(encoding="utf-8")
    except OSError as error:
        raise LauncherError(f"the configuration {config} cannot be read ({error.strerror or error})") from error


def _is_published(parameters: Parameters, run: str) -> bool:
    try:
        return is_published(parameters.evidence[0], run)
    except OSError as error:
        log(f"launcher: {parameters.evidence[0]} cannot be read ({error.strerror or error})")
        return False


def task_values(decision: Mapping[str, Any]) -> dict[str, str]:
    """A value for each workload, by its name with underscores for whatever a reference cannot hold."""
    values: dict[str, str] = {}
    for workload in decision["workloads"]:
        key = re.sub(r"\W", "_", workload["name"])
        if key in values:
            raise LauncherError(f"two workloads have the task value {key}\nGive them names that differ in letters or digits.")
        values[key] = workload["placement"] or _unplaced(workload["cells"])
    return values


def _unplaced(cells: Sequence[Mapping[str, Any]]) -> str:
    return "undetermined" if any(cell["placement"] == "undetermined" for cell in cells) else "none"


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "", text.replace(" ", "_"))


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S.%fZ")
