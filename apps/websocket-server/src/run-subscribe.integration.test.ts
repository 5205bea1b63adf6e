import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { CreateMessageResponse, CreateSessionResponse, type RunEvent } from "@mobile-ai-agent/contracts";
import { eventually, freePort } from "@mobile-ai-agent/test-support";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type Device, startSockets } from "./testing/start-sockets.ts";

let sockets: Awaited<ReturnType<typeof startSockets>>;
const devices: Device[] = [];
beforeAll(async () => {
  sockets = await startSockets();
});
afterEach(() => {
  for (const device of devices.splice(0)) device.disconnect();
});
afterAll(() => sockets?.stop());

async function connect(replica: number, token: string): Promise<Device> {
  const device = await sockets.connect(replica, token);
  devices.push(device);
  return device;
}

async function createMessage(token: string, sessionId: string): Promise<{ runId: string }> {
  const body = { type: "text", content: "hello" };
  const created = await sockets.call(token, "POST", `/api/message/${sessionId}`, body);
  return { runId: CreateMessageResponse.parse(created).run_id };
}

/** A user with a device, a session, a message in it and the run of that message. */
async function userWithRun() {
  const token = sockets.tokenOf();
  const sender = await connect(0, token);
  const created = await sockets.call(token, "POST", "/api/session/create", {});
  const sessionId = CreateSessionResponse.parse(created).session_id;
  return { token, sender, sessionId, ...(await createMessage(token, sessionId)) };
}

const tokenEvent = (runId: string, sequence: number): RunEvent => ({
  runId,
  sequence,
  kind: "token",
  text: `${sequence} `,
});

async function appendTokens(runId: string, from: number, to: number): Promise<void> {
  for (let sequence = from; sequence <= to; sequence++) await sockets.log.append(tokenEvent(runId, sequence));
}

function collectEvents(device: Device): RunEvent[] {
  const events: RunEvent[] = [];
  device.on("run:event", (event) => events.push(event));
  return events;
}

const sequencesOf = (events: RunEvent[]) => events.map(({ sequence }) => sequence);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

it("streams to two devices in order, to each exactly what it lacks", async () => {
  const { token, sender, runId } = await userWithRun();
  const late = await connect(1, token);
  const [all, rest] = [collectEvents(sender), collectEvents(late)];
  const answer = await sender.emitWithAck("run:subscribe", { runId, after: 0 });
  expect(answer).toEqual({ data: { runId, after: 0 } });
  await appendTokens(runId, 1, 30);
  await eventually(() => all.length === 30);
  await late.emitWithAck("run:subscribe", { runId, after: 17 });
  await appendTokens(runId, 31, 60);
  await sockets.log.append({ runId, sequence: 61, kind: "completed", messageId: randomUUID() });
  await eventually(() => all.length >= 61 && rest.length >= 44);
  expect(sequencesOf(all)).toEqual(range(1, 61));
  expect(sequencesOf(rest)).toEqual(range(18, 61));
  expect(all[60]?.kind).toBe("completed");
});

it("sends a log that was begun anew from its beginning, and says so", async () => {
  const { token, sender, runId } = await userWithRun();
  await appendTokens(runId, 1, 5);
  await sockets.redis.del(`run:{${runId}}`);
  // Nothing there yet, or less than the device has: that is from another log.
  const empty = await sender.emitWithAck("run:subscribe", { runId, after: 5 });
  expect(empty).toEqual({ data: { runId, after: 0 } });
  await sockets.log.append({ runId, sequence: 1001, kind: "token", text: "anew" }, true);
  const device = await connect(1, token);
  const events = collectEvents(device);
  const begun = await device.emitWithAck("run:subscribe", { runId, after: 5 });
  expect(begun).toEqual({ data: { runId, after: 1000 } });
  await eventually(() => events.length === 1);
  const ahead = await device.emitWithAck("run:subscribe", { runId, after: 2000 });
  expect(ahead).toEqual({ data: { runId, after: 1000 } });
});

it("goes on at the exact token when the replica goes away", async () => {
  const { token, runId } = await userWithRun();
  const leaving = await sockets.startReplica();
  const device = await connect(leaving.replica, token);
  const before = collectEvents(device);
  await device.emitWithAck("run:subscribe", { runId, after: 0 });
  await appendTokens(runId, 1, 10);
  await eventually(() => before.length === 10);
  const reason = new Promise<string>((resolve) => device.once("disconnect", resolve));
  await leaving.stop();
  // With this reason a client connects again by itself.
  expect(await reason).toBe("transport close");
  const elsewhere = await connect(1, token);
  const after = collectEvents(elsewhere);
  await elsewhere.emitWithAck("run:subscribe", { runId, after: 10 });
  await appendTokens(runId, 11, 12);
  await eventually(() => after.length === 2);
  expect(sequencesOf([...before, ...after])).toEqual(range(1, 12));
});

