"""The bench measures a true rebuild, however small."""

from jobs.twins import bench


def test_the_bench_tells_what_it_rebuilt(capsys):
    found = bench.run(patients=4, days=1)
    assert found["patients"] == 4
    assert found["hours"] == 4 * 27
    assert 900 < found["rows"] < 4 * (12 * 24 + 2 * 6)
    assert found["seconds"] > 0
    assert found["floor_seconds"] > 0
    assert "making up 4 patients" in capsys.readouterr().err
