"""Which server may be asked, and when: one request at a time, pauses, robots.txt, a daily budget.

    get(url) -> budget and Retry-After -> robots.txt -> the server's turn -> response (ingest.http.fetch)

What is known of servers (models.host) is passed in, and written back by the caller.
"""

import random
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic, sleep
from urllib.parse import urlsplit

import httpx
from protego import Protego

from ingest.http.fetch import AGENT, Fetched, FetchError, fetch, follow_short_link
from models.host import Host

PAUSE = 1.0
"""Seconds between two requests to one server."""

PAUSES = {
    "export.arxiv.org": 3.0,  # info.arxiv.org/help/api/tou.html
    "api.gdeltproject.org": 5.0,  # as its own refusal says: one request every five seconds
    "www.reddit.com": 2.0,
}

LOCAL_PAUSE = 0.05
"""Seconds between two requests to this machine."""

MAX_PAUSE = 30.0
"""Maximum seconds of a Crawl-delay that we keep, since the rest of a poll waits for it."""

JITTER = 0.2
"""Share by which a pause may be longer, so that bots don't fall into step."""

ROBOTS_MAX_AGE = timedelta(hours=24)
"""How long a robots.txt is cached (RFC 9309, 2.4)."""

ROBOTS_CHARACTERS = 500 * 1024
"""Characters of a robots.txt that are read (RFC 9309, 2.5)."""

DAILY_REQUESTS = 2000
"""Requests to one server per day (UTC), unless the operator sets another number."""

CLOCK_TOLERANCE = timedelta(hours=1)
"""A time of ours that lies further in the future was set by another clock; a poll takes a few minutes."""

MAX_AWAY = timedelta(hours=24)
"""How long a server is left alone at most if it asks for it."""

LOCAL_HOSTS = ("localhost", "127.", "[::1]")


class ServerBusy(FetchError):
    """A server may not be asked now, which is not a failure of the source. `retry_after`: seconds until it may."""


class PoliteClient:
    """Asks servers politely, from several threads."""

    def __init__(
        self, http: httpx.Client, hosts: dict[str, Host], now: datetime, budget: int = DAILY_REQUESTS, seed: int = 0
    ) -> None:
        self.http = http
        self.hosts = hosts
        self.now = now
        self.budget = budget
        self._started = monotonic()
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._next: dict[str, float] = {}
        self._rules: dict[str, Protego] = {}
        self._random = random.Random(seed)  # noqa: S311 - jitter is no secret
        self._lock = threading.Lock()

    def get(self, url: str, etag: str = "", modified: str = "", public: bool = False, robots: bool = True) -> Fetched:
        """Fetches an address once it is its server's turn. Raises FetchError, or ServerBusy.

        `robots`: whether to obey its robots.txt; False for APIs, which are made for programs.
        """
        with self._turn(url) as host:
            if robots:
                self._check_robots(host, url, public)
            return self._request(host, url, etag, modified, public)

    def resolve(self, url: str, public: bool = False) -> str:
        """The target of a short link, once it is its server's turn. Raises FetchError, or ServerBusy."""
        with self._turn(url) as host, self._paced(host):
            return follow_short_link(self.http, url, public)

    def clock(self) -> datetime:
        """The time now: the time passed in plus what has elapsed since."""
        return self.now + timedelta(seconds=monotonic() - self._started)

    @contextmanager
    def _turn(self, url: str) -> Iterator[Host]:
        """The server of an address, once it is its turn and it may be asked. Raises ServerBusy."""
        name = server_of(url)
        with self._lock:
            turn = self._turns[name]
            host = self.hosts.setdefault(name, Host(name=name))
        with turn:
            self._check_allowed(host)
            yield host

    @contextmanager
    def _paced(self, host: Host) -> Iterator[None]:
        """One request, after the pause that the one before requires."""
        sleep(max(0.0, self._next.get(host.name, 0.0) - monotonic()))
        host.requests += 1
        try:
            yield
        finally:
            self._next[host.name] = monotonic() + self._pause(host)

    def _check_allowed(self, host: Host) -> None:
        now = self.clock()
        if host.day != now.date():
            host.day, host.requests, host.bytes = now.date(), 0, 0
        if host.until is not None and (host.until > now + MAX_AWAY or _in_future(host.robots_at, now)):
            # Set by a clock that was ahead, or before it was set back.
            host.until = None
        if host.until is not None and host.until > now:
            raise ServerBusy("is paused at its server's request", (host.until - now).total_seconds())
        if host.requests >= self.budget:
            midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), now.tzinfo)
            raise ServerBusy(f"has used up its {self.budget} requests for today", (midnight - now).total_seconds())

    def _check_robots(self, host: Host, url: str, public: bool) -> None:
        now = self.clock()
        if host.robots_at is None or now - host.robots_at > ROBOTS_MAX_AGE or _in_future(host.robots_at, now):
            self._load_robots(host, url, public)
        if host.name not in self._rules:
            self._rules[host.name] = Protego.parse(host.robots)
        if host.robots and not self._rules[host.name].can_fetch(url, AGENT):
            raise FetchError("is closed to programs by its server's robots.txt", status=403)

    def _load_robots(self, host: Host, url: str, public: bool) -> None:
        """Loads a robots.txt. A missing one allows everything; an unreachable one allows nothing (RFC 9309, 2.3.1)."""
        parts = urlsplit(url)
        try:
            data = self._request(host, f"{parts.scheme}://{parts.netloc}/robots.txt", "", "", public).data or b""
        except FetchError as error:
            if error.retry_after is not None or (
                (error.status >= 500 or error.status == 429) and host.robots_at is None
            ):
                raise FetchError(f"has a robots.txt that {error.reason}", error.retry_after, error.status) from error
            if not error.status:
                raise
            # If it can't be refreshed, the cached one remains valid (RFC 9309, 2.3.1.4).
            data = host.robots.encode() if error.status >= 500 else b""
        text = data[:ROBOTS_CHARACTERS].decode("utf-8", "replace").replace("\x00", "")
        # An HTML page in its place contains no rules.
        host.robots = "" if text.lstrip()[:1] == "<" else text
        host.robots_at = self.clock()
        self._rules.pop(host.name, None)

    def _request(self, host: Host, url: str, etag: str, modified: str, public: bool) -> Fetched:
        with self._paced(host):
            try:
                found = fetch(self.http, url, etag, modified, public)
            except FetchError as error:
                if error.retry_after is not None and error.status in (429, 503):
                    host.until = self.clock() + timedelta(seconds=min(error.retry_after, MAX_AWAY.total_seconds()))
                raise
        host.bytes += found.size
        return found

    def _pause(self, host: Host) -> float:
        if host.name.startswith(LOCAL_HOSTS):
            return LOCAL_PAUSE
        crawl_delay = 0.0
        if host.name in self._rules:
            crawl_delay = min(float(self._rules[host.name].crawl_delay(AGENT) or 0.0), MAX_PAUSE)
        with self._lock:
            return max(PAUSES.get(host.name, PAUSE), crawl_delay) * (1 + JITTER * self._random.random())


def _in_future(at: datetime | None, now: datetime) -> bool:
    return at is not None and at > now + CLOCK_TOLERANCE


def server_of(url: str) -> str:
    """The server of an address, as name and port; "" if the address has none."""
    try:
        parts = urlsplit(url)
        name = (parts.hostname or "").lower()
        return f"{name}:{parts.port}" if parts.port else name
    except ValueError:
        return ""
