"""Tables of facts: public ones that the industry uses, operators' own, and facts back out as a table.

In: CSV or JSON, as bytes or a path. Out: facts in the store, and a Reject for each row that can't be used.

In the order of the work: `statement` (what every table yields, and checks of cells), one reader per table (`epoch`,
`litellm`, `models_dev`, and `mapped` for an operator's own), `names` (names to entities), `store` (compared with what
the table said before), `public` (download, read and store a public table), `export`.
"""
