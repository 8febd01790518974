"""The gateway of our own Discord: hello, identify, heartbeats, resume, and what is dispatched.

https://docs.discord.com/developers/events/gateway
"""

import asyncio
import json
import zlib
from collections.abc import Callable
from typing import Any

import aiohttp
import zstandard
from aiohttp import web

Frame = dict[str, Any]


class Gateway:
    """One session at a time, on one shard."""

    def __init__(self, token: str, ready: Callable[[], Frame], guilds: Callable[[], list[Frame]]) -> None:
        self.token = token
        self.ready = ready
        """What a client is told of itself once it has identified."""
        self.guilds = guilds
        self.interval = 41250
        """Milliseconds between heartbeats that a client is asked for."""
        self.deaf = False
        """Answers no heartbeat."""
        self.refuses = False
        """Whether every identification is refused."""
        self.identified = self.resumed = self.heartbeats = 0
        self.intents = 0
        self.connected = asyncio.Event()
        self._beat = asyncio.Event()
        self._socket: web.WebSocketResponse | None = None
        self._pack: Callable[[str], bytes] = str.encode
        self._history: list[Frame] = []
        self._session = ""

    async def serve(self, http: web.Request) -> web.StreamResponse:
        """One connection."""
        socket = web.WebSocketResponse()
        await socket.prepare(http)
        self._socket = socket
        if http.query.get("compress") == "zlib-stream":
            stream = zlib.compressobj()
            self._pack = lambda text: stream.compress(text.encode()) + stream.flush(zlib.Z_SYNC_FLUSH)
        elif http.query.get("compress") == "zstd-stream":
            frames = zstandard.ZstdCompressor().compressobj()
            self._pack = lambda text: frames.compress(text.encode()) + frames.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        else:
            self._pack = str.encode
        await self._send({"op": 10, "d": {"heartbeat_interval": self.interval}})
        async for frame in socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            said = json.loads(frame.data)
            if said["op"] == 1:
                self.heartbeats += 1
                self._beat.set()
                if not self.deaf:
                    await self._send({"op": 11, "d": None})
            elif said["op"] == 2:
                await self._identify(socket, said["d"])
            elif said["op"] == 6:
                await self._resume(said["d"])
        return socket

    async def dispatch(self, event: str, data: Frame) -> None:
        """An event; one that finds nobody is in the history and follows on resume."""
        frame = {"op": 0, "t": event, "s": len(self._history) + 1, "d": data}
        self._history.append(frame)
        await self._send(frame)

    async def drop(self, code: int = 4000) -> None:
        """Closes the socket."""
        assert self._socket
        self.connected.clear()
        await self._socket.close(code=code)

    async def reconnect(self) -> None:
        """Asks the client to come again and resume (op 7)."""
        self.connected.clear()
        await self._send({"op": 7, "d": None})

    async def invalidate(self) -> None:
        """Ends the session (op 9): the client must identify anew."""
        self.connected.clear()
        self._session = ""
        await self._send({"op": 9, "d": False})

    async def beats(self, number: int) -> None:
        """Waits until so many heartbeats have come."""
        while self.heartbeats < number:
            self._beat.clear()
            await self._beat.wait()

    async def close(self) -> None:
        """At the end."""
        if self._socket:
            await self._socket.close()

    async def _identify(self, socket: web.WebSocketResponse, said: Frame) -> None:
        if said["token"] != self.token or self.refuses:
            await socket.close(code=4004, message=b"Authentication failed.")
            return
        self.identified += 1
        self.intents = said["intents"]
        self._session, self._history = f"session-{self.identified}", []
        ready = {**self.ready(), "session_id": self._session}
        if "shard" in said:
            ready["shard"] = said["shard"]
        await self.dispatch("READY", ready)
        for guild in self.guilds():
            await self.dispatch("GUILD_CREATE", guild)
        self.connected.set()

    async def _resume(self, said: Frame) -> None:
        if said["session_id"] != self._session:
            await self._send({"op": 9, "d": False})
            return
        self.resumed += 1
        for missed in self._history[said["seq"] :]:
            await self._send(missed)
        await self.dispatch("RESUMED", {})
        self.connected.set()

    async def _send(self, frame: Frame) -> None:
        if self._socket and not self._socket.closed:
            packed = self._pack(json.dumps(frame))
            if self._pack is str.encode:
                await self._socket.send_str(packed.decode())
            else:
                await self._socket.send_bytes(packed)
