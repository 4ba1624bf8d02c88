"""What a person sets for one patient counts until its time, and is replayed like any export."""

import json

import pytest

from jobs import microbatch, rebuild, replay
from jobs.profiles import decide as profiles
from jobs.twins import as_of, patient_hour
from tests.conftest import NOW
from tests.profiles.conftest import at
from warehouse import Lake
from warehouse.digest import digests
from warehouse.errors import DecisionIncomplete

ON_SCALE_1, ON_SCALE_2 = (1, 3), (2, 0)
"""The scale, and the points of a saturation of 90 % on it."""


def twin_digests(lake) -> dict:
    with lake.read() as con:
        return digests(con, ["twin"])


def transitions(rows) -> list[str]:
    found = rows(
        "SELECT cause || ' ' || change AS told FROM alert.transition JOIN alert.alert "
        "USING (alert_id) ORDER BY transition.time, cause"
    )
    return [row["told"] for row in found]


def test_a_saturation_of_90_scores_3_on_scale_1_and_0_on_scale_2_until_the_prescription_ends(
    admitted, measure, decide, news2_spo2
):
    """AL5."""
    measure("08:00", 90)
    assert news2_spo2() == ON_SCALE_1
    decide("scale", "08:30", until="10:00")
    assert news2_spo2() == ON_SCALE_2
    measure("09:59", 90)
    assert news2_spo2() == ON_SCALE_2
    measure("10:00", 90)
    assert news2_spo2() == ON_SCALE_1


@pytest.mark.parametrize("order", [1, -1])
def test_prescribed_again_before_it_ends_it_lasts_until_the_later_time_landed_in_any_order(
    order, admitted, measure, decide, news2_spo2
):
    for time, until in [("08:30", "10:00"), ("09:00", "12:00")][::order]:
        decide("scale", time, until=until)
    measure("11:00", 90)
    assert news2_spo2() == ON_SCALE_2
    measure("12:00", 90)
    assert news2_spo2() == ON_SCALE_1


def test_an_ended_prescription_counts_no_longer_and_the_past_stays_as_it_was(
    lake, patient, admitted, measure, decide, news2_spo2
):
    measure("08:00", 90)
    decide("scale", "08:30", until="20:00")
    decide("end", "09:00", concept="spo2_scale")
    assert news2_spo2() == ON_SCALE_1
    with lake.read() as con:
        then = as_of.twin(con, patient, at("08:45"))
    assert (then["news2_scale"], then["news2_spo2"]) == ON_SCALE_2


def test_the_history_is_the_same_as_after_a_full_rebuild(lake, admitted, measure, decide, rows):
    for time in ("07:30", "09:30", "11:30"):
        measure(time, 90)
    patient_hour.rebuild(lake)
    decide("scale", "08:30", until="10:30")
    incremental = twin_digests(lake)
    scales = rows("SELECT news2_scale FROM twin.patient_hour ORDER BY hour")
    assert [row["news2_scale"] for row in scales] == [1, 2, 2, 1, 1]
    patient_hour.rebuild(lake)
    assert twin_digests(lake) == incremental


def test_a_prescription_does_not_make_hours_to_come(lake, admitted, measure, decide, rows):
    measure("07:30", 90)
    decide("scale", "08:30", until="20:00")
    patient_hour.rebuild(lake)
    assert rows("SELECT max(hour) AS last FROM twin.patient_hour")[0]["last"] == at("09:00")


def test_a_limit_opens_an_alert_at_once_and_its_end_resolves_it_at_once(
    admitted, measure, decide, rows
):
    measure("08:00", 94)
    assert transitions(rows) == []
    decide("limit", "08:30", low=95.0)
    decide("end", "08:40", concept="spo2")
    assert transitions(rows) == ["personal_limit opened", "personal_limit resolved"]


def test_a_limit_set_before_anything_was_measured_counts_from_the_first_value_on(
    admitted, measure, decide, rows
):
    decide("limit", "08:30", low=95.0)
    assert rows("FROM twin.patient_now") == []
    measure("09:00", 94)
    assert transitions(rows) == ["personal_limit opened"]


@pytest.mark.parametrize("limit_first", [True, False])
def test_the_order_of_landing_does_not_matter(limit_first, admitted, measure, decide, rows):
    steps = [
        lambda: decide("limit", "08:30", low=95.0),
        lambda: decide("scale", "08:40"),
        lambda: measure("09:00", 94),
    ]
    for step in steps if limit_first else reversed(steps):
        step()
    found = rows("SELECT time, news2_scale, spo2_last FROM twin.patient_now")
    assert found == [{"time": at("09:00:30"), "news2_scale": 2, "spo2_last": 94}]
    assert transitions(rows) == ["personal_limit opened"]


