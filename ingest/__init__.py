"""The news into the store: read, check, link names, find the story, count."""
