"""Ugly feeds, made up: what servers really send, and what a hostile one would. The same ones every time.

Each is (name, bytes). Six forms of a good feed are damaged in some fifty ways; others are bad from the start.
"""

import gzip
import json
import random
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise

SEED = 20261126
Ugly = tuple[str, bytes]
Damage = Callable[[str, random.Random], bytes]

TITLES = ("Meta opens Muse Spark", "NVIDIA’s “Rubin” is late", "百度发布新模型", "AT&amp;T buys chips", "Où est l’IA ?")


def _rows(form: str) -> str:
    return "".join(form.format(n=number, title=title) for number, title in enumerate(TITLES))


FORMS: dict[str, str] = {
    "rss2": '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Ugly</title>'
    + _rows(
        "<item><title>{title}</title><link>https://u.example/{n}</link><guid>g{n}</guid>"
        "<pubDate>Thu, 09 Apr 2026 1{n}:00:00 GMT</pubDate><description>Text {n} on it.</description></item>"
    )
    + "</channel></rss>",
    "rss091": '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="0.91"><channel><title>Ugly</title>'
    + _rows("<item><title>{title}</title><link>https://u.example/{n}</link><description>Text {n}</description></item>")
    + "</channel></rss>",
    "rdf": '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Ugly</title></channel>'
    + _rows(
        '<item rdf:about="https://u.example/{n}"><title>{title}</title><link>https://u.example/{n}</link>'
        "<dc:date>2026-04-09T1{n}:00:00Z</dc:date></item>"
    )
    + "</rdf:RDF>",
    "atom": '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>Ugly</title>'
    + _rows(
        '<entry><id>urn:{n}</id><title>{title}</title><link href="https://u.example/{n}"/>'
        "<updated>2026-04-09T1{n}:00:00Z</updated><summary>Text {n}</summary></entry>"
    )
    + "</feed>",
    "atom03": '<?xml version="1.0" encoding="UTF-8"?>\n<feed version="0.3" xmlns="http://purl.org/atom/ns#">'
    "<title>Ugly</title>"
    + _rows(
        '<entry><id>urn:{n}</id><title>{title}</title><link rel="alternate" href="https://u.example/{n}"/>'
        "<issued>2026-04-09T1{n}:00:00Z</issued><content>Text {n}</content></entry>"
    )
    + "</feed>",
    "json": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Ugly",
            "items": [
                {
                    "id": str(number),
                    "url": f"https://u.example/{number}",
                    "title": title,
                    "content_html": f"<p>Text {number}",
                    "date_published": f"2026-04-09T1{number}:00:00Z",
                }
                for number, title in enumerate(TITLES)
            ],
        },
        ensure_ascii=False,
        indent=1,
    ),
}


def _text(change: Callable[[str, random.Random], str], encoding: str = "utf-8") -> Damage:
    return lambda text, chance: change(text, chance).encode(encoding, "replace")


