"""The model and NEWS2 at the same sensitivity: who else is bothered for the same hours found.

NEWS2's points are those that ask for an urgent and for an emergency response (RCP 2017, chart 4).
The model's threshold is the highest that finds as many labelled patient-hours. Figures are as
`alarms.rates`, and lead_hours; `difference` is the model's less NEWS2's.
"""

import numpy as np
import pandas as pd

from jobs.models import bootstrap, judged
from jobs.models.judged import Alerts, Judged
from warehouse import vocabulary

Pair = tuple[float, Alerts, Alerts]


def of(hours: Judged) -> dict[str, dict | None]:
    """{news2_5, news2_7: {threshold, model, news2, difference}}; None where NEWS2 finds nothing."""
    return {
        name: pair and {"threshold": pair[0], **_beside(pair, hours.everybody)}
        for name, pair in _pairs(hours).items()
    }


def intervals(rows: pd.DataFrame, **resampling: int) -> dict[str, dict | None]:
    """95 % intervals of the same by resampling patients; the threshold stays that of all rows.

    Rows as in `figures`; options: `bootstrap.draws`.
    """
    hours = judged.read(rows)
    counts = list(bootstrap.draws(len(hours.everybody), **resampling))
    return {
        name: pair and _limits([_beside(pair, count) for count in counts])
        for name, pair in _pairs(hours).items()
    }


def _pairs(hours: Judged) -> dict[str, Pair | None]:
    levels = vocabulary.table("news2_levels")
    points = levels.loc[levels["cause"] == "news2_total", "points_low"].astype(int)
    return {f"news2_{low}": _pair(hours, hours.news2 >= low) for low in points}


def _pair(hours: Judged, is_alarm: np.ndarray) -> Pair | None:
    """The threshold, the model's alerts there and those of NEWS2."""
    hits = int((is_alarm & hours.label).sum())
    if not hits:
        return None
    threshold = float(np.sort(hours.risk[hours.label])[-hits])
    return threshold, Alerts(hours, hours.risk >= threshold), Alerts(hours, is_alarm)


def _beside(pair: Pair, count: np.ndarray) -> dict[str, dict]:
    model, news2 = pair[1].figures(count), pair[2].figures(count)
    less = {
        name: None if None in (model[name], news2[name]) else model[name] - news2[name]
        for name in model
    }
    return {"model": model, "news2": news2, "difference": less}


def _limits(drawn: list[dict[str, dict]]) -> dict[str, dict]:
    return {part: judged.intervals([one[part] for one in drawn]) for part in drawn[0]}
