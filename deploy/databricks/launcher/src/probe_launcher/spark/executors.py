"""Starts the agent once on each executor, and writes down which of them never came to try anything."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probe_launcher.errors import LauncherError
from probe_launcher.run import Log
from probe_launcher.spark.evidence import file_name
from probe_launcher.spark.header import Header
from probe_launcher.spark.on_executor import BEGAN, ENDED, Job, noted, run_here
from probe_launcher.spark.session import is_classic
from probe_launcher.volume import write_new

VANTAGE = "executor"
#: Spark Connect has no other way to run Python beside the data, and there it runs in the sandbox of user functions.
UDF = "udf"
NOT_STARTED = "launcher:not-started"


@dataclass(frozen=True)
class Places:
    of: int
    vantage: str


def places_of(spark: Any, asked: int | None) -> Places:
    if not is_classic(spark):
        if asked is None:
            raise LauncherError("how many executors there are is not known here\nSay it: --executors N")
        return Places(asked, UDF)
    found = len(spark.sparkContext._jsc.sc().statusTracker().getExecutorInfos()) - 1
    if asked is None and found < 1:
        raise LauncherError("this engine has no executor\nOn a single node the driver does all the work: its own evidence is enough.")
    return Places(found if asked is None else asked, VANTAGE)


def run_everywhere(spark: Any, places: Places, job: Job, say: Log) -> None:
    """An ordinary stage: a barrier stage would be given up as a whole, with every agent cut short, where one executor is lost."""
    try:
        if places.vantage == VANTAGE:
            spark.sparkContext.parallelize(range(job.of), job.of).mapPartitions(lambda indices: run_here(indices, job)).collect()
        else:
            _through_udf(spark, job)
    except Exception as error:
        # what the processes have noted says which of them are lost
        say(f"launcher: Spark gave the stage up ({type(error).__name__})")


def _through_udf(spark: Any, job: Job) -> None:
    def everywhere(batches: Any) -> Any:
        for batch in batches:
            list(run_here(iter(int(each) for each in batch["id"]), job))
            yield batch

    spark.range(0, job.of, 1, job.of).mapInPandas(everywhere, "id long").collect()


def write_missing(header: Header, job: Job, names: Sequence[str], say: Log) -> list[int]:
    """A run without an end for each process that has left none: it never counts as clean, and it says why there is nothing."""
    begun, ended = noted(Path(job.notes), BEGAN), noted(Path(job.notes), ENDED)
    there = _indices_in(Path(job.evidence), job.id)
    missing = [index for index in range(job.of) if index not in there]
    for index in missing:
        known = ended.get(index) or begun.get(index) or {}
        why = known.get("trouble") or _lost(index, begun, known)
        say(f"launcher: process {index} of {job.of} ({known.get('host', 'host unknown')}): {why}")
        run = _stub(header, job, index, {"host": known.get("host"), "why": why, "names": names})
        write_new(Path(job.evidence) / file_name(run), (json.dumps(run, separators=(",", ":")) + "\n").encode())
    return missing


def _lost(index: int, begun: Mapping[int, Any], ended: Mapping[str, Any]) -> str:
    if "exit" in ended:
        return f"did not start: the agent wrote no evidence (exit {ended['exit']}): {' '.join(ended['said'])[:200]}"
    return "was lost before its agent had written anything" if index in begun else "did not start: Spark placed no task for it"


def _stub(header: Header, job: Job, index: int, known: Mapping[str, Any]) -> dict[str, Any]:
    context = header.run["context"]
    return {
        **header.run,
        # as of the start of all of them, which is what tells that they belong together
        "run": str(uuid.uuid4()),
        "context": {
            **context,
            "bootId": None,
            "process": {"index": index, "of": job.of},
            "signs": {**context["signs"], NOT_STARTED: known["why"][:240]},
            "host": {} if known["host"] is None else {"hostname": known["host"]},
        },
        "invoker": {**header.run["invoker"], "PROBE_JOB": job.id},
        "targets": [target for target in header.run["targets"] if target["name"] in known["names"]],
    }


def _indices_in(evidence: Path, job: str) -> set[int]:
    """Of the processes of this job that have left a run, ended or not."""
    found = set()
    for path in evidence.glob("*.ndjson"):
        try:
            with open(path, encoding="utf-8") as file:
                run = json.loads(file.readline())
            if run["record"] == "run" and run["invoker"]["PROBE_JOB"] == job:
                found.add(int(run["context"]["process"]["index"]))
        except (ValueError, KeyError, TypeError, OSError):
            continue  # of others, or half-seen: who left no part that can be read is written down as missing
    return found


def notes_folder(evidence: Path, job: str) -> Path:
    """Beside the evidence: among it everything that is no evidence would keep a verdict from passing."""
    folder = evidence.with_name(f"{evidence.name}-executors") / job
    folder.mkdir(parents=True)
    return folder


def forget(job: Job) -> None:
    shutil.rmtree(job.notes, ignore_errors=True)
