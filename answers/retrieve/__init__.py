"""Finds passages: full-text search over stored articles.

In: words of a question. Out: passages (one article each), best first.

    query_terms.py    words -> terms: spelling corrected, weighted by rarity
    search.py         terms -> candidates from the index -> passages ranked by BM25, outlet and period
"""
