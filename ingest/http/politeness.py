"""Who may be asked, and when: one request at a time for each server, a pause between, robots.txt, a budget a day.

    get(url) -> budget and Retry-After -> robots.txt -> its turn -> the answer (ingest.http.fetch)

What is known of servers (models.host) is handed in and written back by the caller.
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
    "api.gdeltproject.org": 5.0,  # what its own refusal says: one request every five seconds
    "www.reddit.com": 2.0,
}

LOCAL_PAUSE = 0.05
"""The same on this machine, which is ours to keep busy."""

MAX_PAUSE = 30.0
"""A Crawl-delay above it is kept as this: the rest of a round waits for it."""

JITTER = 0.2
"""Part by which a pause may be longer, so that not all bots of the world come in step."""

ROBOTS_MAX_AGE = timedelta(hours=24)
"""How long a robots.txt is believed (RFC 9309, 2.4)."""

ROBOTS_CHARACTERS = 500 * 1024
"""Characters of a robots.txt that are read (RFC 9309, 2.5)."""

DAILY_REQUESTS = 2000
"""Requests to one server on a day (UTC), unless the operator says otherwise."""

LOCAL_HOSTS = ("localhost", "127.", "[::1]")


class ServerBusy(FetchError):
    """A server is not asked now, through no fault of the source. `wait`: seconds until it may be."""


class PoliteClient:
    """The servers, asked politely from several threads."""

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
        """What stands at an address, when it is its server's turn. Raises FetchError, or Away.

        `robots`: whether its robots.txt is asked; not for interfaces that are made for programs.
        """
        with self._turn(url) as host:
            if robots:
                self._check_robots(host, url, public)
            return self._request(host, url, etag, modified, public)

    def resolve(self, url: str, public: bool = False) -> str:
        """Where a short link leads, when it is its server's turn. Raises FetchError, or Away."""
        with self._turn(url) as host, self._paced(host):
            return follow_short_link(self.http, url, public)

    def clock(self) -> datetime:
        """The time now: the one that was handed in, and what has passed since."""
        return self.now + timedelta(seconds=monotonic() - self._started)

    @contextmanager
    def _turn(self, url: str) -> Iterator[Host]:
        """The server of an address, when it is its turn and it may be asked. Raises Away."""
        name = server_of(url)
        with self._lock:
            turn = self._turns[name]
            host = self.hosts.setdefault(name, Host(name=name))
        with turn:
            self._check_allowed(host)
            yield host

    @contextmanager
    def _paced(self, host: Host) -> Iterator[None]:
        """One request, after the pause that the last one asked for."""
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
        if host.until is not None and host.until > now:
            raise ServerBusy("is left alone, as its server asked", (host.until - now).total_seconds())
        if host.requests >= self.budget:
            midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), now.tzinfo)
            raise ServerBusy(f"has had its {self.budget} requests for today", (midnight - now).total_seconds())

    def _check_robots(self, host: Host, url: str, public: bool) -> None:
        if host.robots_at is None or self.clock() - host.robots_at > ROBOTS_MAX_AGE:
            self._load_robots(host, url, public)
        if host.name not in self._rules:
            self._rules[host.name] = Protego.parse(host.robots)
        if host.robots and not self._rules[host.name].can_fetch(url, AGENT):
            raise FetchError("is not for programs (its server's robots.txt)", status=403)

    def _load_robots(self, host: Host, url: str, public: bool) -> None:
        """Reads a robots.txt. Where there is none everything is allowed; where it can't be had, nothing is."""
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
            # Of an old one that can't be had anew, the old one holds (RFC 9309, 2.3.1.4).
            data = host.robots.encode() if error.status >= 500 else b""
        text = data[:ROBOTS_CHARACTERS].decode("utf-8", "replace").replace("\x00", "")
        # A page for people in its place is no rule.
        host.robots = "" if text.lstrip()[:1] == "<" else text
        host.robots_at = self.clock()
        self._rules.pop(host.name, None)

    def _request(self, host: Host, url: str, etag: str, modified: str, public: bool) -> Fetched:
        with self._paced(host):
            try:
                found = fetch(self.http, url, etag, modified, public)
            except FetchError as error:
                if error.retry_after is not None and error.status in (429, 503):
                    host.until = self.clock() + timedelta(seconds=min(error.retry_after, 86_400.0))
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


def server_of(url: str) -> str:
    """The server of an address, by name and port; "" for an address without one."""
    try:
        parts = urlsplit(url)
        name = (parts.hostname or "").lower()
        return f"{name}:{parts.port}" if parts.port else name
    except ValueError:
        return ""
