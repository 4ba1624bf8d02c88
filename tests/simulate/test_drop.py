"""Files into landing."""

import gzip

import pandas as pd

from jobs.simulate import drop


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path, monkeypatch):
    seen = []
    rename = type(tmp_path).rename
    monkeypatch.setattr(
        type(tmp_path), "rename", lambda part, to: (seen.append(part.name), rename(part, to))[1]
    )
    drop.lines(tmp_path / "deep" / "a.ndjson", [b"{}"])
    assert seen == ["a.ndjson.part"]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["a.ndjson"]


def test_gzip_bytes_do_not_depend_on_the_clock(tmp_path):
    drop.lines(tmp_path / "a.gz", [b"one", b"two"])
    content = (tmp_path / "a.gz").read_bytes()
    assert content[4:8] == bytes(4)
    assert gzip.decompress(content) == b"one\ntwo\n"


def test_tables_read_back_as_they_were(tmp_path):
    rows = pd.DataFrame({"a": [1.5, 2.0], "b": ["x", ""]})
    drop.csv(tmp_path / "a.csv", rows)
    drop.parquet(tmp_path / "a.parquet", rows)
    assert pd.read_parquet(tmp_path / "a.parquet").equals(rows)
    assert (tmp_path / "a.csv").read_text() == "a,b\n1.5,x\n2.0,\n"
