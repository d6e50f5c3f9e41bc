/** Deliveries that the tests sign themselves. */

import { createHmac } from "node:crypto";

// The example in the libraries of the standard.
export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
export const SENT_AT = 1614265330;
export const BODY: Buffer = Buffer.from('{"test": 2432232314}');
export const SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

/** Signs a delivery. */
export function signed(secret: string, body: Buffer = BODY): string {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  return `v1,${createHmac("sha256", key).update(`${ID}.${SENT_AT}.`).update(body).digest("base64")}`;
}

/** Gives the headers of a delivery. */
export function headers(signature: string, sentAt: unknown = SENT_AT) {
  return { "webhook-id": ID, "webhook-timestamp": `${sentAt}`, "webhook-signature": signature };
}
