import { randomUUID } from "node:crypto";
import {
  type ClientToServerEvents,
  CreateSessionResponse,
  MessageList,
  PROTOCOL_VERSION,
  type RunEvent,
  type ServerToClientEvents,
  SOCKET_PATH,
} from "@mobile-ai-agent/contracts";
import { io, type Socket } from "socket.io-client";
import type { PlatformApi } from "./api.ts";

type PlatformSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

/** How long an acknowledgement may take before the message is sent again under the same client id. */
const ACKNOWLEDGE_MS = 10_000;

export interface Answer {
  readonly runId: string;
  /** The concatenated tokens, as streamed. */
  readonly text: string;
}

/** One session of one user over one socket. Close it when done. */
export class Conversation {
  readonly sessionId: string;
  readonly #api: PlatformApi;
  readonly #socket: PlatformSocket;

  private constructor(api: PlatformApi, socket: PlatformSocket, sessionId: string) {
    this.#api = api;
    this.#socket = socket;
    this.sessionId = sessionId;
  }

  /** Opens the socket, and a session when none is given. */
  static async open(api: PlatformApi, sessionId?: string): Promise<Conversation> {
    const id = sessionId ?? (await createSession(api));
    const socket: PlatformSocket = io(api.url, {
      path: SOCKET_PATH,
      transports: ["websocket"],
      auth: { token: api.accessToken, protocolVersion: PROTOCOL_VERSION },
      ackTimeout: ACKNOWLEDGE_MS,
      retries: 3,
    });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("connect_error", (error) =>
        reject(new Error(`no socket at ${api.url}${SOCKET_PATH}: ${error.message}`)),
      );
    });
    return new Conversation(api, socket, id);
  }

  /**
   * Sends a text and awaits the whole answer. After a cut the socket reconnects by itself and the run goes on at
   * the next token.
   *
   * @param onToken called with each piece as it arrives
   * @throws when the platform refuses the message or the run fails
   */
  async ask(content: string, onToken: (text: string) => void, signal: AbortSignal): Promise<Answer> {
    const payload = {
      clientMessageId: randomUUID(),
      sessionId: this.sessionId,
      type: "text" as const,
      content,
    };
    const reply = await this.#socket.emitWithAck("message:send", payload);
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

  close(): void {
    this.#socket.disconnect();
  }

  /**
   * Follows a run from the event after `after` to its end.
   *
   * @returns the text of the tokens after `after`
   * @throws when the run fails or is not the user's
   */
  async follow(
    runId: string,
    options: { after: number; onToken: (text: string) => void; signal: AbortSignal },
  ): Promise<string> {
    const { onToken, signal } = options;
    const socket = this.#socket;
    let sequence = options.after;
    let text = "";
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const onEvent = (event: RunEvent) => {
      if (event.runId !== runId || event.sequence <= sequence) return;
      sequence = event.sequence;
      if (event.kind === "failed") reject(new Error(`the agent could not answer: ${event.reason}`));
      if (event.kind === "completed" || event.kind === "cancelled") resolve(text);
      if (event.kind !== "token") return;
      text += event.text;
      onToken(event.text);
    };
    const subscribe = () => {
      socket.emitWithAck("run:subscribe", { runId, after: sequence }).then((reply) => {
        if (reply.error) reject(new Error(`the answer can't be followed: ${reply.error.message}`));
      }, reject);
    };
    const onAbort = () => reject(signal.reason);
    socket.on("run:event", onEvent);
    socket.on("connect", subscribe);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      subscribe();
      return await promise;
    } finally {
      socket.off("run:event", onEvent);
      socket.off("connect", subscribe);
      signal.removeEventListener("abort", onAbort);
    }
  }
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
