/** The requests to the service: it polls for them, receives, accepts and answers them, each verb once. */

import { randomUUID } from "node:crypto";

import type { components } from "./api.js";
import { type Connection, Refused, secondsOf } from "./connection.js";
import type { Pending, State, Task } from "./state.js";
import * as work from "./work.js";
import type { FollowUpRequest } from "./work.js";

type Collection = components["schemas"]["FollowUpRequestCollection"];
type StateCode = components["schemas"]["FollowUpRequestStateCode"];

const LIST = "/followUpRequests";
const OPEN: StateCode[] = ["sent", "received", "accepted"];
const MOST_TRIES = 5;

/** What is open for the service. */
export class Inbox {
  readonly #connection: Connection;
  readonly #state: State;
  readonly #first: string;
  #documents = new Map<string, FollowUpRequest>();

  constructor(connection: Connection, state: State, pageSize = 100) {
    this.#connection = connection;
    this.#state = state;
    const states = OPEN.map((state) => ["state", state] as [string, string]);
    const query = new URLSearchParams([...states, ["sort", "createdAt"], ["pageSize", `${pageSize}`]]);
    this.#first = `${LIST}?${query}`;
  }

  /** Asks what is open, where something changed since the last time; tells after how long to ask again. */
  async poll(wait: number): Promise<number> {
    const known = this.#state.content.etag;
    let answer =
      known === undefined
        ? await this.#connection.get(this.#first)
        : await this.#connection.get(this.#first, { "If-None-Match": known }, wait);
    if (answer.status === 304) {
      const waited = answer.headers.get("Preference-Applied")?.includes("wait") ?? false;
      return waited ? 0 : secondsOf(answer.headers.get("Retry-After"), Date.now() / 1000) || 15;
    }
    const etag = answer.headers.get("ETag") ?? undefined;
    const documents = new Map<string, FollowUpRequest>();
    for (;;) {
      if (answer.status !== 200) {
        throw new Refused(answer);
      }
      const page = answer.json<Collection>();
      for (const item of page.items) {
        documents.set(item.id, item);
      }
      if (page.next === undefined) {
        break;
      }
      // The address of the list is known: of `next`, only the position is needed.
      answer = await this.#connection.get(LIST + new URL(page.next).search);
    }
    this.#takeOver(etag, documents);
    return 0;
  }

  /** Remembers the list and its tag together: once the tag is known, nothing of the list is told again. */
  #takeOver(etag: string | undefined, documents: Map<string, FollowUpRequest>): void {
    const before = this.#state.content.tasks;
    const tasks: Record<string, Task> = {};
    for (const [id, task] of Object.entries(before)) {
      if (task.pending !== undefined) {
        tasks[id] = task;
      }
    }
    for (const id of documents.keys()) {
      tasks[id] ??= {};
    }
    this.#documents = documents;
    this.#state.content.tasks = tasks;
    if (etag !== undefined) {
      this.#state.content.etag = etag;
    }
    this.#state.save();
  }

  /** Brings every open request as far as it goes. */
  async work(): Promise<void> {
    for (const [id, task] of Object.entries(this.#state.content.tasks)) {
      for (let tries = 0; tries < MOST_TRIES && (await this.#step(id, task)); tries += 1);
    }
  }

  /** Does the next verb with a request; tells whether there may be another one. */
  async #step(id: string, task: Task): Promise<boolean> {
    if (task.refused !== undefined) {
      return false;
    }
    if (task.pending === undefined) {
      const request = this.#documents.get(id) ?? (await this.#read(id));
      if (request === undefined || !OPEN.includes(request.state)) {
        this.#forget(id);
        return false;
      }
      const decided = decide(request);
      if (decided === undefined) {
        return false;
      }
      // Written down before it is sent: after a crash the same call goes out again, with the same key.
      task.pending = decided;
      this.#state.save();
    }
    await this.#do(id, task, task.pending);
    return true;
  }

  async #do(id: string, task: Task, pending: Pending): Promise<void> {
    const path = `${LIST}/${id}/${pending.verb}`;
    const answer = await this.#connection.post(path, pending.body, pending.etag, pending.key);
    if (answer.status === 401 || answer.status === 403) {
      throw new Refused(answer);
    }
    delete task.pending;
    this.#documents.delete(id);
    if (answer.status === 200) {
      this.#documents.set(id, answer.json<FollowUpRequest>());
      console.log(`${pending.verb} ${id}`);
    } else if (![404, 409, 412].includes(answer.status)) {
      // Not what the server can use: somebody has to look at it. It is tried again once the list changes.
      task.refused = answer.problem();
      console.log(`refused ${pending.verb} ${id}: ${task.refused}`);
    }
    // Otherwise somebody else was first: what is there now decides.
    this.#state.save();
  }

  async #read(id: string): Promise<FollowUpRequest | undefined> {
    const answer = await this.#connection.get(`${LIST}/${id}`);
    if (answer.status === 404) {
      return undefined;
    }
    if (answer.status !== 200) {
      throw new Refused(answer);
    }
    const request = answer.json<FollowUpRequest>();
    this.#documents.set(id, request);
    return request;
  }

  #forget(id: string): void {
    delete this.#state.content.tasks[id];
    this.#documents.delete(id);
    this.#state.save();
  }
}

/** Chooses what to do next with a request; nothing while its work goes on. */
export function decide(request: FollowUpRequest): Pending | undefined {
  const call = (verb: Pending["verb"], body: object) => ({ verb, body, etag: request.etag, key: randomUUID() });
  const can = request.allowedVerbs;
  if (can.includes("receive")) {
    return call("receive", {});
  }
  if (can.includes("accept")) {
    return call("accept", work.accept(request));
  }
  const answer = can.includes("answer") ? work.answer(request) : undefined;
  return answer && call("answer", answer);
}
