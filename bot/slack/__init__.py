"""Slack: commands, mentions, buttons and forms come in; answers, alerts and the App Home go out as blocks.

The only room that imports the Slack SDK. Reading order: `adapter` (the platform), `inbound` (payload -> occasion),
`responder` (occasion -> reply -> message), `blocks` (reply -> blocks), `forms`, `views` and `home` (modals and the App
Home), `access` (who may configure, where the bot may post), `app` (manifest, setup checks, installation, tokens),
`socket_mode`, `tasks`, `api_errors`.
"""
