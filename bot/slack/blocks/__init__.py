"""Rendering for Slack: a reply comes in, blocks within Slack's limits go out. Pure.

Reading order: `render` (reply -> pages of blocks), `mrkdwn` (outside text made safe), `limits` (Slack's limits).
"""
