"""Formats: from bytes or files to Items, with the reason for everything that can't be used.

In: a feed's bytes, or a file's path. Out: Items, and RefusedEntry or Reject for the rest.

In the order of the work: `outside_json` (JSON with odd values), `feed_parser` (RSS, Atom, JSON Feed), `sandbox` (large
documents in a process of their own), `files` (JSON lines, gzip and saved feeds; the rejects file).
"""
