"""What the body shows, and what illness and care do to it."""

import numpy as np
import pytest

from jobs.simulate import illness, parameters, physiology
from jobs.simulate.illness import Care, Spell
from jobs.simulate.parameters import ILLNESSES, SIGNS
from jobs.simulate.person import born

WELL = np.zeros((1, len(ILLNESSES)))
NOON = np.array([12.0])


def signs(severity=WELL, oxygen=0.0, seed=1, **changes) -> dict[str, float]:
    """The signs of one person at noon, without noise."""
    person = born(np.random.default_rng(seed))
    for name, value in changes.items():
        object.__setattr__(person, name, value)
    quiet = physiology.Noise(0.0, np.zeros((2, len(SIGNS))))
    found = physiology.signs(person, quiet, NOON, severity, np.array([oxygen]), clock=0)
    return dict(zip(SIGNS, found[0], strict=True))


def ill(kind: str, severity: float = 1.0) -> np.ndarray:
    return np.array([[severity * (name == kind) for name in ILLNESSES]])


@pytest.mark.parametrize(
    "kind, rising, falling",
    [
        ("infection", ["heart_rate", "respiratory_rate", "temperature"], ["systolic_bp", "spo2"]),
        ("respiratory", ["heart_rate", "respiratory_rate"], ["spo2"]),
        ("bleeding", ["heart_rate", "respiratory_rate"], ["systolic_bp", "diastolic_bp"]),
        ("pain", ["heart_rate", "systolic_bp"], []),
        ("fever", ["heart_rate", "temperature"], []),
        ("arrhythmia", ["heart_rate"], ["systolic_bp"]),
    ],
)
def test_each_illness_shows_in_its_signs(kind, rising, falling):
    well, sick = signs(), signs(ill(kind))
    assert all(sick[sign] > well[sign] for sign in rising)
    assert all(sick[sign] < well[sign] for sign in falling)


def test_pressure_is_held_for_long_and_then_falls():
    falls = [signs()["systolic_bp"] - signs(ill("bleeding", s))["systolic_bp"] for s in (0.5, 1.0)]
    assert falls[0] < 0.4 * falls[1]


def test_a_beta_blocker_hides_the_answer_of_the_heart():
    blocked = signs(ill("bleeding"), is_beta_blocked=True)["heart_rate"]
    assert blocked < signs(ill("bleeding"), is_beta_blocked=False)["heart_rate"]


def test_oxygen_raises_the_saturation_and_never_above_the_best():
    on_air, on_oxygen = signs(ill("respiratory")), signs(ill("respiratory"), oxygen=10.0)
    assert on_air["spo2"] < on_oxygen["spo2"] < 100


def test_copd_lives_with_less_oxygen():
    people = [born(np.random.default_rng(seed)) for seed in range(400)]
    saturation = {
        has: np.mean([p.baseline[2] for p in people if p.has_copd == has]) for has in (True, False)
    }
    assert 89 < saturation[True] < 92.5 < 96 < saturation[False]


def test_noise_is_correlated_in_time_and_between_signs():
    noise = physiology.draw_noise(np.random.default_rng(1), 0.0).values
    heart, breath = noise[:, 0], noise[:, 1]
    assert np.corrcoef(heart[1:], heart[:-1])[0, 1] > 0.9
    assert np.corrcoef(heart, breath)[0, 1] > 0.05
    spread = np.hypot(parameters.column("slow"), parameters.column("fast"))
    assert noise.std(axis=0) == pytest.approx(spread, rel=0.4)


def test_temperature_is_lower_by_night():
    hours = np.arange(24.0)
    rhythm = physiology._rhythm(hours)[:, SIGNS.index("temperature")]
    assert rhythm[18] == rhythm.max() and rhythm[6] == rhythm.min()


def test_every_sign_stays_within_what_a_living_body_shows():
    worst = signs(np.full((1, len(ILLNESSES)), 3.0))
    values = np.array(list(worst.values()))
    assert (values >= physiology.LOW).all() and (values <= physiology.HIGH).all()


def test_an_illness_begins_at_its_onset_and_is_half_way_after_its_rise():
    spell = Spell(illness.INFECTION, onset=2, rise=5, peak=1.2)
    assert spell.severity(np.array([0, 2, 7])) == pytest.approx([0, 0, 0.6])


def test_a_false_alarm_passes_by_itself():
    spell = Spell(illness.PAIN, onset=0, rise=1, peak=1, fade=3)
    early, late = spell.severity(np.array([2, 20]))
    assert early > 0.3 > 0.01 > late


def test_treatment_bends_the_course_without_a_jump():
    spells = (Spell(illness.INFECTION, 0, 8, 1.5),)
    care = Care(response=0.9, recovery=5, relief=10)
    before, at, after = illness.severity(spells, care, np.array([9.99, 10.01, 40]))[:, 0]
    assert at == pytest.approx(before, abs=0.01)
    assert after < 0.3 * at
    assert illness.severity(spells, Care(), np.array([40]))[0, 0] > at


def test_treatment_that_reaches_half_leaves_a_partial_recovery():
    spells = (Spell(illness.INFECTION, 0, 8, 1.5),)
    care = Care(response=0.5, recovery=5, relief=10)
    late = illness.severity(spells, care, np.array([80.0]))[0, 0]
    untreated = illness.severity(spells, Care(), np.array([80.0]))[0, 0]
    assert 0.4 * untreated < late < 0.6 * untreated


def test_intensive_care_saves_some_and_loses_others():
    spells = (Spell(illness.INFECTION, 0, 8, 1.5),)
    saved = Care(icu_from=20, icu_until=60, icu_recovery=15)
    lost = Care(icu_from=20, icu_until=60, death=50)
    at, then = np.array([20.0]), np.array([49.0])
    assert (
        illness.severity(spells, saved, then).sum()
        < 0.3 * illness.severity(spells, saved, at).sum()
    )
    assert illness.severity(spells, lost, then).sum() > illness.severity(spells, lost, at).sum()


def test_dangerous_turns_come_in_all_kinds_and_speeds():
    turns = [illness._turn(np.random.default_rng(seed), (0, 48)) for seed in range(300)]
    assert {turn.illness for turn in turns} == {0, 1, 2, 3}
    rises = [turn.rise for turn in turns]
    assert np.quantile(rises, 0.9) > 3 * np.quantile(rises, 0.1)
