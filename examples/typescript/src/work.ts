/** What the service itself does: the part to replace by its own work orders. */

import type { components } from "./api.js";

export type FollowUpRequest = components["schemas"]["FollowUpRequest"];
type AcceptBody = components["schemas"]["AcceptBody"];
type AnswerBody = components["schemas"]["AnswerBody"];

/** Makes a work order of a request; the team finds its number with the request. */
export function accept(request: FollowUpRequest): AcceptBody {
  return { externalReference: orderOf(request) };
}

/** Tells what came of a request; nothing while there is still work to do. */
export function answer(request: FollowUpRequest): AnswerBody | undefined {
  return { outcome: "done", text: `Uitgevoerd, zie werkbon ${orderOf(request)}.` };
}

/** Gives the number of the work order of a request. */
function orderOf(request: FollowUpRequest): string {
  return `WB-${request.id.slice(-6).toUpperCase()}`;
}
