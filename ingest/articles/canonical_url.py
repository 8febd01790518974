"""Reduces an address to its page: no tracking parameters, and one form for AMP, mobile and cached copies. Pure."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

TRACKING = re.compile(
    r"utm_?\w*|fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|yclid|twclid|ttclid|igshid|igsh|li_fat_id|mc_[ce]id|mkt_tok"
    r"|_hs(?:enc|mi)|hsctatracking|vero_\w+|oly_\w+_id|s_cid|cmpid|cmp|icid|ncid|ocid|cid|taid|smid|smtyp|wt_mc|xtor|xtref"
    r"|at_(?:medium|campaign|custom\d|link_\w+|format|ptr_name|bbc_team)|ns_(?:mchannel|source|campaign|linkname|fee)"
    r"|guccounter|guce_referrer(?:_sig)?|ref|ref_(?:src|url)|referrer|reflink|soc_(?:src|trk)|spm|sr_share|ftag|mod|sh|linkid"
    r"|itm_\w+|pk_\w+|piwik_\w+|mtm_\w+|trk\w*|rss|partner|feedtype|feedname|via|share|amp|outputtype|_ga|_gl",
    re.IGNORECASE,
)
"""Parameters that never lead to another page. Those that might (id, p, page, v, q) are kept."""

FRAGMENT = re.compile(r"(?:echobox|xtor|ref|utm_\w+|rss|comments?|respond|:~:text|intcmp)\b.*", re.IGNORECASE)
"""Fragments that are not a place on the page. Other fragments tell the items of a newsletter apart."""

_HOST = re.compile(r"^(?:www\d?|m|mobile|amp|touch|wap)\.")
_AMP = re.compile(r"(?:/amp|\.amp)+(?=(?:\.html?)?$)|^/amp(?=/)", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
_CACHE = re.compile(r"^/(?:amp/)?(?:[cv]/)?(?:s/)?(?P<rest>[\w.-]+\.[a-z]{2,}/.*)$", re.IGNORECASE)

SHORTENERS = frozenset(
    "t.co bit.ly buff.ly ow.ly tinyurl.com goo.gl dlvr.it ift.tt lnkd.in trib.al is.gd cutt.ly rb.gy tcrn.ch nyti.ms "  # noqa: SIM905
    "reut.rs bloom.bg wapo.st cnb.cx on.ft.com econ.st zd.net bbc.in cnn.it apne.ws abcn.ws flip.it spr.ly shorturl.at "
    "feedproxy.google.com".split()
)
"""Servers of short links, which only redirect."""

_REDIRECTORS = (
    ("google.", "/url", ("url", "q")),
    ("facebook.com", "/l.php", ("u",)),
    ("out.reddit.com", "", ("url",)),
    ("slashdot.org", "/submission", ("url",)),
    ("linkedin.com", "/redir/redirect", ("url",)),
    ("vk.com", "/away.php", ("to",)),
)
"""Addresses that contain another one: (server, path, parameters)."""


def is_short_link(url: str) -> bool:
    """Whether an address is a short link, whose target only its server knows."""
    return url.partition("//")[2].partition("/")[0].lower().removeprefix("www.") in SHORTENERS


def embedded_url(url: str) -> str:
    """The target contained in a redirector's address; the address itself if it contains none."""
    if "=http" not in url:
        return url
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
        for server, path, names in _REDIRECTORS:
            if server in host and parts.path.startswith(path):
                parameters = parse_qs(parts.query)
                for name in names:
                    if parameters.get(name, [""])[0].startswith(("http://", "https://")):
                        return parameters[name][0]
    except ValueError:
        pass
    return url


def canonicalize(url: str) -> str:
    """Server, path and the relevant part of the query: equal for two addresses of one page.

    Returns "" for a bare home page or no address. The result is for comparison only: scheme and `www.` are gone.
    """
    try:
        parts = urlsplit(embedded_url(url))
        host = (parts.hostname or "").rstrip(".")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return ""
    path = parts.path
    if host.endswith(("cdn.ampproject.org", "google.com")) and (cached := _CACHE.match(path)):
        # A copy of the page in a search engine's cache.
        host, _, path = cached["rest"].partition("/")
        host, path = host.lower(), f"/{path}"
    host = _HOST.sub("", host)
    if "%" in path:
        path = unquote(path, errors="surrogateescape").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    path = _INDEX.sub("", _AMP.sub("", re.sub(r"//+", "/", path).rstrip("/")))
    query = ""
    if parts.query:
        kept = [
            parameter
            for parameter in parts.query.split("&")
            if parameter and not TRACKING.fullmatch(parameter.partition("=")[0])
        ]
        query = "&".join(sorted(kept))
    fragment = "" if FRAGMENT.fullmatch(parts.fragment) else parts.fragment
    if not host or not (path or query):
        return ""
    return f"{host}{port}{path}?{query}#{fragment}"
