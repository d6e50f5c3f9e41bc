"""What the application has to remember: in one small file, so that a restart loses and repeats nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from typing_extensions import NotRequired


class Pending(TypedDict):
    """A call that was decided on, and of which no answer is known yet."""

    verb: str
    body: dict[str, Any]
    etag: str
    key: str


class Task(TypedDict):
    """What is known of a request that is open."""

    pending: NotRequired[Pending]
    refused: NotRequired[str]


class Content(TypedDict):
    """The content of the file."""

    etag: str | None
    tasks: dict[str, Task]
    cursor: NotRequired[str]


class State:
    """A file of which there is always a whole version, the old one or the new one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.content: Content = {"etag": None, "tasks": {}}
        if path.exists():
            self.content = json.loads(path.read_text("utf-8"))

    def save(self) -> None:
        """Writes it, and comes back once it is on the disk."""
        new = self._path.with_name(f"{self._path.name}.new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(self.content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self._path)
