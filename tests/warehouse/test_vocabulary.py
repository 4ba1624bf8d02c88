"""The vocabulary is data that people edit: each table must agree with the others."""

import pandas as pd
import pytest

from warehouse import vocabulary
from warehouse.errors import NotSetUp


def test_the_lab_code_na_is_sodium_and_not_missing():
    codes = vocabulary.table("source_codes")
    assert set(codes.loc[codes["code"] == "NA", "concept"]) == {"sodium"}


def test_every_source_code_means_a_concept_that_exists():
    assert set(vocabulary.table("source_codes")["concept"]) <= set(vocabulary.concepts().index)


def test_a_code_of_a_source_means_one_thing():
    assert not vocabulary.table("source_codes").duplicated(["code_set", "code"]).any()


def test_every_unit_of_a_numeric_code_can_be_converted():
    codes = vocabulary.table("source_codes").merge(
        vocabulary.concepts()[["unit", "kind"]], left_on="concept", right_index=True
    )
    codes = codes[codes["kind"] == "numeric"]
    units = vocabulary.table("units")
    for code in codes.itertuples():
        known = units[(units["unit"] == code.unit_y) & (units["source_unit"] == code.unit_x)]
        assert set(known["concept"]) & {"", code.concept}, (
            code.code,
            code.unit_x,
            code.unit_y,
        )


def test_a_unit_has_one_conversion():
    assert not vocabulary.table("units").duplicated(["unit", "source_unit", "concept"]).any()


@pytest.mark.parametrize(
    "unit, source_unit, concept, value, expected",
    [
        ("Cel", "°F", "", 98.6, 37.0),
        ("Cel", "[degF]", "", 32.0, 0.0),
        ("mm[Hg]", "kPa", "", 10.0, 75.00617),
        ("%", "{fraction}", "", 0.21, 21.0),
        ("mg/dL", "mmol/L", "glucose", 5.5, 99.1),
        ("mg/dL", "umol/L", "creatinine", 88.4, 1.0),
        ("mmol/L", "mg/dL", "lactate", 18.0, 2.0),
        ("g/dL", "g/L", "", 140.0, 14.0),
    ],
)
def test_conversions_agree_with_the_textbook(unit, source_unit, concept, value, expected):
    units = vocabulary.table("units")
    row = units[
        (units["unit"] == unit)
        & (units["source_unit"] == source_unit)
        & (units["concept"] == concept)
    ].iloc[0]
    converted = value * float(row["factor"]) + float(row["offset"])
    assert converted == pytest.approx(expected, rel=1e-3)


def test_plausible_ranges_are_ranges():
    numeric = vocabulary.concepts().query("kind in ['numeric', 'coded']")
    assert (numeric["plausible_low"] < numeric["plausible_high"]).all()
    assert (numeric["chart_low"] < numeric["chart_high"]).all()
    assert (numeric["valid_hours"] > 0).all()


def test_every_table_of_a_source_has_the_columns_that_staging_knows():
    from jobs.ingest.staging import COLUMNS

    for source in vocabulary.sources().values():
        for file in source.files:
            for rows in file.says:
                used = set(rows.columns) | set(rows.optional)
                assert used <= set(COLUMNS.get(rows.into, [])), source.name


def test_features_are_named_once():
    assert not vocabulary.features()["name"].duplicated().any()


def test_a_faulty_source_names_its_file_and_field(tmp_path):
    (tmp_path / "bad.yml").write_text("name: x\ntitle: y\nfiles: []\nzoned: UTC\n")
    with pytest.raises(NotSetUp, match=r"bad\.yml.*zoned"):
        vocabulary._source(tmp_path / "bad.yml")


def test_tables_are_read_as_text():
    assert all(pd.api.types.is_string_dtype(t) for t in vocabulary.table("concepts").dtypes)


def test_a_device_says_how_often_it_sends():
    devices = [s for s in vocabulary.sources().values() if s.is_device]
    assert devices and all(source.cadence_minutes for source in devices)
