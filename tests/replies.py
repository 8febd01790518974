"""Replies of every size, script and markup, for the tests that a renderer copes with whatever the world wrote."""

from datetime import date, timedelta
from itertools import count

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import strategies as st

from chat.reply import Action, Chart, Field, ListItem, Mood, Reply, Section, Style, Table, TableRow

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
    "& < > &amp; &lt;b&gt; R&D",
    "<!here|here> <@W2|boss> <!subteam^S1>",
    "\u202eright to left\u202c מטא \u0645\u062a\u0627 مرحبا ",
    "模型发布 モデル 모델 ",
    "ผู้ใช้ नमस्ते ",
    "Z̸̡̢̛͔a̷̧̛l̶̨̛g̴̢̛o̵̧̕ ",
    "half \ud83d and \x00 control \x1b[31m",
    "👩‍👩‍👧‍👦🏳️‍🌈🇩🇪🧑‍🚀🔥",
    "&",
    "\\",
    "*",
    "<",
    "\u200b",
    "\n",
    "word\nword\n\n",
    "x",
    "https://a.example/b_(c)?d=e&f=~g ",
)
ADDRESSES = ("", "javascript:alert(1)", "https://", "http://[::1", "//a.example", "https://a.example/" + "x" * 4000)

short = st.sampled_from(FRAGMENTS) | st.text(max_size=40)
times = st.sampled_from((1, 1, 1, 1, 2, 9, 20))
texts = st.builds(str.__mul__, short, times)
"""A text of realistic size."""

few = st.integers(0, 3) | st.integers(0, 3) | st.sampled_from((9, 27, 60))
MENTIONS = ("", "", "123456789012345678", "S0123ABCD", "everyone", "1> @everyone", "１２３")


@st.composite
def any_reply(draw: st.DrawFn) -> Reply:
    """Any reply. It reuses a few texts over and over, as drawing each text by itself takes ten times as long."""
    pool = draw(st.lists(texts, min_size=1, max_size=5))
    sizes = draw(st.lists(few, min_size=8, max_size=8))
    seed = draw(st.integers(0, 999))
    huge = draw(st.sampled_from((1, 1, 1, 1, 1, 1, 1, 1, 20, 80)))
    outsized = seed % 7
    sections = min(sizes[3], 9)
    used = count(seed)

    def text(place: int = -1) -> str:
        """A text of the pool; `place` numbers the places of which one may be outsized."""
        return pool[next(used) % len(pool)] * (huge if place == outsized else 1)

    def address() -> str:
        words = text()
        return (words, f"https://a.example/{words}", "https://a.example/story", *ADDRESSES)[next(used) % 9]

    def section(number: int) -> Section:
        # Numbered, so that a lost item is noticed.
        items = (
            ListItem(f"{text(0)} №{number}.{at}", address(), text(1))
            for at in range(min(sizes[0], 60 // max(sections, 1)))
        )
        return Section(text(), tuple(items))

    # Columns are named by us. A longer name would use up the line of each cell, whose own text is cut then.
    columns = tuple(text()[:100] for _ in range(seed % 3 + 1))
    rows = tuple(
        TableRow(text(), tuple(ListItem(text(), address(), text()) for _ in columns)) for _ in range(min(sizes[1], 6))
    )
    length = (0, 1, 28, 90, 400)[seed % 5]
    days = tuple(date(2025, 1, 1) + timedelta(day) for day in range(length))
    chart = Chart(text(), days, ((0.0, 2.0, 41.0, 1e12)[seed % 4],) * length, (2.0,) * length, text(2))
    lines = ("/trend Meta", "/facts Meta", "")
    return Reply(
        text(3),
        text(4),
        tuple(Field(text(), text(5)) for _ in range(sizes[2])),
        tuple(section(number) for number in range(sections)),
        chart if sizes[4] % 2 else None,
        tuple(
            Action(text(), (lines[at % 3], f"/trend {text()}")[at % 2], list(Style)[at % 3]) for at in range(sizes[5])
        ),
        text(6),
        list(Mood)[seed % 3],
        bool(seed % 2),
        Table(columns, rows) if sizes[6] % 3 == 1 else None,
        (*lines, f"/trend {text()}")[seed % 4],
        MENTIONS[seed % len(MENTIONS)],
    )


replies = any_reply()
"""Any reply."""

quick = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    # A failing reply is not made smaller: with texts of this size that takes hours.
    phases=[Phase.generate],
    # Nor is it printed by hypothesis, which warns about its size: pytest shows what was asserted.
    verbosity=Verbosity.quiet,
)
"""For `make test`."""

thorough = settings(quick, max_examples=2000)
"""For tests marked `long`, which .ci/run runs."""
