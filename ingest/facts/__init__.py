"""Facts: statements from articles, tables and our own file, stored with their sources.

In: stored articles, public or operators' tables, `gazetteer/facts.toml`. Out: Fact, FactSource and FactChange rows.

In the order of the work: `starter_facts` (the facts that come with the program), `extract` (text to statements, by
rules), `article_facts` (those statements into the store), `tables` (tables into the store, and facts out of it),
`language_model` (proposals of an optional model, behind a gate).
"""
