"""What only the whole file can tell: contradicting pressures, units that are not as labelled."""

import pytest

HEADER = "device_id,patient,time,code,value,unit"


@pytest.fixture
def refused(judged):
    """The rules that the refused rows of a laboratory-like device file broke, by line."""

    def judge(*rows: tuple) -> dict[int, str]:
        lines = [HEADER] + [
            f"m1,{who},{when},{code},{value},{unit}" for who, when, code, value, unit in rows
        ]
        found = judged("demo-monitor", "readings.csv", "\n".join(lines) + "\n").refused
        return {
            line: ",".join(rule for rule in rules.split(",") if rule != "place_known")
            for line, rules in zip(found["line"], found["rules"], strict=True)
        }

    return judge


def pressures(**values: float) -> list[tuple]:
    """The monitor's pressures of one patient at one instant."""
    codes = {
        "sys": "MDC_PRESS_BLD_NONINV_SYS",
        "dia": "MDC_PRESS_BLD_NONINV_DIA",
        "mean": "MDC_PRESS_BLD_NONINV_MEAN",
    }
    return [("p1", "2026-03-01T08:00:00Z", codes[name], v, "mmHg") for name, v in values.items()]


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({"sys": 120, "dia": 80, "mean": 93}, ["", "", ""]),
        ({"sys": 80, "dia": 120}, ["systolic_over_diastolic"] * 2),
        ({"sys": 80, "dia": 80}, ["systolic_over_diastolic"] * 2),
        ({"sys": 120, "dia": 80, "mean": 130}, ["", "", "mean_between"]),
        ({"dia": 80, "mean": 60}, ["", "mean_between"]),
        ({"sys": 120, "mean": 93}, ["", ""]),
    ],
)
def test_pressures_of_one_instant_must_fit_together(refused, values, broken):
    assert list(refused(*pressures(**values)).values()) == broken


def test_an_impossible_pressure_does_not_testify_against_a_possible_one(refused):
    assert refused(*pressures(sys=120, dia=300)) == {1: "", 2: "value_not_too_high"}


def test_pressures_of_two_instants_are_not_compared(refused):
    earlier = [("p1", "2026-03-01T07:00:00Z", *row[2:]) for row in pressures(dia=120)]
    assert list(refused(*pressures(sys=90), *earlier).values()) == ["", ""]


def test_where_two_were_taken_at_once_any_pairing_that_fits_is_enough(refused):
    assert set(refused(*pressures(sys=150, dia=90), *pressures(sys=80, dia=50)).values()) == {""}


def readings(code: str, unit: str, *values: float, people: int = 5) -> list[tuple]:
    return [
        (f"p{number % people}", f"2026-03-01T08:{number:02}:00Z", code, value, unit)
        for number, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("code", "unit", "value", "is_mislabelled"),
    [
        ("MDC_TEMP_BODY", "Cel", 98.6, True),
        ("MDC_TEMP_BODY", "[degF]", 98.6, False),
        ("MDC_TEMP_BODY", "Cel", 37.0, False),
        ("MDC_TEMP_BODY", "[degF]", 37.0, True),
        ("MDC_PRESS_BLD_NONINV_SYS", "mmHg", 16.0, True),
        ("MDC_PRESS_BLD_NONINV_SYS", "kPa", 16.0, False),
        ("MDC_PRESS_BLD_NONINV_DIA", "mmHg", 10.5, True),
        ("MDC_PULS_OXIM_SAT_O2", "%", 0.97, True),
        ("MDC_CONC_GASDLV_O2_INSP", "%", 0.4, True),
        ("MDC_CONC_GASDLV_O2_INSP", "%", 40, False),
        ("MDC_PRESS_BLD_NONINV_SYS", "mmHg", 60, False),
    ],
)
def test_a_unit_that_is_not_as_labelled_is_found(refused, code, unit, value, is_mislabelled):
    broken = refused(*readings(code, unit, *[value] * 20)).values()
    assert all(("unit_as_labelled" in rules) == is_mislabelled for rules in broken)
    assert len(broken) == 20


def test_possible_values_in_another_unit_than_labelled_are_refused_too(refused):
    """Diastolic pressures in kPa are all possible ones in mmHg: no single row looks wrong."""
    assert set(refused(*readings("MDC_PRESS_BLD_NONINV_DIA", "mmHg", *[10.5] * 20)).values()) == {
        "unit_as_labelled"
    }


@pytest.mark.parametrize(("count", "people"), [(19, 5), (40, 4)])
def test_few_values_or_few_people_do_not_tell_a_unit(refused, count, people):
    in_kpa = readings("MDC_PRESS_BLD_NONINV_DIA", "mmHg", *[10.5] * count, people=people)
    broken = refused(*in_kpa).values()
    assert not any("unit_as_labelled" in rules for rules in broken)
