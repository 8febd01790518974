"""Ingestion: from sources and files to articles, stories, mentions, counts and facts in the store.

In: feeds, web pages, files, public tables. Out: rows of `models`. Nothing here speaks to people, except for the reasons
it gives when something can't be read.

In the order of the work: `sources` (what is due, and how each kind is read) over `http` (polite requests) and `formats`
(bytes to items); `articles` (checks, identity, near-duplicates); `entities` (linking names and counting candidates);
`pipeline` (one batch, one transaction) and `bulk_import` (long imports in two processes); `facts` (statements read from
articles and tables); `relinking` (what changes when names change); `starter_counts` (a baseline for the first day).
"""
