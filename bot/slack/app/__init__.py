"""The Slack app itself: settings come in; its manifest, setup findings, and the tokens of its workspaces go out.

Reading order: `manifest` (what the app needs), `setup` (checks for `trendbot setup slack`), `workspaces` (identity and
client per workspace), `install` (installation by OAuth, with encrypted tokens).
"""
