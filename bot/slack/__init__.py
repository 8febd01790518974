"""Slack: slash commands and buttons in, blocks and alerts out. The only room that knows the Slack SDK."""
