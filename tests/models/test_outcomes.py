"""Outcomes as data: what ships, on hand-made cohorts; what a hospital may write itself."""

import random

import pandas as pd
import pytest

from jobs.alerts import critical_care
from jobs.models import outcomes
from tests.models.records import START, Records
from warehouse import vocabulary
from warehouse.errors import NotSetUp
from warehouse.lake import frame, insert
from warehouse.outcome import Outcome


@pytest.fixture(scope="session")
def keys(empty_lake):
    return empty_lake.keys


def labelled(con, outcome, sources=None, keys=None) -> dict:
    """{(patient, hour): label}, hours counted from START; the attrition has to add up."""
    outcome = outcomes.read(outcome) if isinstance(outcome, str) else outcome
    found = outcomes.labels(con, outcome, sources, keys=keys)
    assert_adds_up(found)
    hours = ((found.rows["hour"] - START).dt.total_seconds() / 3600).astype(int)
    return dict(
        zip(zip(found.rows["patient_id"], hours, strict=True), found.rows["label"], strict=True)
    )


def attrition(con, name, sources=None, keys=None) -> list:
    """(step, hours left out, patients left out), and what remains at the end."""
    found = outcomes.labels(con, outcomes.read(name), sources, keys=keys).attrition
    left_out = found[["step", "hours_left_out", "patients_left_out"]]
    first, last = found[["hours", "patients"]].iloc[[0, -1]].itertuples(index=False)
    return [tuple(first), *left_out.iloc[1:].itertuples(index=False, name=None), tuple(last)]


def assert_adds_up(found):
    steps = found.attrition
    for what, left_out in [("hours", "hours_left_out"), ("patients", "patients_left_out")]:
        assert list(steps[what].shift()[1:] - steps[left_out][1:]) == list(steps[what][1:])
    remain = (len(found.rows), found.rows["patient_id"].nunique())
    assert tuple(steps[["hours", "patients"]].iloc[-1]) == remain


@pytest.fixture
def deteriorating(records):
    records.hours(0, 6, 17, 18, 29, 35, 50)
    records.stay(end=100)
    records.place(start=30, end=50)
    records.hours(0, 9, 10, 11, patient=2, encounter=20)
    records.stay(death=10, patient=2, encounter=20)
    records.hours(0, 12, 36, patient=3, encounter=30)
    records.stay(patient=3, encounter=30)
    records.hours(3, 6, patient=4, encounter=40)
    records.stay(end=5, patient=4, encounter=40)
    records.hours(1, patient=5, encounter=50)
    records.stay(end=40, patient=5, encounter=50)
    records.treatment("norepinephrine", start=0, patient=5, encounter=50)


@pytest.mark.parametrize(
    "name, first", [("deterioration_24h", [0, 1, 1]), ("deterioration_12h", [0, 0, 0])]
)
def test_deterioration(name, first, deteriorating, con):
    assert labelled(con, name) == {
        **dict(zip([(1, 0), (1, 6), (1, 17)], first, strict=True)),
        **{(1, 18): 1, (1, 29): 1, (1, 50): 0},
        **{(2, 0): 1, (2, 9): 1},
        **{(3, 0): 0, (3, 12): 0},
        (4, 3): 0,
    }
    assert attrition(con, name) == [
        (17, 5),
        ("after discharge", 1, 0),
        ("during intensive_care", 1, 0),
        ("during support", 1, 1),
        ("during death", 2, 0),
        ("without an event, and not followed long enough", 1, 0),
        (11, 4),
    ]


@pytest.fixture
def in_intensive_care(records):
    """Puts a patient into intensive care from hour 0, with these twins; stays are 10 x patient."""

    def put(patient, *hours, end=None, death=None):
        records.hours(*hours, patient=patient, encounter=10 * patient)
        records.stay(end=end, death=death, patient=patient, encounter=10 * patient)
        records.place(start=0, patient=patient, encounter=10 * patient)

    return put


