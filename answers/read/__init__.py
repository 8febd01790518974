"""Reads passages: finds the sentences that answer a question, and decides whose value is whose.

In: a Question and passages. Out: `Evidence`, best first: sentences that pass the gate, each with its value.

    values.py           values in a sentence: money, counts, sizes, dates, licences, names. Pure
    mentions.py         where a sentence mentions the names of the question. Pure
    value_type.py       whether a value is of the type asked for. Pure
    attribution.py      which value is asked for, and whether it belongs to the subject. Pure
    roles.py            buyer and target of an acquisition. Pure
    evidence.py         the gate: all of the above for each sentence. Pure
    corroboration.py    evidence checked against the facts of the store
"""
