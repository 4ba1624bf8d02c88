"""MEWS, the Modified Early Warning Score (Subbe et al., QJM 2001;94:521-6), from mews.csv.

Charts differ at three values, so each reading has a name. `published`: a heart rate of 40 gives
2 (most charts say "up to 40"), a respiratory rate of 9 and 35.0 degrees give 0. `printed`: the
table to the letter, "<40" and then "41-50": a heart rate of 40 lies in no band and is unknown.
`ricu`: as the R package's break points have it: 40, 9 and 35.0 give 2 each. Gardner-Thorpe's
chart (2006: calls from 4 on, scores urine) has other bands and is not here.
"""

import pandas as pd

from jobs.twins.scores import bands

PARTS = ("systolic_bp", "heart_rate", "respiratory_rate", "temperature", "consciousness")


def mews(signs: pd.DataFrame, variant: str = "published") -> pd.DataFrame:
    """The score and its parts, float64, NaN where unknown; one row per row of `signs`.

    `signs`: systolic_bp (mmHg), heart_rate and respiratory_rate (/min), temperature (Cel),
    consciousness (0..4, coded_values.csv); NaN unknown. `mews_positive`: 1 from a total of 5 on.
    New confusion has no place in AVPU. It gives 1 point, as a response to voice does: it is not
    alert, and ours also stands for a Glasgow coma scale of 9 to 14. Raises `ValueError` for a
    variant that there is not.
    """
    bands.check_choice("mews", "variant", variant)
    charted = {part: bands.as_charted(signs[part], part) for part in PARTS}
    parts = {
        part: bands.points("mews", part, value, variant=variant) for part, value in charted.items()
    }
    found = bands.added_up("mews", parts, signs.index)
    return found.assign(mews_positive=bands.positive("mews", found, len(PARTS)))