def test_mortality_2012(in_intensive_care, records, keys, con):
    in_intensive_care(1, 0, 24, 47, 48, 49, end=120, death=96)
    in_intensive_care(2, 47, 48, 49, end=48)
    in_intensive_care(3, 48, end=72, death=48)
    in_intensive_care(4, 40, 41)
    records.value(0, 48, source_code=keys.veil("In-hospital_death"), patient=4)
    in_intensive_care(5, 48)  # nobody tells how it ended
    in_intensive_care(6, 29, 30, 31, end=30, death=30)
    records.hours(5, patient=7, encounter=70)
    records.stay(end=60, patient=7, encounter=70)
    in_intensive_care(8, 31, death=30)
    assert labelled(con, "mortality_2012", keys=keys) == {
        (1, 48): 1,
        (2, 48): 0,
        (3, 48): 1,
        (4, 41): 0,
    }
    assert attrition(con, "mortality_2012", keys=keys) == [
        (17, 8),
        ("not the last within 48 h of intensive_care in the stay", 10, 1),
        ("after discharge", 1, 1),
        ("during death", 1, 1),
        ("without an event, and not followed long enough", 1, 1),
        (4, 4),
    ]


def test_a_code_that_lies_veiled_is_not_looked_for_without_the_keys(con):
    with pytest.raises(ValueError, match="SepsisLabel lies veiled: give the lake's keys"):
        outcomes.labels(con, outcomes.read("sepsis_2019"))


def test_each_stay_has_one_hour_and_a_return_to_intensive_care_is_none(
    in_intensive_care, records, keys, con
):
    in_intensive_care(1, 20, 60, end=90)
    records.place(start=50, end=70)
    records.hours(120, 150, encounter=11)
    records.stay(start=100, end=200, encounter=11)
    records.place(start=110, encounter=11)
    assert labelled(con, "mortality_2012", keys=keys) == {(1, 20): 0, (1, 150): 0}


def test_sepsis_2019(records, keys, con):
    for patient, hours in [(1, range(5)), (2, [1, 2]), (3, [1])]:
        records.hours(*hours, patient=patient, encounter=10 * patient)
        records.stay(patient=patient, encounter=10 * patient)
    label = keys.veil("SepsisLabel")
    for hour, value in enumerate([0, 0, 1, 1], start=1):
        records.value(value, hour, source_code=label)
    wrong = records.value(1, 1, source_code=label, patient=2)
    records.value(0, 1, source_code=label, patient=2, version_of=wrong)
    assert labelled(con, "sepsis_2019", keys=keys) == {
        **{(1, 1): 0, (1, 2): 0, (1, 3): 1, (1, 4): 1},
        (2, 1): 0,
    }
    assert attrition(con, "sepsis_2019", keys=keys) == [
        (8, 3),
        ("after discharge", 0, 0),
        ("without an event, and not followed long enough", 3, 1),
        (5, 2),
    ]


def test_aki(records, con):
    records.hours(0, 2, 39, 40, 41)
    records.stay(end=100)
    records.value(1.0, 1, "creatinine")
    records.value(1.4, 40, "creatinine")
    records.hours(201, encounter=11)  # in a later stay the kidneys may fail again
    records.stay(start=200, end=300, encounter=11)
    records.hours(0, 10, 58, 60, patient=2, encounter=20)
    records.stay(patient=2, encounter=20)
    records.hours(4, 6, patient=3, encounter=30)
    records.stay(death=5, patient=3, encounter=30)
    assert labelled(con, "aki") == {
        **{(1, 0): 1, (1, 2): 1, (1, 39): 1, (1, 201): 0},
        **{(2, 0): 0, (2, 10): 0},
        (3, 4): 0,
    }
    assert attrition(con, "aki") == [
        (12, 3),
        ("after discharge", 0, 0),
        ("during death", 1, 0),
        ("after injury in the stay", 2, 0),
        ("without an event, and not followed long enough", 2, 0),
        (7, 3),
    ]


def test_what_ships_is_told_by_name():
    assert {
        "deterioration_24h",
        "deterioration_12h",
        "sepsis_2019",
        "mortality_2012",
        "aki",
    } <= set(outcomes.names())
    for name in outcomes.names():
        assert outcomes.read(name).name == name


