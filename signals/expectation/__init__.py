"""What a series would have by its past. Pure.

In: counts and exposure per window, oldest first; the last window is the tested one. Out: share, variance and factors
from which signals.detector computes the expectation.

    series.py         counts in even windows, in sparse form
    baseline.py       share and variance of the earlier windows, past spikes clipped
    seasonality.py    factors of weekdays and parts of the day
    shrinkage.py      priors of the kind, for series with little data
    exposure.py       exposure by source: outages, new sources, floods
"""
