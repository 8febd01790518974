"""Several items of one page (a newsletter, a changelog): what its address and its headings tell. Pure.

Items of one page have its address and differ in the part behind "#", if at all.
"""

import re
from datetime import date, timedelta

_DAY = re.compile(r"(?<!\d)(?:20)?(\d\d)[-/](\d\d)[-/](\d\d)(?!\d)")
"""A day in an address: /2026/04/08/, 26-04-08."""

MAX_SHIFT = timedelta(days=1)
"""How far the day in an address may lie from the one that the source gave: a time zone makes no more."""


def page_address(url: str) -> str:
    """The address of the page that an item stands on; "" for none."""
    return url.partition("#")[0]


def stated_day(url: str, published: date) -> date:
    """The day of an item of which no time is known: the one in its address, if that is next to the one given.

    A letter sent on a Californian evening bears that day in its address, and is dated a day later in UTC.
    """
    for year, month, day in _DAY.findall(page_address(url)):
        try:
            stated = date(2000 + int(year), int(month), int(day))
        except ValueError:
            continue
        if abs(stated - published) <= MAX_SHIFT:
            return stated
    return published


class Headings:
    """Which headings have stood on the page that is being read; forgets a page at the next one."""

    def __init__(self) -> None:
        self._page = ""
        self._seen: set[str] = set()

    def is_repeated(self, url: str, title: str) -> bool:
        """Whether this title stood above an earlier item of the same page: then it says nothing new."""
        page = page_address(url)
        if page != self._page:
            self._page, self._seen = page, set()
        if not page or title in self._seen:
            return bool(page)
        self._seen.add(title)
        return False
