"""Over 300 hostile files: each refused, or its bad rows alone, for the right reason."""

import random
from contextlib import closing

import pytest

from jobs import microbatch
from jobs.ingest import batch, ledger
from jobs.ingest.landing import pending
from tests.conftest import NOW
from tests.ingest import hostile
from warehouse.errors import ContractBroken

SEEDS = range(10)
ONCE = {"zip_bomb", "a_million_columns", "an_endless_line", "empty", "header_alone"}
"""Classes whose files are large, or all the same."""


def files(name: str) -> list[hostile.Hostile]:
    seeds = [0] if name in ONCE else SEEDS
    return [hostile.CLASSES[name](random.Random(f"{name}{seed}")) for seed in seeds]


@pytest.fixture
def fate(judges, settings, land):
    """What becomes of a file: why it is refused, or how many rows are kept and broken, by rule."""

    def judged(file: hostile.Hostile):
        path = land(file.source, file.name, file.content)
        (landed,) = pending(settings, [file.source])
        try:
            with closing(batch.judge(judges, landed)) as found:
                assert found.read - found.quarantined == sum(
                    len(found.accepted_lines(into)) for into in found.tables
                )
                failed = found.results.groupby("rule")["failed"].sum()
                return found.read - found.quarantined, failed[failed > 0].to_dict()
        except ContractBroken as broken:
            return str(broken)
        finally:
            path.unlink()

    return judged


@pytest.mark.slow
@pytest.mark.parametrize("name", hostile.CLASSES)
def test_a_hostile_file_meets_its_fate(fate, name):
    for file in files(name):
        found = fate(file)
        if isinstance(found, str):
            assert not (file.good or file.broken), found
            assert file.refused in found
        else:
            kept, failed = found
            assert kept == file.good
            assert {rule: failed.get(rule) for rule in file.broken} == file.broken


def test_there_are_over_300_files_in_over_30_classes():
    assert len(hostile.CLASSES) >= 30
    assert sum(len(SEEDS) if name not in ONCE else 1 for name in hostile.CLASSES) >= 300


@pytest.mark.slow
def test_all_of_them_landed_at_once_reconcile_and_stop_nothing(lake, land):
    """One file of each class in one drain, with a good one behind them all."""
    for number, name in enumerate(set(hostile.CLASSES) - {"zip_bomb"}):
        file = files(name)[0]
        stem, dot, ends = file.name.partition(".")
        land(file.source, f"{stem}{'' if '_' in stem else number}{dot}{ends}", file.content)
    good = hostile.rows(random.Random(1))
    land(hostile.LAB, "labs_good.csv", hostile.text(good))
    with pytest.raises(ContractBroken):
        microbatch.drain(lake, now=NOW)
    with lake.read() as con:
        assert ledger.unreconciled(con) == 0
        states = dict(
            con.execute("SELECT state, count(*) FROM ops.batch GROUP BY state").fetchall()
        )
    assert states["committed"] >= 20
    assert states["refused"] >= 10
    assert not list(lake.settings.landing.rglob("*.csv"))
