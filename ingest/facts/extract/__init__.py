"""Facts from text by rules: no model, no network, the same result every time.

    text -> sentences -> names and numbers in each -> masked sentence -> rules -> statements, each with its sentence

In: a title and text, with the names in the store. Out: Statements with the span of their sentence. In a masked sentence
each name, licence and number is a short mark ("<o0> released <m1>, a <k2> model under <l3>"), so that a rule is one
pattern over kinds of things and not over their spellings.

In the order of the work: `sentences`, `names` and `dates` (what a sentence contains), `mask`, `statement` (what a rule
yields, and finding its subject), `parties` (whose value it is), `rules`, `modality` (whether it is stated at all),
`reader` (all of it for one text).
"""
