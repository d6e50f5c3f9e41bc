/** What the receiver answers, and what it keeps. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { answerTo, Deliveries, type Reply } from "../src/receiver.js";
import { headers, SECRET, SENT_AT, signed } from "./samples.js";

const EVENT = {
  specversion: "1.0",
  id: "019a9d3e-0000-7000-8000-000000000001",
  source: "/wijkoverleg/v1",
  type: "be.example.wijkoverleg.v1.followUpRequest.notify.sent",
  subject: "followUpRequests/019a9d3e-0000-7000-8000-000000000002",
  time: "2026-03-02T09:00:00Z",
  datacontenttype: "application/json",
  data: { version: 1 },
};
const BODY: Buffer = Buffer.from(JSON.stringify(EVENT));

/** Makes a place for deliveries. */
function place(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "deliveries-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "deliveries.jsonl");
}

function takes(deliveries: Deliveries, body: Buffer, signature = signed(SECRET, body)): Reply {
  return answerTo([SECRET], deliveries, headers(signature), body, SENT_AT);
}

function kept(path: string): unknown[] {
  const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => (JSON.parse(line) as { event: unknown }).event);
}

test("the handshake is answered with its challenge and kept nowhere", (context) => {
  const path = place(context);
  const deliveries = new Deliveries(path);
  const type = "be.example.wijkoverleg.v1.webhookSubscription.verify";
  const body = Buffer.from(JSON.stringify({ type, challenge: "x7" }));
  assert.deepEqual(takes(deliveries, body), { status: 200, document: { challenge: "x7" } });
  assert.equal(takes(deliveries, body, "v1,AAAA").status, 401);
  assert.deepEqual(kept(path), []);
});

test("a delivery that comes again is kept once, also after a restart", (context) => {
  const path = place(context);
  const deliveries = new Deliveries(path);
  assert.deepEqual(takes(deliveries, BODY), { status: 204 });
  assert.deepEqual(takes(deliveries, BODY), { status: 204 });
  assert.deepEqual(takes(new Deliveries(path), BODY), { status: 204 });
  assert.deepEqual(kept(path), [EVENT]);
});

test("a line that a crash cut short makes room for the delivery", (context) => {
  const path = place(context);
  takes(new Deliveries(path), BODY);
  const whole = readFileSync(path);
  for (const cut of [0, 1, whole.length - 1]) {
    writeFileSync(path, whole.subarray(0, cut));
    assert.deepEqual(takes(new Deliveries(path), BODY), { status: 204 });
    assert.deepEqual(readFileSync(path), whole);
  }
});

test("what is signed and yet no event is refused", (context) => {
  const path = place(context);
  const deliveries = new Deliveries(path);
  const handshake = '{"type": "be.example.wijkoverleg.v1.webhookSubscription.verify"}';
  for (const body of ["", "[]", "7", "null", '{"id": "1"}', '{"type": 7}', handshake]) {
    assert.equal(takes(deliveries, Buffer.from(body)).status, 400, body);
  }
  assert.deepEqual(kept(path), []);
});
