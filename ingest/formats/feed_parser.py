"""Parses RSS, Atom and JSON Feed into Items. feedparser copes with damaged feeds; JSON Feed is parsed here."""

import contextlib
import html
import io
import logging
import re
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import feedparser
from dateutil import parser as dates

from ingest.articles.item import AMBIGUOUS_DATE, MAX_DATE, ImpossibleDateError, Item, ItemError, make_item
from ingest.formats.outside_json import load_json
from ingest.formats.sandbox import SandboxError, run_sandboxed

log = logging.getLogger(__name__)

_LONG_REFERENCE = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?")
"""A character reference with a number that no character has; Python refuses to convert very long ones."""

_MARKUP = re.compile(
    r"""<!--.*?(?:-->|\Z)"""
    r"""|<(?P<end>/?)(?P<tag>[a-zA-Z][\w:\-]*+)(?:[^<>"']++|"[^"<]*+"|'[^'<]*+'|["'])*+>"""
    r"""|<[!?/][^<>]*+>""",
    re.DOTALL,
)
"""A comment, a tag, or anything else in angle brackets. Never backtracks: hostile markup must not hold us up."""

_HIDDEN_TAGS = ("script", "style")
_ENTRY = re.compile(rb"<(/?)(?:\w+:)?(?:item|entry)[\s>]")
_ENDLESS_TAG = re.compile(rb"<[^<>]{65536}")
_TIME = re.compile(r"\d{1,2}:\d\d(:\d\d)?([.,]\d+)?")
_CLOCK = re.compile(r":|\dT\d")
_ZONE = re.compile(r"(?:\d\s*Z|[+\-]\d\d:?\d\d|\b[A-Z]{2,5})\s*$")


MAX_ENTRIES = 5000
"""Entries read of one feed, the newest first: some feeds hold everything an outlet ever published."""


SANDBOX_FROM = 1024 * 1024
"""Bytes from which a document is parsed in a process of its own."""


class FeedError(Exception):
    """The document as a whole is not a feed. The message completes a sentence that begins with the source's name."""


@dataclass(frozen=True)
class RefusedEntry:
    """An entry that can't be used."""

    place: int
    """Its number in the feed, from 1."""
    reason: str
    text: str


def read_feed(data: bytes, source: str, now: datetime, base: str = "") -> list[Item | RefusedEntry]:
    """Parses a feed with parse_feed, within limits of time and memory if it is large. Raises FeedError."""
    if len(data) < SANDBOX_FROM:
        # A small document is harmless whatever it contains; a large one may take any time.
        return parse_feed(data, source, now, base)
    try:
        return run_sandboxed(parse_feed, data, source, now, base)
    except SandboxError as error:
        raise FeedError(str(error)) from error


def parse_feed(data: bytes, source: str, now: datetime, base: str = "") -> list[Item | RefusedEntry]:
    """The entries of a feed. `source` is the outlet's name, "" for the feed's own title; `base` is the feed's address.

    An entry without a date, or with an impossible one (1970, next year), counts as published now. Its first reading
    decides, because a known item is never stored again. Raises FeedError when the document is not a feed at all.
    """
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        title, entries = _json(data)
    else:
        title, entries = _xml(data)
    server = re.sub(r"^https?://(?:www\.)?([^/]+).*", r"\1", base)
    found: list[Item | RefusedEntry] = []
    for number, entry in enumerate(entries[:MAX_ENTRIES], 1):
        try:
            found.append(_entry(entry, source or title or server, now, base))
        except ItemError as error:
            found.append(RefusedEntry(number, str(error), _excerpt(entry)))
        except Exception:
            # Whatever one entry contains, the others must be read.
            log.exception("entry not read", extra={"number": number})
            found.append(RefusedEntry(number, "can't be read: the log has the details", _excerpt(entry)))
    return found


def _excerpt(entry: dict[str, Any]) -> str:
    """The beginning of an entry, for the rejects file."""
    try:
        return str(entry)[:500]
    except (ValueError, RecursionError):
        return ""


def _entry(entry: dict[str, Any], source: str, now: datetime, base: str) -> Item:
    words = (plain_text(entry["title"]), plain_text(entry["summary"]))
    url = _absolute_url(entry["url"], base)
    try:
        return make_item(source, entry["id"], url, *words, entry["published_at"] or now.isoformat(), "", now)
    except ImpossibleDateError:
        return make_item(source, entry["id"], url, *words, now.isoformat(), "", now)


def _absolute_url(url: object, base: str) -> object:
    """Resolves an address relative to the feed's own."""
    if not base or not isinstance(url, str) or not url.strip():
        return url
    try:
        return urljoin(base, url.strip())
    except ValueError:
        return url


