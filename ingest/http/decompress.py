"""Decompresses response bodies chunk by chunk: a bomb is stopped at the size limit and never held in memory. Pure.

Not left to the HTTP library, which decompresses each chunk as a whole: a few kilobytes of brotli can be gigabytes.
"""

import io
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, cast

import brotli
import zstandard

ACCEPTED = "gzip, br, zstd, deflate"

CHUNK = 64 * 1024
"""Bytes decompressed at a time."""

MAX_WINDOW = 8 * 1024 * 1024
"""Bytes of memory that zstd may ask for (RFC 9659: what browsers grant)."""


class DecompressError(Exception):
    """A body can't be decompressed. The message completes a sentence that begins with the source's name."""


def decompressed(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The content of a body with this Content-Encoding, in chunks of about CHUNK bytes. Raises DecompressError."""
    found: Iterable[bytes] = chunks
    for name in reversed([part.strip().lower() for part in encoding.split(",") if part.strip()]):
        if name in ("identity", "none", "utf-8"):
            continue
        if name not in _READERS:
            raise DecompressError(f"is compressed as {name[:20]}, which we did not ask for")
        found = _READERS[name](found)
    return iter(found)


def _gzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    return _zlib(chunks, zlib.MAX_WBITS | 16)


def _deflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    # "deflate" means the zlib format (RFC 9110, 8.4.1.2), but many old servers send raw deflate.
    chunks = iter(chunks)
    first = b""
    for chunk in chunks:
        first += chunk
        if len(first) >= 2:
            break
    bare = len(first) < 2 or first[0] & 0x0F != 8 or (first[0] << 8 | first[1]) % 31
    return _zlib(_chained(first, chunks), -zlib.MAX_WBITS if bare else zlib.MAX_WBITS)


def _zlib(chunks: Iterable[bytes], bits: int) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(bits)
    any_data = False
    try:
        for chunk in chunks:
            rest = chunk
            while rest and not unpacker.eof:
                any_data = True
                yield unpacker.decompress(rest, CHUNK)
                rest = unpacker.unconsumed_tail
                if unpacker.eof and unpacker.unused_data[:2] == b"\x1f\x8b":
                    rest, unpacker = unpacker.unused_data, zlib.decompressobj(bits)
    except zlib.error as error:
        raise DecompressError("is compressed and damaged") from error
    if any_data and not unpacker.eof:
        raise DecompressError("is cut off")


def _brotli(chunks: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = brotli.Decompressor()
    any_data = False
    try:
        for chunk in chunks:
            any_data = any_data or bool(chunk)
            out = unpacker.process(chunk, output_buffer_limit=CHUNK)
            yield out
            # Output beyond the limit is held back, even when all input has been consumed.
            while len(out) >= CHUNK or not unpacker.can_accept_more_data():
                out = unpacker.process(b"", output_buffer_limit=CHUNK)
                yield out
    except brotli.error as error:
        raise DecompressError("is compressed and damaged") from error
    if any_data and not unpacker.is_finished():
        raise DecompressError("is cut off")


def _zstd(chunks: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
    with unpacker.stream_reader(
        cast(IO[bytes], _ChunkReader(chunks)), read_across_frames=True, closefd=False
    ) as reader:
        try:
            while data := reader.read(CHUNK):
                yield data
        except zstandard.ZstdError as error:
            raise DecompressError("is compressed and damaged") from error


_READERS = {"gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd}


def _chained(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


class _ChunkReader(io.RawIOBase):
    """An iterator of chunks as a file to read from."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._rest = chunk
        size = len(self._rest) if size < 0 else size
        data, self._rest = self._rest[:size], self._rest[size:]
        return data
