/** Tells whether a delivery comes from Wijkoverleg: Standard Webhooks, with a secret or a public key. */

import { createHmac, createPublicKey, timingSafeEqual, verify as verifySignature } from "node:crypto";

const TOLERANCE = 5 * 60;

/** A delivery that is not to be believed. */
export class Untrusted extends Error {}

/** Headers, with names in lower case. */
export type Headers = Record<string, string | string[] | undefined>;

/**
 * Gives the id of a delivery, the same for each repetition; throws when no key fits.
 *
 * Keys are secrets, `whsec_…`, or public keys, `whpk_…`; while one is replaced, both are given. The body is the one that
 * arrived, byte for byte: JSON that was read and written again is another text.
 */
export function verify(keys: string[], headers: Headers, body: Buffer, now: number): string {
  if (keys.length === 0 || !keys.every(isKey)) {
    throw new TypeError("a key is whsec_ or whpk_ with base64 after it");
  }
  const id = header(headers, "webhook-id");
  const sentAt = header(headers, "webhook-timestamp");
  const signatures = header(headers, "webhook-signature").split(" ");
  if (!/^\d{1,12}$/.test(sentAt)) {
    throw new Untrusted("its timestamp is no number");
  }
  if (Math.abs(now - Number(sentAt)) > TOLERANCE) {
    throw new Untrusted("it was sent too long ago, or a clock is wrong");
  }
  const content = Buffer.concat([Buffer.from(`${id}.${sentAt}.`), body]);
  // Every pair is tried, so that the time that it takes tells nothing.
  const fitting = keys.flatMap((key) => signatures.filter((signature) => fits(key, signature, content)));
  if (fitting.length === 0) {
    throw new Untrusted("its signature fits no key");
  }
  return id;
}

/** Tells whether a text is a key: a secret of 24 to 64 bytes, or a public key of 32. */
export function isKey(text: string): boolean {
  const [kind, encoded] = parted(text, "_");
  const length = decoded(encoded)?.length ?? 0;
  return (kind === "whsec" && length >= 24 && length <= 64) || (kind === "whpk" && length === 32);
}

/** Tells whether a key of ours made a signature, or belongs to the one that did. */
function fits(key: string, signature: string, content: Buffer): boolean {
  const [version, encodedSignature] = parted(signature, ",");
  const [kind, encodedKey] = parted(key, "_");
  const given = decoded(encodedSignature);
  const bytes = decoded(encodedKey);
  if (given === undefined || bytes === undefined) {
    return false;
  }
  if (version === "v1" && kind === "whsec") {
    const expected = createHmac("sha256", bytes).update(content).digest();
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
  if (version === "v1a" && kind === "whpk") {
    const x = bytes.toString("base64url");
    const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    return verifySignature(null, content, publicKey, given);
  }
  return false;
}

function header(headers: Headers, name: string): string {
  const value = headers[name];
  if (typeof value !== "string") {
    throw new Untrusted(`it has no ${name}`);
  }
  return value;
}

function parted(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** Decodes base64; nothing when it is none. */
function decoded(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
