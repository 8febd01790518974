"""Turns spikes into alerts.

In: scores of a window (measurement/), watches, mutes and the time. Out: spike rows, alert rows and outbox rows;
handlers.composition writes each message when it is sent.

Reading order: detect.py (the job), headlines.py (which names make up one event), matching.py (which channels get an
alert), lifecycle.py (edits and updates as a spike grows and cools), quiet_hours.py (when to wait), preview.py (what a
watch would have sent in the past).
"""
