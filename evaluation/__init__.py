"""Measures the project on itself, for `trendbot eval` and `trendbot replay`: a store or a file in, figures out.

The store is only read; what has to be written goes to a temporary one. Reading order: `replay` (the alerts that would
have been sent), `reingest` (the same past ingested again, with names discovered as they came up), `spikes` (rankings
and alerts per day), `names` (discovery of new names), `qa`, `intents` and `facts`
(answers, meanings of messages, extracted facts), `series` (a time
series in a file), `noise` (false alarms on chance), `speed` and `polling` (time). `json_lines` reads input files.
"""
