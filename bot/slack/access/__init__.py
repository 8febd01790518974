"""Access on Slack: a person or a channel comes in, a yes or a reason against it goes out.

`rights` decides who may configure, `post_check` whether the bot can post in a channel.
"""
