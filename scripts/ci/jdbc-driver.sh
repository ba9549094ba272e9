#!/usr/bin/env bash
# Fetches the Microsoft JDBC driver into Maven's own repository, for test/fixtures/tds-jdbc. Does nothing when it is there.
set -euo pipefail

version=13.6.2.jre11
repository="${MAVEN_REPOSITORY:-$HOME/.m2/repository}"
jar="$repository/com/microsoft/sqlserver/mssql-jdbc/$version/mssql-jdbc-$version.jar"

if [[ -f "$jar" ]]; then exit 0; fi
mvn -q -B dependency:get "-Dartifact=com.microsoft.sqlserver:mssql-jdbc:$version"
