"""A connection to Wijkoverleg: gets its tokens itself, and waits when the server asks it to."""

from __future__ import annotations

import base64
import email.utils
import http.client
import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

SCOPES = "followUpRequests:read followUpRequests:answer"
LONGEST_BACK_OFF = 60.0
LONGEST_RETRY_AFTER = 3600.0
BUSY = (429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Answer:
    """What the server answered."""

    status: int
    headers: Message
    body: bytes

    def json(self) -> Any:
        """Gives the document in it."""
        return json.loads(self.body)

    def problem(self) -> str:
        """Tells in words what was wrong."""
        try:
            told = self.json()
        except ValueError:
            return f"{self.status}"
        detail = told.get("detail") or told.get("title") or told.get("error_description") or ""
        issues = [f"{issue.get('name')}: {issue.get('detail')}" for issue in told.get("issues", [])]
        return " ".join([f"{self.status}", detail, *issues])


class Refused(Exception):
    """The server does not want what was asked, and will not want it the next time either."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.problem())
        self.answer = answer


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: the token is meant for one server."""

    def redirect_request(self, *_: Any) -> None:
        """Declines."""
        return None


class Connection:
    """Sends requests to one server in the name of one client application."""

    def __init__(
        self,
        base: str,
        client_id: str,
        client_secret: str,
        token_url: str | None = None,
        scopes: str = SCOPES,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base = base.rstrip("/")
        self._credentials = (client_id, client_secret)
        self._token_url = token_url or urllib.parse.urljoin(self.base, "/oauth2/token")
        self._scopes = scopes
        self._token: str | None = None
        self._token_until = 0.0
        self._sleep = sleep
        self._opener = urllib.request.build_opener(NoRedirect)

    def get(self, path: str, headers: Mapping[str, str] | None = None, wait: int = 0) -> Answer:
        """Reads a document or a list; the server may let it wait for a change for so many seconds."""
        sent = dict(headers or {})
        if wait:
            sent["Prefer"] = f"wait={wait}"
        return self._call("GET", path, sent, None, wait + 30)

    def post(self, path: str, body: Mapping[str, object], etag: str, key: str) -> Answer:
        """Does a verb with a document as it was read; with the same key it is done once, however often it is sent."""
        headers = {"If-Match": etag, "Idempotency-Key": f'"{key}"', "Content-Type": "application/json"}
        return self._call("POST", path, headers, json.dumps(body).encode(), 30)

    def _call(self, method: str, path: str, headers: dict[str, str], body: bytes | None, timeout: float) -> Answer:
        is_new = False
        while True:
            if self._token is None or time.monotonic() >= self._token_until:
                self._fetch_token()
                is_new = True
            headers["Authorization"] = f"Bearer {self._token}"
            answer = self._patiently(method, self.base + path, headers, body, timeout)
            if answer.status != 401 or is_new:
                return answer
            # It may have been revoked, or the server's keys renewed: another one shows.
            self._token = None

    def _fetch_token(self) -> None:
        credentials = ":".join(urllib.parse.quote_plus(part) for part in self._credentials)
        headers = {
            "Authorization": f"Basic {base64.b64encode(credentials.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        form = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": self._scopes}).encode()
        answer = self._patiently("POST", self._token_url, headers, form, 30)
        if answer.status != 200:
            raise Refused(answer)
        token = answer.json()
        self._token = token["access_token"]
        self._token_until = time.monotonic() + max(token["expires_in"] - 30, 1)

    def _patiently(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, timeout: float) -> Answer:
        """Sends it until the server is there and has the time; what is sent has its effect once, so that this is safe."""
        tries = 0
        while True:
            retry_after: float | None = None
            try:
                answer = self._send(method, url, headers, body, timeout)
            except (OSError, http.client.HTTPException):
                pass  # No answer, or half of one.
            else:
                if answer.status not in BUSY:
                    return answer
                retry_after = seconds_of(answer.headers.get("Retry-After"), time.time())
            self._sleep(pause(tries, retry_after, random.random()))
            tries += 1

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, timeout: float) -> Answer:
        request = urllib.request.Request(url, body, {"Accept": "application/json", **headers}, method=method)
        try:
            with self._opener.open(request, timeout=timeout) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as response:
            with response:
                return Answer(response.code, response.headers, response.read())


def seconds_of(retry_after: str | None, now: float) -> float | None:
    """Reads a `Retry-After`: seconds, or the moment itself."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(email.utils.parsedate_to_datetime(retry_after).timestamp() - now, 0.0)
    except ValueError:
        return None


def pause(tries: int, retry_after: float | None, chance: float) -> float:
    """Tells how long to wait: what the server asks, else twice as long each time; with chance, so that not all come at once."""
    if retry_after is not None:
        return min(retry_after, LONGEST_RETRY_AFTER) + chance
    return float(min(LONGEST_BACK_OFF, 0.5 * 2 ** min(tries, 16))) * (0.5 + chance / 2)
