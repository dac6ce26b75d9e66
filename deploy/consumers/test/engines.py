"""The engines: each runs SQL over the views and gives rows of plain values.

Times are milliseconds, days the first of them.
"""

import datetime
import decimal
import json
import os
import pathlib
import subprocess


def plain(value):
    """A value as the truth has it."""
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            value = value.replace(tzinfo=datetime.timezone.utc)
        return round(value.timestamp() * 1000)
    if isinstance(value, datetime.date):
        return round(datetime.datetime(value.year, value.month, value.day, tzinfo=datetime.timezone.utc).timestamp() * 1000)
    if isinstance(value, decimal.Decimal):
        return float(value)
    return value


def contract(program, engine, export, directory, live):
    """The files that `tributary contract export` makes for an engine."""
    out = os.path.join(directory, "contract-" + engine)
    subprocess.run([program, "contract", "export", out, "--for", engine, "--export", export, "-b", live.brokers, "--registry", live.registry], check=True, stdout=subprocess.DEVNULL)
    return out


def newest_by_arrow(export, views):
    """Of each key the row of the highest offset, without the ended keys."""
    import pyarrow.dataset

    rows = {}
    for name, topic in views.items():
        table = pyarrow.dataset.dataset(os.path.join(export, topic), format="parquet").to_table().sort_by("kafka_offset")
        newest = {row["kafka_key"]: row for row in table.to_pylist()}
        rows[name] = [row for row in newest.values() if not row["kafka_tombstone"]]
    return rows


class DuckDB:
    name = "duckdb"

    def __init__(self, program, export, directory, live):
        import duckdb

        self.path = os.path.join(directory, "tributary.duckdb")
        self.db = duckdb.connect(self.path)
        self.db.execute("SET TimeZone = 'UTC'")
        self.db.execute(open(os.path.join(contract(program, self.name, export, directory, live), "duckdb.sql")).read())

    def query(self, sql):
        return [tuple(plain(v) for v in row) for row in self.db.execute(sql).fetchall()]

    def close(self):
        self.db.close()


class ClickHouse:
    name = "clickhouse"

    def __init__(self, program, export, directory, live):
        import chdb.session

        self.session = chdb.session.Session(os.path.join(directory, "chdb"))
        out = contract(program, self.name, export, directory, live)
        for name in ("clickhouse.sql", "clickhouse_load.sql"):
            self.session.query(open(os.path.join(out, name)).read())

    def query(self, sql):
        import pyarrow as pa

        table = pa.ipc.open_file(self.session.query(sql, "Arrow").bytes()).read_all()
        return [tuple(plain(v.decode() if isinstance(v, bytes) else v) for v in row.values()) for row in table.to_pylist()]

    def close(self):
        self.session.close()


class Spark:
    name = "spark"

    def __init__(self, program, export, directory, live):
        from pyspark.sql import SparkSession

        out = contract(program, self.name, export, directory, live)
        self.spark = (
            SparkSession.builder.master("local[1]").appName("consumers-test")
            .config("spark.sql.session.timeZone", "UTC").config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "1")
            .config("spark.sql.warehouse.dir", os.path.join(directory, "spark")).getOrCreate()
        )
        for statement in open(os.path.join(out, "spark.sql")).read().split(";\n"):
            if "\n".join(line for line in statement.splitlines() if not line.startswith("--")).strip():
                self.spark.sql(statement)

    def query(self, sql):
        return [tuple(plain(v) for v in row) for row in self.spark.sql(sql).collect()]

    def close(self):
        self.spark.stop()


class Flink:
    """Flink SQL over upsert-kafka, straight from the topics."""

    name = "flink"

    def __init__(self, program, export, directory, live):
        here = pathlib.Path(__file__).parent.parent / "flink"
        ddl = pathlib.Path(contract(program, self.name, export, directory, live)) / "flink.sql"
        # The topics are read to where they end now, so that a query has an end.
        ddl.write_text(ddl.read_text().replace(" WITH (", " WITH (\n  'scan.bounded.mode' = 'latest-offset',"))
        opens = ["--add-opens=java.base/" + p + "=ALL-UNNAMED" for p in ("java.lang", "java.util", "java.util.concurrent", "java.nio", "java.net")]
        self.directory, self.log = directory, open(os.path.join(directory, "flink.log"), "wb")
        self.process = subprocess.Popen(
            ["java", "-Xmx1g", *opens, "-cp", os.environ["FLINK_JARS"] + "/*", str(here / "Ask.java"), str(ddl)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
        )

    def query(self, sql):
        path = os.path.join(self.directory, "query.sql")
        with open(path, "w") as file:
            file.write(sql)
        self.process.stdin.write(path + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("answer "):
                answer = json.loads(line[len("answer "):])
                if isinstance(answer, str):
                    raise RuntimeError(answer)
                return [tuple(row) for row in answer]
        raise RuntimeError("Flink ended; see " + self.log.name)

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)
        self.log.close()


ENGINES = {engine.name: engine for engine in (DuckDB, ClickHouse, Spark, Flink)}
