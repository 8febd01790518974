"""Facts: statements from articles, tables and our own file, stored with their sources.

In: stored articles, public or operators' tables, our own files in `gazetteer/`. Out: Fact, FactSource and FactChange
rows.

In the order of the work: `starter_facts` (the curated facts that come with the program), `starter_selection` and
`starter_tables` (those from public tables: chosen, and loaded), `extract` (text to statements, by rules),
`article_facts` (those statements into the store), `tables` (tables into the store, and facts out of it),
`language_model` (proposals of an optional model, behind a gate).
"""
