import dataclasses
import json

import pandas as pd
import pytest

from dash_app import queries
from tests.dash_app.records import NOW, ago, patient, twin


def shown(lake) -> set[int]:
    return set(queries.ward(lake).patients["patient_id"])


@pytest.mark.parametrize(
    ("about", "is_shown"),
    [
        ({}, True),
        ({"has_twin": False}, True),
        ({"stay": {"end_time": ago(hours=1)}}, False),
        ({"stay": {"death_time": ago(hours=1)}}, False),
        ({"person": {"death_time": ago(hours=1)}}, False),
        ({"stay": {"part_of": 5}}, True),
        ({"stay": {"part_of": 5}, "has_twin": False}, False),
        ({"source": "history", "stay": {"end_time": ago(hours=1)}}, True),
        ({"source": "history", "has_twin": False}, False),
    ],
)
def test_live_patients_are_shown_while_in_hospital_and_historical_ones_always(
    records, about, is_shown
):
    admitted = records.admit(**about)
    assert shown(records.lake) == ({admitted} if is_shown else set())


def test_a_patient_whose_source_never_sent_demographics_is_shown(records):
    stay = {"encounter_id": 8, "patient_id": 7, "start_time": ago(hours=5), "arrived": ago(hours=5)}
    records.write("clinical.encounter", stay | {"source": "x", "site": "s", "batch_no": 1})
    assert shown(records.lake) == {7}


def test_the_newest_version_of_a_stay_counts(records):
    admitted = records.admit()
    stay = {"encounter_id": admitted + 1, "patient_id": admitted, "start_time": ago(days=2)}
    stay |= {"source": "demo-ehr", "site": "s", "arrived": NOW, "batch_no": 2}
    records.write("clinical.encounter", stay | {"end_time": NOW})
    assert shown(records.lake) == set()


def test_a_patient_stands_where_they_were_moved_to(records):
    admitted = records.admit(place={"end_time": ago(hours=3)})
    move = {"location_id": 99, "patient_id": admitted, "kind": "icu", "ward": "ICU", "bed": "2"}
    move |= {"start_time": ago(hours=3), "arrived": ago(hours=3), "batch_no": 2}
    records.write("clinical.location", move)
    row = queries.ward(records.lake).patients.iloc[0]
    assert (row["ward"], row["bed"], row["is_critical"]) == ("ICU", "2", True)


def test_an_historical_patient_stands_where_they_were_at_their_last_hour(records):
    admitted = records.admit(source="history", stay={"end_time": NOW}, place={"end_time": NOW})
    later = {"location_id": 99, "patient_id": admitted, "kind": "ward", "ward": "Later"}
    later |= {"start_time": ago(minutes=1), "end_time": NOW, "arrived": NOW, "batch_no": 2}
    records.write("clinical.location", later)
    assert queries.ward(records.lake).patients["ward"].tolist() == ["Ward 4B"]


def test_names_leave_the_lake_as_initials_only(records):
    records.admit(name="Anna Maria Brown")
    found = queries.ward(records.lake)
    assert found.patients["initials"].tolist() == ["A. B."]
    assert "Brown" not in found.patients.to_csv()
    assert "name" not in found.patients


def test_the_risk_shown_belongs_to_the_newest_data(records):
    admitted = records.admit()
    records.predict(admitted, 0.7, ago(minutes=30))
    assert queries.ward(records.lake).patients["risk"].isna().all()
    records.predict(admitted, 0.2, ago(minutes=2))
    records.predict(admitted, 0.3, ago(minutes=2), batch_no=2)
    assert queries.ward(records.lake).patients["risk"].tolist() == [0.3]


def test_the_trail_holds_the_last_risk_of_each_quarter_of_an_hour(records):
    admitted = records.admit()
    for minutes, risk in [(2, 0.5), (20, 0.4), (25, 0.3), (13 * 60, 0.1)]:
        records.predict(admitted, risk, ago(minutes=minutes))
    trail = queries.ward(records.lake).trail
    assert trail["risk"].tolist() == [0.4, 0.5]
    assert trail["time"].tolist() == [ago(minutes=20), ago(minutes=2)]


@pytest.mark.parametrize(("hours", "earlier"), [([9, 6, 5], 5), ([9], None), ([3], None)])
def test_the_score_before_is_the_one_four_to_eight_hours_ago(records, hours, earlier):
    admitted = records.admit(twin={"time": NOW})
    for hour in hours:
        at = {"hour": ago(hours=hour), "patient_id": admitted, "bucket": admitted % 16}
        records.write("twin.patient_hour", at | {"news2_total": float(hour), "news2_known": 7.0})
    found = queries.ward(records.lake).patients.iloc[0]
    assert (found["earlier_total"] == earlier) if earlier else pd.isna(found["earlier_total"])


def test_the_level_before_is_that_of_the_alerts_then_in_force(records):
    admitted = records.admit()
    opened, raised = ("opened", "urgent", ago(hours=3)), ("raised", "emergency", ago(hours=1))
    records.alert(admitted, "news2_total", opened, raised)
    records.alert(admitted, "news2_single", ("opened", "watch", ago(hours=2)))
    gone = ("resolved", "emergency", ago(hours=2))
    records.alert(admitted, "risk", ("opened", "emergency", ago(hours=4)), gone)
    before = queries.ward(records.lake).alerts_before
    assert before["level"].tolist() == ["urgent", "watch"]
    assert set(before["changed"]) == {pd.Timestamp(ago(hours=1))}


