"""The outside world: commands and settings come in; replies, alerts and digests go out to chat platforms.

Reading order: `platform` (what a platform must do), `router` (request -> handler -> reply), `terminal`, `discord` and
`slack` (the platforms), `delivery` (outbox -> platform), `schedule` (what runs by itself, by the `clock`, where
`leadership` allows), `app` (assembles everything), `serving` (starts and stops it), `cli` and `__main__` (the
`trendbot` command). For operators: `health` and `metrics` (is all well), `backup`. Shared: `settings`, `log`,
`tickets`, `tasks`, `outside_text`, `charts`, `progress`, `language_model`.
"""
