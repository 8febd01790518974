"""Understands a question: text becomes a `Question`.

In: the text, the turns before it, the day of asking, and the names of the store. Out: a Question with its names, cue,
answer type, question type and period.

    question.py         Question, and how it is parsed once its period and names are known. Pure
    aliases.py          every spelling of the store, cached
    name_matching.py    a typed name -> an entity or suggestions; the only place where names may be misspelled
    entities.py         the names in a question: known, misspelled and unknown ones
    follow_up.py        what a follow-up question takes from the one before it. Pure
    conversation.py     the entry for questions: all of these, turn by turn

A chat message becomes an `Interpretation` first, which says whether it is a question at all or means another command:

    message_time.py     the time of a message, in the words of chats. Pure
    intent.py           what a message wants, by the phrases in phrases.toml. Pure
    interpretation.py   the entry for messages: intent, names, predicate and period, and what the turns before add
"""
