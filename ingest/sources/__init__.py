"""Sources: which are read and when, how each kind is read, and what became of it.

In: the list of sources (OPML), what people add in chat, and the time. Out: new articles in the store, and the state of
each source.

In the order of the work: `registry` (the list into the store), `probe` (examining an address before it is added),
`interval` (how often to read, pure), `kinds` (one file per kind of source), `reading` (one source, read), `poll` (one
round over all due sources), `backfill` (the archives of sources that have one).
"""
