"""Understands a question: text becomes a `Question`.

In: the text, the turns before it, the day of asking, and the names of the store. Out: a Question with its names, cue,
answer type, question type and period.

    question.py         Question, and how it is parsed once its period and names are known. Pure
    aliases.py          every spelling of the store, cached
    name_matching.py    a typed name -> an entity or suggestions; the only place where names may be misspelled
    entities.py         the names in a question: known, misspelled and unknown ones
    follow_up.py        what a follow-up question takes from the one before it. Pure
    conversation.py     the entry: all of these, turn by turn
"""