@pytest.mark.parametrize("name", ["deterioration_24h", "mortality_2012", "sepsis_2019", "aki"])
def test_an_empty_lake_has_no_labels(name, keys, con):
    found = outcomes.labels(con, outcomes.read(name), keys=keys)
    assert found.rows.empty and list(found.rows) == ["patient_id", "hour", "label"]
    assert_adds_up(found)


class Gathered(Records):
    """Records that are put into the lake together, table by table."""

    def __init__(self):
        super().__init__(con=None)
        self.frames = {}

    def _put(self, table, rows):
        self.frames.setdefault(table, []).append(rows)

    def into(self, con):
        for table, rows in self.frames.items():
            batch = {} if table in ("twin.patient_hour", "clinical.encounter") else {"batch_no": 1}
            insert(con, table, pd.concat(rows).assign(**batch))


class Ward:
    """Random records: in a lake, and as plain lists."""

    def __init__(self, con, seed, patients=60):
        self.hours, self.events, self.stays = [], [], {}
        self.random, self.records = random.Random(seed), Gathered()
        for patient in range(1, patients + 1):
            first = 0
            for number in range(self.random.choice([1, 1, 2])):
                first = self._stay(patient, 10 * patient + number, first)
        self.records.into(con)

    def _stay(self, patient, encounter, start) -> int:
        length = self.random.randint(3, 90)
        end = self.random.choice([start + length, start + length, None])
        death = self.random.choice([None, None, None, start + length])
        self.stays[encounter] = (end, death)
        self.records.stay(start, end, death, patient, encounter)
        if death:
            self.events.append((patient, death, float("inf")))
        for _ in range(self.random.choice([0, 0, 1, 2])):
            self._event(patient, encounter, start + self.random.randint(-2, length), end)
        hours = range(start, start + length + 3, self.random.choice([1, 2, 5]))
        self.records.hours(*hours, patient=patient, encounter=encounter)
        self.hours += [(patient, hour, encounter) for hour in hours]
        return start + length + self.random.randint(3, 30)

    def _event(self, patient, encounter, start, stay_end):
        own_end = start + self.random.randint(1, 20)
        if self.random.random() < 0.5:
            self.records.place(start, own_end, "icu", patient, encounter)
        else:
            own_end = self.random.choice([own_end, None])
            self.records.treatment("norepinephrine", start, own_end, patient, encounter)
        end = own_end or stay_end or float("inf")
        self.events.append((patient, start, end))

    def foreseen(self, window) -> dict:
        """The labels of deterioration, hour by hour, by the definition's own words."""
        record_end = {}
        for patient, hour, _ in self.hours:
            record_end[patient] = max(hour, record_end.get(patient, hour))
        found = {}
        for patient, hour, encounter in self.hours:
            end, death = self.stays[encounter]
            own = [event for event in self.events if event[0] == patient]
            if (end is not None and hour >= end) or any(s <= hour < e for _, s, e in own):
                continue
            follow_up_end = max([t for t in (end, death) if t is not None], default=None)
            until = min(hour + window, float("inf") if follow_up_end is None else follow_up_end)
            happened = any(hour < start <= until for _, start, _ in own)
            is_followed = follow_up_end is not None or hour + window <= record_end[patient]
            if happened or is_followed:
                found[patient, hour] = int(happened)
        return found


@pytest.mark.parametrize("seed", [1, 2])
def test_deterioration_equals_the_definition_worked_out_hour_by_hour(seed, con):
    ward = Ward(con, seed)
    for window in (24, 12):
        foreseen = ward.foreseen(window)
        assert labelled(con, f"deterioration_{window}h") == foreseen
        assert 100 < sum(foreseen.values()) < len(foreseen) - 100 < len(ward.hours) - 200


def test_no_hour_is_labelled_at_which_no_risk_is_told(con):
    Ward(con, seed=3)
    critical_care.define(con)
    silent = frame(
        con,
        "SELECT DISTINCT patient_id, hour FROM twin.patient_hour JOIN critical_care "
        "USING (patient_id) WHERE start_time <= hour AND hour < end_time",
    )
    rows = outcomes.labels(con, outcomes.read("deterioration_24h")).rows
    assert len(silent) > 100
    assert rows.merge(silent).empty


