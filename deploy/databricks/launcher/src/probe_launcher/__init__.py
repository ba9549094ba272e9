"""Runs the probe as tasks of a Databricks job: `main` gathers, `decide` decides, `gate` raises, `self_test` says what is possible here.

An entry point returns where all is well and raises where it is not: an exit code of 0 is taken for an error there.
"""

from probe_launcher.spark.tasks import executors, spark_source
from probe_launcher.tasks import decide, gate, main, self_test

__all__ = ["decide", "executors", "gate", "main", "self_test", "spark_source"]
