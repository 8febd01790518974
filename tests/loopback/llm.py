"""A server on this machine that answers as OpenAI's chat completions do, well and badly."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Say = Callable[[dict[str, Any]], str]
"""What the model says to a request's body."""


class Model:
    """What the server was asked, and how it shall answer."""

    def __init__(self, url: str) -> None:
        self.url = f"{url}/v1"
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.closing = threading.Event()
        self.answer: Callable[[BaseHTTPRequestHandler, dict[str, Any]], None] = self.saying("Hello.")

    def says(self, words: str | Say, tokens: int = 100) -> None:
        """From now on it says this."""
        self.answer = self.saying(words, tokens)

    def saying(self, words: str | Say, tokens: int = 100) -> Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]:
        def answer(request: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
            said = words if isinstance(words, str) else words(body)
            message = {"role": "assistant", "content": said}
            whole = {"choices": [{"message": message, "finish_reason": "stop"}], "usage": {"total_tokens": tokens}}
            send(request, 200, json.dumps(whole).encode())

        return answer

    def fails(self, status: int, **headers: str) -> None:
        """From now on it refuses."""
        self.answer = lambda request, _: send(request, status, b'{"error": "no"}', headers)

    def writes(self, data: bytes) -> None:
        """From now on it answers with these bytes."""
        self.answer = lambda request, _: send(request, 200, data)

    def hangs(self) -> None:
        """From now on it says nothing at all."""
        self.answer = lambda request, _: self.closing.wait(30) and None

    def drips(self) -> None:
        """From now on it sends spaces without an end."""

        def answer(request: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
            request.send_response(200)
            request.end_headers()
            while not self.closing.wait(0.02):
                request.wfile.write(b" ")

        self.answer = answer


def send(request: BaseHTTPRequestHandler, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
    request.send_response(status)
    for name, value in (headers or {}).items():
        request.send_header(name.replace("_", "-"), value)
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    request.wfile.write(data)


@contextmanager
def model() -> Iterator[Model]:
    """A server in a thread of its own, stopped at the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.asked.append(body)
            found.keys.append(self.headers.get("Authorization", ""))
            if self.path != "/v1/chat/completions":
                self.send_error(404)
                return
            try:
                found.answer(self, body)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the test's screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = Model(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield found
    finally:
        found.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