def test_only_patients_of_the_sources_asked_for_are_labelled(records, con):
    for patient, source in [(1, "a"), (2, "b"), (3, "c")]:
        records.hours(0, patient=patient, encounter=10 * patient)
        records.stay(end=5, patient=patient, encounter=10 * patient, source=source)
    records.death(hour=9, patient=3, source="d")
    assert labelled(con, "deterioration_24h", ["a", "d"]) == {(1, 0): 0, (3, 0): 0}
    assert labelled(con, "deterioration_24h", ["nowhere"]) == {}
    assert attrition(con, "deterioration_24h", ["b"])[:3] == [
        (3, 3),
        ("of no patient of b", 2, 2),
        ("after discharge", 0, 0),
    ]


def test_a_person_is_of_the_sources_of_all_their_numbers(records, con):
    records.hours(0)
    records.stay(end=5, source="a")
    records.stay(start=90, end=95, patient=2, encounter=20, source="b")
    insert(con, "clinical.person", pd.DataFrame({"patient_id": [1, 2], "person_id": [1, 1]}))
    assert labelled(con, "deterioration_24h", ["b"]) == {(1, 0): 0}


def at_the_hour(predicate) -> Outcome:
    """Each hour is labelled by whether this happens at that very hour."""
    return Outcome(
        name="made_up",
        title="Made up",
        definition="of this test",
        predicates={"it": predicate},
        trigger=["it"],
        window={"hours": 0, "start_inclusive": True},
        censoring={"stay_has_ended": True},
    )


@pytest.mark.parametrize(
    "compared, labels",
    [
        ({"at_least": 2}, [0, 1, 1]),
        ({"above": 2}, [0, 0, 1]),
        ({"at_most": 2}, [1, 1, 0]),
        ({"below": 2}, [1, 0, 0]),
        ({"at_least": 2, "below": 3}, [0, 1, 0]),
        ({}, [1, 1, 1]),
    ],
)
@pytest.mark.parametrize("said", [{"concept": "lactate"}, {"source_code": "LAC"}])
def test_a_value_is_compared_in_every_way(said, compared, labels, records, keys, con):
    records.hours(1, 2, 3)
    records.stay(end=9)
    for value in (1, 2, 3):
        records.value(value, value, "lactate" if "concept" in said else None, "LAC")
    records.value(2, 1, "potassium", "K")
    found = labelled(con, at_the_hour(said | compared), keys=keys)
    assert list(found.values()) == labels


@pytest.mark.parametrize(
    "predicate, labels",
    [
        ({"place": "stepdown"}, [1, 0, 0, 0]),
        ({"treatment": ["antibiotic"]}, [0, 1, 0, 0]),
        ({"treatment": ["vasopressor", "antibiotic"]}, [0, 1, 1, 0]),
        ({"treatment": ["norepinephrine"]}, [0, 0, 1, 0]),
        ({"death": True}, [0, 0, 0, 1]),
    ],
)
def test_each_kind_of_predicate_finds_its_events(predicate, labels, records, con):
    records.hours(1, 2, 3, 4)
    records.stay(end=4, death=4)
    records.place(start=1, kind="stepdown")
    records.treatment("antibiotic", start=2, end=3)
    records.treatment("norepinephrine", start=3, end=4)
    assert list(labelled(con, at_the_hour(predicate)).values()) == labels


SHOCK = """
title: Low pressure within 6 hours
definition: Systolic pressure below 90 mmHg, as our ward round counts it
predicates:
  low: {concept: systolic_bp, below: 90}
trigger: [low]
window: {hours: 6}
exclusions: {after: [low]}
censoring: {record_goes_on: true}
"""


@pytest.fixture
def own(monkeypatch, tmp_path):
    """Writes an outcome of the hospital's own."""

    def write(text, name="shock"):
        (tmp_path / "outcomes").mkdir(exist_ok=True)
        (tmp_path / f"outcomes/{name}.yml").write_text(text)
        monkeypatch.setenv("WARDTWIN_SOURCES", str(tmp_path))
        vocabulary.outcomes.cache_clear()

    yield write
    vocabulary.outcomes.cache_clear()


