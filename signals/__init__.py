"""What is unusual: pure arithmetic over counts. No clock, no database, no names.

In: counts of stories by series (a name or a pair) and window, shape (series, windows), and the exposure (stories read).
Out: z-scores with their parts, the series that pass the cutoff, events and their lifecycle.

    expectation/          what a series would have by its past: baseline, seasonality, shrinkage, exposure
    detector.py           z-scores of the newest window
    false_discovery.py    from which count an alarm is no chance, over all series
    prominence.py         weight of a story by its place on a page, of an event by its outlets
    events.py             spikes of the same stories as one event
    lifecycle.py          start, growth and end of a spike
    novelty.py            which candidate names are new names
    stream.py             the detector on one evenly spaced series, row by row
"""
