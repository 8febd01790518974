"""Several items on one page (a newsletter, a changelog): what its address and its headings tell. Pure.

Items of one page share its address and differ at most in the fragment.
"""

import re
from datetime import date, timedelta

_DAY = re.compile(r"(?<!\d)(?:20)?(\d\d)[-/](\d\d)[-/](\d\d)(?!\d)")
"""A day in an address: /2026/04/08/, 26-04-08."""

MAX_SHIFT = timedelta(days=1)
"""How far the day in an address may be from the one the source gave: a time zone explains no more."""


def page_address(url: str) -> str:
    """The address of the page an item is on; "" for none."""
    return url.partition("#")[0]


def stated_day(url: str, published: date) -> date:
    """The day of an item without a time: the one in its address if that is a neighbour of the one given, else that one.

    A newsletter sent on a Californian evening has that day in its address, and is dated a day later in UTC.
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
    """The headings seen so far on the page being read; a new page starts afresh."""

    def __init__(self) -> None:
        self._page = ""
        self._seen: set[str] = set()

    def is_repeated(self, url: str, title: str) -> bool:
        """Whether an earlier item of the same page had this title: then it adds no mention."""
        page = page_address(url)
        if page != self._page:
            self._page, self._seen = page, set()
        if not page or title in self._seen:
            return bool(page)
        self._seen.add(title)
        return False
