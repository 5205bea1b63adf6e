import { randomUUID } from "node:crypto";
import type { Ack, MessageAccepted } from "@mobile-ai-agent/contracts";
import { createLogger } from "@mobile-ai-agent/service-kit";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SocketProblem } from "../socket-problem.ts";
import type { UserSocket } from "../socket-types.ts";
import { sendMessage } from "./send-message.ts";

/** Of context-protocol-server, as long as one request may take. */
const HANGS_MS = 5000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

it("answers each message within 15 s while the service hangs, and asks it for few of them", async () => {
  let asked = 0;
  const context = {
    async createMessage() {
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, HANGS_MS));
      throw new SocketProblem("unavailable", "the service can't be reached now");
    },
  };
  const limit = { consume: async () => ({ admitted: true }) };
  const socket = { id: "s", data: { claims: { sub: "u" }, token: "t" } } as UserSocket;
  const handle = sendMessage(socket, {
    ...{ context: context as never, limit: limit as never, logger: createLogger("test", "fatal") },
  });
  const sessionId = randomUUID();
  const answers: { code: string | undefined; afterMs: number }[] = [];
  const send = () => {
    const sent = performance.now();
    const ack: Ack<MessageAccepted> = ({ error }) =>
      answers.push({ code: error?.code, afterMs: performance.now() - sent });
    const message = { clientMessageId: randomUUID(), sessionId, type: "text" as const, content: "hello" };
    void handle(message, ack);
  };
  // As many as the limit of a socket's events admits in 20 s.
  for (let count = 0; count < 60; count++) send();
  for (let count = 0; count < 400; count++) {
    send();
    await vi.advanceTimersByTimeAsync(50);
  }
  await vi.advanceTimersByTimeAsync(20_000);
  expect(answers).toHaveLength(460);
  expect(answers.every(({ code }) => code === "unavailable")).toBe(true);
  expect(Math.max(...answers.map(({ afterMs }) => afterMs))).toBeLessThan(15_000);
  expect(asked).toBeLessThan(20);
});
