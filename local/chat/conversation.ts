import { randomUUID } from "node:crypto";
import { CreateSessionResponse, MessageList } from "@mobile-ai-agent/contracts";
import type { PlatformApi } from "./api.ts";
import { type FollowOptions, followRun } from "./follow-run.ts";
import { openSocket, type PlatformSocket } from "./platform-socket.ts";

export interface Answer {
  readonly runId: string;
  /** The concatenated tokens, as streamed. */
  readonly text: string;
}

/** One session of one user over one socket. Close it when done. */
export class Conversation {
  readonly sessionId: string;
  readonly close: () => void;
  readonly #api: PlatformApi;
  readonly #socket: PlatformSocket;
  #lost = new AbortController();

  private constructor(api: PlatformApi, sessionId: string) {
    this.#api = api;
    const { socket, close } = openSocket(api, (reason) => this.#lost.abort(reason));
    this.#socket = socket;
    this.close = close;
    this.sessionId = sessionId;
  }

  /** Opens the socket, and a session when none is given. */
  static async open(api: PlatformApi, sessionId?: string): Promise<Conversation> {
    const conversation = new Conversation(api, sessionId ?? (await createSession(api)));
    try {
      await conversation.#connected();
      return conversation;
    } catch (error) {
      conversation.close();
      throw error;
    }
  }

  #connected(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#socket.once("connect", resolve);
    this.#socket.on("connect_error", ({ message }) => {
      // Another token may do.
      if (message !== "unauthorized") reject(new Error(`no socket at ${this.#api.url}: ${message}`));
    });
    return unlessAborted(promise, this.#lost.signal);
  }

  /**
   * Sends a text and awaits the whole answer. After a cut the socket reconnects by itself and the run goes on at
   * the next token.
   *
   * @param onToken called with each piece as it arrives, and whether the answer begins anew with it
   * @throws when the platform refuses the message or the run fails
   */
  async ask(content: string, onToken: FollowOptions["onToken"], signal: AbortSignal): Promise<Answer> {
    const payload = {
      clientMessageId: randomUUID(),
      sessionId: this.sessionId,
      type: "text" as const,
      content,
    };
    const reply = await unlessAborted(
      this.#socket.emitWithAck("message:send", payload),
      this.#untilLost(signal),
    );
    if (reply.error) throw new Error(`the message was refused: ${reply.error.message}`);
    const { runId } = reply.data;
    return { runId, text: await this.follow(runId, { after: 0, onToken, signal }) };
  }

  /** @returns the answer of a run as the platform stored it. */
  async storedAnswer(runId: string): Promise<string | undefined> {
    for (let after = 0; ; ) {
      const page = await this.#api.call({
        method: "GET",
        path: `/api/message/${this.sessionId}?after=${after}`,
        schema: MessageList,
      });
      const answer = page.messages.find(({ role, run_id }) => role === "assistant" && run_id === runId);
      if (answer) return answer.content;
      if (page.next_after === null) return undefined;
      after = page.next_after;
    }
  }

  /** As `followRun`. */
  follow(runId: string, { signal, ...options }: FollowOptions): Promise<string> {
    return followRun(this.#socket, runId, { ...options, signal: this.#untilLost(signal) });
  }

  /** Ends with the signal, or when the platform can't be reached any more. */
  #untilLost(signal: AbortSignal): AbortSignal {
    if (this.#lost.signal.aborted) this.#reopen();
    return AbortSignal.any([signal, this.#lost.signal]);
  }

  /** Whoever asks again gets another try. */
  #reopen(): void {
    this.#lost = new AbortController();
    this.#socket.connect();
  }
}

/** @throws the signal's reason when it comes first */
function unlessAborted<T>(step: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  return Promise.race([step, promise]).finally(() => signal.removeEventListener("abort", onAbort));
}

async function createSession(api: PlatformApi): Promise<string> {
  const session = await api.call({
    method: "POST",
    path: "/api/session/create",
    body: { device_info: { platform: "terminal" } },
    schema: CreateSessionResponse,
  });
  return session.session_id;
}
