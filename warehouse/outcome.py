"""What an outcome's YAML can say: which events there are, and when an hour is labelled by them.

A new outcome is such a YAML in reference/outcomes, or in the hospital's own folder: no code.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

KINDS = ("place", "treatment", "death", "source_code", "concept", "episode")
COMPARISONS = ("at_least", "above", "at_most", "below")


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Predicate(_Said):
    """One kind of event, each with a start, and an end where it lasts. Exactly one of KINDS."""

    place: Literal["ward", "icu", "stepdown", "ed", "theatre", "lounge", "other"] | None = None
    """Being in such a place."""
    treatment: tuple[str, ...] = ()
    """Treatments given, of these kinds or concepts in concepts.csv."""
    death: Literal[True] | None = None
    """Death, as a stay or the patient's record tells it."""
    source_code: str = ""
    """A value under the source's own code, mapped or not."""
    concept: str = ""
    """A value of a concept in concepts.csv."""
    episode: Literal["kidney"] | None = None
    """A stage of acute kidney injury (KDIGO), of a creatinine or of urine; its value is 0..3."""
    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None
    """Which values count, in the concept's unit, of source_code, concept and episode."""

    @property
    def kind(self) -> str:
        return next(kind for kind in KINDS if getattr(self, kind))

    @model_validator(mode="after")
    def _is_one(self) -> "Predicate":
        if len(said := [kind for kind in KINDS if getattr(self, kind)]) != 1:
            raise ValueError(f"say exactly one of {', '.join(KINDS)}, not {len(said)}")
        compared = [name for name in COMPARISONS if getattr(self, name) is not None]
        if compared and said[0] in ("place", "treatment", "death"):
            raise ValueError(f"{compared[0]}: a {said[0]} has no value; take it out")
        return self


class At(_Said):
    """One hour a stay in place of all: the last one within so many hours of an event's start."""

    last_hour_within: int = Field(gt=0)
    of: str
    """The predicate whose first start in the stay counts."""


class Window(_Said):
    """How far ahead of an hour its events are looked for."""

    hours: int | None = Field(ge=0)
    """null: to the end of the stay."""
    start_inclusive: bool = False
    """Whether what happens at the very hour lies ahead of it, or already behind it."""


class Exclusions(_Said):
    """Hours that nobody foresees anything for. Those after discharge are always left out."""

    during: tuple[str, ...] = ()
    """While one of these predicates lasts."""
    after: tuple[str, ...] = ()
    """Once one of these predicates has begun, to the end of the stay."""


class Censoring(_Said):
    """When an hour without an event is a 0: where one of these holds. Else it is left out."""

    stay_has_ended: bool = False
    """Discharge ends the follow-up: who left without an event had none."""
    record_goes_on: bool = False
    """The patient's record reaches the end of the window."""
    told_by: tuple[str, ...] = ()
    """One of these predicates begins within the window."""


class Outcome(_Said):
    """What a model learns to foresee, hour by hour."""

    name: str
    """The file's name."""
    title: str
    definition: str
    """Where it is from: a paper, a standard, a guideline."""
    predicates: dict[str, Predicate]
    at: At | None = None
    """null: every hour of the twins."""
    trigger: tuple[str, ...] = Field(min_length=1)
    """The predicates whose start within the window makes the label 1."""
    window: Window
    exclusions: Exclusions = Exclusions()
    censoring: Censoring

    @model_validator(mode="after")
    def _names_its_predicates(self) -> "Outcome":
        used = {"trigger": self.trigger, "at.of": (self.at.of,) if self.at else ()}
        used |= {f"exclusions.{name}": names for name, names in self.exclusions}
        used |= {"censoring.told_by": self.censoring.told_by}
        for field, names in used.items():
            if unknown := set(names) - set(self.predicates):
                raise ValueError(
                    f"{field} names {', '.join(sorted(unknown))}, which is not among the "
                    f"predicates ({', '.join(self.predicates)}): add it there, or correct the name"
                )
        return self
