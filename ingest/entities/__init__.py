"""Entities: which listed names an article contains, and which unlisted names may be new.

In: Items and the names in the store. Out: entity ids per article, and candidate names with their counts.

In the order of the work: `linker` (listed names, exact matching), `name_shape` (what a word's spelling tells) and
`candidates` (unlisted names in a text), `candidate_counts` (sightings and totals of candidates), `annotate` (all of
this for one article, also in a second process), `parent` (the maker or family of a new name).
"""
