import { randomUUID } from "node:crypto";
import {
  CreateSessionResponse,
  type HandshakeRefusal,
  type MessageAccepted,
  PROTOCOL_VERSION,
  type UserEvent,
} from "@mobile-ai-agent/contracts";
import { eventually } from "@mobile-ai-agent/test-support";
import type { Socket } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Device, startSockets } from "./testing/start-sockets.ts";

let platform: Awaited<ReturnType<typeof startSockets>>;
beforeAll(async () => {
  platform = await startSockets();
});
afterAll(() => platform?.stop());

/** Everything that a device is told but tokens. */
function listen(device: Device): UserEvent[] {
  const events: UserEvent[] = [];
  device.onAny((name, payload) => events.push({ name, payload } as UserEvent));
  return events;
}

describe("the handshake", () => {
  const refusal = (device: Device) =>
    new Promise<HandshakeRefusal | undefined>((resolve) => {
      device.once("connect", () => resolve(undefined));
      device.once("connect_error", (error) => {
        const { message, data } = error as Error & { data: HandshakeRefusal };
        resolve(data ?? { code: message, message });
      });
    });

  it.each([[PROTOCOL_VERSION + 1], [0], ["1"], [null]])(
    "refuses version %j, and says to update",
    async (version) => {
      const device = platform.open(0, { token: platform.tokenOf(), protocolVersion: version });
      expect(await refusal(device)).toEqual({
        code: "unsupported_version",
        message: expect.stringContaining("update the app"),
        supportedVersions: [PROTOCOL_VERSION],
      });
    },
  );

  it("takes a client that names its version, or none as the first did", async () => {
    const token = platform.tokenOf();
    expect(await refusal(platform.open(0, { token, protocolVersion: PROTOCOL_VERSION }))).toBeUndefined();
    expect(await refusal(platform.open(0, { token }))).toBeUndefined();
    expect(await refusal(platform.open(0, { token: "no" }))).toMatchObject({ code: "unauthorized" });
  });
});

describe("a user's devices", () => {
  it("hear of everything within a second, on every replica, and nobody else does", async () => {
    const token = platform.tokenOf();
    const devices = [await platform.connect(0, token), await platform.connect(1, token)];
    const stranger = listen(await platform.connect(1, platform.tokenOf()));
    const heard = devices.map(listen);
    const within = async (count: number) => {
      await eventually(() => heard.every((events) => events.length === count), { timeoutMs: 1000 });
      return heard.map((events) => events.at(-1));
    };
    const created = await platform.call(token, "POST", "/api/session/create", { title: "Sky" });
    const { session_id: sessionId } = CreateSessionResponse.parse(created);
    expect(await within(1)).toMatchObject(
      Array(2).fill({ name: "session:changed", payload: { title: "Sky" } }),
    );
    await platform.call(token, "PATCH", `/api/session/${sessionId}`, { title: "Blue" });
    expect(await within(2)).toMatchObject(
      Array(2).fill({ name: "session:changed", payload: { title: "Blue" } }),
    );
    const sent = await platform.call(token, "POST", `/api/message/${sessionId}`, { content: "why?" });
    const { message } = sent as MessageAccepted;
    expect(await within(3)).toMatchObject(Array(2).fill({ name: "message:created", payload: { message } }));
    const path = `/api/message/${sessionId}/${message.id}`;
    const edit = { content: "why not?", client_message_id: randomUUID(), after: 1 };
    const { change } = (await platform.call(token, "POST", `${path}/edit`, edit)) as { change: object };
    expect(await within(4)).toEqual(
      Array(2).fill({ name: "conversation:changed", payload: { sessionId, change } }),
    );
    await platform.call(token, "DELETE", path);
    expect(await within(5)).toMatchObject(
      Array(2).fill({ payload: { sessionId, change: { kind: "deletion", message_id: message.id } } }),
    );
    await platform.call(token, "DELETE", `/api/session/${sessionId}`);
    expect(await within(6)).toEqual(Array(2).fill({ name: "session:deleted", payload: { sessionId } }));
    expect(stranger).toEqual([]);
  });

  it("are told to ask for what is new when Redis was away", async () => {
    const device = await platform.connect(0, platform.tokenOf());
    const events = listen(device);
    await platform.redis.sendCommand(["CLIENT", "KILL", "TYPE", "pubsub"]);
    await eventually(() => events.some(({ name }) => (name as string) === "sync:needed"));
  });
});

describe("a socket that sends too much", () => {
  it("is refused for a while, whatever it sends, and ended when it goes on", async () => {
    const token = platform.tokenOf();
    const device = await platform.connect(0, token);
    const cancel = () => device.timeout(20_000).emitWithAck("run:cancel", { runId: randomUUID() });
    const answers = await Promise.all(Array.from({ length: 100 }, cancel));
    const codes = answers.map(({ error }) => error?.code);
    expect(codes.filter((code) => code === "limited").length).toBeGreaterThan(20);
    expect(codes.filter((code) => code === "not_found").length).toBeGreaterThanOrEqual(60);
    await eventually(async () => (await cancel()).error?.code === "not_found");
    const ended = new Promise((resolve) => device.once("disconnect", resolve));
    for (let count = 0; count < 1000; count++) (device as Socket).emit("no-such-event");
    expect(await ended).toBe("io server disconnect");
  }, 60_000);
});
