"""`make gallery`: one page with every kind of reply, as Discord and Slack show it on a phone, light and dark."""

import logging
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from bot import charts
from bot.discord.components import render as discord_render
from bot.slack.blocks import render as slack_render
from chat.reply import Reply
from tests.gallery import discord, slack
from tests.gallery.kinds import kinds, pinging

STYLE = Path(__file__).with_name("style.css")
OUT = Path("build/gallery.html")


def page(folder: Path) -> Iterator[str]:
    """The page, part by part."""
    yield f"<!doctype html><meta charset=utf-8><title>trendbot's replies</title><style>{STYLE.read_text()}</style>"
    yield "<h1>Every kind of reply</h1>"
    for what, line, reply in kinds(folder):
        yield f"<h2>{escape(what)} <code>{escape(line)}</code></h2><div class=pair>"
        yield from shown(pinging(reply, "discord") if what.startswith("An alert") else reply)
        yield "</div>"


def shown(reply: Reply) -> Iterator[str]:
    """A reply on both platforms, on dark and on light."""
    picture = charts.chart_png(reply.chart) if reply.chart else None
    for theme in ("dark", "light"):
        whole = discord.html(discord_render.render(reply, picture))
        private = "<small>👁 Only you can see this</small>" if reply.private else ""
        yield f'<div class="phone discord-app {theme}">{whole}{private}</div>'
    for theme in ("dark", "light"):
        yield f'<div class="phone slack-app {theme}">{slack.html(slack_render.blocks(reply), picture)}{private}</div>'


def main() -> None:
    logging.getLogger().setLevel(logging.ERROR)
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        out.write_text("\n".join(page(Path(folder))), encoding="utf-8")
    print(f"{out} shows every kind of reply: open it in a browser.")


if __name__ == "__main__":
    main()
