/** Whom to believe: the example of the standard, and everything that differs from it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { isKey, Untrusted, verify } from "../src/webhook.js";
import { BODY, headers, ID, SECRET, SENT_AT, SIGNATURE, signed } from "./samples.js";

const OTHER_SECRET = `whsec_${Buffer.from("another secret of this test, long enough").toString("base64")}`;

// The first key of RFC 8032, section 7.1.
const PUBLIC_KEY = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const SIGNED_WITH_IT =
  "v1a,fldxM4gAKugP6nnt1hdz3sgGfZ6d99nzrMFnZOELIxbzEHoVmAb2ADpkJK7zgPePmPsle0zV9jSeGlHFG2NVAw==";

function isRefused(signature: string, { sentAt = SENT_AT as unknown, body = BODY, key = SECRET } = {}): void {
  assert.throws(() => verify([key], headers(signature, sentAt), body, SENT_AT), Untrusted);
}

test("the example of the standard is believed", () => {
  assert.equal(verify([SECRET], headers(SIGNATURE), BODY, SENT_AT), ID);
  assert.equal(signed(SECRET), SIGNATURE);
});

test("another body, id, time or secret is not", () => {
  isRefused(SIGNATURE, { body: Buffer.from('{"test":2432232314}') });
  isRefused(SIGNATURE, { sentAt: SENT_AT + 1 });
  isRefused(SIGNATURE, { key: OTHER_SECRET });
  const given = { ...headers(SIGNATURE), "webhook-id": "msg_other" };
  assert.throws(() => verify([SECRET], given, BODY, SENT_AT), Untrusted);
});

test("a signature that is none is refused", () => {
  const none = ["", "v1", "v1,", "v1,?", SIGNATURE.slice(0, -2), SIGNATURE.replace("v1", "v2"), SIGNATURE.slice(3)];
  none.forEach((signature) => isRefused(signature));
});

test("one of several signatures is enough, and one of several keys", () => {
  const both = `${signed(OTHER_SECRET)} v2,unknown ${SIGNATURE}`;
  for (const keys of [[SECRET], [OTHER_SECRET], [SECRET, OTHER_SECRET]]) {
    assert.equal(verify(keys, headers(both), BODY, SENT_AT), ID);
  }
  assert.equal(verify([OTHER_SECRET, SECRET], headers(SIGNATURE), BODY, SENT_AT), ID);
});

test("five minutes are tolerated on both sides", () => {
  for (const now of [SENT_AT - 300, SENT_AT + 300]) {
    assert.equal(verify([SECRET], headers(SIGNATURE), BODY, now), ID);
  }
  for (const now of [SENT_AT - 301, SENT_AT + 301]) {
    assert.throws(() => verify([SECRET], headers(SIGNATURE), BODY, now), Untrusted);
  }
  for (const sentAt of ["", "now", "-1", "1e9", "٣", "9".repeat(30)]) {
    isRefused(SIGNATURE, { sentAt });
  }
});

test("a header that is missing is told", () => {
  for (const name of Object.keys(headers(SIGNATURE))) {
    const given = { ...headers(SIGNATURE), [name]: undefined };
    assert.throws(() => verify([SECRET], given, BODY, SENT_AT), new RegExp(name));
  }
});

test("a public key believes its own signature only", () => {
  assert.equal(verify([PUBLIC_KEY], headers(`${SIGNATURE} ${SIGNED_WITH_IT}`), BODY, SENT_AT), ID);
  isRefused(SIGNED_WITH_IT, { body: Buffer.from("{}"), key: PUBLIC_KEY });
  isRefused(SIGNATURE, { key: PUBLIC_KEY });
  isRefused(SIGNED_WITH_IT);
  isRefused("v1a,AAAA", { key: PUBLIC_KEY });
});

test("without a sound key nothing is believed", () => {
  for (const keys of [[], [""], ["whsec_"], ["whsec_?"], ["whpk_AAAA"], [SECRET, SECRET.slice(6)]]) {
    assert.ok(keys.length === 0 || !keys.every(isKey));
    assert.throws(() => verify(keys, headers(SIGNATURE), BODY, SENT_AT), TypeError);
  }
});
