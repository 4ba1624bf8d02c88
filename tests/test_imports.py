"""Who may import whom is checked by import-linter in `make check`; what may run at import, here."""

import subprocess
import sys

import pytest

HEAVY = {"great_expectations", "xgboost", "airflow", "numba", "dash"}


@pytest.mark.parametrize("module", ["warehouse", "jobs.cli", "jobs.ingest.landing"])
def test_a_light_module_stays_light(module):
    script = f"import sys, {module}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not HEAVY & set(run.stdout.split())
