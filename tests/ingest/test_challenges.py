"""The sets of both PhysioNet challenges, under the names that they are given away under."""

import io
import tarfile
import zipfile

import pytest

from jobs.ingest import landing
from warehouse import vocabulary

STAY = "Time,Parameter,Value\n00:00,RecordID,{0}\n00:00,Age,70\n00:07,HR,73\n"
HOURS = "|".join(
    [
        *vocabulary.sources()["physionet2019-a"].files[0].says[-1].values,
        *("Age", "Gender", "Unit1", "Unit2", "HospAdmTime", "ICULOS"),
    ]
)
OUTCOMES = "RecordID,SAPS-I,SOFA,Length_of_stay,Survival,In-hospital_death\n142675,9,4,5,-1,0\n"


def takers(name, year):
    """The sources of that challenge that take a file of this name, with the kind it is to them."""
    sources = [s for s in vocabulary.sources().values() if s.name.startswith(f"physionet{year}")]
    return {s.name: file.kind for s in sources if (file := landing.file_of(s, name))}


@pytest.mark.parametrize(
    "name, source, kind",
    [
        ("set_a.parquet", "physionet2012", "stays"),
        ("set-a.tar.gz", "physionet2012", "stays-txt"),
        ("set-a.zip", "physionet2012", "stays-txt"),
        ("txt_sample_200.tar.gz", "physionet2012", "stays-txt"),
        ("outcomes_a.txt", "physionet2012", "outcomes"),
        ("Outcomes-a.txt", "physionet2012", "outcomes"),
        ("set_b.parquet", "physionet2012-b", "stays"),
        ("set_b_sample.parquet", "physionet2012-b", "stays"),
        ("set-b.tar.gz", "physionet2012-b", "stays-txt"),
        ("txt_b.tar.gz", "physionet2012-b", "stays-txt"),
        ("set_b_txt.tar.gz", "physionet2012-b", "stays-txt"),
        ("Outcomes-b.txt", "physionet2012-b", "outcomes"),
        ("2012/set_c.parquet", "physionet2012-c", "stays"),
        ("set-c.zip", "physionet2012-c", "stays-txt"),
        ("outcomes_c.txt", "physionet2012-c", "outcomes"),
        ("set_a.parquet", "physionet2019-a", "hours"),
        ("psv_sample_200.tar.gz", "physionet2019-a", "hours-psv"),
        ("training_setA.tar.gz", "physionet2019-a", "hours-psv"),
        ("training_setA_psv.tar.gz", "physionet2019-a", "hours-psv"),
        ("set_b.parquet", "physionet2019-b", "hours"),
        ("set_b_sample.parquet", "physionet2019-b", "hours"),
        ("training_setB.tar.gz", "physionet2019-b", "hours-psv"),
        ("training_setB_psv.tar.gz", "physionet2019-b", "hours-psv"),
        ("training_setB.zip", "physionet2019-b", "hours-psv"),
        ("psv_b.tar.gz", "physionet2019-b", "hours-psv"),
        ("psv_set_b_200.tar.gz", "physionet2019-b", "hours-psv"),
    ],
)
def test_each_file_of_a_challenge_has_one_taker(name, source, kind):
    assert takers(name, source[9:13]) == {source: kind}


def test_sets_of_both_years_in_one_folder_find_their_sources(settings, tmp_path):
    """`set-b.tar.gz` and `set_b_psv.tar.gz` could be either year's: what they hold decides."""
    tar(tmp_path / "set-b.tar.gz", "set-b/142675.txt", STAY.format(142675))
    tar(tmp_path / "set_c.tar.gz", "set-c/152871.txt", STAY.format(152871))
    tar(tmp_path / "set_b_psv.tar.gz", "training_setB/p100001.psv", HOURS + "\n")
    tar(tmp_path / "training_setB.tar.gz", "training_setB/p100002.psv", HOURS + "\n")
    with zipfile.ZipFile(tmp_path / "training_setA.zip", "w") as archive:
        archive.writestr("training/p000001.psv", HOURS + "\n")
    (tmp_path / "Outcomes-b.txt").write_text(OUTCOMES)
    assert landing.import_folder(settings, tmp_path) == {
        "copied": {
            "physionet2012-b": ["Outcomes-b.txt", "set-b.tar.gz"],
            "physionet2012-c": ["set_c.tar.gz"],
            "physionet2019-a": ["training_setA.zip"],
            "physionet2019-b": ["set_b_psv.tar.gz", "training_setB.tar.gz"],
        },
        "ignored": [],
    }


def tar(path, member, text):
    with tarfile.open(path, "w:gz") as archive:
        found = tarfile.TarInfo(member)
        found.size = len(text)
        archive.addfile(found, io.BytesIO(text.encode()))


def test_the_other_sets_are_read_as_the_first():
    sources = vocabulary.sources()
    assert {sources[f"physionet2012{x}"].codes for x in ("", "-b", "-c")} == {"physionet2012"}
    assert {sources[f"physionet2019-{x}"].codes for x in "ab"} == {"physionet2019"}
    for first, other in [
        ("physionet2012", "physionet2012-c"),
        ("physionet2019-a", "physionet2019-b"),
    ]:
        says = [[file.says for file in sources[name].files] for name in (first, other)]
        assert says[0] == says[1]
