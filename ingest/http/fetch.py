"""One HTTP request: conditional, limited in size and time, with redirects followed.

Which servers may be asked, and when, is decided in ingest.http.politeness.
"""

import re
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache
from time import monotonic, time
from urllib.parse import urljoin

import httpx
import stamina
import stamina.instrumentation

from ingest.http.decompress import ACCEPTED, DecompressError, decompressed
from ingest.http.public_address import addresses_of, is_proxied, is_public

AGENT = "trendbot/0.1 (feed reader; counts names in news)"
TIMEOUT = 20.0
"""Timeout in seconds of each step of a request (connect, read, write)."""

MAX_SECONDS = 90.0
"""Timeout in seconds of a whole response: one that trickles byte by byte would otherwise never end."""

MAX_BYTES = 10 * 1024 * 1024
"""Maximum bytes of a body, also after decompression; the largest real feeds have a few MB."""

TRIES = 2
MAX_REDIRECTS = 5
"""Redirects followed at most."""

PERMANENT = (301, 308)

# A retry is not worth a log line; the poll reports a feed that stays unreachable.
stamina.instrumentation.set_on_retry_hooks([])


class FetchError(Exception):
    """A feed could not be fetched. `reason` completes a sentence that begins with the source's name.

    `retry_after`: seconds for which the server asked us to stay away; `status`: the HTTP status, 0 for none.
    """

    def __init__(self, reason: str, retry_after: float | None = None, status: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.status = status


@dataclass(frozen=True)
class Fetched:
    """A server's response; `data` is None when nothing has changed (304)."""

    data: bytes | None
    etag: str = ""
    modified: str = ""
    moved: str = ""
    """The new address after a permanent redirect (301, 308); "" without one."""
    max_age: float = 0.0
    """Seconds for which the server says the response stays fresh (Cache-Control, Expires)."""
    url: str = field(default="", compare=False)
    """The address that finally answered."""
    size: int = field(default=0, compare=False)
    """Bytes transferred."""


def _cause(error: Exception) -> str:
    """What went wrong in a request, in plain words; the exception itself is chained for the log."""
    return next((words for kind, words in _CAUSES if isinstance(error, kind)), "request failed")


_CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (httpx.TimeoutException, "no answer in time"),
    (httpx.ConnectError, "no connection"),
    (httpx.ProtocolError, "invalid response"),
    (httpx.NetworkError, "connection lost"),
    (httpx.InvalidURL, "invalid address"),
    (UnicodeError, "invalid address"),
)


def user_agent(contact: str = "") -> str:
    """Our User-Agent; `contact` is an address or page of whoever runs the bot."""
    return f"{AGENT[:-1]}; {contact})" if contact else AGENT


def http_client(contact: str = "") -> httpx.Client:
    """A client to share between requests: it keeps connections open, and speaks HTTP/2 where the server does."""
    return httpx.Client(
        headers={
            "User-Agent": user_agent(contact),
            "Accept": "application/atom+xml, application/rss+xml, application/feed+json, application/xml, */*;q=0.5",
            "Accept-Encoding": ACCEPTED,
        },
        timeout=TIMEOUT,
        http2=True,
        follow_redirects=False,
        limits=httpx.Limits(max_connections=200, max_keepalive_connections=50),
    )


def fetch(http: httpx.Client, url: str, etag: str = "", modified: str = "", public: bool = False) -> Fetched:
    """Fetches a feed unless it is unchanged (RFC 9110, section 13: conditional requests). Raises FetchError.

    `public`: only from addresses on the open internet, for requests by people who don't run the bot. Without it, the
    first server may be in a private network, but one on the open internet never redirects into a private one.
    """
    headers = {name: value for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified)) if value}
    try:
        for attempt in stamina.retry_context(
            on=httpx.TransportError, attempts=TRIES, wait_initial=0.5, wait_max=2.0, timeout=None
        ):
            with attempt:
                return _follow(http, url, headers, public)
    except httpx.UnsupportedProtocol as error:
        raise FetchError("redirects to an address that is not http") from error
    except httpx.TransportError as error:
        raise FetchError(f"can't be reached ({_cause(error)})") from error
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise FetchError(f"can't be fetched ({_cause(error)})") from error
    raise AssertionError("a retry ends with an answer or an error")


