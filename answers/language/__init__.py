"""Words, patterns and time expressions of questions and sentences. Pure.

In: plain text. Out: cues, sentences, spans and periods.

    cues.py          by which words a predicate is asked and stated, from models/predicates.toml
    predicates.py    predicates by what people type in commands
    synonyms.py      stems that match each other
    time_range.py    "in May", "as of 1 June", "latest"
    spans.py         words of a question, and runs of them written like names
    sentences.py     a passage as sentences, each with the text whose subject it may continue
"""
