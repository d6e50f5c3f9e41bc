/** The change feed: tells in order what changed, so that one place to look is enough for everything. */

import type { components } from "./api.js";
import { type Connection, Refused, secondsOf } from "./connection.js";
import type { Inbox } from "./inbox.js";
import type { State } from "./state.js";

type EventPage = components["schemas"]["EventPage"];

const FEED = "/events";
const FROM_NOW_ON = "?start=now";

/** What happens, from where the application was on. */
export class Feed {
  readonly #connection: Connection;
  readonly #state: State;
  readonly #inbox: Inbox;

  constructor(connection: Connection, state: State, inbox: Inbox) {
    this.#connection = connection;
    this.#state = state;
    this.#inbox = inbox;
  }

  /** Takes the next page, and looks at the requests where it speaks of them; tells after how long to ask again. */
  async follow(wait: number): Promise<number> {
    const cursor = this.#state.content.cursor;
    const answer = await this.#connection.get(FEED + (cursor ?? FROM_NOW_ON), {}, cursor === undefined ? 0 : wait);
    if (cursor !== undefined && answer.status === 410) {
      // Too old, or given to somebody with other rights: a new one, and everything read anew.
      delete this.#state.content.cursor;
      return 1;
    }
    if (answer.status !== 200) {
      throw new Refused(answer);
    }
    const page = answer.json<EventPage>();
    for (const event of page.items) {
      console.log(`event ${event.type} ${event.subject}`);
    }
    if (cursor === undefined || page.items.some((event) => event.data.subjectKind === "followUpRequest")) {
      await this.#inbox.poll(0);
    }
    // Only now: after a crash the same events come once more, and are seen to be done.
    this.#state.content.cursor = new URL(page.next).search;
    this.#state.save();
    const waited = answer.headers.get("Preference-Applied")?.includes("wait") ?? false;
    if (cursor === undefined || page.items.length > 0 || waited) {
      return 0;
    }
    return secondsOf(answer.headers.get("Retry-After"), Date.now() / 1000) || 15;
  }
}
