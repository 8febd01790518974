"""The terminal as a platform: for trying it out, for scripts, and for the tests."""
