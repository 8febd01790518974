"""An app that many workspaces add: pages, tokens at rest, and workspaces that leave."""

import asyncio
from collections.abc import Awaitable, Callable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp.test_utils import unused_port
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from sqlalchemy import Engine, MetaData, text

from bot.platform import PostRefused, StartRefused
from bot.slack.adapter import Slack
from bot.slack.app.manifest import SCOPES
from chat.reply import Reply
from chat.request import Place
from models.database import table
from models.installation import SlackBot, SlackInstallation, SlackState
from tests.bot.slack.fakes import TREND, FakeRouter
from tests.loopback.slack import SlackServer
from tests.loopback.slack_rules import shown

KEY = Fernet.generate_key().decode()
Start = Callable[..., Awaitable[Slack]]


class Browser:
    """A browser that installs the app."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"

    async def get(self, path: str, cookie: str = "") -> aiohttp.ClientResponse:
        async with aiohttp.ClientSession() as session:
            headers = {"Cookie": cookie} if cookie else {}
            response = await session.get(f"{self.base}{path}", headers=headers, allow_redirects=False)
            await response.read()
            return response

    async def begin(self) -> tuple[str, str]:
        """Begins; gives the state that Slack would send back, and the cookie."""
        page = await self.get("/slack/install")
        assert page.status == 302
        address = page.headers["Location"]
        asked = parse_qs(urlsplit(address).query)
        assert address.startswith("https://slack.com/oauth/v2/authorize?")
        assert asked["scope"] == [",".join(SCOPES)]
        assert asked["redirect_uri"] == ["https://bot.example.org/slack/oauth_redirect"]
        cookie = SimpleCookie(page.headers["Set-Cookie"])
        return asked["state"][0], "; ".join(f"{name}={one.value}" for name, one in cookie.items())

    async def install(self, code: str = "a-code") -> aiohttp.ClientResponse:
        state, cookie = await self.begin()
        return await self.get(f"/slack/oauth_redirect?code={code}&state={state}", cookie)


@pytest.fixture
def router(empty: Engine) -> FakeRouter:
    return FakeRouter(empty)


@pytest.fixture
def many(start: Start) -> Callable[..., Awaitable[tuple[Slack, Browser]]]:
    async def begin(**more: Any) -> tuple[Slack, Browser]:
        port = unused_port()
        known = {
            "slack_bot_token": "",
            "slack_client_id": "1.2",
            "slack_client_secret": "client-5ecret",
            "slack_token_key": KEY,
            "slack_public_url": "https://bot.example.org/",
            "slack_http_port": port,
        }
        return await start(**{**known, **more}), Browser(port)

    return begin


Many = Callable[..., Awaitable[tuple[Slack, Browser]]]


async def test_a_workspace_adds_the_app(server: SlackServer, router: FakeRouter, many: Many):
    bot, browser = await many()
    page = await browser.install()
    assert page.status == 200
    assert "trendbot is installed" in await page.text()
    assert router.stays == [("joined", "T2")]
    server.team = "T2"
    answer = await server.answer(await server.command("/trend", "Meta"))
    assert "Meta: spiking" in shown(answer.blocks)
    assert router.lines[0][1] == Place("slack", "T2", "C1")
    await bot.post(Place("slack", "T2", "C1"), TREND, "k1")
    assert server.messages[0].sent["team"] == "T2"


async def test_tokens_lie_encrypted(server: SlackServer, router: FakeRouter, many: Many):
    _, browser = await many()
    await browser.install()
    with router.engine.connect() as connection:  # type: ignore[union-attr]
        rows = [
            *connection.execute(text("SELECT * FROM slack_bots")),
            *connection.execute(text("SELECT * FROM slack_installations")),
        ]
    assert len(rows) == 2
    assert "xoxb-" not in str(rows)
    assert "T2" in str(rows)


async def test_a_restart_knows_the_workspaces(server: SlackServer, router: FakeRouter, many: Many):
    first, browser = await many()
    await browser.install()
    await first.stop()
    second, _ = await many()
    await second.post(Place("slack", "T2", "C1"), TREND, "k1")
    assert len(server.messages) == 1


async def test_a_workspace_that_removed_the_app_while_the_bot_was_off_is_noticed(
    server: SlackServer, router: FakeRouter, many: Many
):
    first, browser = await many()
    await browser.install()
    server.codes["other"] = "T3"
    await browser.install("other")
    await first.stop()
    del server.teams["xoxb-T2"]
    router.known, router.stays = ["T2", "T3", "T4"], []
    await many()
    await server.until(lambda: [method for method, _ in server.calls].count("auth.test") >= 2)
    async with asyncio.timeout(5):
        while len(router.stays) < 2:
            router.gone.clear()
            await router.gone.wait()
    assert sorted(router.stays) == [("left", "T2"), ("left", "T4")]


async def test_another_key_is_told_at_start(server: SlackServer, router: FakeRouter, many: Many):
    first, browser = await many()
    await browser.install()
    await first.stop()
    with pytest.raises(StartRefused, match=r"^SLACK_TOKEN_KEY is not the key that encrypted the stored Slack tokens"):
        await many(slack_token_key=Fernet.generate_key().decode())


async def test_each_workspace_has_its_own_token(server: SlackServer, router: FakeRouter, many: Many):
    server.codes["another"] = "T3"
    bot, browser = await many()
    await browser.install()
    await browser.install("another")
    await browser.install("another")
    for team in ("T3", "T2"):
        await bot.post(Place("slack", team, "C1"), TREND, "k1")
    assert [message.sent["team"] for message in server.messages] == ["T3", "T2"]


@pytest.mark.parametrize(
    "event",
    [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["UB"]}}],
    ids=lambda event: event["type"],
)
async def test_a_workspace_removes_the_app(server: SlackServer, router: FakeRouter, many: Many, event: dict[str, Any]):
    bot, browser = await many()
    await browser.install()
    server.team = "T2"
    await server.event(event)
    await asyncio.wait_for(router.gone.wait(), 60)
    with pytest.raises(PostRefused, match=r"add it again at https://bot\.example\.org/slack/install"):
        await bot.post(Place("slack", "T2", "C1"), TREND, "k1")
    assert server.messages == []
    with router.engine.connect() as connection:  # type: ignore[union-attr]
        assert not connection.execute(text("SELECT count(*) FROM slack_bots")).scalar()
    await browser.install()
    await bot.post(Place("slack", "T2", "C1"), TREND, "k1")
    assert router.stays[-1] == ("joined", "T2")


async def test_a_persons_token_is_not_ours(server: SlackServer, router: FakeRouter, many: Many):
    bot, browser = await many()
    await browser.install()
    server.team = "T2"
    await server.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}})
    await server.answer(await server.command("/trend", "Meta"))
    await bot.post(Place("slack", "T2", "C1"), TREND, "k1")
    assert router.stays == [("joined", "T2")]


async def test_a_token_that_died_unseen_is_noticed_with_a_post(server: SlackServer, router: FakeRouter, many: Many):
    bot, browser = await many()
    await browser.install()
    server.fail("chat.postMessage", "account_inactive")
    with pytest.raises(PostRefused, match="no longer installed in this workspace"):
        await bot.post(Place("slack", "T2", "C1"), TREND, "k1")
    assert router.stays == [("joined", "T2"), ("left", "T2")]


async def test_a_workspace_that_nobody_knows(server: SlackServer, router: FakeRouter, many: Many):
    bot, _ = await many()
    server.team = "T9"
    delivery = await server.command("/trend", "Meta")
    assert "trendbot is not installed in this workspace: add the app again." in (await server.answer(delivery)).text
    assert router.lines == []
    with pytest.raises(PostRefused):
        await bot.post(Place("slack", "T9", "C1"), Reply("Meta"), "k1")


@pytest.mark.parametrize(
    ("query", "status"),
    [("error=access_denied", 200), ("code=a-code&state=forged", 400), ("", 400)],
)
async def test_what_does_not_come_from_our_page(
    server: SlackServer, router: FakeRouter, many: Many, query: str, status: int
):
    _, browser = await many()
    page = await browser.get(f"/slack/oauth_redirect?{query}")
    assert page.status == status
    assert "/slack/install" in await page.text()
    assert router.stays == []


async def test_a_state_is_good_for_one_use(server: SlackServer, router: FakeRouter, many: Many):
    _, browser = await many()
    state, cookie = await browser.begin()
    path = f"/slack/oauth_redirect?code=a-code&state={state}"
    assert (await browser.get(path, cookie)).status == 200
    assert (await browser.get(path, cookie)).status == 401


async def test_a_wrong_code(server: SlackServer, router: FakeRouter, many: Many):
    _, browser = await many()
    page = await browser.install("<script>")
    assert page.status == 401
    assert "<script>" not in await page.text()


async def test_over_a_socket_no_events_are_taken_by_http(server: SlackServer, router: FakeRouter, many: Many):
    _, browser = await many()
    async with aiohttp.ClientSession() as session, session.post(f"{browser.base}/slack/events") as said:
        assert said.status == 404


def test_the_tables_are_those_of_slacks_store():
    meta = MetaData()
    pairs = [
        (SlackBot, SQLAlchemyInstallationStore.build_bots_table(meta, "slack_bots")),
        (SlackInstallation, SQLAlchemyInstallationStore.build_installations_table(meta, "slack_installations")),
    ]
    pairs.append((SlackState, SQLAlchemyOAuthStateStore("", None, table_name="slack_oauth_states").oauth_states))  # type: ignore[arg-type]
    for model, theirs in pairs:
        ours = table(model)
        assert ours.name == theirs.name
        assert [column.name for column in ours.columns] == [column.name for column in theirs.columns]
        assert [column.nullable for column in ours.columns] == [column.nullable for column in theirs.columns]
