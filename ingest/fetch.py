"""Polite HTTP for feeds: asks only for what is new, takes no more than is sane, waits its turn."""

from dataclasses import dataclass
from time import monotonic

import httpx
import stamina
import stamina.instrumentation

AGENT = "trendbot/0.1 (feed reader; counts names in news)"
SECONDS = 20.0
"""For a whole step of a request; a feed that takes longer is tried again with the next poll."""

LONGEST = 90.0
"""For a whole answer: a server that goes on a byte at a time would keep the poll from ever ending."""

LARGEST = 10 * 1024 * 1024
"""Bytes of a feed: the largest real ones have a few MB."""

TRIES = 2

# A second try is nothing to tell; a feed that stays out of reach is told by the poll.
stamina.instrumentation.set_on_retry_hooks([])


class FetchError(Exception):
    """A feed could not be fetched: the reason in a few words. `wait`: seconds that the server asked us to stay away."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait


@dataclass(frozen=True)
class Fetched:
    """What a server answered; `data` is None when nothing has changed."""

    data: bytes | None
    etag: str = ""
    modified: str = ""


def client() -> httpx.Client:
    """A client to share between fetches: it keeps connections and follows redirects."""
    return httpx.Client(
        headers={
            "User-Agent": AGENT,
            "Accept": "application/atom+xml, application/rss+xml, application/feed+json, application/xml, */*;q=0.5",
        },
        timeout=SECONDS,
        follow_redirects=True,
        max_redirects=5,
    )


def fetch(http: httpx.Client, url: str, etag: str = "", modified: str = "") -> Fetched:
    """Fetches a feed, unless it is as it was (RFC 9110, conditional requests). Raises FetchError."""
    headers = {name: value for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified)) if value}
    try:
        for attempt in stamina.retry_context(
            on=httpx.TransportError, attempts=TRIES, wait_initial=0.5, wait_max=2.0, timeout=None
        ):
            with attempt:
                return _fetch(http, url, headers)
    except httpx.TransportError as error:
        raise FetchError(f"can't be reached ({type(error).__name__})") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchError(f"can't be fetched ({type(error).__name__})") from error
    raise AssertionError("a retry ends with an answer or an error")


def _fetch(http: httpx.Client, url: str, headers: dict[str, str]) -> Fetched:
    end = monotonic() + LONGEST
    with http.stream("GET", url, headers=headers) as answer:
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return Fetched(None, headers.get("If-None-Match", ""), headers.get("If-Modified-Since", ""))
        if answer.is_error:
            raise FetchError(f"answers {answer.status_code} {answer.reason_phrase}", _wait(answer))
        data = bytearray()
        for piece in answer.iter_bytes():
            data += piece
            if len(data) > LARGEST:
                raise FetchError(f"is larger than {LARGEST // 1024 // 1024} MB")
            if monotonic() > end:
                raise FetchError(f"takes longer than {LONGEST:.0f} seconds")
        return Fetched(bytes(data), _sayable(answer, "ETag"), _sayable(answer, "Last-Modified"))


def _sayable(answer: httpx.Response, name: str) -> str:
    """A header that we can say again next time, or nothing: those that we send are ASCII."""
    said: str = answer.headers.get(name, "")
    return said if said.isascii() else ""


def _wait(answer: httpx.Response) -> float | None:
    said = answer.headers.get("Retry-After", "")
    return float(said) if said.isdecimal() else None