def follow_short_link(http: httpx.Client, url: str, public: bool = False) -> str:
    """The final target of a short link, without reading the page there. Raises FetchError."""
    place, may_be_private = url, not public
    try:
        for _ in range(MAX_REDIRECTS):
            addresses, may_be_private = _addresses(place, public, may_be_private)
            with _opened(http, place, {}, addresses) as answer:
                if not answer.has_redirect_location:
                    return place
                place = urljoin(place, answer.headers["Location"])
            if not place.startswith(("http://", "https://")):
                break
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise FetchError(f"can't be followed ({_cause(error)})") from error
    raise FetchError("redirects too often")


def _follow(http: httpx.Client, url: str, headers: dict[str, str], public: bool) -> Fetched:
    end = monotonic() + MAX_SECONDS
    place, moved, permanent, may_be_private = url, "", True, not public
    for _ in range(MAX_REDIRECTS + 1):
        addresses, may_be_private = _addresses(place, public, may_be_private)
        with _opened(http, place, headers, addresses) as response:
            answer = _read(response, headers, end)
        if isinstance(answer, Fetched):
            return Fetched(
                answer.data, answer.etag, answer.modified, moved, answer.max_age, url=place, size=answer.size
            )
        status, target = answer
        try:
            place = urljoin(place, target)
        except ValueError:
            raise FetchError("redirects to an invalid address") from None
        permanent = permanent and status in PERMANENT
        moved = place if permanent else moved
    raise FetchError("redirects too often")


def _read(answer: httpx.Response, headers: dict[str, str], end: float) -> Fetched | tuple[int, str]:
    """The response, or the status and target of a redirect."""
    if answer.status_code == httpx.codes.NOT_MODIFIED:
        return Fetched(
            None, headers.get("If-None-Match", ""), headers.get("If-Modified-Since", ""), max_age=_max_age(answer)
        )
    if answer.has_redirect_location:
        return answer.status_code, answer.headers["Location"]
    if answer.is_error or answer.is_redirect:
        reason = f"answers {answer.status_code} {answer.reason_phrase}".rstrip()
        if answer.headers.get("cf-mitigated") == "challenge":
            reason += ": it admits browsers, not programs"
        raise FetchError(reason, _retry_after(answer), answer.status_code)
    try:
        data = _read_all(decompressed(answer.iter_raw(), answer.headers.get("Content-Encoding", "")), end)
        if data.startswith(b"\x1f\x8b"):
            # A file that is itself compressed, such as sitemap.xml.gz.
            data = _read_all(decompressed([data], "gzip"), end)
    except DecompressError as error:
        raise FetchError(str(error)) from error
    return Fetched(
        data,
        _ascii_header(answer, "ETag"),
        _ascii_header(answer, "Last-Modified"),
        max_age=_max_age(answer),
        size=answer.num_bytes_downloaded,
    )


def _read_all(chunks: Iterable[bytes], end: float) -> bytes:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MAX_BYTES:
            raise FetchError(f"is larger than {MAX_BYTES // 1024 // 1024} MB")
        if monotonic() > end:
            raise FetchError(f"takes longer than {MAX_SECONDS:.0f} seconds")
    return bytes(data)


