"""The requests to the service: it polls for them, receives, accepts and answers them, each verb once."""

from __future__ import annotations

import time
import urllib.parse
import uuid
from typing import TYPE_CHECKING, Any

from . import work
from .connection import Connection, Refused, seconds_of
from .state import Pending, State

if TYPE_CHECKING:
    from .api_types import FollowUpRequest, FollowUpRequestCollection

LIST = "/followUpRequests"
OPEN = ("sent", "received", "accepted")
MOST_TRIES = 5


class Inbox:
    """What is open for the service."""

    def __init__(self, connection: Connection, state: State, page_size: int = 100) -> None:
        self._connection = connection
        self._state = state
        self._documents: dict[str, FollowUpRequest] = {}
        query = [*(("state", state) for state in OPEN), ("sort", "createdAt"), ("pageSize", str(page_size))]
        self._first = f"{LIST}?{urllib.parse.urlencode(query)}"

    def poll(self, wait: int) -> float:
        """Asks what is open, where something changed since the last time; tells after how long to ask again."""
        known = self._state.content["etag"]
        answer = self._connection.get(self._first, {"If-None-Match": known} if known else None, wait if known else 0)
        if answer.status == 304:
            waited = "wait" in answer.headers.get("Preference-Applied", "")
            return 0 if waited else seconds_of(answer.headers.get("Retry-After"), time.time()) or 15
        if answer.status != 200:
            raise Refused(answer)
        etag = answer.headers["ETag"]
        documents: dict[str, FollowUpRequest] = {}
        page: FollowUpRequestCollection = answer.json()
        documents.update((item["id"], item) for item in page["items"])
        while "next" in page:
            # The address of the list is known: of `next`, only the position is needed.
            answer = self._connection.get(f"{LIST}?{urllib.parse.urlsplit(page['next']).query}")
            if answer.status != 200:
                raise Refused(answer)
            page = answer.json()
            documents.update((item["id"], item) for item in page["items"])
        self._take_over(etag, documents)
        return 0

    def _take_over(self, etag: str, documents: dict[str, FollowUpRequest]) -> None:
        """Remembers the list and its tag together: once the tag is known, nothing of the list is told again."""
        tasks = self._state.content["tasks"]
        kept = {id: task for id, task in tasks.items() if id in documents or "pending" in task}
        for id in documents:
            kept.setdefault(id, {}).pop("refused", None)
        self._documents = documents
        self._state.content["tasks"] = kept
        self._state.content["etag"] = etag
        self._state.save()

    def work(self) -> None:
        """Brings every open request as far as it goes."""
        for id in list(self._state.content["tasks"]):
            for _ in range(MOST_TRIES):
                if not self._step(id):
                    break

    def is_empty(self) -> bool:
        """Tells whether there is nothing left to do."""
        return not self._state.content["tasks"]

    def _step(self, id: str) -> bool:
        """Does the next verb with a request; tells whether there may be another one."""
        task = self._state.content["tasks"][id]
        if "refused" in task:
            return False
        if "pending" not in task:
            request = self._documents.get(id) or self._read(id)
            decided = decide(request) if request else None
            if request is None or request["state"] not in OPEN:
                self._forget(id)
                return False
            if decided is None:
                return False
            # Written down before it is sent: after a crash the same call goes out again, with the same key.
            task["pending"] = decided
            self._state.save()
        return self._do(id, task["pending"])

    def _do(self, id: str, pending: Pending) -> bool:
        path = f"{LIST}/{id}/{pending['verb']}"
        answer = self._connection.post(path, pending["body"], pending["etag"], pending["key"])
        if answer.status in (401, 403):
            raise Refused(answer)
        task = self._state.content["tasks"][id]
        del task["pending"]
        self._documents.pop(id, None)
        if answer.status == 200:
            self._documents[id] = answer.json()
            print(f"{pending['verb']} {id}", flush=True)
        elif answer.status not in (404, 409, 412):
            # Not what the server can use: somebody has to look at it. It is tried again once the list changes.
            task["refused"] = answer.problem()
            print(f"refused {pending['verb']} {id}: {answer.problem()}", flush=True)
        # Otherwise somebody else was first: what is there now decides.
        self._state.save()
        return True

    def _read(self, id: str) -> FollowUpRequest | None:
        answer = self._connection.get(f"{LIST}/{id}")
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise Refused(answer)
        request: FollowUpRequest = answer.json()
        self._documents[id] = request
        return request

    def _forget(self, id: str) -> None:
        del self._state.content["tasks"][id]
        self._documents.pop(id, None)
        self._state.save()


def decide(request: FollowUpRequest) -> Pending | None:
    """Chooses what to do next with a request; nothing while its work goes on."""
    can = request["allowedVerbs"]
    body: dict[str, Any]
    if "receive" in can:
        verb, body = "receive", {}
    elif "accept" in can:
        verb, body = "accept", dict(work.accept(request))
    elif "answer" in can and (answer := work.answer(request)):
        verb, body = "answer", dict(answer)
    else:
        return None
    return {"verb": verb, "body": body, "etag": request["etag"], "key": str(uuid.uuid4())}