def test_a_hospital_writes_an_outcome_of_its_own(own, records, con):
    own(SHOCK)
    records.hours(0, 2, 8, 14, 20, 30)
    records.stay(end=100)
    records.value(120, 4, "systolic_bp")
    records.value(85, 14, "systolic_bp")
    assert "shock" in outcomes.names() and "aki" in outcomes.names()
    assert labelled(con, "shock") == {(1, 0): 0, (1, 2): 0, (1, 8): 1}


def test_the_yaml_decides_what_the_labels_are(own, records, con):
    records.hours(0, 2, 8, 14, 20, 30)
    records.stay(end=100)
    records.value(85, 14, "systolic_bp")
    changes = [
        ("hours: 6", "hours: 12", {0: 0, 2: 1, 8: 1}),
        ("below: 90", "below: 80", {0: 0, 2: 0, 8: 0, 14: 0, 20: 0}),
        ("{after: [low]}", "{}", {0: 0, 2: 0, 8: 1, 14: 0, 20: 0}),
        ("record_goes_on: true", "stay_has_ended: true", {0: 0, 2: 0, 8: 1}),
        ("{after: [low]}\ncensoring: {", "{}\ncensoring: {stay_has_ended: true, ",
         {0: 0, 2: 0, 8: 1, 14: 0, 20: 0, 30: 0}),
    ]  # fmt: skip
    for said, instead, found in changes:
        own(SHOCK.replace(said, instead))
        assert labelled(con, "shock") == {(1, hour): label for hour, label in found.items()}


def test_an_outcome_of_the_hospital_replaces_ours_of_the_same_name(own):
    own(SHOCK, name="aki")
    assert outcomes.read("aki").title == "Low pressure within 6 hours"


@pytest.mark.parametrize(
    "said, instead, told",
    [
        ("window:", "windows:", "window: Field required; windows: Extra inputs are not permitted"),
        ("hours: 6", "hours: -6", "window.hours: Input should be greater than or equal to 0"),
        ("hours: 6", "hours: six", "window.hours: Input should be a valid integer"),
        ("trigger: [low]", "trigger: []", "trigger: Tuple should have at least 1 item"),
        ("trigger: [low]", "trigger: [lo]", r"trigger names lo, .* predicates \(low\): add it"),
        ("after: [low]", "during: [icu]", "exclusions.during names icu, which is not among"),
        ("record_goes_on: true", "told_by: [it]", "censoring.told_by names it, which is not"),
        ("concept: systolic_bp, ", "", "predicates.low: .*exactly one of place, .*, not 0"),
        ("below: 90", "source_code: X", "predicates.low: .*exactly one of place, .*, not 2"),
        ("concept: systolic_bp", "place: icu", "below: a place has no value; take it out"),
        ("concept: systolic_bp, below: 90", "place: uci", "predicates.low.place: .*'icu'"),
        ("systolic_bp", "systolic", "predicates.low.concept: systolic is no name in concepts.csv"),
        ("concept: systolic_bp, below: 90", "treatment: [pressor]", "low.treatment: pressor is no"),
        ("predicates:", "predicates: [", "is no YAML"),
        (SHOCK, "- 1", "is not valid: file: Input should be a valid dictionary"),
    ],
)
def test_a_wrong_yaml_is_told_with_its_file_and_field(own, said, instead, told):
    own(SHOCK.replace(said, instead))
    with pytest.raises(NotSetUp, match=f"the outcome shock.yml .*{told}"):
        outcomes.read("shock")


def test_a_name_nobody_knows_is_told_with_those_that_are_known():
    with pytest.raises(NotSetUp, match="no outcome is called 'akii'; the outcomes are: aki, "):
        outcomes.read("akii")


def test_an_outcome_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        outcomes.read("aki").window.hours = 24


def test_what_an_outcome_is_made_of_changes_with_its_definition(own):
    own(SHOCK)
    first = outcomes.made_of(outcomes.read("shock"))
    own(SHOCK.replace("hours: 6", "hours: 7"))
    assert outcomes.made_of(outcomes.read("shock")) != first
    assert "creatinine_ratio" in outcomes.made_of(outcomes.read("aki"))
