"""A Spark of the tests' own: runs entry points of the launcher, one for each line of standard input."""

import contextlib
import glob
import io
import json
import os
import sys

import probe_launcher
from pyspark.sql import SparkSession

master, jars = sys.argv[1:]
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

builder = SparkSession.builder.master(master).config("spark.jars", ",".join(glob.glob(f"{jars}/*.jar")))
for name, value in {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.task.maxFailures": os.environ.get("SPARK_TEST_MAX_FAILURES", "1"),
    "spark.sql.shuffle.partitions": "1",
    "spark.executor.memory": "512m",
    "spark.sql.warehouse.dir": os.environ["SPARK_TEST_FOLDER"] + "/warehouse",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -Dderby.system.home=" + os.environ["SPARK_TEST_FOLDER"],
    # the log of a table of a few rows is no work for fifty tasks
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
}.items():
    builder = builder.config(name, value)
spark = builder.getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
print("ready", file=answers, flush=True)


def run(asked: dict) -> dict:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            if "sql" in asked:
                rows = [row.asDict() for row in spark.sql(asked["sql"]).collect()]
                return {"error": None, "output": said.getvalue(), "rows": rows}
            os.environ.update(asked.get("environment", {}))
            getattr(probe_launcher, asked["entry"])(asked["arguments"])
            return {"error": None, "output": said.getvalue(), "rows": []}
        except Exception as error:
            return {"error": f"{type(error).__name__}: {error}", "output": said.getvalue(), "rows": []}


for line in sys.stdin:
    print(json.dumps(run(json.loads(line)), default=str), file=answers, flush=True)
