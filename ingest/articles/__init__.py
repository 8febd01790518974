"""Articles: what an item must satisfy, and which items are the same article or the same story.

In: raw fields from `ingest.formats` and `ingest.sources`. Out: checked Items, their story, language and index terms.

In the order of the work: `item` (checks and dates), `canonical_url` (one address per page), `sections` (several items
on one page), `language`, `identity` (the same article again), `near_duplicates` (similarity of two articles, pure),
`story_index` (which stored story an article belongs to), `full_text` (the search index), `retention` (deleting old
articles).
"""
