"""Every answer of the dbt models and every question of cases.py, in every engine, against
the count from the raw bodies."""

import collections
import json
import subprocess

import pytest

import answers
import engines
import pipeline
from cases import CASES, FUNNEL
from conftest import PROGRAM, check


@pytest.mark.parametrize("name", CASES)
def test_natural_query(engine, truth, name):
    check(engine.query(CASES[name].sql(engine.name)), CASES[name].truth(truth))


@pytest.mark.parametrize("name", FUNNEL)
def test_funnel(engine, truth, name):
    sql, counted = FUNNEL[name]
    check(engine.query(sql), counted(truth))


def test_questions(export, directory, live):
    """The questions of the catalogue are asked as they stand there."""
    listed = json.loads(subprocess.run([PROGRAM, "topics", "list", "--json"], check=True, capture_output=True, text=True).stdout)
    questions = [q for topic in listed for q in topic["row"].get("questions", [])]
    assert len(questions) >= 4
    duckdb = engines.DuckDB(PROGRAM, export, directory, live)
    for q in questions:
        assert duckdb.query(q["sql"]) is not None, q["text"]
    duckdb.close()


@pytest.fixture(scope="session")
def funnel(live):
    return pipeline.newest_of(live, pipeline.Avro(live.registry), "insights.funnel.v1")


@pytest.mark.parametrize("window", ["QUARTER_HOUR", "HOUR", "DAY"])
@pytest.mark.parametrize("level", ["COUNTRY", "AREA", "BLOCK"])
def test_funnel_money(funnel, truth, window, level):
    """Each size of windows and each level has every cent of cost and revenue once."""
    got, want = collections.Counter(), collections.Counter()
    for row in (r for r in funnel if r["window"] == window and r["level"] == level):
        got.update({("cost", c["currency"]): c["cost_minor"] for c in row["costs"]})
        got.update({("net", c["currency"]): c["gross_minor"] - c["refunded_minor"] for c in row["revenue"]})
    for c in truth.verifications:
        if c.cost is not None:
            want["cost", c.currency] += c.cost
    for j in truth.journeys:
        if j["ever_paid"] and j["verifications"]:
            want["net", "UAH"] += j["net"]
    assert want["net", "UAH"] and got == want


@pytest.mark.parametrize("name", answers.names())
def test_model(engine, truth, name):
    check(engine.query(answers.model(name, engine.name)), getattr(truth.answers, name)())


# Flink SQL alone reserves it.
QUOTED = {"position"}


@pytest.mark.parametrize("view", pipeline.VIEWS)
def test_columns_need_no_quotes(engine, rows, view):
    """A column that is a reserved word breaks the natural query."""
    columns = [c for c in rows[view][0] if c not in QUOTED]
    assert engine.query(f"EXPLAIN SELECT {', '.join(columns)} FROM {view}")


@pytest.mark.parametrize("name", CASES)
def test_fastavro(rows, truth, name):
    check([tuple(engines.plain(v) for v in row) for row in CASES[name].rows(rows)], CASES[name].truth(truth))


@pytest.mark.parametrize("name", CASES)
def test_arrow(arrow_rows, truth, name):
    check([tuple(engines.plain(v) for v in row) for row in CASES[name].rows(arrow_rows)], CASES[name].truth(truth))