def _addresses(url: str, public: bool, may_be_private: bool) -> tuple[list[str], bool]:
    """The IP addresses to connect to, [] to leave that to the client; and whether a redirect may lead to a private one.

    A server that must be public is connected to at the very addresses that were checked: resolved once more, its name
    could lead elsewhere (DNS rebinding). Raises FetchError for a server that is in a private network but may not be.
    """
    target = httpx.URL(url)
    if target.scheme not in ("http", "https") or not target.host:
        return [], may_be_private
    host = target.raw_host.decode().strip("[]")
    addresses = addresses_of(host, target.port or (443 if target.scheme == "https" else 80))
    proxied = is_proxied(target.scheme, host)
    if not addresses:
        if public:
            raise FetchError("can't be reached (no such server)")
        if not proxied:
            raise httpx.ConnectError("The name can't be resolved.")
        # Only the proxy resolves names, and only it knows which networks it reaches.
        return [], may_be_private
    if not all(map(is_public, addresses)):
        if public:
            raise FetchError("is in a private network: only the bot's operator can add such a source")
        if not may_be_private:
            raise FetchError("redirects into a private network: if it is yours, add the address there as the source")
        return [], True
    return ([] if proxied else addresses), False


@contextmanager
def _opened(http: httpx.Client, url: str, headers: dict[str, str], addresses: list[str]) -> Iterator[httpx.Response]:
    """The response to a request, from the first of some IP addresses that accepts a connection if any are given.

    As in "Routing by hostname" in httpx's documentation of its extensions: the URL names the address, while the Host
    header and the server name for TLS, and so the check of its certificate, remain those of the server.
    """
    if not addresses:
        with http.stream("GET", url, headers=headers) as response:
            yield response
        return
    target = httpx.URL(url)
    named = http.headers.copy()
    named.update({**headers, "Host": target.netloc.decode()})
    # A client of its own: connections are pooled by address, and one whose certificate was checked for one name must
    # not serve another name at the same address, as behind a CDN.
    with httpx.Client(verify=_tls(), http2=True, trust_env=False, timeout=http.timeout) as direct:
        response = _connected(direct, target, named, addresses)
        try:
            yield response
        finally:
            response.close()


def _connected(direct: httpx.Client, target: httpx.URL, headers: httpx.Headers, addresses: list[str]) -> httpx.Response:
    for number, address in enumerate(addresses, 1):
        request = direct.build_request(
            "GET",
            target.copy_with(host=address),
            headers=headers,
            extensions={"sni_hostname": target.raw_host.decode().strip("[]")},
        )
        try:
            return direct.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            if number == len(addresses):
                raise
    raise AssertionError("there is at least one address")


@cache
def _tls() -> ssl.SSLContext:
    """The certificates that are trusted, loaded once: that takes longer than many a request."""
    return httpx.create_ssl_context()


def _ascii_header(answer: httpx.Response, name: str) -> str:
    """A header that we can send back next time; "" if it is not ASCII."""
    value: str = answer.headers.get(name, "")
    return value if value.isascii() else ""


def _retry_after(answer: httpx.Response) -> float | None:
    """Seconds of a Retry-After header, which is a number or a date (RFC 9110, 10.2.3)."""
    value = answer.headers.get("Retry-After", "").strip()
    if value.isdecimal() and value.isascii():
        return float(value)
    moment = _moment(value)
    return None if moment is None or moment <= time() else moment - time()


def _max_age(answer: httpx.Response) -> float:
    """Seconds for which a response stays fresh (RFC 9111, 4.2.1); 0 if its server doesn't say."""
    cache_control = answer.headers.get("Cache-Control", "").lower()
    if "no-cache" in cache_control or "no-store" in cache_control:
        return 0.0
    age = re.search(r"(?<!s-)max-?age\s*=\s*\"?(\d{1,9})", cache_control)
    if age:
        return (
            max(0.0, float(age[1]) - float(answer.headers.get("Age", "0").strip() or 0))
            if _has_plain_age(answer)
            else 0.0
        )
    expires, date = _moment(answer.headers.get("Expires", "")), _moment(answer.headers.get("Date", ""))
    return max(0.0, expires - date) if expires is not None and date is not None else 0.0


def _has_plain_age(answer: httpx.Response) -> bool:
    return bool(re.fullmatch(r"\d{0,9}", answer.headers.get("Age", "").strip(), re.ASCII))


def _moment(text: str) -> float | None:
    """An HTTP date as seconds since 1970."""
    try:
        return parsedate_to_datetime(text).timestamp() if text else None
    except (ValueError, TypeError, OverflowError):
        return None
