"""A web server on this machine that serves feeds, well and badly."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """What stands under each path, and what was asked for."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.closing = threading.Event()
        """Set when the server stops: whoever hangs on purpose then lets go."""

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(asked == path for asked, _ in self.asked)

    def page(self, path: str, data: bytes, status: int = 200, **headers: str) -> str:
        """Puts a page under a path; gives its address. With an ETag or Last-Modified it answers 304."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}

        def answer(request: BaseHTTPRequestHandler) -> None:
            tags = (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
            same = any(name in said and request.headers.get(asked) == said[name] for name, asked in tags)
            request.send_response(304 if same else status)
            for name, value in said.items():
                request.send_header(name, value)
            request.send_header("Content-Length", "0" if same else str(len(data)))
            request.end_headers()
            if not same:
                request.wfile.write(data)

        self.answers[path] = answer
        return self.url + path

    def hang(self, path: str) -> str:
        """A page that never answers."""
        self.answers[path] = lambda _: self._wait(30)
        return self.url + path

    def drip(self, path: str) -> str:
        """A page that answers a byte at a time, without end."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.end_headers()
            while not self._wait(0.05):
                request.wfile.write(b" ")

        self.answers[path] = answer
        return self.url + path

    def _wait(self, seconds: float) -> bool:
        return self.closing.wait(seconds)


@contextmanager
def site() -> Iterator[Site]:
    """A server in a thread of its own, stopped at the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append((self.path, dict(self.headers)))
            answer = found.answers.get(self.path)
            if answer is None:
                self.send_error(404)
                return
            try:
                answer(self)
            except OSError:
                # The asker has gone away, which is what some tests are about.
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the test's screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = Site(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield found
    finally:
        found.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
