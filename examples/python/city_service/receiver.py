"""Receives deliveries: believes those that are signed, keeps each once, and answers fast.

A service puts a server with a certificate in front of it: Wijkoverleg delivers over HTTPS only.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from . import webhook

LARGEST_BODY = 256 * 1024


class Deliveries:
    """What was delivered: a file with a line for each, which the service reads at its own pace."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._known: set[str] = set()
        # A line that a crash cut short was never acknowledged: it comes again.
        if path.exists():
            whole = path.read_bytes().rpartition(b"\n")[0]
            self._known.update(json.loads(line)["webhookId"] for line in whole.splitlines())
            os.truncate(path, len(whole) + 1 if whole else 0)
        self._file = open(path, "ab")

    def keep(self, id: str, event: Any) -> bool:
        """Keeps a delivery, and comes back once it is on the disk; tells whether it was new."""
        with self._lock:
            if id in self._known:
                return False
            self._file.write(json.dumps({"webhookId": id, "event": event}).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
            self._known.add(id)
            return True

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


def answer_to(
    keys: Sequence[str], deliveries: Deliveries, headers: dict[str, str], body: bytes, now: float
) -> tuple[int, Any]:
    """Gives the answer to one delivery: status and document."""
    try:
        id = webhook.verify(keys, headers, body, now)
    except webhook.Untrusted as reason:
        return 401, {"detail": f"{reason}"}
    event = read(body)
    is_handshake = event is not None and event["type"].endswith(".webhookSubscription.verify")
    if event is None or (is_handshake and not isinstance(event.get("challenge"), str)):
        return 400, {"detail": "it is no event"}
    if is_handshake:
        # Shows that whoever subscribed reads what arrives here.
        return 200, {"challenge": event["challenge"]}
    if deliveries.keep(id, event):
        print(f"delivered {event['type']} {event.get('subject', '')}", flush=True)
    return 204, None


def read(body: bytes) -> dict[str, Any] | None:
    """Reads an event; nothing when it is none."""
    try:
        event = json.loads(body)
    except ValueError:
        return None
    return event if isinstance(event, dict) and isinstance(event.get("type"), str) else None


def server(
    keys: Sequence[str], deliveries: Deliveries, port: int, clock: Callable[[], float] = time.time
) -> ThreadingHTTPServer:
    """Makes the server of the receiver, on this machine only."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Takes one delivery."""
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal():
                self._answers(411, None)
            elif int(length) > LARGEST_BODY:
                self._answers(413, None)
            else:
                body = self.rfile.read(int(length))
                self._answers(*answer_to(keys, deliveries, dict(self.headers.items()), body, clock()))

        def _answers(self, status: int, document: Any) -> None:
            body = b"" if document is None else json.dumps(document).encode()
            self.send_response(status)
            if document is not None:
                self.send_header("Content-Type", "application/json")
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            if status in (411, 413):
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Stays silent: what is kept is printed."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)
