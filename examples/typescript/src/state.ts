/** What the application has to remember: in one small file, so that a restart loses and repeats nothing. */

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";

/** A call that was decided on, and of which no answer is known yet. */
export interface Pending {
  verb: "receive" | "accept" | "answer";
  body: object;
  etag: string;
  key: string;
}

/** What is known of a request that is open. */
export interface Task {
  pending?: Pending;
  refused?: string;
}

/** The content of the file. */
export interface Content {
  etag?: string;
  cursor?: string;
  tasks: Record<string, Task>;
}

/** A file of which there is always a whole version, the old one or the new one. */
export class State {
  content: Content = { tasks: {} };

  constructor(readonly path: string) {
    if (existsSync(path)) {
      this.content = JSON.parse(readFileSync(path, "utf8")) as Content;
    }
  }

  /** Writes it, and comes back once it is on the disk. */
  save(): void {
    const file = openSync(`${this.path}.new`, "w", 0o600);
    writeSync(file, JSON.stringify(this.content, null, 1));
    fsyncSync(file);
    closeSync(file);
    renameSync(`${this.path}.new`, this.path);
  }
}
