"""The commands of the application: `poll` and `follow` handle requests, `receive` takes webhooks."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from .connection import SCOPES, Connection, Refused
from .feed import Feed
from .inbox import Inbox
from .receiver import Deliveries, server
from .state import State
from .webhook import is_key


def main() -> int:
    """Reads what is asked and does it."""
    parser = argparse.ArgumentParser(prog="city_service", description=__doc__)
    commands = parser.add_subparsers(required=True)
    poll = commands.add_parser("poll", help="handle what the consultation asks")
    poll.add_argument("--once", action="store_true", help="do what is open now, and stop")
    poll.set_defaults(run=run_poll)
    follow = commands.add_parser("follow", help="the same, and tell of everything else, along the change feed")
    follow.set_defaults(run=run_follow)
    for command in [poll, follow]:
        command.add_argument("--state", type=Path, default=Path("state.json"), help="where to remember what was done")
        command.add_argument("--wait", type=int, default=30, help="seconds that the server may wait for a change")
        command.add_argument("--page-size", type=int, default=100)
    receive = commands.add_parser("receive", help="take webhooks; WEBHOOK_KEYS has the keys, separated by spaces")
    receive.add_argument("--port", type=int, default=9000)
    receive.add_argument("--deliveries", type=Path, default=Path("deliveries.jsonl"), help="where to keep them")
    receive.set_defaults(run=run_receive)
    options = parser.parse_args()
    try:
        options.run(options)
    except Refused as refused:
        print(f"refused: {refused}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def run_poll(options: argparse.Namespace) -> None:
    """Polls until it is stopped."""
    inbox = Inbox(connected(SCOPES), State(options.state), options.page_size)
    while True:
        # What was begun before a restart comes first.
        inbox.work()
        again_after = inbox.poll(0 if options.once else options.wait)
        inbox.work()
        if options.once:
            return
        time.sleep(again_after)


def run_follow(options: argparse.Namespace) -> None:
    """Follows the change feed until it is stopped."""
    connection, state = connected(f"{SCOPES} events:read"), State(options.state)
    inbox = Inbox(connection, state, options.page_size)
    feed = Feed(connection, state, inbox)
    while True:
        inbox.work()
        again_after = feed.follow(options.wait)
        inbox.work()
        time.sleep(again_after)


def connected(scopes: str) -> Connection:
    """Makes the connection that the environment tells of."""
    base, id, secret = (setting(name) for name in ["WIJKOVERLEG_URL", "CLIENT_ID", "CLIENT_SECRET"])
    return Connection(base, id, secret, os.environ.get("TOKEN_URL"), scopes)


def run_receive(options: argparse.Namespace) -> None:
    """Receives until it is stopped."""
    keys = setting("WEBHOOK_KEYS").split()
    if not all(is_key(key) for key in keys):
        sys.exit("a key in WEBHOOK_KEYS is whsec_ or whpk_ with base64 after it")
    receiver = server(keys, Deliveries(options.deliveries), options.port)
    print(f"listening on http://127.0.0.1:{receiver.server_port}", flush=True)
    receiver.serve_forever()


def setting(name: str) -> str:
    """Reads a setting from the environment."""
    value = os.environ.get(name)
    if not value:
        sys.exit(f"{name} is not set")
    return value


sys.exit(main())
