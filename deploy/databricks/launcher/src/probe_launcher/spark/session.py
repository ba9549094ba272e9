"""The session that this task is given."""

from __future__ import annotations

import importlib
from typing import Any

from probe_launcher.errors import LauncherError
from probe_launcher.run import Log


def session() -> Any:
    """Of Spark Connect on serverless compute, of the driver on a cluster."""
    try:
        return importlib.import_module("pyspark.sql").SparkSession.builder.getOrCreate()
    except ImportError as error:
        raise LauncherError("PySpark is not here\nRun this as a task of a Databricks job.") from error


def warm(spark: Any) -> None:
    """An engine that has done nothing yet would be slow at the first attempt, and no target is to answer for that."""
    spark.range(1).count()


def is_classic(spark: Any) -> bool:
    """Whether the driver is in this process: Spark Connect has neither RDDs nor a context."""
    return "connect" not in type(spark).__module__


def tell_retries(spark: Any, say: Log) -> None:
    """What cannot be set while an engine runs is said, since it hides failures."""
    try:
        failures = spark.conf.get("spark.task.maxFailures", "4")
    except Exception:  # a session may refuse to show it
        return
    if failures != "1":
        say(f"launcher: spark.task.maxFailures is {failures}: Spark repeats what failed on an executor; set it to 1 for the probe’s cluster")
