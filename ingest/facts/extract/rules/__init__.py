"""Extraction rules, one file per topic: each takes a MaskedSentence and a Topic and yields Statements.

In no particular order: `releases`, `availability`, `model_card`, `benchmarks` (with prices and speed), `funding`,
`business`, `deals`, `people` (with lawsuits), `regulation` (with openness and data centres).
`ingest.facts.extract.reader` lists them with the words that trigger them. The first line of each function names the
predicates it yields.
"""
