"""The gazetteer: the names of the AI industry as readable data, with the rules that tell them from other words.

In: the data files in this folder and, optionally, an operator's own file. Out: checked Python values. This room knows
no store; `ingest` loads the values into it.

In reading order: `spelling` (one form for every spelling), `words` (text to index terms), `reader` (`entities/*.toml`
and `words-*.toml` to a Gazetteer), `addresses` (what a web address is), `opml` (lists of sources, `sources.opml`).

Data: `entities/*.toml` (one entity a line), `words-*.toml` (rules for names that are also other things), `facts.toml`
(starter facts), `sources.opml` (default sources), `starter.json.gz` (daily counts that give a baseline on the first
day), and the word lists that `ingest.entities.name_shape` reads.
"""
