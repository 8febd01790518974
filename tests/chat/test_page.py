"""A long reply in pages: each fits, and together they say all that it says."""

from hypothesis import given, settings
from hypothesis import strategies as some

from chat.page import PIECE, split_pages
from chat.plain import plain
from chat.reply import Action, Field, ListItem, Reply, Section

ROOM = 400


def fits(reply: Reply) -> bool:
    """Like a platform with little room: links and buttons count too."""
    return len(plain(reply)) <= ROOM


def test_what_fits_stays_one():
    reply = Reply("Meta", "A line", (Field("z", "4.3"),), (Section("Stories", (ListItem("one"),)),))
    assert split_pages(reply, fits) == [reply]


def test_a_long_list_goes_on():
    items = tuple(ListItem(f"story {n} of many", f"https://a.example/{n}") for n in range(40))
    reply = Reply("Meta", sections=(Section("Stories", items),), actions=(Action("All", "/spikes"),), footer="Data")
    found = split_pages(reply, fits)
    assert len(found) > 3
    assert all(fits(one) for one in found)
    assert [item for one in found for section in one.sections for item in section.items] == list(items)
    assert [one.title for one in found] == [f"Meta ({n} of {len(found)})" for n in range(1, len(found) + 1)]
    assert {section.title for one in found for section in one.sections} == {"Stories"}
    assert all(one.actions == reply.actions for one in found)
    assert found[-1].footer == "Data"


def test_the_chart_and_the_ping_are_on_the_first_page_alone():
    reply = Reply("Meta", "word " * 500, mention="S123")
    found = split_pages(reply, fits)
    assert [one.mention for one in found] == ["S123", *[""] * (len(found) - 1)]
    assert "".join(one.text for one in found) == reply.text


def test_one_line_that_never_fits_stays_alone():
    huge = ListItem("x" * 1000)
    found = split_pages(Reply("T", sections=(Section("A", (ListItem("a"), huge, ListItem("b"))),)), fits)
    assert [section.items for one in found for section in one.sections] == [(ListItem("a"),), (huge,), (ListItem("b"),)]


words = some.text(max_size=PIECE * 2)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(
    words,
    some.lists(some.builds(Field, words, words), max_size=5),
    some.lists(some.lists(words, max_size=6), max_size=4),
)
def test_nothing_is_lost(text: str, fields: list[Field], lists: list[list[str]]):
    sections = tuple(Section(f"List {n}", tuple(map(ListItem, items))) for n, items in enumerate(lists))
    found = split_pages(Reply("T", text, tuple(fields), sections), fits)
    assert "".join(one.text for one in found) == text
    assert [field for one in found for field in one.fields] == fields
    assert [item.text for one in found for section in one.sections for item in section.items] == [
        item for items in lists for item in items
    ]
