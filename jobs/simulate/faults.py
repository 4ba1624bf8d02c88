"""Five faults planted into a synthetic history, such as real hospitals tell of.

Each begins at a midnight (UTC), so that the first bad file of its source is known beforehand.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from jobs.simulate import coding

SWITCHED = "urea_nitrogen"
"""The laboratory goes over to mg/dL and keeps writing mmol/L: nothing becomes implausible."""
OLD_CODE, NEW_CODE = "K", "KALIUM"
FEVER = timedelta(days=1)
"""For one day monitors write °F under °C; the gate refuses such rows."""
MODEL, FIRMWARE, NEW_FIRMWARE = "Vista", "1.4", "2.0"
BIAS = 0.97
"""What devices with the new firmware make of a saturation."""
SILENCE = timedelta(days=2)


@dataclass(frozen=True)
class Plan:
    """When each fault begins; the silence lasts two days, the others last."""

    unit_switch: datetime
    code_renamed: datetime
    silent_source: datetime
    firmware_bias: datetime
    duplicate_feed: datetime
    fever: datetime

    @classmethod
    def over(cls, start: datetime, days: int) -> "Plan":
        """Faults at fixed parts of a history that begins at `start`, a midnight."""
        parts = {
            "unit_switch": 0.5,
            "code_renamed": 0.57,
            "silent_source": 0.8,
            "firmware_bias": 0.5,
            "duplicate_feed": 0.84,
            "fever": 0.6,
        }
        return cls(**{name: start + timedelta(days=int(p * days)) for name, p in parts.items()})


def labs(rows: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """The laboratory's rows with its silence, its switched unit and its renamed code."""
    silent = (rows["known"] > _second(plan.silent_source)) & (
        rows["known"] <= _second(plan.silent_source + SILENCE)
    )
    rows = rows[~silent].copy()
    (urea,) = coding.codes("demo-lab", SWITCHED)
    is_switched = (rows["test"] == urea.code) & (rows["known"] > _second(plan.unit_switch))
    numbers = pd.to_numeric(rows["result"].where(is_switched), errors="coerce")
    sent = (numbers / coding.in_unit(1.0, SWITCHED, urea.unit)).round(1).map("{:g}".format)
    rows["result"] = rows["result"].mask(is_switched & numbers.notna(), sent)
    is_renamed = (rows["test"] == OLD_CODE) & (rows["known"] > _second(plan.code_renamed))
    return rows.assign(test=rows["test"].mask(is_renamed, NEW_CODE))


def readings(rows: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """The monitors' rows with the new firmware's bias, and the day of unlabelled Fahrenheit."""
    rows = rows.copy()
    (spo2,) = coding.codes("monitor", "spo2")
    is_low = rows["device_id"].map(is_updated) & (rows["code"] == spo2.code)
    is_low &= (rows["known"] > _second(plan.firmware_bias)) & (rows["value"] <= 100)
    rows["value"] = rows["value"].mask(is_low, (rows["value"] * BIAS).round())
    (temperature,) = coding.codes("monitor", "temperature")
    is_hot = (rows["code"] == temperature.code) & (rows["unit"] == temperature.unit)
    is_hot &= rows["known"] > _second(plan.fever)
    is_hot &= rows["known"] <= _second(plan.fever + FEVER)
    return rows.assign(value=rows["value"].mask(is_hot, (rows["value"] * 1.8 + 32).round(1)))


def is_updated(device: str) -> bool:
    """Half of the devices get the new firmware."""
    return int(device[-1], 16) % 2 == 0


def inventory(devices: list[str], at: datetime, plan: Plan | None) -> pd.DataFrame:
    """The monitors' inventory as biomedical engineering exports it at `at`: one row per device."""
    rows = pd.DataFrame({"device_id": sorted(devices), "kind": "monitor", "model": MODEL})
    is_new = plan is not None and at >= plan.firmware_bias
    new = rows["device_id"].map(is_updated) & is_new
    updated = new.map({True: plan.firmware_bias, False: None}) if is_new else None
    since = pd.Series(updated, index=rows.index, dtype=object)
    return rows.assign(
        firmware=new.map({True: NEW_FIRMWARE, False: FIRMWARE}),
        updated=since.map(lambda time: "" if pd.isna(time) else time.isoformat()),
    )


def _second(time: datetime) -> int:
    return int(time.timestamp())
