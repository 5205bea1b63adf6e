import { randomUUID } from "node:crypto";
import { CreateSessionResponse } from "@mobile-ai-agent/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSockets } from "./testing/start-sockets.ts";

const COUNT = 20;

let platform: Awaited<ReturnType<typeof startSockets>>;
beforeAll(async () => {
  platform = await startSockets();
});
afterAll(() => platform?.stop());

async function createSession(token: string): Promise<string> {
  return CreateSessionResponse.parse(await platform.call(token, "POST", "/api/session/create")).session_id;
}

const textTo = (sessionId: string, content: string) => ({
  ...{ clientMessageId: randomUUID(), sessionId, type: "text" as const, content },
});

const names = Array.from({ length: COUNT }, (_, index) => `m${index + 1}`);

async function storedIn(sessionId: string): Promise<string[]> {
  const messages = await platform.store.messages.list(sessionId, { after: 0, limit: 2 * COUNT });
  return messages.map(({ content }) => content);
}

describe("messages that a socket sends without waiting", () => {
  it("are stored as they came, in each of several sessions", async () => {
    const token = platform.tokenOf();
    const device = await platform.connect(0, token);
    const sessions = [await createSession(token), await createSession(token)];
    const sent = names.flatMap((name) =>
      sessions.map((id) => device.emitWithAck("message:send", textTo(id, name))),
    );
    const answers = await Promise.all(sent);
    const numbers = answers.map(({ data }) => data?.message.sequence);
    expect(numbers).toEqual(names.flatMap((_, index) => sessions.map(() => index + 1)));
    for (const id of sessions) expect(await storedIn(id)).toEqual(names);
  });

  it("go on behind one that is refused", async () => {
    const token = platform.tokenOf();
    const device = await platform.connect(0, token);
    const id = await createSession(token);
    const message = (name: string) => {
      const text = textTo(id, name);
      if (name === "m5") return { ...text, content: "" };
      return name === "m9" ? { ...text, type: "image" as const, mediaId: randomUUID() } : text;
    };
    const sent = names.map((name) => device.emitWithAck("message:send", message(name)));
    const answers = await Promise.all(sent);
    const refused = names.filter((_, index) => answers[index]?.error !== undefined);
    expect(refused).toEqual(["m5", "m9"]);
    expect(await storedIn(id)).toEqual(names.filter((name) => !refused.includes(name)));
  });

  it("are stored although it leaves at once", async () => {
    const token = platform.tokenOf();
    const device = await platform.connect(0, token);
    const id = await createSession(token);
    const last = textTo(id, "last");
    for (const name of names) device.emit("message:send", textTo(id, name), () => {});
    await device.emitWithAck("run:cancel", { runId: randomUUID() });
    device.disconnect();
    const again = await platform.connect(1, token);
    await expect.poll(() => storedIn(id)).toEqual(names);
    expect((await again.emitWithAck("message:send", last)).data?.message.sequence).toBe(COUNT + 1);
  });
});
