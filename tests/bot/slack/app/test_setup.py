from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from typer.testing import CliRunner

from bot.__main__ import app
from bot.slack.app.manifest import SCOPES
from bot.slack.app.setup import Finding, findings
from tests.bot.slack.fakes import settings_for
from tests.loopback.slack import SlackServer


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        server.scopes = ",".join(SCOPES)
        yield server


async def found(server: SlackServer, *channels: str, **more: str) -> list[Finding]:
    return [one async for one in findings(settings_for(server, **more), channels)]


async def test_all_is_there(server: SlackServer):
    assert await found(server, "C1") == [
        Finding(True, "SLACK_APP_TOKEN can open a Socket Mode connection."),
        Finding(True, "SLACK_BOT_TOKEN belongs to @trendbot in Loopback."),
        Finding(True, f"All {len(SCOPES)} scopes are granted."),
        Finding(True, "The bot is in #general."),
    ]


async def test_what_is_missing_is_named(server: SlackServer):
    server.scopes = ",".join(scope for scope in SCOPES if scope not in ("chat:write", "files:write"))
    missing = [one.text for one in await found(server, "C1", "C2", "C3") if not one.good]
    assert missing == [
        "The scope chat:write is missing (alerts, and answers to people who mention the bot). "
        "Add it under OAuth & Permissions and reinstall the app.",
        "The optional scope files:write is missing (charts as pictures; without it they stay lines of bars). "
        "Add it under OAuth & Permissions and reinstall the app.",
        "The bot is not in #general: type /invite @trendbot there.",
        "C3: Slack can't find this channel: it was deleted, or it is private and I'm not a member. "
        "Invite me there with /invite @trendbot.",
    ]


async def test_wrong_tokens(server: SlackServer):
    bad = [one.text for one in await found(server, slack_bot_token="xoxb-wrong", slack_app_token="xapp-wrong")]
    assert bad[0].startswith("Slack does not accept SLACK_APP_TOKEN (invalid_auth). Make one")
    assert bad[1].startswith("Slack does not accept SLACK_BOT_TOKEN (invalid_auth). Copy")
    assert len(bad) == 2


async def test_a_slack_that_is_down(server: SlackServer):
    server.fail("auth.test", status=503)
    assert "Slack asks us to wait (503)." in [one.text for one in await found(server)]


def test_the_command_writes_the_manifest_and_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["setup", "slack"])
    assert done.exit_code == 1
    assert "Wrote slack-manifest.json for Socket Mode. Open https://api.slack.com" in done.output
    assert "missing  SLACK_BOT_TOKEN is not set: create the app at" in done.output
    assert '"command": "/trend"' in (tmp_path / "slack-manifest.json").read_text()


def test_http_needs_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "5ecret")
    done = CliRunner().invoke(app, ["setup", "slack"])
    assert done.exit_code == 1
    assert "or SLACK_PUBLIC_URL, the address that Slack sends events to" in done.output


def test_a_new_key_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["setup", "slack", "--new-key"])
    assert Fernet(done.output.strip())
    assert not list(tmp_path.iterdir())
