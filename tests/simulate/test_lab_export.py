"""The laboratory's CSV."""

import pandas as pd

from jobs.simulate import coding, dirt
from jobs.simulate.lab_export import COLUMNS
from warehouse import vocabulary


def test_the_columns_are_those_of_the_source(labs):
    file = vocabulary.sources()["demo-lab"].files[0]
    assert list(labs.columns) == COLUMNS
    assert set(file.columns.values()) == set(COLUMNS)


def test_tests_and_units_are_the_laboratorys(labs):
    table = vocabulary.table("source_codes").query("code_set == 'demo-lab'")
    known = set(zip(table["code"], table["unit"], strict=True))
    strange = labs["test"].eq(dirt.STRANGE_CODE) | labs["unit"].eq(dirt.STRANGE_UNIT)
    assert strange.mean() < 0.01
    clean = labs[~strange]
    assert set(zip(clean["test"], clean["unit"], strict=True)) == known


def test_sodium_is_called_na(labs):
    assert pd.to_numeric(labs.loc[labs["test"] == "NA", "result"], "coerce").median() > 130


def test_values_are_in_si_units(labs):
    numbers = labs.assign(result=pd.to_numeric(labs["result"], "coerce"))
    typical = numbers.groupby("test")["result"].median()
    assert 50 < typical["CREA"] < 120  # umol/L
    assert 110 < typical["HB"] < 150  # g/L
    assert 4 < typical["GLU"] < 9  # mmol/L
    assert 8 < typical["PO2"] < 13  # kPa


def test_times_carry_no_offset(labs):
    assert labs["collected"].str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d").all()


def test_a_spoilt_sample_gives_a_word_for_a_number(labs):
    words = labs.loc[pd.to_numeric(labs["result"], "coerce").isna(), "result"]
    assert set(words) == {"haemolysed"}


def test_conversions_are_the_vocabularys_read_backwards():
    assert round(coding.in_unit(37.0, "temperature", "[degF]"), 6) == 98.6
    assert round(coding.in_unit(13.2, "hemoglobin", "g/L"), 6) == 132
