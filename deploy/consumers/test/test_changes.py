"""Changes that Avro's FULL_TRANSITIVE rule takes, and that break an engine all the same.
`schemas check` refuses them; here the engine itself says why."""

import subprocess
import sys

import fastavro
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest

pytest.importorskip("chdb")


def record(*fields):
    return fastavro.parse_schema({"type": "record", "name": "R", "fields": list(fields)})


def write(path, schema, *rows):
    with open(path, "wb") as out:
        fastavro.writer(out, schema, rows)


# A process has one database of chdb, so each of these has a process of its own.
ASK = """
import sys
import chdb.session
session = chdb.session.Session(sys.argv[1])
for sql in sys.argv[2:]:
    print(session.query(sql, "CSV").bytes().decode(), end="")
"""


def clickhouse(tmp_path, field, first, later_field, later):
    """A table inferred from a topic's records takes records of the changed schema."""
    write(tmp_path / "first.avro", record(field), {"x": first})
    write(tmp_path / "later.avro", record(later_field), {"x": later})
    done = subprocess.run([
        sys.executable, "-c", ASK, tmp_path / "db",
        f"CREATE TABLE t ENGINE = MergeTree ORDER BY () AS SELECT * FROM file('{tmp_path}/first.avro', 'Avro')",
        f"INSERT INTO t SELECT * FROM file('{tmp_path}/later.avro', 'Avro')", "SELECT x FROM t ORDER BY toString(x)",
    ], capture_output=True, text=True)
    return done.stdout, done.stderr


def enum(*symbols):
    return {"name": "x", "type": {"type": "enum", "name": "E", "symbols": list(symbols), "default": "UNKNOWN"}, "default": "UNKNOWN"}


def test_new_enum_symbol_breaks_clickhouse(tmp_path):
    rows, error = clickhouse(tmp_path, enum("UNKNOWN", "SMS"), "SMS", enum("UNKNOWN", "SMS", "VIBER"), "VIBER")
    assert not rows and "Code: 691" in error and "UNKNOWN_ELEMENT_OF_ENUM" in error, error


def test_new_enum_symbol_is_lost_to_a_reader_of_the_first_schema(tmp_path):
    """fastavro, and every reader that resolves, gives the default in its place."""
    first, later = record(enum("UNKNOWN", "SMS")), record(enum("UNKNOWN", "SMS", "VIBER"))
    write(tmp_path / "later.avro", later, {"x": "VIBER"})
    with open(tmp_path / "later.avro", "rb") as file:
        assert list(fastavro.reader(file, first)) == [{"x": "UNKNOWN"}]


def test_new_value_of_a_string_breaks_nothing(tmp_path):
    string = {"name": "x", "type": "string", "default": "UNKNOWN"}
    assert clickhouse(tmp_path, string, "SMS", string, "VIBER")[0] == '"SMS"\n"VIBER"\n'


def test_nullable_wrapping_becomes_zero_in_clickhouse(tmp_path):
    """Without an error: the amount that nobody knows is an amount of 0."""
    wrapped = {"name": "x", "type": ["long", "null"], "default": 0}
    assert clickhouse(tmp_path, {"name": "x", "type": "long", "default": 0}, 1, wrapped, None)[0] == "0\n1\n"


def test_long_in_an_int_column_loses_its_high_bits_in_clickhouse(tmp_path):
    """Without an error: ClickHouse keeps the low 32 bits."""
    int_, long = {"name": "x", "type": "int", "default": 0}, {"name": "x", "type": "long", "default": 0}
    assert clickhouse(tmp_path, int_, 1, long, 2**32 + 5)[0] == "1\n5\n"


def test_long_after_int_breaks_arrow(tmp_path):
    for n, kind, value in ((1, pa.int32(), 1), (2, pa.int64(), 2**32 + 5)):
        pq.write_table(pa.table({"x": pa.array([value], kind)}), tmp_path / f"{n}.parquet")
    with pytest.raises(pa.ArrowInvalid, match="not in range"):
        pyarrow.dataset.dataset(tmp_path, format="parquet").to_table()


def test_empty_record_breaks_parquet(tmp_path):
    with pytest.raises(pa.ArrowNotImplementedError, match="no child field"):
        pq.write_table(pa.table({"x": pa.array([{}], pa.struct([]))}), tmp_path / "x.parquet")


def test_empty_record_breaks_duckdb(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    with pytest.raises(duckdb.Error):
        duckdb.from_arrow(pa.table({"x": pa.array([{}], pa.struct([]))})).write_parquet(str(tmp_path / "x.parquet"))
