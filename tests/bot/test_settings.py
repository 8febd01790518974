"""What an operator can set, and what is refused."""

import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings

TOKENS = ["DISCORD_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"]


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder and an environment without settings."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.upper().startswith(("TRENDBOT_", "DISCORD_", "SLACK_")):
            monkeypatch.delenv(name)


def set_all(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_nothing_need_be_set():
    settings = Settings()
    assert (settings.discord, settings.slack) == (False, False)
    assert settings.database_url == "sqlite:///trendbot.db"
    assert (settings.alert_level, settings.min_stories, settings.min_outlets, settings.poll_minutes) == (
        None,
        5,
        3,
        None,
    )
    assert settings.sensitivity == "balanced"
    assert settings.now is None


def test_our_own_carry_a_prefix_and_tokens_do_not(monkeypatch: pytest.MonkeyPatch):
    set_all(
        monkeypatch,
        TRENDBOT_DATABASE_URL="sqlite:///other.db",
        TRENDBOT_ALERT_LEVEL="6.5",
        TRENDBOT_NOW="2026-04-09T12:00:00Z",
        DISCORD_TOKEN="discord-abc",
        SLACK_BOT_TOKEN="xoxb-1",
        SLACK_APP_TOKEN="xapp-1",
        SLACK_HTTP_PORT="8080",
    )
    settings = Settings()
    assert (settings.database_url, settings.alert_level) == ("sqlite:///other.db", 6.5)
    assert settings.now == datetime(2026, 4, 9, 12, tzinfo=UTC)
    assert (settings.discord, settings.slack, settings.slack_http_port) == (True, True, 8080)


def test_ours_mean_nothing_without_their_prefix(monkeypatch: pytest.MonkeyPatch):
    set_all(monkeypatch, ALERT_LEVEL="9", DATABASE_URL="sqlite:///wrong.db", NOW="2026-04-09T12:00:00Z")
    settings = Settings()
    assert (settings.alert_level, settings.database_url, settings.now) == (None, "sqlite:///trendbot.db", None)


def test_a_file_beside_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / ".env").write_text("TRENDBOT_MIN_STORIES=8\nDISCORD_TOKEN='from-file'\nUNKNOWN=1\n")
    settings = Settings()
    assert (settings.min_stories, settings.discord_token.get_secret_value()) == (8, "from-file")
    # The environment wins over the file.
    monkeypatch.setenv("TRENDBOT_MIN_STORIES", "9")
    assert Settings().min_stories == 9


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize(
    "value",
    ["changeme", "ChangeMe-please", "your-token-here", "xoxb-your-token", "xapp-your", "<token>", "...", "xoxb-..."],
)
def test_placeholders_are_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    set_all(monkeypatch, SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1")
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match="this is a placeholder, not a token") as refused:
        Settings()
    assert [error["loc"] for error in refused.value.errors()] == [(name.lower(),)]
    assert value not in str(refused.value).replace("slack_bot_token", "")


def test_a_token_is_taken_without_the_blanks_around_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DISCORD_TOKEN", "  abc.def \n")
    assert Settings().discord_token.get_secret_value() == "abc.def"


def test_blanks_alone_are_no_token(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DISCORD_TOKEN", "   ")
    assert not Settings().discord


@pytest.mark.parametrize(
    ("values", "on"),
    [
        pytest.param({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}, True, id="socket mode"),
        pytest.param({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "abc"}, True, id="http"),
        pytest.param({}, False, id="nothing"),
    ],
)
def test_what_switches_slack_on(monkeypatch: pytest.MonkeyPatch, values: dict[str, str], on: bool):
    set_all(monkeypatch, **values)
    assert Settings().slack is on


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN also needs SLACK_APP_TOKEN"),
        ("SLACK_APP_TOKEN", "also need SLACK_BOT_TOKEN"),
        ("SLACK_SIGNING_SECRET", "also need SLACK_BOT_TOKEN"),
    ],
)
def test_half_of_what_slack_needs_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, sentence: str):
    monkeypatch.setenv(name, ("xapp" if "APP" in name else "xoxb") + "-secret-value")
    with pytest.raises(ValidationError, match=sentence) as refused:
        Settings()
    assert "secret-value" not in str(refused.value)


OAUTH = {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "secret-value",
    "SLACK_TOKEN_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "SLACK_PUBLIC_URL": "https://trendbot.example.org",
    "SLACK_APP_TOKEN": "xapp-1",
}
"""An app that many workspaces add, wholly set."""


