"""Discord: slash commands in, embeds and buttons out. `discord` is the library; nothing else imports it."""