def _xml(data: bytes) -> tuple[str, list[dict[str, Any]]]:
    if _ENDLESS_TAG.search(data):
        # feedparser takes a second for ten thousand attributes, and four times as long for twice as many.
        raise FeedError("has a tag of more than 64 kB")
    try:
        # As a stream, because feedparser first tries whether a string names a file, and would read that. Sanitising
        # HTML is not needed, since everything becomes plain text, and is slow on hostile input.
        feed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:
        # feedparser promises never to raise. Should it, one bad feed must not stop the others.
        raise FeedError("can't be parsed") from error
    entries = feed.get("entries", [])
    if not entries and not feed.get("version"):
        raise FeedError("is not a feed: expected RSS, Atom or JSON Feed")
    rows = []
    for entry in entries:
        stamp = entry.get("published_parsed") or entry.get("updated_parsed")
        date_text = entry.get("published") or entry.get("updated") or ""
        body = entry.get("summary") or next((part.get("value", "") for part in entry.get("content", [])), "")
        rows.append(
            {
                "id": entry.get("id") or entry.get("link"),
                "url": entry.get("link", ""),
                "title": entry.get("title", ""),
                "summary": body,
                "published_at": _moment(date_text, stamp),
            }
        )
    if rows and feed.bozo and _breaks_off(data):
        # The missing part may be its date, and half a headline may name somebody else.
        rows[-1] |= {"title": "", "summary": ""}
    return str(feed.feed.get("title") or "").strip(), rows


def _moment(text: str, stamp: Any) -> str:
    """The publication date in a form that make_item accepts; an incomplete date is returned unchanged, to be refused
    there.
    """
    if len(text) > MAX_DATE or AMBIGUOUS_DATE.match(text.strip()):
        return text
    try:
        # feedparser drops the time of "20260409T110000Z".
        if datetime.fromisoformat(text.strip()).tzinfo:
            return text
    except ValueError:
        pass
    without_time = _TIME.sub(" ", text)
    numbers = re.findall(r"\d+", without_time)
    # feedparser also accepts "2026", "--04" and "12:00", and completes them from today's date.
    complete = (
        len(numbers) >= 3
        or re.search(r"\d{8}", without_time)
        or (len(numbers) == 2 and re.search(r"[^\W\d_]{3}", without_time))
    )
    try:
        moment = datetime.fromtimestamp(timegm(stamp), UTC) if stamp and complete else None
    except (ValueError, OverflowError):
        moment = None
    if moment is None and complete and not _ZONE.search(text):
        # RFC 822 without its zone, which feedparser doesn't parse.
        with contextlib.suppress(ValueError, ArithmeticError, TypeError, AttributeError, IndexError):
            moment = dates.parse(text, ignoretz=True)
    if moment is None:
        return text
    # Without a zone the hour could be any, so only the day is known.
    return moment.isoformat() if _CLOCK.search(text) and _ZONE.search(text) else moment.date().isoformat()


def parse_feed_date(value: Any) -> Any:
    """A date as given, reduced to the day if it has no time zone: its hour could be any."""
    try:
        moment = datetime.fromisoformat(value.strip())
    except (ValueError, AttributeError):
        return value
    return value if moment.tzinfo else moment.date().isoformat()


def _breaks_off(data: bytes) -> bool:
    """Whether a document ends inside an entry."""
    tags = _ENTRY.findall(data)
    return bool(tags) and not tags[-1]


def _json(data: bytes) -> tuple[str, list[dict[str, Any]]]:
    try:
        feed = load_json(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FeedError(f"is not valid JSON ({str(error)[:120]})") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise FeedError("is JSON but not a JSON Feed: it has no list of items")
    rows = []
    for entry in feed["items"]:
        row = entry if isinstance(entry, dict) else {}
        rows.append(
            {
                "id": row.get("id") or row.get("url"),
                "url": row.get("url") or row.get("external_url") or "",
                "title": row.get("title") or "",
                "summary": row.get("summary") or row.get("content_text") or row.get("content_html") or "",
                "published_at": parse_feed_date(row.get("date_published") or row.get("date_modified") or ""),
            }
        )
    return str(feed.get("title") or "").strip(), rows


def plain_text(markup: object) -> str:
    """What a person would read of a title or summary that may be HTML."""
    if not isinstance(markup, str):
        return ""
    parts: list[str] = []
    hidden = ""
    at = 0
    for match in _MARKUP.finditer(markup):
        if not hidden:
            parts += (markup[at : match.start()], " ")
        at = match.end()
        tag = (match["tag"] or "").lower()
        if match["end"]:
            hidden = "" if tag == hidden else hidden
        elif tag in _HIDDEN_TAGS:
            hidden = hidden or tag
    if not hidden:
        parts.append(markup[at:])
    return unescape_references("".join(parts))


def unescape_references(text: str) -> str:
    """The text with its character references replaced, impossible ones by the replacement character."""
    return html.unescape(_LONG_REFERENCE.sub("\ufffd", text))
