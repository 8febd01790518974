"""The outside world: adapters, schedule, delivery, settings, and the command line."""
