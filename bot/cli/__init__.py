"""The command line: typed options and settings in; text on standard output, errors on standard error, an exit status.

Reading order: `console` (shared options, settings and error handling), then one file per group of commands: `setup`,
`doctor`, `sources`, `facts`, `store`, `backup`, `outbox`, `privacy`, `evaluation`. `bot.__main__` assembles them and
holds the everyday commands.
"""
