/**
 * Receives deliveries: believes those that are signed, keeps each once, and answers fast.
 *
 * A service puts a server with a certificate in front of it: Wijkoverleg delivers over HTTPS only.
 */

import { existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";

import * as webhook from "./webhook.js";

const LARGEST_BODY = 256 * 1024;

/** What was delivered: a file with a line for each, which the service reads at its own pace. */
export class Deliveries {
  readonly #known = new Set<string>();
  readonly #file: number;

  constructor(path: string) {
    // A line that a crash cut short was never acknowledged: it comes again.
    if (existsSync(path)) {
      const content = readFileSync(path);
      const end = content.lastIndexOf("\n") + 1;
      const lines = content.subarray(0, end).toString().split("\n").filter(Boolean);
      lines.forEach((line) => this.#known.add((JSON.parse(line) as { webhookId: string }).webhookId));
      truncateSync(path, end);
    }
    this.#file = openSync(path, "a");
  }

  /** Keeps a delivery, and comes back once it is on the disk; tells whether it was new. */
  keep(id: string, event: unknown): boolean {
    if (this.#known.has(id)) {
      return false;
    }
    writeSync(this.#file, `${JSON.stringify({ webhookId: id, event })}\n`);
    fsyncSync(this.#file);
    this.#known.add(id);
    return true;
  }
}

/** An answer to a delivery. */
export interface Reply {
  status: number;
  document?: object;
}

/** Gives the answer to one delivery. */
export function answerTo(
  keys: string[],
  deliveries: Deliveries,
  headers: webhook.Headers,
  body: Buffer,
  now: number,
): Reply {
  let id: string;
  try {
    id = webhook.verify(keys, headers, body, now);
  } catch (reason) {
    if (reason instanceof webhook.Untrusted) {
      return { status: 401, document: { detail: reason.message } };
    }
    throw reason;
  }
  const event = read(body);
  const isHandshake = event?.type.endsWith(".webhookSubscription.verify") ?? false;
  if (event === undefined || (isHandshake && typeof event.challenge !== "string")) {
    return { status: 400, document: { detail: "it is no event" } };
  }
  if (isHandshake) {
    // Shows that whoever subscribed reads what arrives here.
    return { status: 200, document: { challenge: event.challenge } };
  }
  if (deliveries.keep(id, event)) {
    console.log(`delivered ${event.type} ${event.subject ?? ""}`);
  }
  return { status: 204 };
}

/** Reads an event; nothing when it is none. */
function read(body: Buffer): { type: string; subject?: unknown; challenge?: unknown } | undefined {
  try {
    const event: unknown = JSON.parse(body.toString());
    if (typeof event !== "object" || event === null || !("type" in event) || typeof event.type !== "string") {
      return undefined;
    }
    return { ...event, type: event.type };
  } catch {
    return undefined;
  }
}

/** Makes the server of the receiver. */
export function server(keys: string[], deliveries: Deliveries): Server {
  const serving = createServer((request, response) => {
    taken(request)
      .then((body): Reply => {
        if (request.method !== "POST") {
          return { status: 405 };
        }
        return body === undefined
          ? { status: 413 }
          : answerTo(keys, deliveries, request.headers, body, Date.now() / 1000);
      })
      .then(({ status, document }) => {
        response.writeHead(status, document && { "Content-Type": "application/json" });
        response.end(document && JSON.stringify(document));
      })
      .catch(() => response.destroy());
  });
  serving.requestTimeout = 10_000;
  return serving;
}

/** Takes a body in, as long as it is not too large. */
async function taken(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= LARGEST_BODY) {
      chunks.push(chunk);
    }
  }
  return length <= LARGEST_BODY ? Buffer.concat(chunks) : undefined;
}
