/** A connection to Wijkoverleg: gets its tokens itself, and waits when the server asks it to. */

export const SCOPES = "followUpRequests:read followUpRequests:answer";
const LONGEST_BACK_OFF = 60;
const LONGEST_RETRY_AFTER = 3600;
const BUSY = [429, 500, 502, 503, 504];

/** What the server answered. */
export class Answer {
  constructor(
    readonly status: number,
    readonly headers: Headers,
    readonly body: string,
  ) {}

  /** Gives the document in it, which the contract says to be of this type. */
  json<T>(): T {
    return JSON.parse(this.body) as T;
  }

  /** Tells in words what was wrong. */
  problem(): string {
    type Told = {
      title?: string;
      detail?: string;
      error_description?: string;
      issues?: { name?: string; detail?: string }[];
    };
    try {
      const told = this.json<Told>();
      const issues = (told.issues ?? []).map((issue) => `${issue.name}: ${issue.detail}`);
      return [this.status, told.detail ?? told.title ?? told.error_description ?? "", ...issues].join(" ");
    } catch {
      return `${this.status}`;
    }
  }
}

/** The server does not want what was asked, and will not want it the next time either. */
export class Refused extends Error {
  constructor(readonly answer: Answer) {
    super(answer.problem());
  }
}

/** How a server is reached, and as whom. */
export interface Settings {
  base: string;
  clientId: string;
  clientSecret: string;
  tokenUrl?: string | undefined;
  scopes?: string;
  sleep?: (seconds: number) => Promise<void>;
}

interface Sent {
  method: "GET" | "POST";
  headers: Record<string, string>;
  body?: string;
}

/** Sends requests to one server in the name of one client application. */
export class Connection {
  readonly #base: string;
  readonly #authorization: string;
  readonly #tokenUrl: string;
  readonly #scopes: string;
  readonly #sleep: (seconds: number) => Promise<void>;
  #token: string | undefined;
  #tokenUntil = 0;

  constructor(settings: Settings) {
    this.#base = settings.base.replace(/\/+$/, "");
    const credentials = [settings.clientId, settings.clientSecret].map(encodeURIComponent).join(":");
    this.#authorization = `Basic ${Buffer.from(credentials).toString("base64")}`;
    this.#tokenUrl = settings.tokenUrl ?? new URL("/oauth2/token", this.#base).href;
    this.#scopes = settings.scopes ?? SCOPES;
    this.#sleep = settings.sleep ?? sleep;
  }

  /** Reads a document or a list; the server may let it wait for a change for so many seconds. */
  async get(path: string, headers: Record<string, string> = {}, wait = 0): Promise<Answer> {
    const sent = wait > 0 ? { ...headers, Prefer: `wait=${wait}` } : headers;
    return this.#call(path, { method: "GET", headers: sent }, wait + 30);
  }

  /** Does a verb with a document as it was read; with the same key it is done once, however often it is sent. */
  async post(path: string, body: object, etag: string, key: string): Promise<Answer> {
    const headers = { "If-Match": etag, "Idempotency-Key": `"${key}"`, "Content-Type": "application/json" };
    return this.#call(path, { method: "POST", headers, body: JSON.stringify(body) }, 30);
  }

  async #call(path: string, sent: Sent, timeout: number): Promise<Answer> {
    for (let isNew = false; ; ) {
      if (this.#token === undefined || performance.now() >= this.#tokenUntil) {
        await this.#fetchToken();
        isNew = true;
      }
      const headers = { ...sent.headers, Authorization: `Bearer ${this.#token}` };
      const answer = await this.#patiently(this.#base + path, { ...sent, headers }, timeout);
      if (answer.status !== 401 || isNew) {
        return answer;
      }
      // It may have been revoked, or the server's keys renewed: another one shows.
      this.#token = undefined;
    }
  }

  async #fetchToken(): Promise<void> {
    const headers = {
      Authorization: this.#authorization,
      "Content-Type": "application/x-www-form-urlencoded",
    };
    const body = new URLSearchParams({ grant_type: "client_credentials", scope: this.#scopes }).toString();
    const answer = await this.#patiently(this.#tokenUrl, { method: "POST", headers, body }, 30);
    if (answer.status !== 200) {
      throw new Refused(answer);
    }
    const token = answer.json<{ access_token: string; expires_in: number }>();
    this.#token = token.access_token;
    this.#tokenUntil = performance.now() + 1000 * Math.max(token.expires_in - 30, 1);
  }

  /** Sends it until the server is there and has the time; what is sent has its effect once, so that this is safe. */
  async #patiently(url: string, sent: Sent, timeout: number): Promise<Answer> {
    for (let tries = 0; ; tries += 1) {
      let retryAfter: number | undefined;
      try {
        // The token is meant for one server: no redirection is followed.
        const response = await fetch(url, {
          ...sent,
          headers: { Accept: "application/json", ...sent.headers },
          redirect: "manual",
          signal: AbortSignal.timeout(1000 * timeout),
        });
        const answer = new Answer(response.status, response.headers, await response.text());
        if (!BUSY.includes(answer.status)) {
          return answer;
        }
        retryAfter = secondsOf(answer.headers.get("Retry-After"), Date.now() / 1000);
      } catch (error) {
        // No answer, or half of one; an address that is none is a mistake of ours.
        if (!URL.canParse(url)) {
          throw error;
        }
      }
      await this.#sleep(pause(tries, retryAfter, Math.random()));
    }
  }
}

/** Reads a `Retry-After`: seconds, or the moment itself. */
export function secondsOf(retryAfter: string | null, now: number): number | undefined {
  if (retryAfter === null) {
    return undefined;
  }
  if (/^\s*\d+\s*$/.test(retryAfter)) {
    return Number(retryAfter);
  }
  const moment = Date.parse(retryAfter) / 1000;
  return Number.isNaN(moment) ? undefined : Math.max(moment - now, 0);
}

/** Tells how long to wait: what the server asks, else twice as long each time; with chance, so that not all come at once. */
export function pause(tries: number, retryAfter: number | undefined, chance: number): number {
  if (retryAfter !== undefined) {
    return Math.min(retryAfter, LONGEST_RETRY_AFTER) + chance;
  }
  return Math.min(LONGEST_BACK_OFF, 0.5 * 2 ** tries) * (0.5 + chance / 2);
}

/** Waits. */
export function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}
