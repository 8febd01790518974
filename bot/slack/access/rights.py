"""Who may configure watches and digests in a workspace: everyone, or admins only."""

import logging
import time

from bot.platform import PostRefused
from bot.settings import WhoConfigures
from bot.slack.api_errors import FAILURES, error_code
from bot.slack.app.workspaces import Workspaces

log = logging.getLogger(__name__)

KEPT_SECONDS = 300.0
"""How long an answer is cached: someone who was just made an admin may have to wait this long."""
MOST = 10_000
"""Answers cached at most."""


class Rights:
    """Asks Slack who is an admin, if that matters."""

    def __init__(self, configure: WhoConfigures, workspaces: Workspaces) -> None:
        self._configure = configure
        self._workspaces = workspaces
        self._known: dict[tuple[str, str], tuple[float, bool]] = {}

    async def may(self, team: str, user: str) -> bool:
        """Whether a person may configure; False if Slack can't be asked."""
        if self._configure is WhoConfigures.MEMBERS:
            return True
        until, admin = self._known.get((team, user), (0.0, False))
        if time.monotonic() < until:
            return admin
        try:
            client = await self._workspaces.client(team)
            found = (await client.users_info(user=user)).get("user") or {}
        except PostRefused as refused:
            log.warning("slack_rights_unknown", extra={"reason": refused.reason})
            return False
        except FAILURES as error:
            log.warning("slack_rights_unknown", extra={"error": error_code(error) or repr(error)})
            return False
        admin = bool(found.get("is_admin") or found.get("is_owner"))
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[team, user] = (time.monotonic() + KEPT_SECONDS, admin)
        return admin
