"""The optional language model: what it may do, and the gates that its text must pass. Knows no network.

In: an answer with its evidence, or an article. Out: the answer rephrased, or facts with quotations; nothing where a
gate rejects the text.

    grounding.py         whether a text says what its evidence says. Pure
    rephrase.py          an answer in better words, if it is grounded
    fact_proposals.py    facts that a model proposes from an article. Pure
"""
