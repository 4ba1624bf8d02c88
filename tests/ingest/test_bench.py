"""What `wardtwin bench ingest` measures with is what the readers accept whole."""

from contextlib import closing

import pytest

from jobs.ingest import batch
from jobs.ingest.bench import files
from jobs.ingest.landing import pending


@pytest.mark.parametrize(
    "make, source, name, values",
    [
        (files.chartevents, "mimic-iv", "icu/chartevents.csv", 300),
        (files.observations, "fhir", "Observation.ndjson", 330),  # every tenth is a pressure
        (files.results, "hl7v2", "feed.hl7", 1800),
    ],
)
def test_made_up_files_are_accepted_whole(judges, settings, make, source, name, values):
    path = settings.landing / source / name
    path.parent.mkdir(parents=True)
    make(path, 300)
    (landed,) = pending(settings, [source])
    with closing(batch.judge(judges, landed)) as judged:
        assert (judged.rows("observation"), judged.quarantined) == (values, 0)


def test_the_same_arguments_write_the_same_bytes(tmp_path):
    made = [files.chartevents(tmp_path / name, 1000).read_bytes() for name in ("a.csv", "b.csv")]
    assert made[0] == made[1]
