from pathlib import Path

import pytest

from bot.slack.app.manifest import EVENTS, SCOPES, Mode, manifest
from handlers import commands
from signals.detector import Rules
from tests.loopback.slack_schema import HERE, manifest_faults

MODES = {
    "socket": Mode(True),
    "http": Mode(False, "https://trendbot.example.org"),
    "oauth": Mode(False, "https://trendbot.example.org", True),
    "oauth over a socket": Mode(True, "https://trendbot.example.org", True),
}
COMMANDS = commands(Rules()).values()


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_slack_takes_the_manifest(mode: Mode):
    if not HERE:
        pytest.skip("Slack's description of manifests is not at hand (shared/specs/slack)")
    assert manifest_faults(manifest(COMMANDS, mode)) == []


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_every_command_is_there(mode: Mode):
    slashes = {one["command"]: one for one in manifest(COMMANDS, mode)["features"]["slash_commands"]}
    assert set(slashes) == {f"/{one.name}" for one in COMMANDS if one.name != "help"} | {"/trendbot"}
    assert slashes["/trend"]["usage_hint"] == "Meta"
    assert all(one["should_escape"] for one in slashes.values())


def test_http_tells_slack_where_to_send():
    found = manifest(COMMANDS, MODES["http"])
    address = "https://trendbot.example.org/slack/events"
    assert {one["url"] for one in found["features"]["slash_commands"]} == {address}
    assert found["settings"]["event_subscriptions"] == {"request_url": address, "bot_events": list(EVENTS)}
    assert found["settings"]["interactivity"] == {
        "is_enabled": True,
        "request_url": address,
        "message_menu_options_url": address,
    }
    assert "redirect_urls" not in found["oauth_config"]


def test_oauth_tells_where_browsers_come_back():
    urls = manifest(COMMANDS, MODES["oauth over a socket"])["oauth_config"]["redirect_urls"]
    assert urls == ["https://trendbot.example.org/slack/oauth_redirect"]


def test_a_socket_needs_no_address():
    assert "http" not in str(manifest(COMMANDS, MODES["socket"]))


def test_every_permission_is_told_with_its_reason():
    told = (Path(__file__).resolve().parents[4] / "docs" / "slack.md").read_text(encoding="utf-8")
    for scope, reason in SCOPES.items():
        assert f"| `{scope}` | {reason} |" in told
