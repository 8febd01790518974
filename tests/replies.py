"""Replies of every size, script and markup: what a renderer must get past its platform, whatever the world wrote."""

from datetime import date, timedelta

from hypothesis import strategies as st

from chat.reply import Action, Chart, Field, Item, Mood, Reply, Row, Section, Style, Table

FRAGMENTS = (
    "",
    " ",
    "Meta opens Muse Spark",
    "Muse Spark 🚀 ",
    "**bold** _it_ ~~gone~~ ||hidden|| `code` ```block``` *b* _i_ ~s~",
    "@everyone @here <@123> <@&456> <#789> <!channel> <!here> <@U123> <!subteam^S123> <:x:1> </say:1> <t:1>",
    "[Click](https://evil.example) ](https://evil.example)[x <https://evil.example|Click>",
    "xhttps://[Click](https://evil.example)",
    "# Head\n> quote\n- list\n1. one\n-# small\n>>> all",
    "& < > &amp; &lt;b&gt;",
    "\u202eright to left\u202c מטא \u0645\u062a\u0627 مرحبا ",
    "模型发布 モデル 모델 ",
    "ผู้ใช้ नमस्ते ",
    "Z̸̡̢̛͔a̷̧̛l̶̨̛g̴̢̛o̵̧̕ ",
    "half \ud83d and \x00 control \x1b[31m",
    "👩‍👩‍👧‍👦🏳️‍🌈🇩🇪",
    "\\",
    "*",
    "<",
    "\u200b",
    "\n",
    "word\nword\n\n",
    "x",
    "https://a.example/b_(c)?d=e&f=~g ",
)

texts = st.one_of(
    st.sampled_from(FRAGMENTS),
    st.sampled_from(FRAGMENTS),
    st.text(max_size=40),
    st.lists(st.sampled_from(FRAGMENTS), max_size=5).map(" ".join),
    st.builds(str.__mul__, st.sampled_from(FRAGMENTS), st.sampled_from((2, 9, 40))),
)
"""A text as large as the world writes them."""

outsized = texts | st.builds(str.__mul__, st.sampled_from(FRAGMENTS), st.sampled_from((400, 1500)))
"""A text that may be far too large."""

addresses = st.one_of(
    st.just(""),
    st.just("https://a.example/story"),
    st.builds("https://a.example/{}".format, texts),
    st.sampled_from(
        ("javascript:alert(1)", "https://", "http://[::1", "//a.example", "https://a.example/" + "x" * 4000)
    ),
    texts,
)
items = st.builds(Item, texts, addresses, texts)
large = st.builds(Item, outsized, addresses, outsized)


def many(one: st.SearchStrategy, most: int) -> st.SearchStrategy:
    """Some of a kind; at times the same few again and again, up to a great many."""
    few = st.lists(one, max_size=3).map(tuple)
    return st.one_of(
        few, few, few, few, st.builds(lambda found, times: (found * times)[:most], few, st.sampled_from((3, 9)))
    )


def numbered(found: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items told apart, so that one which is lost is missed."""
    return tuple(Item(f"{item.text} №{number}", item.url, item.note) for number, item in enumerate(found))


sections = st.builds(Section, texts, many(items, 27).map(numbered))
fields = st.builds(Field, texts, texts)
lines = st.one_of(st.sampled_from(("/trend Meta", "/facts Meta", "/watch list")), st.builds("/trend {}".format, texts))
actions = st.builds(Action, texts, lines, st.sampled_from(Style))


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    length = draw(st.sampled_from((0, 1, 28, 90, 400)))
    days = tuple(date(2025, 1, 1) + timedelta(day) for day in range(length))
    count = draw(st.sampled_from((0.0, 2.0, 41.0, 1e12)))
    return Chart(draw(texts), days, (count,) * length, (2.0,) * length, draw(outsized))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(st.lists(texts, min_size=1, max_size=3))
    rows = draw(many(st.builds(Row, texts, st.tuples(*[items] * len(columns))), 6))
    return Table(tuple(columns), rows)


replies = st.builds(
    Reply,
    outsized,
    outsized,
    fields=many(fields, 60) | st.builds(Field, outsized, outsized).map(lambda field: (field,)),
    sections=many(sections, 5) | st.builds(Section, outsized, st.tuples(large)).map(lambda section: (section,)),
    chart=st.none() | charts(),
    actions=many(actions, 60),
    footer=outsized,
    mood=st.sampled_from(Mood),
    private=st.booleans(),
    table=st.none() | tables(),
    line=lines | st.just(""),
    mention=st.sampled_from(("", "123456789012345678", "S0123ABCD", "everyone", "1> @everyone", "１２３")),
)
"""Any reply."""
