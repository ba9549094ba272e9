"""Entry points of a job: each gathers evidence of one vantage, and leaves the verdict to `decide` and `gate`."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from probe_launcher.agent import find_agent
from probe_launcher.arguments import Parameters, Parser, executors_asked, given, parse, parse_also
from probe_launcher.errors import LauncherError
from probe_launcher.local_disk import LocalFolder, local_folder
from probe_launcher.run import log
from probe_launcher.secrets import resolve
from probe_launcher.spark.evidence import RunFile
from probe_launcher.spark.executors import Places, forget, notes_folder, places_of, run_everywhere, write_missing
from probe_launcher.spark.handoff import Row, TableTarget
from probe_launcher.spark.header import Header, header_of
from probe_launcher.spark.kafka import kafka_source
from probe_launcher.spark.on_executor import Job
from probe_launcher.spark.publish import Publisher
from probe_launcher.spark.reading import SourceTarget
from probe_launcher.spark.session import session, tell_retries, warm
from probe_launcher.spark.settings import Resolver
from probe_launcher.spark.source import VANTAGE, Gathering, run_record
from probe_launcher.spark.sqlserver import JdbcTarget
from probe_launcher.tasks import agent_options, gather_here, invoker, text_of

#: Of the processes for each other: an executor that is asked for may first have to be started.
PATIENCE_SECONDS = 60.0
COMMANDS = ("all", "run")


def spark_source(arguments: Sequence[str] | None = None) -> None:
    """`--config FILE --context NAME --evidence DIR [--connection TARGET=NAME[/DATABASE]] [--table TARGET=NAME]`: Spark's own sources, and its tables."""
    parameters, also = parse_also("spark_source", given() if arguments is None else arguments, "connection", "table")
    spark = session()
    tell_retries(spark, log)
    warm(spark)
    with local_folder() as local:
        secrets = resolve(text_of(parameters.config))
        header = header_for(parameters, local, secrets, VANTAGE)
        resolver = Resolver(secrets, header.folder)
        sources = sources_of(header, resolver, parameters, also)
        if not sources:
            raise LauncherError(
                "Spark has a source for none of these targets\n"
                "It reads those of type sqlserver and kafka, and those of type storage that --table names a table for."
            )
        run = run_record(header, sources)
        with published(run, parameters, local) as publisher:
            file = RunFile(run, local.path / "evidence", resolver.redact, publisher.add)
            gathering = Gathering(spark, header, file, log)
            gather(gathering, sources)
    if gathering.defects:
        raise gathering.defects[0]
    log(f"PROBE gathered run={header.run['run']} vantage={VANTAGE}")


def executors(arguments: Sequence[str] | None = None) -> None:
    """As `main`, and then once on each executor, with what the driver has shown to work: the driver logs in first."""
    words, asked = executors_asked(given() if arguments is None else arguments)
    parameters = parse("executors", words)
    spark = session()
    places = places_of(spark, asked)
    with local_folder() as local:
        if gather_here(parameters, local)[1] is None:
            raise LauncherError("the driver has gathered nothing, and no executor is to be the first to log in\nThe log says why.")
        secrets = resolve(text_of(parameters.config))
        # its numbering makes the agent plan as one of several
        numbering = {**invoker(parameters), "PROBE_PROCESS_INDEX": "0", "PROBE_PROCESSES": str(places.of)}
        header = header_for(parameters, local, secrets, places.vantage, numbering)
        names = proven(header, logged_in(local.path / "evidence"))
        job = _job(parameters, places, names, secrets)
        run_everywhere(spark, places, job, log)
        missing = write_missing(header, job, names, log)
        forget(job)
    log(f"PROBE gathered job={job.id} vantage={places.vantage} processes={places.of} missing={len(missing)}")


def logged_in(evidence: Path) -> set[str]:
    """Targets at which this run of the driver has succeeded: what earlier runs did says nothing of the password of today."""
    records = [json.loads(line) for file in sorted(evidence.glob("*.ndjson")) for line in file.read_text().splitlines()]
    attempts = [record for record in records if record["record"] == "attempt" and record["hold"] is None]
    return {attempt["target"] for attempt in attempts if attempt["outcome"] == "succeeded"}


