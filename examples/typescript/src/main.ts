/** The commands of the application: `poll` and `follow` handle requests, `receive` takes webhooks. */

import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";

import { Connection, Refused, SCOPES, sleep } from "./connection.js";
import { Feed } from "./feed.js";
import { Inbox } from "./inbox.js";
import { Deliveries, server } from "./receiver.js";
import { State } from "./state.js";
import { isKey } from "./webhook.js";

const USAGE = `usage: main.js poll [--once] [--state FILE] [--wait SECONDS] [--page-size N]
       main.js follow [--state FILE] [--wait SECONDS] [--page-size N]
       main.js receive [--port N] [--deliveries FILE]

poll handles what the consultation asks: WIJKOVERLEG_URL, CLIENT_ID and CLIENT_SECRET tell where and as whom.
follow does the same, and tells of everything else, along the change feed.
receive takes webhooks: WEBHOOK_KEYS has the keys, separated by spaces.`;

/** A mistake of whoever starts the program. */
class Misused extends Error {}

interface Options {
  state: string;
  wait: number;
  pageSize: number;
}

/** Polls until it is stopped, or once. */
async function poll(options: Options & { once: boolean }): Promise<void> {
  const inbox = new Inbox(connected(SCOPES), new State(options.state), options.pageSize);
  for (;;) {
    // What was begun before a restart comes first.
    await inbox.work();
    const againAfter = await inbox.poll(options.once ? 0 : options.wait);
    await inbox.work();
    if (options.once) {
      return;
    }
    await sleep(againAfter);
  }
}

/** Follows the change feed until it is stopped. */
async function follow(options: Options): Promise<void> {
  const connection = connected(`${SCOPES} events:read`);
  const state = new State(options.state);
  const inbox = new Inbox(connection, state, options.pageSize);
  const feed = new Feed(connection, state, inbox);
  for (;;) {
    await inbox.work();
    const againAfter = await feed.follow(options.wait);
    await inbox.work();
    await sleep(againAfter);
  }
}

/** Makes the connection that the environment tells of. */
function connected(scopes: string): Connection {
  return new Connection({
    base: setting("WIJKOVERLEG_URL"),
    clientId: setting("CLIENT_ID"),
    clientSecret: setting("CLIENT_SECRET"),
    tokenUrl: process.env.TOKEN_URL,
    scopes,
  });
}

/** Receives until it is stopped. */
function receive(options: { port: number; deliveries: string }): void {
  const keys = setting("WEBHOOK_KEYS").split(/\s+/).filter(Boolean);
  if (!keys.every(isKey)) {
    throw new Misused("a key in WEBHOOK_KEYS is whsec_ or whpk_ with base64 after it");
  }
  const receiver = server(keys, new Deliveries(options.deliveries));
  receiver.listen(options.port, "127.0.0.1", () => {
    console.log(`listening on http://127.0.0.1:${(receiver.address() as AddressInfo).port}`);
  });
}

/** Reads a setting from the environment. */
function setting(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Misused(`${name} is not set`);
  }
  return value;
}

/** Reads what is asked and does it. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      once: { type: "boolean", default: false },
      state: { type: "string", default: "state.json" },
      wait: { type: "string", default: "30" },
      "page-size": { type: "string", default: "100" },
      port: { type: "string", default: "9000" },
      deliveries: { type: "string", default: "deliveries.jsonl" },
    },
  });
  const { once = false, state = "", deliveries = "" } = values;
  const options = { state, wait: Number(values.wait), pageSize: Number(values["page-size"]) };
  switch (positionals.join(" ")) {
    case "poll":
      return poll({ once, ...options });
    case "follow":
      return follow(options);
    case "receive":
      return receive({ port: Number(values.port), deliveries });
    default:
      throw new Misused(USAGE);
  }
}

main().catch((error: unknown) => {
  if (!(error instanceof Refused || error instanceof Misused)) {
    throw error;
  }
  console.error(error instanceof Refused ? `refused: ${error.message}` : error.message);
  process.exitCode = 1;
});
