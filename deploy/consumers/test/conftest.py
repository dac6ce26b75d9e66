"""What the tests share: one pipeline, its truth, its export and the engines."""

import math
import os
import subprocess

import pytest

import answers
import engines
import pipeline
from truth import Truth

PROGRAM = os.environ["TRIBUTARY"]
DAYS, SEED = int(os.environ.get("DAYS", "2")), int(os.environ.get("SEED", "1"))
ENGINES = os.environ.get("ENGINES", "duckdb clickhouse").split()


@pytest.fixture(scope="session")
def directory(tmp_path_factory):
    return str(tmp_path_factory.mktemp("consumers"))


@pytest.fixture(scope="session")
def live(directory):
    running = pipeline.Pipeline(PROGRAM, DAYS, SEED, directory)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def truth(live):
    counted = Truth(pipeline.read(live.brokers, pipeline.RAW))
    counted.answers = answers.Answers(counted)
    return counted


@pytest.fixture(scope="session")
def rows(live):
    """The newest rows of every view, by fastavro from the topics."""
    return pipeline.newest(live)


@pytest.fixture(scope="session")
def export(live, directory):
    out = os.path.join(directory, "export")
    subprocess.run([PROGRAM, "export", out], env=live.environment(), check=True, stdout=subprocess.DEVNULL)
    return out


@pytest.fixture(scope="session")
def arrow_rows(export):
    """The newest rows of every view, by Arrow from the export."""
    return engines.newest_by_arrow(export, pipeline.VIEWS)


@pytest.fixture(scope="session", params=ENGINES)
def engine(request, export, directory, live):
    opened = engines.ENGINES[request.param](PROGRAM, export, directory, live)
    yield opened
    opened.close()


def same(got, want):
    """Rows are equal in any order, floats to nine digits."""
    def order(row):
        return tuple((v is not None, str(type(v) in (int, float)), str(round(v, 6)) if isinstance(v, float) else str(v)) for v in row)

    got, want = sorted(got, key=order), sorted(want, key=order)
    if len(got) != len(want):
        return False
    for a, b in zip(got, want):
        if len(a) != len(b):
            return False
        for x, y in zip(a, b):
            numbers = isinstance(x, (int, float)) and isinstance(y, (int, float))
            if not (math.isclose(x, y, rel_tol=1e-6, abs_tol=1e-6) if numbers else x == y):
                return False
    return True


def difference(got, want):
    a, b = {str(r) for r in got}, {str(r) for r in want}
    return f"{len(got)} rows, want {len(want)}\nonly in the engine: {sorted(a - b)[:6]}\nonly in the truth:  {sorted(b - a)[:6]}"


def check(got, want):
    assert want, "the traffic has nothing to count: the test tries nothing"
    assert same(got, want), difference(got, want)
