"""The quiet card of what is unusual for a patient: there where it is flagged, else nothing."""

from datetime import timedelta

import pandas as pd
import pytest
from dash import html

from dash_app import queries, unusual
from tests.dash_app.asking import ask, client_of, text
from tests.dash_app.records import NOW, ago

TITLE = "Unusual for this patient"


@pytest.fixture
def page(records):
    """The Patient page's words for one patient."""
    client = client_of(records.lake.settings)

    def open_page(patient_id):
        return text(ask(client, "patient-unusual.children", **{"patient-id": str(patient_id)}))

    return open_page


def test_a_flagged_patient_has_a_card_with_the_sign_its_trend_and_no_alert(records, page):
    patient = records.admit()
    records.unusual(patient, ago(minutes=30))
    said = page(patient)
    assert TITLE in said
    assert "Heart rate 170 /min, own usual 80 · 30 min" in said
    assert "last 6 h: rising 8.2 (5.0 to 11.4) /min per hour" in said
    assert "changed from 82 to 160 /min at 07:30" in said
    assert "As of 1 Mar 2026 11:30 +00:00." in said
    assert "no alert is raised from it" in said


def test_a_patient_who_is_not_flagged_has_no_card(records, page):
    patient = records.admit()
    records.unusual(patient, ago(minutes=30), is_flagged=False)
    assert TITLE not in page(patient)


def test_a_patient_who_was_never_judged_has_no_card(records, page):
    assert TITLE not in page(records.admit())


def test_another_patients_finding_is_not_shown(records, page):
    patient = records.admit("1")
    records.unusual(records.admit("2"), ago(minutes=30))
    assert TITLE not in page(patient)


@pytest.mark.parametrize(("hours", "is_shown"), [(23, True), (24, False), (50, False)])
def test_a_finding_of_yesterday_is_not_shown(records, page, hours, is_shown):
    patient = records.admit()
    records.unusual(patient, ago(hours=hours))
    assert (TITLE in page(patient)) == is_shown


def test_a_finding_raises_no_alert(records):
    patient = records.admit()
    records.unusual(patient, ago(minutes=30))
    assert queries.patient(records.lake, patient).alerts.empty


def test_a_sign_without_a_trend_is_told_by_its_value():
    sign = '{"concept": "spo2", "time": "2026-03-01T11:00:00+00:00", "words": "SpO2 84 %"}'
    assert unusual.lines(f"[{sign}]", "[]", NOW, NOW) == ["SpO2 84 % · 60 min"]


def test_a_flag_that_no_sign_stands_out_in_says_so():
    assert unusual.lines("[]", "[]", NOW, NOW) == ["The signs together, none more than another"]


def test_the_card_is_one_section():
    found = pd.DataFrame({"time": [NOW - timedelta(hours=1)], "signs": "[]", "trends": "[]"})
    (card,) = unusual.card(found, NOW)
    assert isinstance(card, html.Section)