def test_who_decided_and_why_are_kept_as_ciphertext(lake, patient, admitted, decide, rows):
    decide("limit")
    (kept,) = rows("SELECT who, why FROM clinical.personal_limit")
    assert b"Quartermain" not in kept["who"] and b"lungs" not in kept["why"]
    with lake.read() as con:
        (found,) = profiles.in_force(con, lake, patient, at("09:00")).to_dict("records")
    assert (found["concept"], found["low"]) == ("spo2", 88)
    assert (found["who"], found["why"]) == ("Nora Quartermain", "knows her lungs")


def test_what_has_expired_or_ended_is_not_in_force(lake, patient, admitted, decide):
    decide("limit", "08:30", until="10:00")
    decide("scale", "08:30")
    decide("end", "09:00", concept="spo2_scale")
    with lake.read() as con:
        assert list(profiles.in_force(con, lake, patient, at("09:30"))["concept"]) == ["spo2"]
        assert profiles.in_force(con, lake, patient, at("10:00")).empty


def test_the_same_decision_landed_again_changes_nothing(admitted, decide, rows):
    decide("scale")
    decide("scale")
    assert rows("SELECT count(*) AS n FROM clinical.observation") == [{"n": 2}]
    assert rows("SELECT count(*) AS n FROM clinical.personal_limit") == [{"n": 1}]


@pytest.mark.parametrize(
    "given, words",
    [
        ({"patient": 5}, "no patient has this pseudonym"),
        ({"low": 97.0, "high": 90.0}, "the low is not below the high"),
        ({"action": "end"}, "nothing is in force there"),
        ({"by": " "}, "give your name"),
    ],
)
def test_a_faulty_decision_is_told_and_not_landed(lake, admitted, said, given, words):
    with pytest.raises(DecisionIncomplete, match=words):
        profiles.land(lake, said(**given))
    assert not list(lake.settings.landing.glob("decisions/*"))


def test_a_faulty_line_is_quarantined_and_the_others_count(lake, admitted, said, land, rows):
    faulty = [said(patient=5), said(low=97.0, high=90.0), {"kind": "profile"}]
    lines = [json.dumps(line) for line in [*faulty, said(), said()]]
    land("decisions", "profile-x.jsonl", "\n".join(lines))
    microbatch.drain(lake, now=NOW)
    assert rows("SELECT line, rules FROM quality.quarantine ORDER BY line") == [
        {"line": line, "rules": "decision_applies"} for line in (1, 2, 3)
    ]
    counts = "SELECT read, accepted, quarantined, duplicate FROM ops.batch"
    assert rows(f"{counts} WHERE source = 'decisions'") == [
        {"read": 5, "accepted": 1, "quarantined": 3, "duplicate": 1}
    ]


def test_what_a_line_says_beyond_its_format_is_not_read(lake, admitted, said, land, rows):
    odd = {"low": "ninety", "high": [], "until": "2026-03-02T00:00:00+00:00"}
    land("decisions", "profile-x.jsonl", json.dumps(said("end", concept="spo2_scale") | odd))
    microbatch.drain(lake, now=NOW)
    empty = "low IS NULL AND high IS NULL AND until IS NULL"
    assert rows(f"SELECT {empty} AS is_empty FROM clinical.personal_limit") == [{"is_empty": True}]
    assert rows("SELECT time, value FROM clinical.observation") == [
        {"time": at("08:30"), "value": 1}
    ]


@pytest.mark.slow
def test_profiles_are_replayed_from_the_archive(lake, admitted, measure, decide):
    measure("08:00", 90)
    decide("limit", "08:30", low=92.0, high=97.0)
    decide("scale", "08:40", until="10:00")
    decide("scale", "09:00", until="11:00")
    decide("end", "09:10", concept="spo2")
    measure("10:30", 90)
    patient_hour.rebuild(lake)
    with lake.read() as con:
        before = digests(con, rebuild.SCHEMAS)
    found = rebuild.from_archive(lake.settings, report=lambda done, total: None)
    assert found["equal"]["clinical.personal_limit"] and all(found["equal"].values())
    with Lake.open(lake.settings).read() as con:
        assert digests(con, rebuild.SCHEMAS) == before


def test_a_past_alert_by_a_limit_is_made_anew_after_the_limit_has_ended(
    lake, patient, admitted, measure, decide, rows
):
    decide("limit", "08:30", low=95.0)
    measure("09:00", 94)
    decide("end", "09:30", concept="spo2")
    batches = rows("SELECT batch_no FROM alert.transition ORDER BY batch_no")
    for batch in batches:
        found = replay.run(lake, [patient], batch["batch_no"])
        assert len(found.transitions) == 1 and found.is_equal
    assert len(batches) == 2
