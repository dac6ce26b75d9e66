"""Every answer of the dbt models and every question of cases.py, in every engine, against
the count from the raw bodies."""

import pytest

import answers
import engines
from cases import CASES
from conftest import check


@pytest.mark.parametrize("name", CASES)
def test_natural_query(engine, truth, name):
    check(engine.query(CASES[name].sql(engine.name)), CASES[name].truth(truth))


@pytest.mark.parametrize("name", answers.names())
def test_model(engine, truth, name):
    check(engine.query(answers.model(name, engine.name)), getattr(truth.answers, name)())


@pytest.mark.parametrize("name", CASES)
def test_fastavro(rows, truth, name):
    check([tuple(engines.plain(v) for v in row) for row in CASES[name].rows(rows)], CASES[name].truth(truth))


@pytest.mark.parametrize("name", CASES)
def test_arrow(arrow_rows, truth, name):
    check([tuple(engines.plain(v) for v in row) for row in CASES[name].rows(arrow_rows)], CASES[name].truth(truth))
