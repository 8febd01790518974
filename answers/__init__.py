"""Answers questions from the store, with citations. Knows no chat platform.

In: the text of a question with the turns before it, the day of asking, and a session of the store. Out: an `Answer`
(answer.py): a short text and the citations that support it, or that nothing is known, or a clarifying question.

The rooms in reading order, which is the order of the work:

    language/          words and patterns: cues of predicates, sentences, time ranges
    retrieve/          query_terms.py: spelling and rarity of words, which understand needs as well
    understand/        text -> Question: names, cue, answer type, period, follow-ups
    retrieve/          search.py: Question -> passages
    read/              passages -> evidence: sentences that state the answer, and whose value it is
    strategies/        Question and evidence -> Answer, one file for each way of answering
    language_model/    optional: rephrasing answers and proposing facts, behind gates

Beside these: quantity.py parses quantities that people type, fact_wording.py puts facts into words, new_terms.py finds
what is new in headlines.
"""
