"""Every answer of the dbt models and every question of cases.py, in every engine, against
the count from the raw bodies."""

import pytest

import answers
import engines
import pipeline
from cases import CASES
from conftest import check


@pytest.mark.parametrize("name", CASES)
def test_natural_query(engine, truth, name):
    check(engine.query(CASES[name].sql(engine.name)), CASES[name].truth(truth))


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
