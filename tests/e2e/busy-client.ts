import { setTimeout as sleep } from "node:timers/promises";
import { Context, Session, TokenResponse } from "@mobile-ai-agent/contracts";
import type { PlatformApi } from "@mobile-ai-agent/local/chat/api";
import { Conversation } from "@mobile-ai-agent/local/chat/conversation";
import { newUser } from "./new-user.ts";

/** Three requests each time: well below what a user may ask in a minute. */
const PAUSE_MS = 1000;
/** Likewise of `/api/auth/`, where all users of this address count together. */
const REFRESH_EVERY = 10;

/** A user who reads and writes all the time, one request after another. */
export class BusyClient {
  /** What was refused or lost, in the platform's words. */
  readonly failures: string[] = [];
  done = 0;
  readonly #api: PlatformApi;
  readonly #sessionId: string;
  #refreshToken: string;
  #isOver = false;
  readonly #work: Promise<void>;

  private constructor(api: PlatformApi, sessionId: string, refreshToken: string) {
    this.#api = api;
    this.#sessionId = sessionId;
    this.#refreshToken = refreshToken;
    this.#work = this.#keepAsking();
  }

  /** Makes an account and a session, and begins. */
  static async start(url: string): Promise<BusyClient> {
    const { api, refreshToken } = await newUser(url);
    const conversation = await Conversation.open(api);
    conversation.close();
    return new BusyClient(api, conversation.sessionId, refreshToken);
  }

  get accessToken(): string {
    return this.#api.accessToken ?? "";
  }

  /** Ends after the request that is under way. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#work;
  }

  async #keepAsking(): Promise<void> {
    for (let round = 1; !this.#isOver; round++) {
      await this.#count(() => this.#write(round));
      await this.#count(() => this.#readBack(round));
      if (round % REFRESH_EVERY === 0) await this.#count(() => this.#refresh());
      await sleep(PAUSE_MS);
    }
  }

  async #count(request: () => Promise<unknown>): Promise<void> {
    try {
      await request();
      this.done += 1;
    } catch (error) {
      this.failures.push(`${new Date().toISOString()} ${error}`);
    }
  }

  #write(round: number) {
    const path = `/api/context/${this.#sessionId}/update`;
    return this.#api.call({ method: "POST", path, body: { round }, schema: Context });
  }

  async #readBack(round: number) {
    const path = `/api/context/${this.#sessionId}`;
    const { context } = await this.#api.call({ method: "GET", path, schema: Context });
    if (context.round !== round) throw new Error(`${path} has round ${context.round} instead of ${round}`);
    await this.#api.call({ method: "GET", path: `/api/session/${this.#sessionId}`, schema: Session });
  }

  async #refresh() {
    const body = { refresh_token: this.#refreshToken };
    const tokens = await this.#api.call({
      ...{ method: "POST", path: "/api/auth/refresh", body, schema: TokenResponse },
    });
    this.#api.accessToken = tokens.access_token;
    this.#refreshToken = tokens.refresh_token ?? "";
  }
}