def test_an_app_for_many_workspaces_needs_no_bot_token(monkeypatch: pytest.MonkeyPatch):
    set_all(monkeypatch, **OAUTH)
    assert (Settings().slack, Settings().slack_oauth) == (True, True)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"SLACK_CLIENT_SECRET": ""}, "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET need each other"),
        ({"SLACK_CLIENT_ID": ""}, "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET need each other"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "Set only one of the two"),
        ({"SLACK_APP_TOKEN": ""}, "SLACK_CLIENT_ID also needs SLACK_APP_TOKEN"),
        ({"SLACK_TOKEN_KEY": ""}, "SLACK_TOKEN_KEY must be a key"),
        ({"SLACK_TOKEN_KEY": "hunter2"}, "--new-key` makes one"),
        ({"SLACK_PUBLIC_URL": ""}, "SLACK_CLIENT_ID also needs SLACK_PUBLIC_URL"),
        ({"SLACK_PUBLIC_URL": "trendbot.example.org"}, "is not an address"),
    ],
    ids=str,
)
def test_half_of_an_app_for_many_workspaces_is_refused(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], sentence: str
):
    set_all(monkeypatch, **{**OAUTH, **changed})
    with pytest.raises(ValidationError, match=sentence) as refused:
        Settings()
    assert "secret-value" not in str(refused.value)


@pytest.mark.parametrize("name", ["TRENDBOT_NOW", "TRENDBOT_CATALOGUE", "TRENDBOT_SOURCES", "TRENDBOT_POLL_MINUTES"])
def test_an_empty_setting_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch, name: str):
    before = Settings()
    monkeypatch.setenv(name, "")
    assert Settings() == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("SLACK_BOT_TOKEN", "xapp-1-A0001-23", id="the app's token for the bot's"),
        pytest.param("SLACK_APP_TOKEN", "xoxb-12-34", id="the bot's token for the app's"),
        pytest.param("DISCORD_API_BASE_URL", "localhost:8080", id="no scheme"),
        pytest.param("DISCORD_GATEWAY_URL", "gateway", id="no address"),
        pytest.param("SLACK_API_BASE_URL", "ftp://slack.example", id="another scheme"),
    ],
)
def test_what_could_never_connect_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    set_all(monkeypatch, SLACK_BOT_TOKEN="xoxb-12-34", SLACK_APP_TOKEN="xapp-1-A0001-23")
    set_all(monkeypatch, **{name: value})
    with pytest.raises(ValidationError, match=r"begins with|is not an address") as refusal:
        Settings()
    assert refusal.value.errors()[0]["loc"] == (name.lower(),)


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch):
    for name in TOKENS:
        monkeypatch.setenv(name, f"hunter2-{name}")
    settings = Settings()
    for shown in (repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert "hunter2" not in shown


def test_a_clock_without_a_zone_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TRENDBOT_NOW", "2026-04-09T12:00:00")
    with pytest.raises(ValidationError, match="the time needs a time zone, for example 2026-04-09T12:00:00Z"):
        Settings()


def test_a_clock_in_another_zone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TRENDBOT_NOW", "2026-04-09T14:00:00+02:00")
    assert Settings().now == datetime(2026, 4, 9, 14, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRENDBOT_POLL_MINUTES", "0"),
        ("TRENDBOT_POLL_MINUTES", "-1"),
        ("TRENDBOT_POLL_MINUTES", "often"),
        ("TRENDBOT_ALERT_LEVEL", "0.5"),
        ("TRENDBOT_ALERT_LEVEL", "nan"),
        ("TRENDBOT_MIN_STORIES", "0"),
        ("TRENDBOT_MIN_STORIES", "2.5"),
        ("TRENDBOT_MIN_OUTLETS", "-3"),
        ("TRENDBOT_NOW", "noon"),
        ("SLACK_HTTP_PORT", "http"),
    ],
)
def test_other_values_that_make_no_sense_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert len(refused.value.errors()) == 1


LLM = {"TRENDBOT_LLM_URL": "http://localhost:11434/v1", "TRENDBOT_LLM_MODEL": "tiny"}


def test_a_language_model_is_off_until_it_is_set(monkeypatch: pytest.MonkeyPatch):
    assert (Settings().llm_url, Settings().llm_facts) == ("", False)
    set_all(monkeypatch, **LLM, TRENDBOT_LLM_FACTS="true")
    assert (Settings().llm_url, Settings().llm_model, Settings().llm_facts) == (*LLM.values(), True)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"TRENDBOT_LLM_URL": LLM["TRENDBOT_LLM_URL"]}, "also needs TRENDBOT_LLM_MODEL"),
        ({"TRENDBOT_LLM_URL": "localhost", "TRENDBOT_LLM_MODEL": "tiny"}, "is not an address"),
        ({"TRENDBOT_LLM_FACTS": "true"}, "also needs TRENDBOT_LLM_URL"),
        ({**LLM, "TRENDBOT_LLM_KEY": "your-key"}, "this is a placeholder"),
        ({**LLM, "TRENDBOT_LLM_TOKENS_PER_DAY": "-1"}, "greater than or equal to 0"),
    ],
)
def test_half_a_language_model_is_refused(monkeypatch: pytest.MonkeyPatch, values: dict[str, str], said: str):
    set_all(monkeypatch, **values)
    with pytest.raises(ValidationError, match=said):
        Settings()
