/** Tokens, patience and addresses, against a server that says what the test wants. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";

import { Connection, pause, Refused, secondsOf } from "../src/connection.js";

type Answered = [status: number, headers: Record<string, string>, body: string];

const TOKEN: Answered = [200, {}, '{"access_token": "t", "expires_in": 900}'];
const DONE: Answered = [200, {}, "{}"];

/** Starts a server that gives these answers in turn; none ends the connection without one. */
async function talks(context: TestContext, ...replies: (Answered | undefined)[]) {
  const seen: string[] = [];
  const slept: number[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    request.resume().on("end", () => {
      const reply = replies.shift();
      if (reply === undefined) {
        request.socket.destroy();
        return;
      }
      response.writeHead(reply[0], { ...reply[1], Connection: "close" }).end(reply[2]);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  const connection = new Connection({
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`,
    clientId: "id",
    clientSecret: "secret",
    sleep: async (seconds) => void slept.push(seconds),
  });
  return { connection, seen, slept };
}

test("a busy server is asked again when it says", async (context) => {
  const busy: Answered[] = [[429, { "Retry-After": "7" }, ""], [503, {}, ""]];
  const { connection, seen, slept } = await talks(context, TOKEN, ...busy, undefined, DONE);
  assert.equal((await connection.post("/x", {}, '"1"', "k")).status, 200);
  assert.deepEqual(seen, ["POST /oauth2/token", ...Array<string>(4).fill("POST /base/x")]);
  const [asked = 0, ...others] = slept;
  assert.ok(7 <= asked && asked <= 8, `${asked}`);
  assert.ok(others.every((seconds) => 0 < seconds && seconds <= 2), `${others}`);
});

test("one token serves many calls until it is refused", async (context) => {
  const { connection, seen } = await talks(context, TOKEN, DONE, DONE, [401, {}, ""], TOKEN, DONE);
  for (let calls = 0; calls < 3; calls += 1) {
    assert.equal((await connection.get("/x")).status, 200);
  }
  assert.equal(seen.filter((it) => it.includes("token")).length, 2);
});

test("a new token that is refused is no reason to go on", async (context) => {
  const first = await talks(context, TOKEN, [401, {}, ""]);
  assert.equal((await first.connection.get("/x")).status, 401);
  const problem = '{"error": "invalid_client", "error_description": "Unknown."}';
  const second = await talks(context, [401, {}, problem]);
  await assert.rejects(second.connection.get("/x"), (error) => {
    return error instanceof Refused && error.message === "401 Unknown.";
  });
});

test("the token is not carried to another address", async (context) => {
  const { connection, seen } = await talks(context, TOKEN, [302, { Location: "/elsewhere" }, ""]);
  assert.equal((await connection.get("/x")).status, 302);
  assert.deepEqual(seen, ["POST /oauth2/token", "GET /base/x"]);
});

test("Retry-After is a number of seconds or a moment", () => {
  assert.equal(secondsOf("12", 0), 12);
  assert.equal(secondsOf(new Date(1_000_060_000).toUTCString(), 1_000_000), 60);
  assert.equal(secondsOf(new Date(999_000_000).toUTCString(), 1_000_000), 0);
  assert.equal(secondsOf(null, 0), undefined);
  assert.equal(secondsOf("soon", 0), undefined);
});

test("pauses grow up to a minute", () => {
  const longest = Array.from({ length: 9 }, (_, tries) => pause(tries, undefined, 1));
  assert.deepEqual(longest, [0.5, 1, 2, 4, 8, 16, 32, 60, 60]);
  assert.equal(pause(10_000, undefined, 0), 30);
  assert.equal(pause(0, 10 ** 9, 0), 3600);
});
