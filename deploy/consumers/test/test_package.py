"""The dbt package and the notebook run as they are, and say what the truth says."""

import os
import pathlib
import subprocess
import sys

import pytest

import answers
import engines
from conftest import PROGRAM, check

ROOT = pathlib.Path(__file__).parent.parent

pytest.importorskip("dbt.adapters.duckdb", reason="dbt is not installed")


@pytest.fixture(scope="module")
def database(export, directory, live):
    """The database after `dbt build`."""
    path = os.path.join(directory, "dbt")
    os.mkdir(path)
    engines.DuckDB(PROGRAM, export, path, live).close()
    path = os.path.join(path, "tributary.duckdb")
    subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "dbt"), "build", "--project-dir", ROOT, "--profiles-dir", ROOT,
         "--target-path", os.path.join(directory, "target"), "--log-path", os.path.join(directory, "dbt-log")],
        env=dict(os.environ, TRIBUTARY_DUCKDB=path, DBT_SEND_ANONYMOUS_USAGE_STATS="false"), check=True,
    )
    return path


@pytest.mark.parametrize("name", answers.names())
def test_dbt(database, truth, name):
    import duckdb

    with duckdb.connect(database) as db:
        db.execute("SET TimeZone = 'UTC'")
        rows = [tuple(engines.plain(v) for v in row) for row in db.execute(f"SELECT * FROM {name}").fetchall()]
    check(rows, getattr(truth.answers, name)())


def test_notebook(database, monkeypatch):
    import nbclient
    import nbformat

    monkeypatch.setenv("TRIBUTARY_DUCKDB", database)
    notebook = nbformat.read(ROOT / "answers.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    shown = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]
    assert len(shown) >= len(answers.names()), "not every cell shows an answer"
