"""Entry points of a job: each gathers evidence of one vantage, and leaves the verdict to `decide` and `gate`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from probe_launcher.agent import find_agent
from probe_launcher.arguments import Parameters, given, parse_also
from probe_launcher.errors import LauncherError
from probe_launcher.local_disk import LocalFolder, local_folder
from probe_launcher.run import log
from probe_launcher.secrets import resolve
from probe_launcher.spark.evidence import RunFile
from probe_launcher.spark.header import Header, Target, header_of
from probe_launcher.spark.kafka import KafkaTarget
from probe_launcher.spark.reading import SourceTarget
from probe_launcher.spark.session import session, tell_retries, warm
from probe_launcher.spark.settings import Resolver
from probe_launcher.spark.source import VANTAGE, Gathering, run_record
from probe_launcher.spark.sqlserver import JdbcTarget
from probe_launcher.tasks import agent_options, invoker, text_of


def spark_source(arguments: Sequence[str] | None = None) -> None:
    """`--config FILE --context NAME --evidence DIR [--connection TARGET=NAME[/DATABASE]]`: reads through Spark's own sources."""
    parameters, also = parse_also("spark_source", given() if arguments is None else arguments, "connection")
    spark = session()
    tell_retries(spark, log)
    warm(spark)
    with local_folder() as local:
        secrets = resolve(text_of(parameters.config))
        header = header_for(parameters, local, secrets, VANTAGE)
        resolver = Resolver(secrets, header.folder)
        sources = sources_of(header, resolver, parameters, also["connection"])
        if not sources:
            raise LauncherError("Spark has a source for none of these targets\nIt reads targets of type sqlserver and kafka.")
        file = RunFile(run_record(header, sources), local.path / "evidence", resolver.redact)
        gathering = Gathering(spark, header, file, log)
        gather(gathering, sources, parameters, local)
    if gathering.defects:
        raise gathering.defects[0]
    log(f"PROBE gathered run={header.run['run']} vantage={VANTAGE}")


def gather(gathering: Gathering, sources: Mapping[str, SourceTarget], parameters: Parameters, local: LocalFolder) -> None:
    interrupted = True
    try:
        gathering.all_of(sources)
        interrupted = False
    finally:
        gathering.file.end(interrupted)
        publish(gathering.file, parameters, local)


def publish(file: RunFile, parameters: Parameters, local: LocalFolder) -> None:
    try:
        parameters.evidence[0].mkdir(parents=True, exist_ok=True)
        file.publish(parameters.evidence[0])
    except OSError as error:
        local.kept = True
        raise LauncherError(
            f"the evidence of run {file.run['run']} is not in {parameters.evidence[0]} ({error.strerror or error})\n"
            f"All of it is in {local.path / 'evidence'} of this machine, as long as there is one."
        ) from error


def header_for(parameters: Parameters, local: LocalFolder, secrets: Mapping[str, str], vantage: str) -> Header:
    evidence = parameters.evidence[0]
    history = ["--evidence", str(evidence)] if evidence.is_dir() else []
    options = [*agent_options(parameters), "--vantage", vantage, *parameters.others, *history]
    return header_of(find_agent(local.path).command, options, secrets, invoker(parameters))


def sources_of(
    header: Header, resolver: Resolver, parameters: Parameters, connections: Mapping[str, str]
) -> dict[str, SourceTarget]:
    checkpoints = parameters.evidence[0].with_name(f"{parameters.evidence[0].name}-checkpoints")
    found = ((target.name, _source_of(target, resolver, checkpoints, connections)) for target in header.targets)
    return {name: source for name, source in found if source is not None}


def _source_of(target: Target, resolver: Resolver, checkpoints: Path, connections: Mapping[str, str]) -> Any:
    kind = target.record["type"]
    if kind not in ("sqlserver", "kafka"):
        return None
    settings = resolver.settings(target.settings)
    return JdbcTarget(settings, connections.get(target.name)) if kind == "sqlserver" else KafkaTarget(settings, resolver, checkpoints)
