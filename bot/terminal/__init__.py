"""The terminal as a platform: typed lines come in, replies and alerts go out as plain text. Start with `adapter`."""
