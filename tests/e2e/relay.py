"""Stands between the shops and the deployed API: hands every delivery on as it is, and keeps it with what it was answered.

So the run can deliver the very same bytes again, or nearly the same, without knowing how a channel signs.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from web import Answer, call

# Of one connection between two neighbours, not of the message.
NOT_HANDED_ON = {"host", "connection", "content-length", "transfer-encoding", "accept-encoding"}


@dataclass(frozen=True)
class Delivery:
    """One request of a shop, and what came back."""

    path: str
    headers: dict[str, str]
    body: bytes
    answer: Answer

    def again(self, target: str, body: bytes | None = None) -> Answer:
        """Delivers it once more, or another body under the same headers."""
        return call("POST", target + self.path, self.headers, self.body if body is None else body)


@dataclass
class Relay:
    """One that is running."""

    url: str
    target: str
    _kept: list[Delivery] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def deliveries(self) -> list[Delivery]:
        """All so far, in the order of their answers."""
        with self._lock:
            return list(self._kept)

    def hand_on(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Delivers to the target and keeps what happened."""
        answer = call("POST", self.target + path, headers, body)
        with self._lock:
            self._kept.append(Delivery(path, headers, body, answer))
        return answer


@contextmanager
def relay(target: str) -> Iterator[Relay]:
    """Hands on to `target`, at a free port of the loopback address, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_HANDED_ON}
            answer = running.hand_on(self.path, headers, body)
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing: deliveries are kept, and checked."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running = Relay(f"http://127.0.0.1:{server.server_port}", target)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
