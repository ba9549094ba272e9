"""One read of SQL Server through Spark's JDBC source, as a workload makes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from probe_launcher.spark.reading import Read

#: No right to any table is used. CONNECTIONPROPERTY is a sql_variant, which JDBC does not read.
QUERY = (
    "SELECT CONVERT(nvarchar(48), CONNECTIONPROPERTY('client_net_address')) AS client_net_address, "
    "CONVERT(nvarchar(128), SERVERPROPERTY('ProductVersion')) AS version, "
    "CONVERT(nvarchar(128), SERVERPROPERTY('Edition')) AS edition, "
    "CONVERT(int, SERVERPROPERTY('EngineEdition')) AS engine_edition"
)
DRIVER = "com.microsoft.sqlserver.jdbc.SQLServerDriver"
REQUEST_SECONDS = "15"
#: Where the URL says nothing: the driver by itself waits for ever for a server that has gone silent.
SOCKET_MS = "30000"

DIFFERENCES = (
    "Each attempt logs in twice, as each read of Spark does: the driver asks for the columns, and an executor reads.",
    "connectRetryCount is 0, so that the first failure counts; the JDBC driver by itself tries once more.",
    "A query may take 15 s, and socketTimeout is 30 s where the URL names none; the JDBC driver by itself waits for ever.",
)
OWN_TRUST = "`ca` is not handed on: the JDBC driver trusts what the URL names, else what the Java of the engine trusts."


class JdbcTarget:
    """Through a JDBC URL; through a connection of Unity Catalog where one is named."""

    def __init__(self, settings: Mapping[str, Any], connection: str | None) -> None:
        self.differences = (*DIFFERENCES, *([OWN_TRUST] if "ca" in settings else []))
        self._settings = settings
        self._connection = connection
        #: Of one attempt.
        self.connections = 2
        self.logins = 2

    def read(self, spark: Any, client_name: str) -> Read:
        frame = self._through_url(spark, client_name) if self._connection is None else self._through_catalog(spark)
        row = frame.collect()[0].asDict()
        return Read(egress=(row["client_net_address"],), observation=self._observation(row))

    def _through_url(self, spark: Any, client_name: str) -> Any:
        options = {
            "url": self._settings["url"],
            "driver": DRIVER,
            "query": QUERY,
            "applicationName": client_name,
            "connectRetryCount": "0",
            "queryTimeout": REQUEST_SECONDS,
        }
        # what is given beside a URL counts more than what stands in it
        if property_in(self._settings["url"], "socketTimeout") is None:
            options["socketTimeout"] = SOCKET_MS
        for name in ("user", "password"):
            if name in self._settings:
                options[name] = str(self._settings[name])
        return spark.read.format("jdbc").options(**options).load()

    def _through_catalog(self, spark: Any) -> Any:
        connection, _, database = (self._connection or "").partition("/")
        of = f", database => {_text(database)}" if database else ""
        return spark.sql(f"SELECT * FROM remote_query({_text(connection)}{of}, query => {_text(QUERY)})")

    def _observation(self, row: Mapping[str, Any]) -> dict[str, Any] | None:
        """Null where it cannot be known how far the session is encrypted: Spark shows no connection."""
        # what holds where nothing is written depends on the version of the driver
        encrypt = property_in(self._settings["url"], "encrypt") or "unknown"
        if self._connection is not None or encrypt.lower() not in ("true", "mandatory", "strict"):
            return None
        trusts_any = (property_in(self._settings["url"], "trustServerCertificate") or "false").lower() == "true"
        return {
            "version": row["version"],
            "edition": row["edition"],
            "engineEdition": row["engine_edition"],
            # the driver refuses a session that is not
            "encrypted": "whole",
            "tlsProtocol": None,
            "serverCertificate": None,
            "certificateVerified": encrypt.lower() == "strict" or not trusts_any,
            "redirected": None,
        }


def property_in(url: str, name: str) -> str | None:
    """The last one that is written counts."""
    found = re.findall(rf";\s*{name}\s*=\s*([^;]*)", url, re.IGNORECASE)
    return found[-1].strip() if found else None


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
