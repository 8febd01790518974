"""Parses what people type into commands.

In: the options of a Request, as text. Out: entities, moments, windows, watch settings and facts; or a UserError that
says what is wrong and what to type instead.

Reading order: subject.py (names, moments, windows), watch_options.py (targets and settings of `/watch`),
fact_text.py (the statement of `/fact add`).
"""
