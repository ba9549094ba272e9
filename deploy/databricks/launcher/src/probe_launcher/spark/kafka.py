"""One batch read of a Kafka topic through Spark's own source: the last record of each partition, counted and never selected."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from probe_launcher.spark.reading import NotTestable, Read, SourceTarget, Untestable
from probe_launcher.spark.settings import Resolver

REQUEST_MS = "15000"
#: Where the workload says nothing: without them a broker that is silent would hold an attempt for minutes.
TIMEOUTS = {"request.timeout.ms": REQUEST_MS, "default.api.timeout.ms": REQUEST_MS}
PREFIX = "kafka."
#: Spark sets these itself and refuses them.
OWN = frozenset({"group.id", "auto.offset.reset", "key.deserializer", "value.deserializer", "enable.auto.commit"})
DISCOVERY_SECONDS = 60

DIFFERENCES = (
    "The last record of each partition is fetched and counted; a workload reads all of them.",
    "fetchOffset.numRetries is 1, so that the first failure counts; Spark by itself looks for offsets three times.",
    "The source’s own times are cut to 15 s where the properties name none.",
    "A read connects for each partition, as many at once as the engine has cores: the limit of open connections does not hold for Spark.",
)


def kafka_source(settings: Mapping[str, Any], resolver: Resolver, checkpoints: Path) -> SourceTarget:
    if "propertiesFile" in settings:
        return Untestable("propertiesFile is not read for Spark: write the properties in the configuration, as `properties`")
    return KafkaTarget(settings, resolver, checkpoints)


class KafkaTarget:
    differences = DIFFERENCES

    def __init__(self, settings: Mapping[str, Any], resolver: Resolver, checkpoints: Path) -> None:
        self._topic = str(settings["topic"])
        self._options = options_of(settings, resolver)
        self._checkpoints = checkpoints
        self._ends: Mapping[str, int] | None = None

    @property
    def connections(self) -> int:
        """The driver and each task of an executor: a bootstrap server, and a leader."""
        return 2 + 2 * max(1, len(self._ends or {}))

    @property
    def logins(self) -> int:
        return self.connections if "kafka.sasl.mechanism" in self._options else 0

    def read(self, spark: Any, client_name: str) -> Read:
        options = {**self._options, f"{PREFIX}client.id": client_name}
        if self._ends is None:
            self._ends = self._discover(spark, options)
        filled = {partition: end for partition, end in self._ends.items() if end > 0}
        if not filled:
            raise NotTestable(f"no partition of {self._topic} holds a record: an executor connects only where there is one to read")
        reader = spark.read.format("kafka").options(
            **options,
            assign=json.dumps({self._topic: [int(partition) for partition in filled]}),
            startingOffsets=json.dumps({self._topic: {partition: end - 1 for partition, end in filled.items()}}),
            endingOffsets=json.dumps({self._topic: filled}),
        )
        return Read(measures={"partitions": len(self._ends), "counted": reader.load().count()})

    def _discover(self, spark: Any, options: Mapping[str, str]) -> Mapping[str, int]:
        """Where the log ends: what a stream that begins there says of its first, empty batch. No batch read tells it."""
        folder = self._checkpoints / str(uuid.uuid4())
        stream = spark.readStream.format("kafka").options(**options, subscribe=self._topic, startingOffsets="latest").load()
        writer = stream.writeStream.format("noop").trigger(availableNow=True).option("checkpointLocation", str(folder))
        query = None
        try:
            query = writer.start()
            if not query.awaitTermination(DISCOVERY_SECONDS):
                raise NotTestable(f"the log end of {self._topic} was not found within {DISCOVERY_SECONDS} s")
            return ends_in(query.lastProgress, self._topic)
        finally:
            # also where this task is cancelled: the query would go on connecting
            if query is not None:
                query.stop()
            shutil.rmtree(folder, ignore_errors=True)


def ends_in(progress: Any, topic: str) -> Mapping[str, int]:
    if progress is None:
        raise NotTestable("the stream that was to tell the log end told nothing")
    said = json.loads(progress.json) if hasattr(progress, "json") else progress
    end = said["sources"][0]["endOffset"]
    offsets = json.loads(end) if isinstance(end, str) else end
    return {str(partition): int(offset) for partition, offset in offsets[topic].items()}


def options_of(settings: Mapping[str, Any], resolver: Resolver) -> dict[str, str]:
    """The properties, with and without the prefix that Spark hands on."""
    properties = {key.removeprefix(PREFIX): _text(value) for key, value in (settings.get("properties") or {}).items()}
    properties = {**TIMEOUTS, **{key: value for key, value in properties.items() if key not in OWN}}
    if "ca" in settings:
        properties |= {
            "ssl.truststore.type": "PEM",
            "ssl.truststore.certificates": resolver.text_of_file(settings["ca"]),
        }
        properties.pop("ssl.truststore.location", None)
        properties.pop("ssl.truststore.password", None)
    if "clientCertificate" in settings:
        properties |= _client_certificate(settings["clientCertificate"], resolver)
    return {
        **{f"{PREFIX}{key}": value for key, value in properties.items()},
        "groupIdPrefix": "preflight-probe",
        "failOnDataLoss": "false",
        "fetchOffset.numRetries": "1",
        "kafkaConsumer.pollTimeoutMs": REQUEST_MS,
    }


def _client_certificate(written: Mapping[str, Any], resolver: Resolver) -> dict[str, str]:
    key = resolver.text_of_file(written["key"])
    resolver.hide(key)
    found = {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.certificate.chain": resolver.text_of_file(written["cert"]),
        "ssl.keystore.key": key,
    }
    return found | ({"ssl.key.password": str(written["passphrase"])} if "passphrase" in written else {})


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