def _cut(text: str, chance: random.Random) -> bytes:
    data = text.encode()
    return data[: chance.randrange(len(data) // 3, len(data))]


def _scattered(what: bytes, times: int) -> Damage:
    def damage(text: str, chance: random.Random) -> bytes:
        data = bytearray(text.encode())
        for _ in range(times):
            place = chance.randrange(len(data))
            data[place:place] = what
        return bytes(data)

    return damage


def _flipped(text: str, chance: random.Random) -> bytes:
    data = bytearray(text.encode())
    for _ in range(30):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def _doubled(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) // 2)
    return text[:place] + text[place : place + 300] + text[place:]


def _lost(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) // 2)
    return text[:place] + text[place + 60 :]


DAMAGES: dict[str, Damage] = {
    "whole": _text(lambda text, _: text),
    "cut": _cut,
    "cut-again": _cut,
    "cut-once-more": _cut,
    "flipped": _flipped,
    "flipped-again": _flipped,
    "lost": _text(_lost),
    "lost-again": _text(_lost),
    "doubled": _text(_doubled),
    "nul": _scattered(b"\0", 8),
    "control": _scattered(b"\x0b\x1b\x7f", 8),
    "bad-utf8": _scattered(b"\xc3\x28\xff", 8),
    "surrogate": _scattered(b"\xed\xa0\x80", 4),
    "ampersands": _scattered(b"&", 12),
    "undefined-entity": _scattered(b"&nbsp;&foo;&#99999999;&#xD800;", 6),
    "angles": _scattered(b"<", 6),
    "open-cdata": _scattered(b"<![CDATA[", 3),
    "end-cdata": _scattered(b"]]>", 3),
    "open-comment": _scattered(b"<!--", 2),
    "instruction": _scattered(b"<?php echo 1 ?>", 3),
    "script": _scattered(b"<script>alert(1)</script>", 4),
    "doctype-late": _scattered(b"<!DOCTYPE html>", 1),
    "emoji": _scattered("🤖👩‍🚀".encode(), 8),
    "bidi": _scattered("\u202e\u200f\ufeff".encode(), 8),
    "newlines": _text(lambda text, _: text.replace(">", ">\r\n\r\n")),
    "one-line": _text(lambda text, _: text.replace("\n", "")),
    "capitals": _text(lambda text, _: text.replace("item", "ITEM").replace("title", "TiTlE")),
    "space-first": _text(lambda text, _: "\n\n  " + text),
    "words-first": _text(lambda text, _: "Warning: mysql_connect() in /var/www on line 3\n" + text),
    "html-first": _text(lambda text, _: "<br /><b>Notice</b>: Undefined index<br />" + text),
    "words-last": _text(lambda text, _: text + "\n<!-- served by cache --><div>ad</div>"),
    "twice": _text(lambda text, _: text + text),
    "bom": _text(lambda text, _: "\ufeff" + text),
    "two-boms": _text(lambda text, _: "\ufeff\ufeff" + text),
    "utf16": _text(lambda text, _: text, "utf-16"),
    "utf16-bare": _text(lambda text, _: text, "utf-16-le"),
    "utf32": _text(lambda text, _: text, "utf-32"),
    "said-utf16": _text(lambda text, _: text.replace("UTF-8", "UTF-16")),
    "latin1-said-utf8": _text(lambda text, _: text, "latin-1"),
    "said-latin1": _text(lambda text, _: text.replace("UTF-8", "ISO-8859-1")),
    "windows": _text(lambda text, _: text.replace("UTF-8", "windows-1252"), "cp1252"),
    "gb18030": _text(lambda text, _: text.replace("UTF-8", "gb2312"), "gb18030"),
    "shift-jis": _text(lambda text, _: text.replace("UTF-8", "Shift_JIS"), "shift_jis"),
    "koi8": _text(lambda text, _: text.replace("UTF-8", "koi8-r"), "koi8-r"),
    "no-such-encoding": _text(lambda text, _: text.replace("UTF-8", "x-klingon")),
    "ebcdic": _text(lambda text, _: text, "cp037"),
    "escaped-twice": _text(lambda text, _: text.replace("Text", "&amp;lt;p&amp;gt;Text")),
    "no-titles": _text(lambda text, _: text.replace("title", "headline")),
    "no-ids": _text(lambda text, _: text.replace("guid", "x").replace('"id"', '"x"').replace("<id>", "<x>")),
    "no-links": _text(lambda text, _: text.replace("link", "x").replace('"url"', '"x"').replace("about", "x")),
    "bad-links": _text(lambda text, _: text.replace("https://u.example/", "http://[::1/%zz")),
    "script-links": _text(lambda text, _: text.replace("https://u.example/", "javascript:alert(")),
    "relative-links": _text(lambda text, _: text.replace("https://u.example/", "../../")),
    "bad-dates": _text(lambda text, _: text.replace("2026", "20226").replace("Apr", "Aprilis")),
    "old-dates": _text(lambda text, _: text.replace("2026-04-09", "1970-01-01").replace("09 Apr 2026", "01 Jan 1970")),
    "far-dates": _text(lambda text, _: text.replace("2026", "2038")),
    "no-zones": _text(lambda text, _: text.replace(" GMT", "").replace("00Z", "00")),
    "no-namespaces": _text(lambda text, _: text.replace("xmlns", "x")),
    "wrong-prefix": _text(lambda text, _: text.replace("<title>", "<foo:title>").replace("</title>", "</foo:title>")),
    "unclosed": _text(lambda text, _: text.replace("</title>", "").replace("</item>", "")),
    "attributes": _text(lambda text, _: text.replace("<item", '<item a="1" a="2" b=c ')),
    "quotes": _text(lambda text, _: text.replace('"', "'", 7)),
}


def _xml(body: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>U</title>{body}</channel></rss>'.encode()


def _item(title: str, more: str = "") -> str:
    return f"<item><title>{title}</title><link>https://u.example/1</link>{more}</item>"


def _laughs() -> bytes:
    names = [f"l{number}" for number in range(10)]
    rows = ['<!ENTITY l0 "lol">']
    for before, one in pairwise(names):
        ten = f"&{before};" * 10
        rows.append(f'<!ENTITY {one} "{ten}">')
    return _xml(_item("&l9;"), f"<!DOCTYPE rss [{''.join(rows)}]>")


def _attributed(form: str, times: int) -> str:
    said = " ".join(form.format(number) for number in range(times))
    return f"<item {said}><title>T</title></item>"


def bad_from_the_start() -> Iterator[Ugly]:
    """What is no damaged good feed."""
    chance = random.Random(SEED)
    yield "empty", b""
    yield "spaces", b" \r\n\t" * 1000
    yield "nuls", b"\0" * 100_000
    yield "noise", chance.randbytes(200_000)
    yield "picture", b"\x89PNG\r\n\x1a\n" + chance.randbytes(5000)
    yield "pdf", b"%PDF-1.7\n" + chance.randbytes(5000)
    yield "zip", b"PK\x03\x04" + chance.randbytes(5000)
    yield "words", b"Service Unavailable"
    yield "login", b"<!doctype html><html><head><title>Log in</title></head><body><form></form></body></html>"
    yield "cloud", b"<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
    yield "xhtml", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>Hi</p></body></html>'
    yield "soap", b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'
    yield "opml", b'<opml version="2.0"><body><outline text="x" xmlUrl="http://e.com"/></body></opml>'
    yield "sitemap", b"<urlset><url><loc>https://e.com/1</loc></url></urlset>"
    yield "svg", b'<svg xmlns="http://www.w3.org/2000/svg"><title>x</title></svg>'
    yield "no-channel", b'<rss version="2.0"></rss>'
    yield "no-items", _xml("")
    yield "only-open", b"<rss"
    yield "laughs", _laughs()
    yield "quadratic", _xml(_item("&a;" * 30_000), "<!DOCTYPE rss [<!ENTITY a '" + "x" * 30_000 + "'>]>")
    yield "file-entity", _xml(_item("&x;"), '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>')
    yield "net-entity", _xml(_item("&x;"), '<!DOCTYPE rss [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>')
    yield "parameter-entity", _xml(_item("x"), '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/d"> %p;]>')
    yield "self-entity", _xml(_item("&a;"), '<!DOCTYPE rss [<!ENTITY a "&b;"><!ENTITY b "&a;">]>')
    yield (
        "netscape-dtd",
        _xml(_item("x"), '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://127.0.0.1:9/x.dtd">'),
    )
    yield "deep", _xml("<a>" * 20_000 + "x" + "</a>" * 20_000)
    yield "deep-open", _xml("<item>" * 20_000)
    yield "deep-div", _xml(_item("x", f"<description>{'&lt;div&gt;' * 50_000}</description>"))
    yield "many-items", _xml("".join(_item(f"T{n}", f"<guid>{n}</guid>") for n in range(8000)))
    yield "many-empty", _xml("<item/>" * 30_000)
    yield "long-title", _xml(_item("x" * 3_000_000))
    yield "long-word", _xml(_item("T", f"<description>{'x' * 3_000_000}</description>"))
    yield "long-link", _xml(f"<item><title>T</title><link>https://u.example/{'x' * 1_000_000}</link></item>")
    yield "long-attribute", _xml(_attributed("a='" + "x" * 3_000_000 + "'", 1))
    yield "many-attributes", _xml(_attributed("a{}='1'", 50_000))
    yield "many-namespaces", _xml(_attributed("xmlns:a{0}='u{0}'", 5000))
    yield "many-comments", _xml("<!---->" * 200_000 + _item("T"))
    yield "many-instructions", _xml("<?a b?>" * 100_000 + _item("T"))
    yield "many-entities", _xml(_item("&amp;" * 300_000))
    yield "many-angles", b"<" * 1_000_000
    yield "many-ends", b"</a>" * 300_000
    yield "many-ampersands", _xml(_item("&" * 300_000))
    yield "many-brackets", _xml(_item("<![CDATA[" * 50_000))
    yield "open-tag", b"<rss version='2.0'><channel><item " + b"a" * 1_000_000
    yield "open-quote", b"<rss version='2.0'><channel><item a=\"" + b"b " * 500_000
    yield "open-markup", _xml(_item("T", f"<description>{'&lt;a href=&quot;' * 60_000}</description>"))
    yield "dashes", _xml(_item("T", f"<description>{'&lt;!--' * 60_000}</description>"))
    yield "same-guid", _xml("".join(_item(f"T{n}", "<guid>1</guid>") for n in range(300)))
    yield "many-dates", _xml(_item("T", "<pubDate>Thu, 09 Apr 2026 11:00:00 GMT</pubDate>" * 20_000))
    yield "long-date", _xml(_item("T", f"<pubDate>{'9' * 200_000}</pubDate>"))
    yield "date-words", _xml(_item("T", f"<pubDate>{'Thu, ' * 50_000}</pubDate>"))
    for number, said in enumerate(DATES):
        yield f"date-{number}", _xml(_item("T", f"<pubDate>{said}</pubDate>"))
    yield "jsonfeed-deep", b"[" * 200_000
    yield "jsonfeed-deep-feed", b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 100_000
    yield "jsonfeed-error", b'{"error": {"code": 404, "message": "not found"}}'
    yield "jsonfeed-list", b"[1, 2, 3]"
    yield "jsonfeed-nan", b'{"items": [{"id": NaN, "title": "T", "url": Infinity}]}'
    yield (
        "json-types",
        b'{"title": 3, "items": [1, null, [], "x", {"id": {}, "title": [], "url": 5, "date_published": {}}]}',
    )
    yield "jsonfeed-no-list", b'{"version": "https://jsonfeed.org/version/1", "items": {"0": {}}}'
    yield "jsonfeed-surrogates", b'{"items": [{"id": "1", "title": "\\ud83d \\udc00 x", "url": "https://u.example/1"}]}'
    yield "jsonfeed-nul", b'{"items": [{"id": "1", "title": "a\\u0000b", "url": "https://u.example/1"}]}'
    yield "jsonfeed-long-number", b'{"items": [{"id": ' + b"9" * 100_000 + b', "title": "T"}]}'
    yield "jsonfeed-many", json.dumps({"items": [{"id": str(n), "title": f"T{n}"} for n in range(20_000)]}).encode()
    yield "jsonfeed-key-twice", b'{"items": [], "items": [{"id": "1", "title": "T"}]}'
    yield "jsonfeed-bom", b"\xef\xbb\xbf" + FORMS["json"].encode()
    yield "jsonfeed-latin1", FORMS["json"].encode("latin-1", "replace")
    yield "jsonp", b"callback(" + FORMS["json"].encode() + b");"
    yield "gzip-unsaid", gzip.compress(FORMS["rss2"].encode(), mtime=0)
    yield "gzip-cut", gzip.compress(FORMS["rss2"].encode(), mtime=0)[:200]
    yield "deflate-unsaid", zlib.compress(FORMS["rss2"].encode())
    yield "bomb-unsaid", gzip.compress(b"\0" * 50_000_000, mtime=0)
    for encoding in ("utf-7", "idna", "punycode", "hex", "zlib", "rot13", "unicode_escape", "undefined", "mbcs"):
        yield f"said-{encoding}", FORMS["rss2"].replace("UTF-8", encoding).encode()
    for number in range(20):
        yield f"soup-{number}", _soup(random.Random(SEED + number))


DATES = (
    "",
    "0",
    "now",
    "1775728800",
    "1775728800000",
    "2026",
    "2026-04",
    "2026-13-45",
    "2026-04-09",
    "2026-04-09T11:00",
    "2026-04-09T25:61:61Z",
    "2026-04-09T11:00:00+99:99",
    "20260409T110000Z",
    "09/04/2026",
    "04/09/2026 11:00",
    "9 avril 2026",
    "2026年4月9日 11:00",
    "Thu, 09 Apr 2026",
    "Thu, 09 Apr 26 11:00 EST",
    "Thu, 32 Apr 2026 11:00:00 GMT",
    "Thu, 09 Apr 2026 11:00:00 +0000 (UTC) (again)",
    "Thu, 09 Apr 0026 11:00:00 GMT",
    "Thu, 09 Apr 99999 11:00:00 GMT",
    "-2026-04-09",
    "12:00",
    "yesterday",
    "&#x661;&#x662;/04/2026",
    "1970-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
)


def _soup(chance: random.Random) -> bytes:
    """Tags of feeds in any order."""
    words = ("rss", "channel", "item", "entry", "feed", "title", "link", "guid", "pubDate", "description", "a:b", "id")
    signs = (
        "<{}>",
        "</{}>",
        "<{} x='1'>",
        "<{}/>",
        "{}",
        "&{};",
        "<![CDATA[{}]]>",
        "<!--{}-->",
        "<{}",
        "\x00{}",
        "é{}",
    )
    return "".join(chance.choice(signs).format(chance.choice(words)) for _ in range(3000)).encode()


def feeds() -> Iterator[Ugly]:
    """All of them."""
    for form, text in FORMS.items():
        for name, damage in DAMAGES.items():
            yield f"{form}-{name}", damage(text, random.Random(f"{SEED} {form} {name}"))
    yield from bad_from_the_start()
