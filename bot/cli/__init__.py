"""The groups of commands on the command line; bot.__main__ puts them together."""
