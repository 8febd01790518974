"""Discord: slash commands in, replies out. `discord` is the library; nothing else imports it."""
