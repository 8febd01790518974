"""Packed answers: what is in them comes out, and a bomb is stopped before it is memory."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard

from ingest.http.decompress import CHUNK, DecompressError, decompressed

TEXT = b"<rss>" + bytes(range(256)) * 2000 + b"</rss>"
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "deflate": zlib.compress,
}


def pieces(data: bytes, size: int = 1000) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize("name", PACK)
@pytest.mark.parametrize("size", [1, 700, 10**9])
def test_what_is_packed_comes_out(name: str, size: int):
    text = TEXT if size > 1 else TEXT[:3000]
    assert b"".join(decompressed(pieces(PACK[name](text), size), name)) == text


def test_bare_deflate_several_members_and_two_packings_are_read():
    raw = zlib.compressobj(wbits=-15)
    assert b"".join(decompressed([raw.compress(TEXT) + raw.flush()], "deflate")) == TEXT
    assert b"".join(decompressed(pieces(gzip.compress(b"one") + gzip.compress(b"two")), "gzip")) == b"onetwo"
    assert b"".join(decompressed([brotli.compress(gzip.compress(TEXT))], "gzip, br")) == TEXT
    assert b"".join(decompressed([b"plain"], "")) == b"plain"
    assert b"".join(decompressed([], "gzip")) == b""


@pytest.mark.parametrize("name", [*PACK, "compress"])
def test_what_is_broken_is_told(name: str):
    with pytest.raises(DecompressError):
        list(decompressed([b"no such thing" * 10], name))


@pytest.mark.parametrize("name", ["gzip", "br", "deflate"])
def test_what_breaks_off_is_told(name: str):
    with pytest.raises(DecompressError, match="is cut off"):
        list(decompressed([PACK[name](TEXT)[:-20]], name))


@pytest.mark.parametrize("name", PACK)
def test_a_bomb_comes_out_a_piece_at_a_time(name: str):
    # Of brotli the quickest level: the bomb is as small, and made in a tenth of the time.
    nothing = b"\0" * 200_000_000
    bomb = brotli.compress(nothing, quality=1) if name == "br" else PACK[name](nothing)
    tracemalloc.start()
    try:
        for number, piece in enumerate(decompressed([bomb], name)):
            assert len(piece) <= 4 * CHUNK
            if number == 160:
                break
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