def proven(header: Header, succeeded: Collection[str]) -> list[str]:
    """Targets that need no login, and those where the driver’s login has worked in this run."""
    left_out = [target.name for target in header.targets if target.identity_group is not None and target.name not in succeeded]
    names = [target.name for target in header.targets if target.name not in left_out]
    if left_out:
        log(f"launcher: not tried on executors, since the driver has not logged in: {', '.join(left_out)}")
    if not names:
        raise LauncherError("no target is left to try on executors\nThe driver has logged in to none; its report says why.")
    return names


def _job(parameters: Parameters, places: Places, names: Sequence[str], secrets: Mapping[str, str]) -> Job:
    job = str(uuid.uuid4())
    context = [] if parameters.context is None else ["--context", parameters.context]
    words = ["run", *names, "--config", str(parameters.config), *context, "--vantage", places.vantage, *without_selection(parameters.others)]
    evidence = str(parameters.evidence[0])
    notes = str(notes_folder(parameters.evidence[0], job))
    return Job(job, places.of, tuple(words), secrets, invoker(parameters), evidence, notes, PATIENCE_SECONDS)


@contextmanager
def published(run: Mapping[str, Any], parameters: Parameters, local: LocalFolder) -> Iterator[Publisher]:
    """What cannot be published stays on the local disk, and is told; before the first attempt it ends the task."""
    try:
        publisher = Publisher(run, parameters.evidence[0], log)
    except OSError as error:
        raise LauncherError(f"{parameters.evidence[0]} takes no evidence ({error.strerror or error})\nNothing was tried.") from error
    try:
        yield publisher
    finally:
        try:
            publisher.close()
        except OSError as error:
            local.kept = True
            raise LauncherError(
                f"the evidence of run {run['run']} is not all in {parameters.evidence[0]} ({error.strerror or error})\n"
                f"All of it is in {local.path / 'evidence'} of this machine, as long as there is one."
            ) from error


def gather(gathering: Gathering, sources: Mapping[str, SourceTarget]) -> None:
    interrupted = True
    try:
        gathering.all_of(sources)
        interrupted = False
    finally:
        gathering.file.end(interrupted)


def header_for(
    parameters: Parameters,
    local: LocalFolder,
    secrets: Mapping[str, str],
    vantage: str,
    environment: Mapping[str, str] | None = None,
) -> Header:
    evidence = parameters.evidence[0]
    history = ["--evidence", str(evidence)] if evidence.is_dir() else []
    options = [*agent_options(parameters), "--vantage", vantage, *selection_in(parameters.others), *history]
    return header_of(find_agent(local.path).command, options, secrets, environment or invoker(parameters))


def selection_in(words: Sequence[str]) -> list[str]:
    """What `probe plan` takes as `probe run` does: targets, types and options, less the command."""
    return list(words[1:] if words and words[0] in COMMANDS else words)


def without_selection(words: Sequence[str]) -> list[str]:
    """Options alone: the targets are named one by one."""
    parser = Parser(prog="run", allow_abbrev=False)
    parser.add_argument("--type")
    others = parser.parse_known_args(selection_in(words))[1]
    return others[next((n for n, word in enumerate(others) if word.startswith("-")), len(others)) :]


def sources_of(
    header: Header, resolver: Resolver, parameters: Parameters, also: Mapping[str, Mapping[str, str]]
) -> dict[str, SourceTarget]:
    unknown = {name for pairs in also.values() for name in pairs} - {target.name for target in header.targets}
    if unknown:
        raise LauncherError(f"no such target: {', '.join(sorted(unknown))}\nName one that this run tries.")
    checkpoints = parameters.evidence[0].with_name(f"{parameters.evidence[0].name}-checkpoints")
    own = Row(header.run["context"]["name"], header.run["run"])
    found: dict[str, SourceTarget] = {}
    for target in header.targets:
        kind, table = target.record["type"], also["table"].get(target.name)
        if kind == "sqlserver":
            found[target.name] = JdbcTarget(resolver.settings(target.settings), also["connection"].get(target.name))
        elif kind == "kafka":
            found[target.name] = kafka_source(resolver.settings(target.settings), resolver, checkpoints)
        elif kind == "storage" and table is not None:
            found[target.name] = TableTarget(table, own)
    return found
