import { randomUUID } from "node:crypto";
import { CreateSessionResponse } from "@mobile-ai-agent/contracts";
import type { Socket } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSockets } from "./testing/start-sockets.ts";

const EVENTS = ["message:send", "run:cancel", "approval:decide", "run:subscribe"];

let platform: Awaited<ReturnType<typeof startSockets>>;
let token: string;
let device: Socket;
beforeAll(async () => {
  platform = await startSockets();
  token = platform.tokenOf();
  device = await platform.connect(0, token);
});
afterAll(() => platform?.stop());

/** @throws Error when there is no answer */
const ask = (...event: [string, ...unknown[]]) => device.timeout(5000).emitWithAck(...event);

const refusedAs = (code: string) => ({ error: { code, message: expect.stringMatching(/\w/) } });

async function text() {
  const created = await platform.call(token, "POST", "/api/session/create");
  const { session_id: sessionId } = CreateSessionResponse.parse(created);
  return { clientMessageId: randomUUID(), sessionId, type: "text", content: "hello" };
}

describe("an event's acknowledgement", () => {
  it.each(EVENTS)("says that %s without a payload is not valid", async (name) => {
    expect(await ask(name)).toEqual({
      error: { code: "invalid", message: expect.stringContaining("undefined") },
    });
    expect(await ask(name, null)).toEqual(refusedAs("invalid"));
  });

  it("comes whatever is between it and the payload", async () => {
    const message = await text();
    const { data } = await ask("message:send", message, "more", { yet: "more" });
    expect(data.message.content).toBe("hello");
    expect(await ask("run:cancel", { runId: randomUUID() }, 1)).toEqual(refusedAs("not_found"));
  });

  it.each([
    // The last ones are what objects and emitters have by themselves.
    ...["no-such-event", "", "message:created", "error", "constructor", "__proto__", "hasOwnProperty"],
  ])("says that there is no event %j", async (name) => {
    expect(await ask(name, {})).toEqual(refusedAs("invalid"));
    expect(await ask(name)).toEqual(refusedAs("invalid"));
  });

  it("says that there is no event whose name is a number", async () => {
    expect(await ask(7 as never)).toEqual(refusedAs("invalid"));
  });

  it("is not sent to who asks for none, and the event is handled all the same", async () => {
    const message = await text();
    device.emit("no-such-event");
    device.emit("message:send");
    device.emit("message:send", message);
    await expect
      .poll(() => platform.store.messages.list(message.sessionId, { after: 0, limit: 5 }))
      .toHaveLength(1);
    expect(device.connected).toBe(true);
  });
});

describe("a socket that goes on at a rate that is no device's", () => {
  it("is ended within seconds, although some of its events are admitted", async () => {
    const flood: Socket = await platform.connect(1, platform.tokenOf());
    const ended = new Promise((resolve) => flood.once("disconnect", resolve));
    // Some 1000 a second.
    const timer = setInterval(() => {
      for (let count = 0; count < 20; count++) flood.emit("no-such-event");
    }, 20);
    try {
      expect(await ended).toBe("io server disconnect");
    } finally {
      clearInterval(timer);
    }
  }, 15_000);
});
