"""The change feed: tells in order what changed, so that one place to look is enough for everything."""

from __future__ import annotations

import time
import urllib.parse
from typing import TYPE_CHECKING

from .connection import Connection, Refused, seconds_of
from .inbox import Inbox
from .state import State

if TYPE_CHECKING:
    from .api_types import EventPage

FEED = "/events"
FROM_NOW_ON = "start=now"


class Feed:
    """What happens, from where the application was on."""

    def __init__(self, connection: Connection, state: State, inbox: Inbox) -> None:
        self._connection = connection
        self._state = state
        self._inbox = inbox

    def follow(self, wait: int) -> float:
        """Takes the next page, and looks at the requests where it speaks of them; tells after how long to ask again."""
        cursor = self._state.content.get("cursor")
        answer = self._connection.get(f"{FEED}?{cursor or FROM_NOW_ON}", wait=wait if cursor else 0)
        if cursor and answer.status == 410:
            # Too old, or given to somebody with other rights: a new one, and everything read anew.
            del self._state.content["cursor"]
            return 1
        if answer.status != 200:
            raise Refused(answer)
        page: EventPage = answer.json()
        for event in page["items"]:
            print(f"event {event['type']} {event['subject']}", flush=True)
        if not cursor or any(event["data"]["subjectKind"] == "followUpRequest" for event in page["items"]):
            self._inbox.poll(0)
        # Only now: after a crash the same events come once more, and are seen to be done.
        self._state.content["cursor"] = urllib.parse.urlsplit(page["next"]).query
        self._state.save()
        if not cursor or page["items"] or "wait" in answer.headers.get("Preference-Applied", ""):
            return 0
        return seconds_of(answer.headers.get("Retry-After"), time.time()) or 15