it("replaces the subscription when a device subscribes again", async () => {
  const { sender, runId } = await userWithRun();
  const events = collectEvents(sender);
  await sender.emitWithAck("run:subscribe", { runId, after: 0 });
  await sender.emitWithAck("run:subscribe", { runId, after: 0 });
  await appendTokens(runId, 1, 3);
  await sockets.log.append({ runId, sequence: 4, kind: "failed", code: "unavailable", reason: "planted" });
  await eventually(() => events.some(({ kind }) => kind === "failed"));
  // An answer to a later request comes after every event that was on its way.
  await sender.emitWithAck("run:subscribe", { runId: randomUUID(), after: 0 });
  expect(sequencesOf(events)).toEqual(range(1, 4));
});

it("hides other users' runs, and those that don't exist", async () => {
  const { runId } = await userWithRun();
  const stranger = await connect(1, sockets.tokenOf());
  const events = collectEvents(stranger);
  for (const id of [runId, randomUUID()]) {
    expect((await stranger.emitWithAck("run:subscribe", { runId: id, after: 0 })).error?.code).toBe(
      "not_found",
    );
  }
  await appendTokens(runId, 1, 1);
  await stranger.emitWithAck("run:subscribe", { runId: randomUUID(), after: 0 });
  expect(events).toEqual([]);
});

it("needs nobody to look up a run that it has heard of, on any replica, and hides it from strangers still", async () => {
  // Behind an address where nobody answers, so that whatever is looked up fails.
  const { replica: alone } = await sockets.startReplica(`http://127.0.0.1:${await freePort()}`);
  const { token, runId } = await userWithRun();
  await appendTokens(runId, 1, 3);
  const device = await connect(alone, token);
  const events = collectEvents(device);
  expect(await device.emitWithAck("run:subscribe", { runId, after: 1 })).toEqual({
    data: { runId, after: 1 },
  });
  await eventually(() => events.length === 2);
  const stranger = await connect(alone, sockets.tokenOf());
  const { error } = await stranger.emitWithAck("run:subscribe", { runId, after: 0 });
  expect(error?.code).toBe("unavailable");
});

it("follows up to 50 runs at once, and says so instead of ending one", async () => {
  const { token, sender, sessionId } = await userWithRun();
  const runs: string[] = [];
  for (let count = 0; count < 51; count++) {
    const { runId } = await createMessage(token, sessionId);
    await appendTokens(runId, 1, 1);
    runs.push(runId);
  }
  const events = collectEvents(sender);
  const subscribe = async (runId: string | undefined) => {
    // Under the limit of events of a socket.
    await delay(25);
    return await sender.emitWithAck("run:subscribe", { runId: runId ?? "", after: 0 });
  };
  for (const runId of runs.slice(0, 50)) expect((await subscribe(runId)).error).toBeUndefined();
  expect((await subscribe(runs[50])).error).toMatchObject({
    code: "limited",
    message: expect.stringContaining("50 runs"),
  });
  // One that is followed can be asked for again.
  expect((await subscribe(runs[0])).error).toBeUndefined();
  await eventually(() => events.length === 51);
  await sockets.log.append({ runId: runs[1] ?? "", sequence: 2, kind: "completed", messageId: randomUUID() });
  await eventually(() => events.some(({ kind }) => kind === "completed"));
  await eventually(async () => (await subscribe(runs[50])).error === undefined);
});

it("says that the events of a finished run are gone", async () => {
  const { sender, runId } = await userWithRun();
  await sockets.store.runs.setStatus(runId, "completed");
  const { error } = await sender.emitWithAck("run:subscribe", { runId, after: 0 });
  expect(error).toMatchObject({ code: "not_found", message: expect.stringContaining("messages") });
});

it("stops reading when the device leaves", async () => {
  const connections = async () =>
    (await sockets.redis.sendCommand<string>(["CLIENT", "LIST"])).trim().split("\n").length;
  const { sender, runId } = await userWithRun();
  const before = await connections();
  await sender.emitWithAck("run:subscribe", { runId, after: 0 });
  await eventually(async () => (await connections()) === before + 1);
  sender.disconnect();
  await eventually(async () => (await connections()) === before);
});
