"""Answers a question: one strategy for each type of question.

In: an `AnswerContext` (store, size of the index, day), a Question, and passages. Out: an Answer.

    single_fact.py       one value, date or quotation; retrieval and the gate, which the others share
    compare.py           larger or smaller, first or later, sum, ratio
    listing.py           lists, the newest of a family, definitions
    yes_no.py            yes, no, or both sides
    count.py             how many, from facts
    from_facts.py        curated and imported facts, where no sentence answers
    spike.py             why and whether a name was in the news
    disambiguation.py    clarifying questions
    dispatch.py          the entry: chooses the strategy
"""