def test_a_first_alert_has_no_level_before(records):
    records.alert(records.admit(), "risk", ("opened", "watch", ago(hours=1)))
    assert queries.ward(records.lake).alerts_before["level"].isna().all()


def test_alerts_are_counted_on_the_ward_where_they_were_opened(records):
    admitted = records.admit()
    records.alert(admitted, "risk", ("opened", "watch", ago(hours=1)))
    records.alert(admitted, "risk", ("opened", "watch", ago(hours=30)))
    gone = records.admit("2", stay={"end_time": NOW}, place={"ward": "Ward 5A", "end_time": NOW})
    records.alert(gone, "risk", ("opened", "watch", ago(hours=2)))
    assert queries.ward(records.lake).opened["ward"].tolist() == ["Ward 5A", "Ward 4B"]


def test_alerts_of_historical_patients_are_not_of_today(records):
    admitted = records.admit(source="history")
    records.alert(admitted, "risk", ("opened", "watch", ago(hours=1)))
    assert queries.ward(records.lake).opened.empty


@pytest.mark.parametrize(
    ("sources", "is_synthetic"),
    [([], False), (["real-ehr"], False), (["real-ehr", "demo-ehr"], True)],
)
def test_one_source_of_made_up_patients_is_enough_for_the_band(records, sources, is_synthetic):
    for native, source in enumerate(sources):
        records.admit(str(native), source=source)
    assert queries.ward(records.lake).is_synthetic is is_synthetic
    assert queries.is_synthetic(records.lake) is is_synthetic


def test_an_empty_lake_gives_empty_frames(records):
    assert queries.ward(records.lake).patients.empty
    assert queries.patient(records.lake, 5).patient.empty
    assert queries.newest_model(records.lake) is None


def test_the_signs_of_a_patient_are_the_newest_versions_of_the_last_48_hours(records):
    admitted = records.admit()
    records.observe(admitted, "spo2", 97.0, ago(hours=1), observation_id=1)
    records.observe(
        admitted, "spo2", 84.0, ago(hours=1), observation_id=1, is_revised=True, batch_no=2
    )
    records.observe(admitted, "spo2", 96.0, ago(hours=49))
    records.observe(admitted, "lactate", 2.0, ago(hours=1))
    signs = queries.patient(records.lake, admitted).signs
    assert signs[["concept", "value", "is_device"]].values.tolist() == [["spo2", 84.0, False]]


def test_a_monitors_readings_are_thinned_to_the_lowest_and_highest_of_five_minutes(records):
    admitted = records.admit()
    for second, value in enumerate([97.0, 84.0, 95.0, 99.0]):
        records.observe(admitted, "spo2", value, ago(minutes=4, seconds=second), device_id=5)
        records.observe(admitted, "spo2", value, ago(minutes=4, seconds=second))
    signs = queries.patient(records.lake, admitted).signs
    assert sorted(signs.loc[signs["is_device"], "value"]) == [84.0, 99.0]
    assert len(signs[~signs["is_device"]]) == 4


def test_running_and_recent_treatments_of_a_known_kind_are_told(records):
    admitted = records.admit()
    given = {"patient_id": admitted, "source_code": "c", "arrived": NOW, "batch_no": 1}
    for number, (concept, start, end) in enumerate(
        [
            ("norepinephrine", ago(hours=90), None),
            ("dopamine", ago(hours=90), ago(hours=2)),
            ("epinephrine", ago(hours=90), ago(hours=80)),
            (None, ago(hours=1), None),
        ]
    ):
        times = {"start_time": start, "end_time": end, "concept": concept}
        records.write("clinical.treatment", given | times | {"treatment_id": number})
    found = queries.patient(records.lake, admitted).treatments
    assert sorted(found["concept"]) == ["dopamine", "norepinephrine"]


def test_the_scores_hold_the_hours_the_present_and_the_risks(records):
    admitted = records.admit(twin={"spo2": 84.0})
    hour = {"patient_id": admitted, "bucket": admitted % 16, "hour": ago(hours=2)}
    records.write("twin.patient_hour", hour | {"news2_total": 1.0, "news2_known": 6.0})
    records.predict(admitted, 0.2)
    records.write("twin.patient_hour", hour | {"hour": NOW, "news2_total": 9.0, "news2_known": 7.0})
    scores = queries.patient(records.lake, admitted).scores
    assert scores[["score", "value"]].values.tolist() == [["news2", 1], ["news2", 3], ["risk", 0.2]]


def test_a_patient_who_has_left_can_still_be_opened(records):
    admitted = records.admit(stay={"end_time": ago(hours=1)})
    assert len(queries.patient(records.lake, admitted).patient) == 1


def test_an_alert_and_its_course_are_told(records):
    admitted = records.admit()
    records.alert(admitted, "risk", ("opened", "watch", ago(hours=2)), ("raised", "urgent", NOW))
    found = queries.patient(records.lake, admitted)
    assert found.alerts["level"].tolist() == ["urgent"]
    assert found.changes["change"].tolist() == ["raised", "opened"]
    assert json.loads(found.alerts["reasons"][0])[0]["concept"] == "spo2"


def test_the_factories_of_these_tests_make_what_the_queries_give(records):
    records.admit()
    columns = set(queries.ward(records.lake).patients)
    assert columns == set(patient())
    assert set(twin()) < columns


def test_no_frame_of_the_patient_page_holds_a_name(records):
    found = queries.patient(records.lake, records.admit(name="Anna Maria Brown"))
    for field in dataclasses.fields(found):
        value = getattr(found, field.name)
        if isinstance(value, pd.DataFrame):
            assert "Brown" not in value.to_csv()
