"""The dbutils of this task: where it is found depends on the kind of compute."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from probe_launcher.errors import LauncherError


def find_dbutils() -> Any:
    """None where there is none."""
    for find in (_of_the_sdk, _of_the_shell, _of_spark):
        try:
            found = find()
        except Exception:  # whatever is missing here, the next place is asked
            continue
        if found is not None:
            return found
    return None


def the_dbutils(purpose: str) -> Any:
    found = find_dbutils()
    if found is None:
        raise LauncherError(f"{purpose} needs dbutils, and there is none here\nRun this as a task of a Databricks job.")
    return found


def _of_the_sdk() -> Any:
    return importlib.import_module("databricks.sdk.runtime").dbutils


def _of_the_shell() -> Any:
    shell = sys.modules["IPython"].get_ipython()
    return shell.user_ns["dbutils"]


def _of_spark() -> Any:
    spark = importlib.import_module("pyspark.sql").SparkSession.getActiveSession()
    return importlib.import_module("pyspark.dbutils").DBUtils(spark)
