"""What the receiver answers, and what it keeps."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

from city_service.receiver import Deliveries, answer_to
from tests.test_webhook import SECRET, SENT_AT, headers, signed

EVENT = {
    "specversion": "1.0",
    "id": "019a9d3e-0000-7000-8000-000000000001",
    "source": "/wijkoverleg/v1",
    "type": "be.example.wijkoverleg.v1.followUpRequest.notify.sent",
    "subject": "followUpRequests/019a9d3e-0000-7000-8000-000000000002",
    "time": "2026-03-02T09:00:00Z",
    "datacontenttype": "application/json",
    "data": {"version": 1},
}


class AReceiver(unittest.TestCase):
    """A receiver with a file of its own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "deliveries.jsonl"
        self.deliveries = self.opened()

    def opened(self) -> Deliveries:
        """Opens the file, as a receiver does that starts."""
        deliveries = Deliveries(self.path)
        self.addCleanup(deliveries.close)
        return deliveries

    def takes(self, body: bytes, signature: str | None = None) -> tuple[int, Any]:
        """Delivers a body."""
        given = headers(signature or signed(SECRET, body=body))
        return answer_to([SECRET], self.deliveries, given, body, SENT_AT)

    def kept(self) -> list[Any]:
        """Reads what the service would read."""
        return [json.loads(line)["event"] for line in self.path.read_text().splitlines()]

    def test_the_handshake_is_answered_with_its_challenge_and_kept_nowhere(self) -> None:
        body = b'{"type": "be.example.wijkoverleg.v1.webhookSubscription.verify", "challenge": "x7"}'
        self.assertEqual(self.takes(body), (200, {"challenge": "x7"}))
        self.assertEqual(self.takes(body, "v1,AAAA")[0], 401)
        self.assertEqual(self.kept(), [])

    def test_a_delivery_that_comes_again_is_kept_once_also_after_a_restart(self) -> None:
        body = json.dumps(EVENT).encode()
        self.assertEqual(self.takes(body), (204, None))
        self.assertEqual(self.takes(body), (204, None))
        self.deliveries = self.opened()
        self.assertEqual(self.takes(body), (204, None))
        self.assertEqual(self.kept(), [EVENT])

    def test_a_line_that_a_crash_cut_short_makes_room_for_the_delivery(self) -> None:
        body = json.dumps(EVENT).encode()
        self.takes(body)
        whole = self.path.read_bytes()
        for cut in [0, 1, len(whole) - 1]:
            self.path.write_bytes(whole[:cut])
            self.deliveries = self.opened()
            self.assertEqual(self.takes(body), (204, None))
            self.assertEqual(self.path.read_bytes(), whole)

    def test_what_is_signed_and_yet_no_event_is_refused(self) -> None:
        handshake = b'{"type": "be.example.wijkoverleg.v1.webhookSubscription.verify"}'
        for body in [handshake, b"", b"[]", b"7", b"\xff", b'{"id": "1"}', b'{"type": 7}']:
            self.assertEqual(self.takes(body)[0], 400, body)
        self.assertEqual(self.kept(), [])
