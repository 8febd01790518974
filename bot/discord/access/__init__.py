"""Access on Discord: a person or a channel comes in, a yes or a reason against it goes out.

Reading order: `permissions` (what the bot needs), `post_check` (whether it can post in a channel), `rights` (who may
configure).
"""
