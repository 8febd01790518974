"""The catalogue: who and what the AI industry talks about, as readable data, and how to read it.

`entities/*.toml` name the entities, one a line; `words-*.toml` hold the rules for names that are also
other things; `facts.toml` and `sources.opml` are the facts and feeds that come with the program, and
`starter.json.gz` the counts that give it a baseline on the first day.
Knows no store: `ingest` writes it there.
"""
