"""Scores the counts of the store.

In: a Session, a Window and the detector's Rules. Out: a Panel with one Reading (count, expected, z) for every name and
pair. Commands, alerts and replays all measure through it.

Reading order: panel.py (windows, scores, partners), exposure.py (a closer look at raised series, source by source).
"""
