"""Which addresses are public, and that the address that was checked is the one that is connected to."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ingest.http import fetch as fetching
from ingest.http.fetch import FetchError, fetch, follow_short_link, http_client
from ingest.http.public_address import is_public
from tests.loopback.feeds import Site, site

SERVER = "news.example"
PRIVATE = "127.0.0.9"
"""An address of this machine that counts as private here, while 127.0.0.1 counts as public."""


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.251", False),
        ("240.0.0.1", False),
        ("2606:4700::1111", True),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        pytest.param("fec0::1", False, id="site-local"),
        pytest.param("ff0e::1", False, id="multicast of global scope"),
        pytest.param("::ffff:8.8.8.8", True, id="mapped, public"),
        pytest.param("::ffff:10.0.0.1", False, id="mapped, private"),
        pytest.param("::8.8.8.8", True, id="compatible, public"),
        pytest.param("::127.0.0.1", False, id="compatible, private"),
        pytest.param("2002:808:808::1", True, id="6to4, public"),
        pytest.param("2002:7f00:1::1", False, id="6to4, private"),
        pytest.param("64:ff9b::808:808", True, id="NAT64, public"),
        pytest.param("64:ff9b::a00:1", False, id="NAT64, private"),
        pytest.param("64:ff9b:1::a00:1", False, id="NAT64 of a local network"),
        pytest.param("2001:0:808:808:0:0:80ff:fffe", False, id="Teredo, private client"),
    ],
)
def test_only_addresses_of_the_public_internet_are_public(address: str, public: bool):
    assert is_public(address) is public


Names = dict[str, list[str]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """What names resolve to, the first entry first: the last one stays. Every lookup is local."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    known: Names = {}
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        text = host.decode() if isinstance(host, bytes) else host
        if text in known:
            text = known[text].pop(0) if len(known[text]) > 1 else known[text][0]
        try:
            ipaddress.ip_address(text)
        except ValueError:
            raise socket.gaierror(socket.EAI_NONAME, "unknown name") from None
        return resolve(text, port, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(fetching, "is_public", lambda address: address != PRIVATE)
    monkeypatch.setattr(fetching, "TRIES", 1)
    return known


@pytest.fixture
def web() -> Iterator[Site]:
    """A server under 127.0.0.1."""
    with site() as found:
        yield found


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    """Our client."""
    with http_client() as found:
        yield found


def _named(url: str, name: str = SERVER) -> str:
    return url.replace("127.0.0.1", name)


@pytest.mark.parametrize("public", [True, False], ids=["by a person", "by the operator"])
def test_the_address_that_was_checked_is_the_one_connected_to(
    web: Site, http: httpx.Client, names: Names, public: bool
):
    url = _named(web.page("/feed", b"<rss/>"))
    names[SERVER] = ["127.0.0.1", PRIVATE]
    assert fetch(http, url, public=public).data == b"<rss/>"
    assert names[SERVER] == [PRIVATE], "it was resolved once"
    ((_, headers),) = web.asked
    assert headers["Host"] == httpx.URL(url).netloc.decode()
    assert headers["User-Agent"] == http.headers["User-Agent"]


@pytest.mark.parametrize("public", [True, False], ids=["by a person", "by the operator"])
def test_a_public_server_leads_into_no_private_network(web: Site, http: httpx.Client, names: Names, public: bool):
    inside = _named(web.page("/secret", b"secret"), "inside.example")
    names |= {SERVER: ["127.0.0.1"], "inside.example": [PRIVATE]}
    url = _named(web.page("/feed", b"", 301, Location=inside))
    with pytest.raises(FetchError, match="private network"):
        fetch(http, url, public=public)
    with pytest.raises(FetchError, match="private network"):
        follow_short_link(http, url, public=public)
    assert not web.count("/secret")


def test_a_source_in_the_operators_own_network_stays_readable(web: Site, http: httpx.Client, names: Names):
    names["inside.example"] = [PRIVATE, "127.0.0.1"]
    # The second answer is what connects: a private server is left to the client, as its operator wants it.
    url = _named(web.page("/feed", b"<rss/>"), "inside.example")
    assert fetch(http, url).data == b"<rss/>"
    names["inside.example"] = [PRIVATE]
    with pytest.raises(FetchError, match="private network"):
        fetch(http, url, public=True)


def test_an_address_that_refuses_is_followed_by_the_next(
    web: Site, http: httpx.Client, names: Names, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(fetching, "addresses_of", lambda *_: ["127.0.0.2", "127.0.0.1"])
    assert fetch(http, _named(web.page("/feed", b"<rss/>")), public=True).data == b"<rss/>"


def test_a_name_that_only_a_proxy_resolves_is_left_to_it(web: Site, names: Names, monkeypatch: pytest.MonkeyPatch):
    # The loopback server stands for the proxy, which is asked for whole addresses.
    web.page("http://elsewhere.example/feed", b"<rss/>")
    monkeypatch.setenv("HTTP_PROXY", web.url)
    with http_client() as http:
        assert fetch(http, "http://elsewhere.example/feed").data == b"<rss/>"
        with pytest.raises(FetchError, match="no such server"):
            fetch(http, "http://elsewhere.example/feed", public=True)


def test_a_name_that_nobody_resolves_can_not_be_reached(http: httpx.Client, names: Names):
    with pytest.raises(FetchError, match="can't be reached"):
        fetch(http, "http://nowhere.example/feed")


def _certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, list[str]]]:
    """A TLS server with a certificate for news.example alone: its port, and the names that were asked for."""
    path = _certificate(tmp_path, SERVER)
    trusted = ssl.create_default_context(cafile=str(path))
    monkeypatch.setattr(fetching, "_tls", lambda: trusted)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    asked: list[str] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(plain, server_side=True) as one:
                    one.recv(65536)
                    one.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>")
            except OSError:
                continue

    thread = Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1], asked
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def test_a_certificate_is_checked_for_the_name(secure: tuple[int, list[str]], http: httpx.Client, names: Names):
    port, asked = secure
    names |= {SERVER: ["127.0.0.1"], "other.example": ["127.0.0.1"]}
    assert fetch(http, f"https://{SERVER}:{port}/feed", public=True).data == b"<rss/>"
    assert asked == [SERVER]
    with pytest.raises(FetchError, match="can't be reached"):
        fetch(http, f"https://other.example:{port}/feed", public=True)


def test_a_connection_serves_one_name_only(secure: tuple[int, list[str]], http: httpx.Client, names: Names):
    port, asked = secure
    names |= {SERVER: ["127.0.0.1"], "other.example": ["127.0.0.1"]}
    fetch(http, f"https://{SERVER}:{port}/feed")
    with pytest.raises(FetchError, match="can't be reached"):
        fetch(http, f"https://other.example:{port}/feed")
    assert asked == [SERVER, "other.example"], "not over the connection that was checked for another name"
