"""The store: one file per noun, its table first and its queries below.

In: a session or connection, entities or ids, and hours or moments. Out: rows, plain tuples or numpy arrays. Queries are
synchronous and read no clock.

Read first: `database` (connections, transactions, bulk inserts), `entity` (who is talked about), `source` and `article`
(what was read), `mention` and `count` (what all figures are made of), `fact`, `predicate` with `predicate_table` and
`supersession` (what is known, and what currently holds), `measure` (numbers with units). Then what the bot keeps:
`watch`, `spike`, `alert`, `outbox`, `digest`, `channel`, `conversation`, `candidate`, `full_text`, `host`,
`load_state`, `schedule`, `spend`, `installation`. `schema` has every table.
"""
