"""Tokens, patience and addresses, against a server that says what the test wants."""

from __future__ import annotations

import threading
import unittest
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer

from city_service.connection import Connection, Refused, pause, seconds_of

Reply = tuple[int, dict[str, str], bytes]

TOKEN: Reply = (200, {}, b'{"access_token": "t", "expires_in": 900}')
DONE: Reply = (200, {}, b"{}")


class AConnection(unittest.TestCase):
    """A connection to a server with answers that are written down beforehand."""

    def talks(self, *replies: Reply | None) -> None:
        """Starts a server that gives these answers in turn; none ends the connection without one."""
        self.seen: list[str] = []
        self.slept: list[float] = []
        rest = list(replies)
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                seen.append(f"{self.command} {self.path}")
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                reply = rest.pop(0)
                if reply is None:
                    return
                status, headers, body = reply
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        base = f"http://127.0.0.1:{server.server_port}/base"
        self.connection = Connection(base, "id", "secret", sleep=self.slept.append)

    def test_a_busy_server_is_asked_again_when_it_says(self) -> None:
        self.talks(TOKEN, (429, {"Retry-After": "7"}, b""), (503, {}, b""), None, DONE)
        self.assertEqual(self.connection.post("/x", {}, '"1"', "k").status, 200)
        self.assertEqual(self.seen, ["POST /oauth2/token", *["POST /base/x"] * 4])
        self.assertTrue(7 <= self.slept[0] <= 8, self.slept)
        self.assertTrue(all(0 < seconds <= 2 for seconds in self.slept[1:]), self.slept)

    def test_one_token_serves_many_calls_until_it_is_refused(self) -> None:
        self.talks(TOKEN, DONE, DONE, (401, {}, b""), TOKEN, DONE)
        for _ in range(3):
            self.assertEqual(self.connection.get("/x").status, 200)
        self.assertEqual([it for it in self.seen if "token" in it], ["POST /oauth2/token"] * 2)

    def test_a_new_token_that_is_refused_is_no_reason_to_go_on(self) -> None:
        self.talks(TOKEN, (401, {}, b""))
        self.assertEqual(self.connection.get("/x").status, 401)
        self.talks((401, {}, b'{"error": "invalid_client", "error_description": "Unknown."}'))
        with self.assertRaisesRegex(Refused, "401 Unknown."):
            self.connection.get("/x")

    def test_the_token_is_not_carried_to_another_address(self) -> None:
        self.talks(TOKEN, (302, {"Location": "/elsewhere"}, b""))
        self.assertEqual(self.connection.get("/x").status, 302)
        self.assertEqual(self.seen, ["POST /oauth2/token", "GET /base/x"])

    def test_retry_after_is_a_number_of_seconds_or_a_moment(self) -> None:
        self.assertEqual(seconds_of("12", 0), 12)
        self.assertEqual(seconds_of(formatdate(1_000_060, usegmt=True), 1_000_000), 60)
        self.assertEqual(seconds_of(formatdate(999_000, usegmt=True), 1_000_000), 0)
        self.assertIsNone(seconds_of(None, 0))
        self.assertIsNone(seconds_of("soon", 0))

    def test_pauses_grow_up_to_a_minute(self) -> None:
        longest = [pause(tries, None, 1) for tries in range(9)]
        self.assertEqual(longest, [0.5, 1, 2, 4, 8, 16, 32, 60, 60])
        self.assertEqual(pause(10_000, None, 0), 30)
        self.assertEqual(pause(0, 10**9, 0), 3600)
