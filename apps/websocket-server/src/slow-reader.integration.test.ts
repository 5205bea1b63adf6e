import { randomUUID } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CreateSessionResponse } from "@mobile-ai-agent/contracts";
import { createUserEvents } from "@mobile-ai-agent/conversation-store";
import { eventually, testTransitCipher } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MAX_BACKLOG_BYTES } from "./backlog.ts";
import { type Device, startSockets } from "./testing/start-sockets.ts";

const MIB = 1024 * 1024;
const TEXT = "x".repeat(8 * 1024);
/** 24 MiB: more than the network between takes in. */
const TOKENS = 3000;

let platform: Awaited<ReturnType<typeof startSockets>>;
let collectGarbage: () => void;
beforeAll(async () => {
  platform = await startSockets();
  setFlagsFromString("--expose-gc");
  collectGarbage = runInNewContext("gc");
});
afterAll(() => platform?.stop());

/** The TCP connection of a device stops being read, and is read again. */
function tapOf(device: Device): { pause(): void; resume(): void } {
  const transport = device.io.engine.transport as unknown as { ws: { pause(): void; resume(): void } };
  return transport.ws;
}

function memory(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function userWithRun() {
  const userId = randomUUID();
  const token = platform.tokenOf(userId);
  const device = await platform.connect(0, token);
  const created = await platform.call(token, "POST", "/api/session/create", {});
  const sessionId = CreateSessionResponse.parse(created).session_id;
  const message = { clientMessageId: "client-message", sessionId, type: "text", content: "hello" } as const;
  const { data } = await device.emitWithAck("message:send", message);
  if (data === undefined) throw new Error("the message was refused");
  return { userId, device, message: data, runId: data.runId };
}

it("keeps little for a device that does not read, and gives it every token in order once it does", async () => {
  const { device, runId } = await userWithRun();
  const sequences: number[] = [];
  device.on("run:event", ({ sequence }) => sequences.push(sequence));
  await device.emitWithAck("run:subscribe", { runId, after: 0 });
  const cutBefore = await platform.metric(0, "websocket_cut_count");
  const before = memory();
  tapOf(device).pause();
  let most = 0;
  for (let sequence = 1; sequence <= TOKENS; sequence++) {
    await platform.log.append({ runId, sequence, kind: "token", text: TEXT });
    if (sequence % 250 === 0) most = Math.max(most, await platform.metric(0, "websocket_buffered_bytes"));
  }
  await platform.log.append({
    runId,
    sequence: TOKENS + 1,
    kind: "failed",
    code: "interrupted",
    reason: "planted",
  });
  // It is behind: the network took in a part, and the replica stopped there.
  await eventually(async () => (await platform.metric(0, "websocket_buffered_bytes")) > 0);
  most = Math.max(most, await platform.metric(0, "websocket_buffered_bytes"));
  expect(most).toBeLessThan(MIB / 4);
  expect(memory() - before).toBeLessThan(12 * MIB);

  tapOf(device).resume();
  await eventually(() => sequences.length > TOKENS, { timeoutMs: 30_000 });
  expect(sequences).toEqual(Array.from({ length: TOKENS + 1 }, (_, index) => index + 1));
  expect(await platform.metric(0, "websocket_cut_count")).toBe(cutBefore);
  await eventually(async () => (await platform.metric(0, "websocket_buffered_bytes")) === 0);
}, 120_000);

it("cuts a device that is told more than it reads, and lets it come back", async () => {
  const { userId, device, message } = await userWithRun();
  const reasons: string[] = [];
  device.on("disconnect", (reason) => reasons.push(reason));
  const events = createUserEvents(platform.redis, testTransitCipher());
  const told = { ...message, message: { ...message.message, content: TEXT.repeat(8) } };
  const cutBefore = await platform.metric(0, "websocket_cut_count");
  tapOf(device).pause();
  let most = 0;
  // What others write can't wait for a device that does not read.
  for (let count = 0; (await platform.metric(0, "websocket_cut_count")) === cutBefore; count++) {
    expect(count).toBeLessThan(1000);
    await events.publish({ userId, event: { name: "message:created", payload: told } });
    most = Math.max(most, await platform.metric(0, "websocket_buffered_bytes"));
  }
  expect(most).toBeLessThan(MAX_BACKLOG_BYTES + MIB / 4);
  await eventually(async () => (await platform.metric(0, "websocket_buffered_bytes")) === 0);
  tapOf(device).resume();
  await eventually(() => reasons.length > 0 && device.connected, { timeoutMs: 20_000 });
  expect(reasons[0]).toMatch(/^transport/);
}, 60_000);
