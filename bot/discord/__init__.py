"""Discord: slash commands, buttons and forms come in; answers and alerts go out as messages made of components.

The only room that imports discord.py, whose name is `discord`. Reading order: `adapter` (the platform), `client` (the
connection), `slash_commands` (our commands registered with Discord), `responder` (interaction -> reply -> message),
`post` (alerts into channels, threads and forums), `components` (reply -> components), `access` (permissions and
rights), `setup` (checks for `trendbot setup discord`), `api_errors`.
"""
